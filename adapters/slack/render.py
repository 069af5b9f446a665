"""From the bot's replies to Slack's blocks, within every limit. Pure.

Words are plain_text blocks, in which nothing mentions, links or formats; markup is used for links alone. A message has
at most 50 blocks and 13,000 letters; what does not fit is left out from the end, and the message says so.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from adapters.slack import markup
from adapters.slack.inbound import Names
from bot import wording_slack as wording
from bot.buttons import Action, Pick, Star, from_token, to_token
from bot.buttons import Fork as ForkAction
from bot.events import COMMANDS, AnyEvent, Fork, Imagine, Party, Press, Submit, command_name
from bot.place import Place
from bot.replies import Button, Chart, Link, Picture, Reply, Whisper

Json = dict[str, Any]
Blocks = list[Json]

MOST_BLOCKS = 50
MOST_LETTERS = 12_500
"""Of all texts together; Slack refuses a message somewhere above 13,200."""
SECTION, BUTTON, VALUE, ALT, FALLBACK, HEADING = 3000, 75, 2000, 2000, 3000, 150
ROW = 25
"""Elements of one row of buttons; five stand beside each other on a wide screen."""
BAR = 20
"""Signs of a progress bar."""

PRESS, CHIP, SHARE, REVEAL, NEW, PREFER = "press", "chip", "share", "reveal", "new_image", "prefer"
"""What action_ids begin with; a number follows."""

Address = Callable[[Place], str]
"""The web address of a channel or a thread."""

_COMMAND = re.compile(
    r"(?<![\w/])/(" + "|".join(command_name(kind) for kind in COMMANDS if kind is not Imagine) + r")\b"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the Web API takes it."""

    text: str
    """For notifications and screen readers that read no blocks."""
    blocks: Blocks


def plain(text: str, most: int) -> Json:
    """A text object that does nothing but say its words."""
    return {"type": "plain_text", "text": cut(text, most) or " ", "emoji": False}


def cut(text: str, most: int) -> str:
    """The text, with an ellipsis where it had to end."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def reply(shown: Reply, files: Mapping[str, str], address: Address) -> Shown:
    """A message of the bot's.

    Args:
        files: the ids of the pictures and charts at Slack, by their file names; those without one are not there yet.
    """
    head: Blocks = []
    if not shown.final and shown.progress:
        head.append(_context(_bar(shown.progress.share)))
    if shown.links:
        head.append(_links(shown.links, address))
    head += rows(shown.chips, CHIP)
    tail = _pictures(shown.pictures, files) + _charts(shown.charts, files) + rows(_distinct(shown), PRESS)
    if shown.final and any(one.file in files and not one.spoiler for one in shown.pictures):
        tail.append(_actions([_button(wording.SHARE, f"{SHARE} 0", "share")]))
    return _message(shown.text, head + tail)


def root(event: AnyEvent) -> Shown:
    """The message that a thread hangs on."""
    match event:
        case Imagine(prompt=prompt):
            what = prompt or wording.A_PICTURE
        case Party(theme=theme, minutes=minutes):
            what = wording.party(theme, minutes)
        case Fork(id=id):
            what = wording.forked(id)
        case Press(token=token):
            action = from_token(token)
            what = wording.forked(action.picture) if isinstance(action, ForkAction) else wording.MORE_OF_IT
        case Submit(text=text):
            what = text or wording.A_PICTURE
        case _:
            raise ValueError(f"no thread is opened for a {type(event).__name__}")
    return _message(wording.root(what, event.person.name), [])


def whisper(shown: Whisper, files: Mapping[str, str], names: Names) -> Shown:
    """Words for one person. Commands are called what they are called here."""
    text = commands_named(shown.text, names)
    return _message(text, _pictures(shown.pictures, files) + rows(shown.buttons, PRESS))


def call(person: str) -> Shown:
    """The one message that rings somebody's device."""
    text = wording.called(f"<@{person}>")
    return Shown(text, [{"type": "section", "text": {"type": "mrkdwn", "text": text}}])


