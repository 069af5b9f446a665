"""Replies as components: whatever the bot shows, it is within what Discord takes."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import render
from adapters.discord.sizes import File
from bot.buttons import Edit, Pick, Star, Stop, Unset, Upscale, to_token
from bot.place import Place
from bot.replies import Button, Chart, Form, Link, Picture, Reply, Whisper
from tests.peers.discord.components import check, check_modal

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
ids = st.text("abcdefghjkmnpqrstuvwxyz0123456789-", min_size=1, max_size=20)
actions = st.one_of(
    ids.map(Pick),
    ids.map(Star),
    ids.map(Stop),
    ids.map(Upscale),
    st.builds(Unset, ids, st.sampled_from(["width", "seed"])),
)
buttons = st.lists(st.builds(Button, st.text(min_size=1, max_size=120), actions, st.booleans()), max_size=60)
pictures = st.lists(
    st.builds(
        Picture,
        ids,
        ids,
        st.text(max_size=1500),
        st.just(64),
        st.just(64),
        st.just(1),
        spoiler=st.booleans(),
        stars=st.integers(0, 9),
    ),
    max_size=12,
)
places = st.builds(Place, st.just("discord"), st.sampled_from(["1", "dm-2"]), st.just("3"), st.sampled_from(["", "4"]))
links = st.lists(st.builds(Link, texts, places), max_size=3)


def accepted(pages: list[render.Page]) -> list[list[Any]]:
    """The pages as Discord gets them, once it has taken them."""
    shown = []
    for page in pages:
        components = page.view().to_components()
        check(components, True, [file.name for file in page.files])
        assert len(page.files) <= 10
        shown.append(components)
    return shown


def files(count: int) -> list[File]:
    return [File(f"p{number}.png", b"", "AI image: " + "x" * 2000) for number in range(count)]


@given(
    st.builds(
        Reply,
        key=ids,
        text=texts.map(lambda text: text * 40),
        buttons=buttons.map(tuple),
        chips=buttons.map(tuple),
        pictures=pictures.map(tuple),
        links=links.map(tuple),
    )
)
async def test_every_reply_is_within_the_limits(shown: Reply) -> None:
    accepted(render.reply(shown, files(len(shown.pictures))))


@given(texts, texts, texts)
async def test_every_form_is_within_the_limits(title: str, label: str, text: str) -> None:
    shown = Form(title=title or "x", label=label or "x", text=text * 30, action=Edit("t1"))
    check_modal(render.form(shown).to_dict())


@given(st.text(st.sampled_from("*_`~|\\>#-[]()<@!&:/t. \nabc"), max_size=60))
def test_escaped_words_lose_nothing(text: str) -> None:
    assert re.sub(r"\\(.)", r"\1", render.escape(text)).replace("\u200b", "") == text


@pytest.mark.parametrize("text", ["@everyone", "@here", "<@123456789012345678>", "<@&123456789012345678>"])
def test_nobody_is_called_by_what_people_write(text: str) -> None:
    assert "@\u200b" in render.escape(text)


@pytest.mark.parametrize("text", ["<#1>", "<:x:1>", "<a:x:1>", "<t:1>", "</imagine:1>"])
def test_nothing_is_linked_by_what_people_write(text: str) -> None:
    assert render.escape(text).startswith("\\<")


async def test_ten_pictures_with_all_their_buttons_are_one_message() -> None:
    shown = tuple(Picture(f"t-{n}", f"{n}.png", f"AI image: {n}", 64, 64, n) for n in range(10))
    all_of = [Button(str(n), Pick(f"t-{n}")) for n in range(10)] + [
        Button(f"Star {n}", Star(f"t-{n}")) for n in range(10)
    ]
    all_of += [Button(f"More {n}", Upscale(f"u-{n}")) for n in range(9)]
    chips = tuple(Button(f"chip {n}", Unset("t", f"s{n}")) for n in range(8))
    pages = render.reply(Reply(key="t", text="done", pictures=shown, buttons=tuple(all_of), chips=chips), files(10))
    (components,) = accepted(pages)
    inner = [part for row in components if row["type"] == 1 for part in row["components"]]
    values = {option["value"] for part in inner for option in part.get("options", [])}
    assert values | {part["custom_id"] for part in inner} >= {to_token(each.action) for each in (*all_of, *chips)}


async def test_pictures_beyond_ten_and_words_beyond_4000_go_on_in_further_messages() -> None:
    shown = Reply(key="t", text="\n".join(["line " * 20] * 90), charts=(Chart("c.png", "Chart", 1, 1),))
    pages = render.reply(shown, files(12))
    accepted(pages)
    assert [len(page.files) for page in pages] == [0, 0, 10, 2]
    assert "".join(page.text.replace("\n", "") for page in pages) == shown.text.replace("\n", "")


async def test_every_picture_has_its_alternative_text_and_spoilers_are_hidden() -> None:
    (page,) = render.whisper(Whisper("x"), [File("SPOILER_p.png", b"", "AI image: " + "x" * 2000, True)])
    ((_, gallery),) = accepted([page])
    (item,) = gallery["items"]
    assert len(item["description"]) == 1024
    assert item["spoiler"] is True
    picture = Picture("t-1", "1.png", "", 1, 1, 1, spoiler=True)
    assert render.file_name(picture, ".png") == "SPOILER_t-1.png"


async def test_danger_has_the_colour_of_warning() -> None:
    (page,) = render.reply(Reply(key="t", text="x", buttons=(Button("Stop", Stop("t"), danger=True),)), [])
    ((_, row),) = accepted([page])
    assert row["components"][0]["style"] == 4
