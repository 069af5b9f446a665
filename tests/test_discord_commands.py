"""Commands and events: what is registered is derived from the event classes, and what arrives becomes an event."""

from typing import Any

import discord
import pytest
from discord import app_commands

from adapters.discord import commands, inbound
from adapters.discord.inbound import Asked
from adapters.discord.locales import Locales
from bot import command_text, wording_locales
from bot.events import COMMANDS, Imagine, Invite, Party, command_name, options
from bot.place import Person, Place
from tests.peers.discord.commands import check_all

WHO = Asked("77", Place("discord", "1", "2"), Person("9", "Ann"))


async def nothing(*_: Any) -> Any:
    return None


async def registered() -> tuple[app_commands.CommandTree[Any], list[dict[str, Any]]]:
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    for each in commands.build(nothing, nothing, nothing):
        tree.add_command(each)
    return tree, [dict(each.to_dict(tree)) for each in tree.get_commands()]


async def test_discord_takes_all_commands() -> None:
    _, told = await registered()
    check_all(told)
    assert {each["name"] for each in told if each["type"] == 1} == {command_name(kind) for kind in COMMANDS}
    assert {each["name"] for each in told if each["type"] == 3} == {"Describe", "Refine", "Use as start"}
    assert all(each["contexts"] == [0, 1, 2] and each["integration_types"] == [0, 1] for each in told)


@pytest.mark.parametrize("kind", COMMANDS)
async def test_a_command_has_the_options_of_its_event(kind: Any) -> None:
    _, told = await registered()
    (command,) = [each for each in told if each["name"] == command_name(kind)]
    shown = {each["name"]: each for each in command["options"]}
    for option in options(kind):
        about = shown[option.name]
        assert about["description"] == option.metadata["description"]
        assert [each["value"] for each in about.get("choices", [])] == list(option.metadata["choices"])
        assert about.get("max_value") == option.metadata["high"]
    extra = {*commands.SHORTCUTS, commands.SET} if kind is Imagine else set()
    assert set(shown) == {option.name for option in options(kind)} | extra


async def test_the_hash_is_of_the_set_and_not_of_its_order() -> None:
    tree, _ = await registered()
    shown: list[Any] = list(tree.get_commands())
    assert commands.digest(tree, shown) == commands.digest(tree, shown[::-1])
    assert commands.digest(tree, shown) != commands.digest(tree, shown[1:])


def test_completions_begin_with_what_was_typed_and_are_25_at_the_most() -> None:
    found = commands.choices(["xab", "abc", "abc", "x" * 101, ""] + [f"ab{number}" for number in range(40)], "AB")
    assert [each.value for each in found][:2] == ["abc", "ab0"]
    assert len(found) == 25
    assert commands.choices(["a"], "zzz") == []


def test_options_of_imagine_become_flags_that_the_bot_reads() -> None:
    given = {
        "prompt": "a fox",
        "model": "pocket",
        "style": "line art",
        "aspect": "16:9",
        "seed": 0,
        "count": 2,
        "no": "fog, cars",
        "picture": None,
    }
    event = inbound.command(Imagine, WHO, given, {}, {})
    (ask,) = command_text.parse(event.prompt)  # type: ignore[union-attr]
    assert (ask.prompt, ask.model, ask.style, ask.aspect) == ("a fox", "pocket", "line art", (16, 9))
    assert (ask.seed, ask.count, ask.negative_prompt) == (0, 2, "fog, cars")


def test_a_set_of_ones_own_is_written_as_it_would_be_typed() -> None:
    assert inbound.with_flags("a fox", {"set": "wide", "count": 2}) == "a fox --n 2 --wide"


def test_what_was_not_said_keeps_its_default() -> None:
    event = inbound.command(Party, WHO, {"theme": "red", "minutes": None, "words": None}, {}, {})
    assert event == Party(**WHO.about, theme="red")
    bob = Person("8", "Bob")
    assert inbound.command(Invite, WHO, {"who": object(), "away": True}, {}, {"who": bob}) == Invite(
        **WHO.about, who=bob, away=True
    )


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ({"guild": 1, "channel": 2}, Place("discord", "1", "2")),
        ({"guild": 1, "channel": 3, "parent": 2}, Place("discord", "1", "2", "3")),
        ({"guild": 1, "channel": 2, "private": True}, Place("discord", "1", "2", "2")),
        ({"guild": None, "channel": 5}, Place("discord", "dm-9", "5", "5")),
    ],
)
def test_a_place_is_read_from_the_ids(where: Any, place: Place) -> None:
    assert inbound.place(**where, person=9) == place
    assert Place.parse(str(place)) == place


@pytest.mark.parametrize("content", ["<@5> darker", "<@!5>, darker", "darker <@5>", " <@5>:  darker"])
def test_the_mention_of_the_bot_is_not_part_of_the_words(content: str) -> None:
    assert inbound.said(content, 5) == "darker"


def test_tokens_and_words_are_found_in_what_discord_sends() -> None:
    assert inbound.token_of({"custom_id": "s1~stop~t"}) == "s1~stop~t"
    assert inbound.token_of({"custom_id": "s1~menu~0", "values": ["s1~pick~p"]}) == "s1~pick~p"
    field = {"type": 4, "custom_id": "text", "value": "a car"}
    assert inbound.text_of({"components": [{"type": 18, "component": field}]}) == "a car"
    assert inbound.text_of({"components": [{"type": 1, "components": [field]}]}) == "a car"
    assert inbound.text_of({}) == ""


@pytest.mark.parametrize("locale", ["de", "es-ES", "es-419"])
async def test_commands_are_called_in_the_persons_language_and_no_two_alike(locale: str) -> None:
    tree, _ = await registered()
    told = [dict(await each.get_translated_payload(tree, Locales())) for each in tree.get_commands()]
    check_all(told)
    commands_ = [each for each in told if each["type"] == 1]
    for parts in (commands_, *(each["options"] for each in commands_)):
        names = [each.get("name_localizations", {}).get(locale, each["name"]) for each in parts]
        assert len(set(names)) == len(names)
        assert all(each.get("description_localizations", {}).get(locale) or each["name"] == "text" for each in parts)
        for each in parts:
            others = {other["name"] for other in parts if other is not each}
            assert each.get("name_localizations", {}).get(locale) not in others, (
                "nobody gets another one than they typed"
            )


async def test_every_translation_belongs_to_something_that_there_is() -> None:
    _, told = await registered()
    parts = [part for each in told for part in (each, *each.get("options", []))]
    assert {each["name"] for each in parts} == set(wording_locales.NAMES)
    assert set(wording_locales.DESCRIPTIONS) <= {each.get("description") for each in parts}
