"""Replies into JSON."""

import json
from dataclasses import replace

from adapters.console import render
from bot.buttons import Again, Delete, Edit, Pick, Star, Unset, from_token
from bot.events import COMMANDS, Describe, Help, Imagine, Message
from bot.flags import FLAGS
from bot.place import Person, Place
from bot.replies import Button, Chart, Form, Link, Picture, Preview, Progress, Reply, Whisper
from tests.scripted_bot import pixels, png

ANN = Person("ann", "Ann")
CHANNEL = Place("console", "local", "general")
PICTURE = Picture("p1", "aa.png", "AI image: a car", 128, 96, seed=7)


def test_a_reply_is_whole_and_is_json() -> None:
    shown = Reply(
        key="t1",
        title="a car",
        text="a car for Ann",
        pictures=(PICTURE,),
        buttons=(Button("1", Pick("p1")), Button("Delete", Delete("t1"), danger=True)),
        mention="ann",
    )
    frame = json.loads(json.dumps(render.reply(shown, [], {"ann": "Ann"})))
    assert frame["pictures"] == [
        {
            "id": "p1",
            "file": "aa.png",
            "url": "/pictures/aa.png",
            "alt": "AI image: a car",
            "width": 128,
            "height": 96,
            "seed": 7,
            "spoiler": False,
            "stars": 0,
        }
    ]
    assert [from_token(button["token"]) for button in frame["buttons"]] == [Pick("p1"), Delete("t1")]
    assert [(button["action"], button["danger"]) for button in frame["buttons"]] == [("pick", False), ("delete", True)]
    assert frame["mention"] == {"id": "ann", "name": "Ann"}
    assert (frame["key"], frame["title"], frame["text"], frame["final"]) == ("t1", "a car", "a car for Ann", True)


def test_what_is_out_of_date_at_once_is_not_kept() -> None:
    shown = Reply(
        key="t1", text="drawing", previews=(Preview(pixels(1, 4), "p", 8, 8),), progress=Progress(0.5), final=False
    )
    entry = render.reply(shown, ["data:x"], {})
    kept = render.placeholder(entry)
    assert entry["previews"]
    assert (kept["previews"], kept["progress"], kept["text"]) == ([], None, "drawing")


def test_whispers_and_forms_stand_where_they_were_asked_for() -> None:
    event = Help(event_id="ann.e", place=CHANNEL.in_thread("root"), person=ANN)
    whisper = render.whisper(Whisper("words", (PICTURE,), (Button("Edit", Edit("t1")),)), event)
    assert (whisper["id"], whisper["key"], whisper["channel"], whisper["thread"]) == (
        "ann.e",
        "ann.e",
        "general",
        "root",
    )
    assert whisper["pictures"][0]["url"] == "/pictures/aa.png"
    form = render.form(Form(title="Edit", label="Prompt", text="a car", action=Edit("t1")), event)
    assert from_token(form["token"]) == Edit("t1")
    assert (form["title"], form["label"], form["text"], form["thread"]) == ("Edit", "Prompt", "a car", "root")


def test_threads_hang_on_what_is_said_in_the_channel() -> None:
    words = Message(event_id="e", place=CHANNEL, person=ANN, text="hello")
    assert render.said(words, "hello", "")["opens"]
    assert render.said(Imagine(event_id="e", place=CHANNEL, person=ANN, prompt="x"), "/imagine x", "")["opens"]
    assert not render.said(Message(event_id="e", place=CHANNEL.in_thread("t"), person=ANN, text="hello"), "hello", "")[
        "opens"
    ]
    assert not render.said(Describe(event_id="e", place=CHANNEL, person=ANN), "/describe", "")["opens"]


def test_the_page_learns_all_commands_and_flags() -> None:
    commands = render.commands()
    assert [command["name"] for command in commands] == [kind.__name__.lower() for kind in COMMANDS]
    assert all(command["about"] for command in commands)
    imagine = next(command for command in commands if command["name"] == "imagine")
    assert [(option["name"], option["required"], option["kind"]) for option in imagine["options"]] == [
        ("prompt", True, "text"),
        ("picture", False, "picture"),
    ]
    assert [option["name"] for command in commands for option in command["options"] if option["whole"]] == [
        "prompt",
        "picture",
        "text",
    ]
    party = next(command for command in commands if command["name"] == "party")
    assert [(option["kind"], option["main"], option["low"], option["high"]) for option in party["options"]] == [
        ("text", True, None, None),
        ("number", False, 1, 10_080),
        ("text", False, None, None),
    ]
    [top] = next(command for command in commands if command["name"] == "top")["options"]
    assert top["choices"] == ["thread", "channel", "workspace"]
    assert [flag["names"][0] for flag in render.flags()] == [flag.names[0] for flag in FLAGS]


def test_chips_charts_links_and_stars_are_whole() -> None:
    shown = Reply(
        key="t1",
        text="a tree",
        pictures=(replace(PICTURE, stars=2),),
        chips=(Button("16:9", Unset("t1", "width")),),
        charts=(Chart("tree.png", "Chart: a tree", 320, 200),),
        links=(Link("there", CHANNEL.in_thread("ann.e/1")), Link("up", CHANNEL)),
        buttons=(Button("Star", Star("p1")), Button("Again", Again("t1"))),
    )
    frame = json.loads(json.dumps(render.reply(shown, [], {})))
    assert frame["pictures"][0]["stars"] == 2
    assert [(chip["label"], chip["action"], from_token(chip["token"])) for chip in frame["chips"]] == [
        ("16:9", "unset", Unset("t1", "width"))
    ]
    assert frame["charts"] == [
        {"file": "tree.png", "url": "/pictures/tree.png", "alt": "Chart: a tree", "width": 320, "height": 200}
    ]
    assert [(link["label"], link["channel"], link["thread"], link["address"]) for link in frame["links"]] == [
        ("there", "general", "ann.e/1", "#general/ann.e%2F1"),
        ("up", "general", "", "#general"),
    ]
    assert [button["picture"] for button in frame["buttons"]] == ["p1", ""]


def test_what_is_said_knows_what_it_answers() -> None:
    words = Message(event_id="e", place=CHANNEL.in_thread("t"), person=ANN, text="darker", reply_to="t1")
    assert render.said(words, "darker", "")["reply_to"] == "t1"


def test_only_pictures_are_called_pictures() -> None:
    assert render.media_type(png(pixels(1, 4))) == "image/png"
    assert render.media_type(b"\xff\xd8\xff\xe0rest") == "image/jpeg"
    assert render.media_type(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert render.media_type(b"GIF89a") == "image/gif"
    for other in (b"", b"<svg onload=alert(1)>", b"<!doctype html>", b"RIFF\0\0\0\0WAVE"):
        assert render.media_type(other) == render.UNKNOWN_MEDIA