def words(text: str) -> Shown:
    """Words alone."""
    return _message(text, [])


def marked(parts: Sequence[str]) -> Shown:
    """Sentences of our own in Slack's markup; no word of anybody else's may be in them."""
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": cut(part, SECTION)}} for part in parts]
    return Shown(cut(markup.quiet(parts[0]), FALLBACK), blocks)


def commands_named(text: str, names: Names) -> str:
    """Words that name commands, with the names that they have at Slack."""
    return _COMMAND.sub(rf"{names.umbrella} \1", text).replace("/imagine", names.imagine)


def shared(blocks: Sequence[Json]) -> Shown:
    """What goes to the channel of a message that is shared: its first words and its pictures."""
    kept: Blocks = []
    for block in blocks:
        if block["type"] == "image" and "slack_file" in block:
            picture = {"type": "image", "slack_file": {"id": block["slack_file"]["id"]}, "alt_text": block["alt_text"]}
            kept.append(picture | ({"title": block["title"]} if block.get("title") else {}))
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    return _message(texts[0] if texts else "", kept)


def hidden(value: str) -> Shown:
    """The picture behind a button that reveals it."""
    one = json.loads(value)
    return _message("", [_image(one["file"], one["alt"], "")])


def home(
    account: str, mine: str, pictures: Sequence[Picture], files: Mapping[str, str], names: Names, notice: str
) -> Blocks:
    """The home tab; at most 100 blocks."""
    shown = [one for one in pictures if one.file in files and not one.spoiler]
    recent = [_image(files[one.file], one.alt, f"{names.umbrella} show {one.id}") for one in shown]
    how = f"{names.imagine} … · {names.umbrella} help"
    return [
        {"type": "header", "text": plain(wording.HOME_TITLE, HEADING)},
        {"type": "section", "text": plain(wording.HOME_HELLO, SECTION)},
        _actions([_button(wording.HOME_NEW, NEW, "new")]),
        *([_context(cut(notice, SECTION))] if notice else []),
        {"type": "header", "text": plain(wording.HOME_ACCOUNT, HEADING)},
        *_sections(account),
        {"type": "header", "text": plain(wording.HOME_SETTINGS, HEADING)},
        *_sections(mine),
        _actions([_button(wording.HOME_CHANGE, PREFER, "prefer")]),
        {"type": "header", "text": plain(wording.HOME_RECENT, HEADING)},
        *(recent or _sections(wording.HOME_NO_RECENT)),
        {"type": "header", "text": plain(wording.HOME_HELP, HEADING)},
        _context(how),
    ]


def home_workspace(who: str, names: Names, missing: Sequence[str]) -> Blocks:
    """What an admin sees beneath: whose token it is, what the commands are called, and which rights are missing."""
    return [
        {"type": "header", "text": plain(wording.HOME_WORKSPACE, HEADING)},
        *_sections(wording.home_workspace(who, (names.imagine, names.umbrella), missing)),
    ]


def _sections(text: str, most: int = 10) -> Blocks:
    return [{"type": "section", "text": plain(part, SECTION)} for part in _parts(text)][:most]


def rows(buttons: Sequence[Button], name: str) -> Blocks:
    """Buttons in rows: picks, stars and the others apart, at most 25 in a row. A label says the same to everybody."""
    found: Blocks = []
    number = 0
    for _, group in groupby(buttons, lambda each: _kind(each.action)):
        elements = []
        for each in group:
            elements.append(_button(each.label, f"{name} {number}", to_token(each.action), danger=each.danger))
            number += 1
        found += [_actions(elements[start : start + ROW]) for start in range(0, len(elements), ROW)]
    return found


def _kind(action: Action) -> str:
    return type(action).__name__ if isinstance(action, Pick | Star) else ""


