"""Interactions through the bare client library: one acknowledgement, in time; presses, forms, menus, people alone."""

from collections.abc import Awaitable, Callable

import discord
import pytest
from discord import app_commands

from tests.peers.discord import DiscordPeer, Misuse
from tests.peers.discord.bare import Bare, connected

Ask = discord.Interaction
Step = Callable[[Ask], Awaitable[object]]


def asking(step: Step) -> Bare:
    """A client with one command and one menu entry, which do that."""
    client = Bare()

    @client.tree.command(name="go", description="Goes")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def go(interaction: Ask) -> None:
        await step(interaction)

    @client.tree.context_menu(name="Look")
    async def look(interaction: Ask, message: discord.Message) -> None:
        await interaction.response.send_message(f"saw {message.content}", ephemeral=True)

    return client


async def code(awaitable: Awaitable[object]) -> int:
    try:
        await awaitable
    except discord.HTTPException as error:
        return error.code
    return 0


async def test_the_first_answer_comes_within_three_seconds_of_the_peers_clock() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel, ann = guild.add_channel(), guild.add_member("Ann")

        async def late(interaction: Ask) -> None:
            peer.clock.advance(3.1)
            await code(interaction.response.defer())

        async with connected(peer, asking(late)):
            handle = await ann.command(channel, "go")
            await peer.wait_for(lambda: handle.refused)
            assert handle.refused == [10062]
            assert handle.failed


async def test_there_is_one_first_answer() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel, ann = guild.add_channel(), guild.add_member("Ann")

        async def twice(interaction: Ask) -> None:
            await interaction.response.send_message("one")
            interaction.response._response_type = None
            await code(interaction.response.send_message("two"))

        async with connected(peer, asking(twice)):
            handle = await ann.command(channel, "go")
            await peer.wait_for(lambda: handle.refused)
        assert handle.refused == [40060]
        assert [each.text for each in peer.messages(channel)] == ["one"]


async def test_the_token_is_good_for_fifteen_minutes() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel, ann = guild.add_channel(), guild.add_member("Ann")
        codes: list[int] = []

        async def slow(interaction: Ask) -> None:
            await interaction.response.defer(ephemeral=True)
            peer.clock.advance(901)
            codes.append(await code(interaction.edit_original_response(content="x")))
            peer.transcript.add("done")

        async with connected(peer, asking(slow)):
            handle = await ann.command(channel, "go")
            await peer.wait_for(lambda: peer.transcript.of("done"))
        assert codes == [50027]
        assert handle.original is not None
        assert handle.original.loading
        assert not peer.messages(channel)
        assert peer.messages(channel, viewer=ann) == [handle.original]


async def test_a_press_a_form_and_what_is_filled_in() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel, ann = guild.add_channel(), guild.add_member("Ann")

        class Form(discord.ui.Modal, title="Change it"):
            words: discord.ui.Label = discord.ui.Label(
                text="Words", component=discord.ui.TextInput(custom_id="words", max_length=10)
            )

            async def on_submit(self, interaction: Ask) -> None:
                assert isinstance(self.words.component, discord.ui.TextInput)
                await interaction.response.edit_message(content=self.words.component.value, view=None)

        class Edit(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"edit:(?P<n>\d+)"):
            @classmethod
            async def from_custom_id(cls, interaction: Ask, item: object, match: object) -> "Edit":
                return cls(discord.ui.Button(label="Edit", custom_id="edit:1"))

            async def callback(self, interaction: Ask) -> None:
                await interaction.response.send_modal(Form())

        async def show(interaction: Ask) -> None:
            view = discord.ui.View(timeout=None)
            view.add_item(Edit(discord.ui.Button(label="Edit", custom_id="edit:1")))
            await interaction.response.send_message("before", view=view)

        client = asking(show)
        client.add_dynamic_items(Edit)
        async with connected(peer, client):
            message = await (await ann.command(channel, "go")).wait_original()
            with pytest.raises(Misuse):
                await ann.press(message, "Another")
            modal = await (await ann.press(message, "Edit")).wait_modal()
            assert modal.title == "Change it"
            with pytest.raises(Misuse):
                await ann.submit(modal, {"Words": "x" * 11})
            await (await ann.submit(modal, {"Words": "after"})).wait_acked()
        assert message.content == "after"
        assert message.edits == 1
        with pytest.raises(Misuse):
            await ann.press(message, "Edit")


async def test_a_menu_shows_the_message_whole_without_the_intent() -> None:
    async with DiscordPeer() as peer:
        guild = peer.add_guild()
        channel, ann = guild.add_channel(), guild.add_member("Ann")
        async with connected(peer, asking(lambda interaction: interaction.response.defer())):
            handle = await ann.context_menu("Look", await ann.say(channel, "a cat"))
            assert (await handle.wait_original()).text == "saw a cat"
        assert [each.text for each in peer.messages(channel)] == ["a cat"]


async def test_a_person_brings_the_app_where_the_bot_is_not_and_has_five_follow_ups() -> None:
    async with DiscordPeer() as peer:
        ann, bob = peer.add_user("Ann", installed=True), peer.add_user("Bob")
        codes: list[int] = []
        place = peer.private(ann, bob)

        async def often(interaction: Ask) -> None:
            await interaction.response.send_message("0")
            for number in range(6):
                codes.append(await code(interaction.followup.send(str(number))))
            peer.transcript.add("done")

        async with connected(peer, asking(often)):
            with pytest.raises(Misuse):
                await bob.command(place, "go")
            handle = await ann.command(place, "go")
            await peer.wait_for(lambda: peer.transcript.of("done"))
        assert handle.interaction.owners == {"1": str(ann.id)}
        assert codes == [0, 0, 0, 0, 0, 40094]


async def test_a_follow_up_fills_the_waiting_message() -> None:
    async with DiscordPeer() as peer:
        ann = peer.add_user("Ann")

        async def fold(interaction: Ask) -> None:
            await interaction.response.defer()
            await interaction.followup.send("done")

        async with connected(peer, asking(fold)):
            handle = await ann.command(peer.dm(ann), "go")
            assert (await handle.wait_original()).text == "done"
        assert len(peer.messages(peer.dm(ann))) == 1
