"""From the bot's replies to Discord's components. Pure: bytes are fetched elsewhere, here they have names.

A reply is one message, and more than one only where its words or its pictures do not fit: 4000 characters, 40
components, 10 pictures.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import discord
from discord import ui
from discord.utils import escape_markdown, escape_mentions

from adapters.discord.sizes import MOST_FILES, File
from bot import wording_discord as wording
from bot.buttons import Pick, Star, to_token
from bot.place import Place
from bot.replies import Button, Form, Link, Picture, Reply, Whisper

LONGEST_TEXT = 4000
"""Characters of all text of one message."""
LONGEST_ALT, LONGEST_LABEL, LONGEST_TITLE, LONGEST_FIELD = 1024, 80, 45, 4000
LONGEST_CHOICE, MOST_CHOICES = 100, 25
MOST_COMPONENTS = 40
MOST_IN_ROW = 5
MENU = "s1~menu~"
"""Beginning of the custom_id of a select; its values are tokens."""

View: TypeAlias = ui.LayoutView
NO_MENTIONS = discord.AllowedMentions.none()

_MARKS = re.compile(r"<(?=[#@:a/t])")


@dataclass(frozen=True, slots=True)
class Menu:
    """A select in the place of many buttons."""

    name: str
    number: int
    buttons: tuple[Button, ...] = field(default=())

    def item(self) -> "ui.Select[Any]":
        """The component."""
        options = [
            discord.SelectOption(label=cut(each.label, LONGEST_CHOICE), value=to_token(each.action))
            for each in self.buttons
        ]
        return ui.Select(custom_id=f"{MENU}{self.number}", placeholder=self.name, options=options)


@dataclass(frozen=True, slots=True)
class Page:
    """One message: what it shows, and the files that go with it."""

    text: str
    files: tuple[File, ...] = ()
    rows: tuple[tuple[Button, ...] | Menu, ...] = ()

    def view(self) -> View:
        """The components. A new one for each sending; finished, so that the library keeps none of them."""
        view = ui.LayoutView(timeout=None)
        if self.text:
            view.add_item(ui.TextDisplay(self.text))
        if self.files:
            items = [
                discord.MediaGalleryItem(
                    f"attachment://{file.name}", description=cut(file.alt, LONGEST_ALT) or None, spoiler=file.spoiler
                )
                for file in self.files
            ]
            view.add_item(ui.MediaGallery(*items))
        for row in self.rows:
            inner = [row.item()] if isinstance(row, Menu) else [_button(each) for each in row]
            view.add_item(ui.ActionRow(*inner))
        view.stop()
        return view


def escape(text: str) -> str:
    """Words as Discord shows them letter by letter: no markup, nobody called."""
    lines = []
    for line in text.split("\n"):
        bare = line.lstrip(" \t")
        lines.append(line[: len(line) - len(bare)] + escape_markdown(bare))
    return _MARKS.sub(r"\\<", escape_mentions("\n".join(lines)))


def reply(shown: Reply, files: Sequence[File]) -> list[Page]:
    """The messages of a reply. `files` are those of its pictures, previews and charts, in this order."""
    below = [wording.stars(number, each.stars) for number, each in enumerate(shown.pictures, 1) if each.stars]
    texts = _texts([escape(shown.text), *below, *(link(each) for each in shown.links)])
    groups = [shown.chips, *_groups(shown.buttons)]
    return _pages(texts, files, groups)


def whisper(shown: Whisper, files: Sequence[File]) -> list[Page]:
    """The messages of a whisper."""
    return _pages(_texts([escape(shown.text)]), files, _groups(shown.buttons))


def words(text: str) -> Page:
    """A message of plain words, which are ours and not escaped."""
    return Page(cut(text, LONGEST_TEXT))


def form(shown: Form) -> ui.Modal:
    """A form with one text field."""
    return modal(shown.title, shown.label, shown.text, to_token(shown.action))


def modal(title: str, label: str, text: str, custom_id: str) -> ui.Modal:
    """A form by its parts; its field is called `text`."""
    made = ui.Modal(title=cut(title, LONGEST_TITLE), custom_id=custom_id, timeout=None)
    entry: ui.TextInput[Any] = ui.TextInput(
        style=discord.TextStyle.paragraph,
        default=cut(text, LONGEST_FIELD) or None,
        max_length=LONGEST_FIELD,
        custom_id="text",
    )
    made.add_item(ui.Label(text=cut(label, LONGEST_TITLE), component=entry))
    made.stop()
    return made


def link(shown: Link) -> str:
    """Words that lead to another place."""
    label = escape(shown.label).replace("[", "(").replace("]", ")")
    return f"[{label}]({address(shown.place)})"


def address(place: Place, message: str = "") -> str:
    """A place, or a message there, as the client opens it."""
    guild = "@me" if place.workspace.startswith("dm-") else place.workspace
    parts = [guild, place.thread or place.channel, *([message] if message else [])]
    return "https://discord.com/channels/" + "/".join(parts)


def file_name(picture: Picture, ending: str) -> str:
    """The name of a picture's file; spoilers are marked in it as well."""
    bare = re.sub(r"[^A-Za-z0-9_-]", "-", picture.id)
    return ("SPOILER_" if picture.spoiler else "") + bare + ending