def _distinct(shown: Reply) -> list[Button]:
    """The buttons; where several stars are called the same, the number of the picture tells them apart."""
    numbers = {picture.id: number for number, picture in enumerate(shown.pictures, 1)}
    labels = [each.label for each in shown.buttons]
    return [
        Button(f"{each.label} {numbers[each.action.picture]}", each.action, each.danger)
        if isinstance(each.action, Star) and each.action.picture in numbers and labels.count(each.label) > 1
        else each
        for each in shown.buttons
    ]


def _message(text: str, rest: Blocks) -> Shown:
    """Words first. What is too much is left out from the end of the words, then of the rest."""
    room = MOST_BLOCKS - 1
    kept = rest[:room]
    letters = MOST_LETTERS - sum(map(_letters, kept))
    while kept and letters < len(wording.MORE) + 1:
        letters += _letters(kept.pop())
    whole = len(kept) == len(rest)
    words_left = max(0, letters - len(wording.MORE))
    said = text if len(text) <= words_left else cut(text, words_left)
    sections = [{"type": "section", "text": plain(part, SECTION)} for part in _parts(said)][: room - len(kept)]
    blocks = sections + kept
    if not whole or said != text:
        blocks.append(_context(wording.MORE))
    return Shown(cut(markup.quiet(text), FALLBACK), blocks or [_context("")])


def _letters(part: Any) -> int:
    """Letters of all texts within, generously."""
    match part:
        case str():
            return len(part)
        case Mapping():
            return sum(_letters(value) for name, value in part.items() if name not in ("type", "action_id", "value"))
        case list():
            return sum(map(_letters, part))
    return 0


def _parts(text: str) -> Iterator[str]:
    """The text in parts that a section holds, cut at the ends of lines where there are any."""
    rest = text
    while len(rest) > SECTION:
        at = rest.rfind("\n", 1, SECTION) if "\n" in rest[1:SECTION] else SECTION
        yield rest[:at]
        rest = rest[at:].removeprefix("\n")
    if rest.strip():
        yield rest


def _pictures(pictures: Sequence[Picture], files: Mapping[str, str]) -> Blocks:
    blocks: Blocks = []
    for number, one in enumerate(pictures, 1):
        if one.file not in files:
            continue
        if one.spoiler:
            value = json.dumps({"file": files[one.file], "alt": cut(one.alt, VALUE // 2 - 100)}, ensure_ascii=False)
            label = wording.REVEAL.format(number=number)
            blocks.append(_actions([_button(label, f"{REVEAL} {number}", value)]))
        else:
            title = wording.stars(number, one.stars) if len(pictures) > 1 or one.stars else ""
            blocks.append(_image(files[one.file], one.alt, title))
    return blocks


def _charts(charts: Sequence[Chart], files: Mapping[str, str]) -> Blocks:
    return [_image(files[one.file], one.alt, "") for one in charts if one.file in files]


def _image(file: str, alt: str, title: str) -> Json:
    image: Json = {"type": "image", "slack_file": {"id": file}, "alt_text": cut(alt, ALT) or " "}
    return image | ({"title": plain(title, ALT)} if title else {})


def _links(links: Sequence[Link], address: Address) -> Json:
    """In markup, since nothing else in a message can lead somewhere without a button."""
    marked = " · ".join(f"<{address(link.place)}|{_label(link.label)}>" for link in links[:10])
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": marked, "verbatim": True}]}


def _label(text: str) -> str:
    return cut(markup.quiet(text).replace("|", "¦").replace("\n", " "), 150)


def _bar(share: float) -> str:
    full = round(max(0.0, min(1.0, share)) * BAR)
    return wording.PROGRESS_FULL * full + wording.PROGRESS_EMPTY * (BAR - full)


def _context(text: str) -> Json:
    return {"type": "context", "elements": [plain(text, SECTION)]}


def _actions(elements: Blocks) -> Json:
    return {"type": "actions", "elements": elements}


def _button(label: str, action_id: str, value: str, *, danger: bool = False) -> Json:
    button: Json = {"type": "button", "text": plain(label, BUTTON), "action_id": action_id, "value": value}
    return button | ({"style": "danger"} if danger else {})
