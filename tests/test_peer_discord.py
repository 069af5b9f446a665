"""A conversation between the bare client library and the peer, over real sockets."""

from io import BytesIO

import discord
import pytest
from PIL import Image

from tests.peers.discord import DiscordPeer, Misuse
from tests.peers.discord.bare import Bare, connected


def png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 6), "red").save(out, "PNG")
    return out.getvalue()


def painter() -> Bare:
    client = Bare()

    @client.tree.command(name="imagine", description="Draws")
    async def imagine(
        interaction: discord.Interaction, prompt: str, picture: discord.Attachment | None = None, seed: int = 0
    ) -> None:
        await interaction.response.defer()
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(discord.ui.TextDisplay(f"{prompt} {seed}"))
        file = discord.File(BytesIO(await picture.read() if picture else png()), "a.png", description="a car")
        view.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem(file, description="a car")))
        row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
        row.add_item(discord.ui.Button(label="More", custom_id="more:1"))
        view.add_item(row)
        await interaction.edit_original_response(view=view, attachments=[file])

    @imagine.autocomplete("prompt")
    async def words(interaction: discord.Interaction, current: str) -> list[discord.app_commands.Choice[str]]:
        return [discord.app_commands.Choice(name=current + each, value=current + each) for each in ("a", "b")]

    return client


async def test_a_command_is_deferred_and_filled_with_a_picture() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel, ann = guild.add_channel(), guild.add_member("Ann")
        async with connected(peer, painter()):
            handle = await ann.command(channel, "imagine", prompt="a red car", seed=3, picture=("c.png", png()))
            assert (await handle.wait_acked()).name == "deferred"
            message = await handle.wait_original()
            assert message.v2
            assert message.text == "a red car 3"
            assert message.images[0].size == (8, 6)
            assert message.gallery[0].description == "a car"
            assert message.images[0].data == png()
            assert [each.label for each in message.buttons] == ["More"]
            assert [each["value"] for each in await ann.autocomplete(channel, "imagine", "prompt", "x")] == ["xa", "xb"]
            with pytest.raises(Misuse):
                await ann.command(channel, "imagine")
        assert peer.messages(channel) == [message]
        assert not peer.limits.broken