def _pages(texts: list[str], files: Sequence[File], groups: Sequence[Sequence[Button]]) -> list[Page]:
    chunks = [tuple(files[at : at + MOST_FILES]) for at in range(0, len(files), MOST_FILES)] or [()]
    pages = [Page(text) for text in texts[:-1]]
    pages += [Page(texts[-1] if not at else "", chunk) for at, chunk in enumerate(chunks)]
    last = pages[-1]
    taken = bool(last.text) + bool(last.files)
    pages[-1] = Page(last.text, last.files, _rows(groups, MOST_COMPONENTS - taken))
    return pages if pages[-1].text or pages[-1].files or pages[-1].rows else [*pages[:-1], Page("\u200b")]


def _groups(buttons: Sequence[Button]) -> list[tuple[Button, ...]]:
    """Buttons that belong together: picks, then everything else, then stars."""
    picks = tuple(each for each in buttons if isinstance(each.action, Pick))
    stars = tuple(each for each in buttons if isinstance(each.action, Star))
    rest = tuple(each for each in buttons if not isinstance(each.action, Pick | Star))
    return [picks, rest, stars]


def _rows(groups: Sequence[Sequence[Button]], room: int) -> tuple[tuple[Button, ...] | Menu, ...]:
    """Rows of buttons, each token once; where there are too many, the longest groups become menus."""
    seen: set[str] = set()
    each_once: list[list[Button]] = []
    for group in groups:
        kept = [button for button in group if to_token(button.action) not in seen]
        kept = list({to_token(button.action): button for button in kept}.values())
        seen |= {to_token(button.action) for button in kept}
        each_once.append(kept)
    as_menu: set[int] = set()
    while sum(_cost(group, at in as_menu) for at, group in enumerate(each_once)) > room:
        longest = max((at for at in range(len(each_once)) if at not in as_menu), key=lambda at: len(each_once[at]))
        as_menu.add(longest)
    rows: list[tuple[Button, ...] | Menu] = []
    for at, group in enumerate(each_once):
        step = MOST_CHOICES if at in as_menu else MOST_IN_ROW
        for start in range(0, len(group), step):
            part = tuple(group[start : start + step])
            rows.append(Menu(_menu_name(part[0]), len(rows), part) if at in as_menu else part)
    return tuple(rows)


def _cost(group: Sequence[Button], menu: bool) -> int:
    """Components that a group takes."""
    rows = -(-len(group) // (MOST_CHOICES if menu else MOST_IN_ROW))
    return 2 * rows if menu else rows + len(group)


def _menu_name(first: Button) -> str:
    match first.action:
        case Pick():
            return wording.PICKS
        case Star():
            return wording.STARS
    return wording.CHIPS if type(first.action).__name__ == "Unset" else wording.MORE


def _button(shown: Button) -> "ui.Button[Any]":
    style = discord.ButtonStyle.danger if shown.danger else discord.ButtonStyle.secondary
    label = cut(shown.label, LONGEST_LABEL) or "?"
    return ui.Button(style=style, label=label, custom_id=to_token(shown.action))


def _texts(lines: Sequence[str]) -> list[str]:
    """Escaped lines as texts that fit, broken at ends of lines where there are some."""
    texts = [""]
    for line in "\n".join(lines).strip("\n").split("\n"):
        for part in _broken(line):
            joined = f"{texts[-1]}\n{part}" if texts[-1] else part
            if length(joined) <= LONGEST_TEXT:
                texts[-1] = joined
            else:
                texts.append(part)
    return texts


def _broken(line: str) -> list[str]:
    parts = []
    while length(line) > LONGEST_TEXT:
        at = len(_begin(line, LONGEST_TEXT))
        at -= line[:at].endswith("\\")  # a sign stays with the backslash before it
        parts.append(line[:at])
        line = line[at:]
    return [*parts, line]


def length(text: str) -> int:
    """Characters as Discord counts them: a sign beyond the first 65,536, such as an emoji, is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _begin(text: str, most: int) -> str:
    """As much of a text as is no longer than this."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore")


def cut(text: str, most: int) -> str:
    """A text in at most so many characters."""
    return text if length(text) <= most else _begin(text, most - 1) + "…"
