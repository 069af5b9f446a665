"""What was wrong at Discord is put right by the next start, as the doctor says; and refused is what has to be."""

from pathlib import Path

from adapters.discord.doctor import examine
from adapters.discord.opening import Access
from tests.discord_kit import Scene, build, house
from tests.scripted_bot import pixels, png


def registered(scene: Scene) -> dict[int, int]:
    """How many commands Discord has, by the server; 0 is everywhere."""
    return {scope: len(all) for scope, all in scene.house.peer.world.app.commands.items() if all}


async def test_commands_that_were_taken_away_come_back_with_the_next_start(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            pass
        whole = registered(scene)
        there.peer.world.app.commands[0].clear()
        async with there.running():
            assert registered(scene) == whole


async def test_commands_are_in_one_scope_alone(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        assert scene.channel.guild
        mine = scene.channel.guild.id
        async with there.running(guilds=(mine,)):
            assert list(registered(scene)) == [mine]
        async with there.running():
            assert list(registered(scene)) == [0]
        async with there.running(guilds=(mine,)):
            assert list(registered(scene)) == [mine]


async def test_a_wrong_server_in_the_settings_is_one_finding_of_many(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        build(there)
        access = Access(there.peer.token, "auto", there.peer.api_base, there.peer.gateway_url, (12345,))
        found = {each.subject: each for each in await examine(access, there.memory.posts)}
        assert "DISCORD_GUILD_IDS" in found["discord commands"].words
        assert not found["discord commands"].good
        assert found["discord token"].good
        assert found["discord permissions"].good


async def test_what_draws_nothing_needs_no_leave_to_attach_files(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        async with there.running():
            await scene.ann.command(scene.channel, "imagine", prompt="a red car")
            thread = await scene.thread()
            await there.peer.wait_for(lambda: there.ours(thread))
            there.peer.deny(scene.channel, there.peer.bot, "ATTACH_FILES")
            await scene.ann.press(there.ours(thread)[0], "Stop")
            await there.peer.wait_for(lambda: "Stopped" in there.ours(thread)[0].text)
            await scene.ann.say(thread, "a boat", mention_bot=True)
            told = await there.peer.wait_for(lambda: [it for it in there.ours(thread) if "Attach Files" in it.text])
            assert len(told) == len(there.bot.turns) == 1


async def test_the_other_pictures_of_a_message_are_described_all_the_same(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        there.peer.rules.file_bytes = 2**26
        async with there.running():
            files: list[bytes | tuple[str, bytes]] = [
                ("large.png", png(pixels(1, 16)) + bytes(26 * 2**20)),
                png(pixels(2, 16)),
            ]
            shown = await scene.bob.say(scene.channel, "look", attachments=files)
            await scene.ann.context_menu("Describe", shown)
            await there.peer.wait_for(lambda: [it for it in there.ours(scene.channel) if "looks like" in it.text])
            assert "too large" in await scene.words(scene.ann, scene.channel)


async def test_the_lacking_permission_is_named_alone(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        scene = build(there)
        private = await scene.secret()
        async with there.running():
            there.bot.draw()
            await scene.ann.command(private, "imagine", prompt="a red car")
            done = await scene.set_done(private)
            there.peer.deny(scene.channel, there.peer.bot, "CREATE_PRIVATE_THREADS")
            await scene.ann.press(done, "Continue in a new thread")
            told = await scene.words(scene.ann, private)
            assert "I lack “Create Private Threads”." in told
            assert "Attach Files" not in told
