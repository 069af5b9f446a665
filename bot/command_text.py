"""What people type after /imagine, as values: picture links, a prompt, flags at the end.

    https://example.org/cat.png a {red, green} bird (in the fog:1.3) --ar 16:9 --no people, cars

One text may ask for several things; see permutations.py. The prompt keeps its weights as they were typed;
prompt_weights.py reads them.
"""

import itertools
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple

from bot import flag_values, permutations, prompt_weights
from bot.errors import BadValue, Contradiction, EmptyPrompt, MisplacedLink, TooLong, UnknownFlag
from bot.flag_kinds import Adapters, Switch, Words
from bot.flags import BY_NAME, Flag, nearest
from bot.plain_text import DASHES, clean, words

LIMIT = 4000
"""Characters of a prompt, and of what is to be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What one person asked for, and nothing else: None where they said nothing."""

    prompt: str
    """With its weights as they were typed."""
    negative_prompt: str | None = None
    links: tuple[str, ...] = ()
    aspect: tuple[int, int] | None = None
    """Width to height, in lowest terms."""
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str | None = None
    """As it was typed: which names there are depends on the model."""
    count: int | None = None
    chaos: int | None = None
    stop: int | None = None
    """A share of the steps, 10-100."""
    stylize: int | None = None
    iw: float | None = None
    strength: float | None = None
    tile: bool = False
    quality: float | None = None
    model: str | None = None
    style: str | None = None
    """A name from styles.py."""
    loras: tuple[tuple[str, float], ...] = ()
    speed: Literal["fast", "relax", "draft"] | None = None
    exact: bool = False
    private: bool | None = None


class _Written(NamedTuple):
    """A flag as it was typed, with the words up to the next one."""

    flag: Flag
    spelled: str
    value: list[str]

    @property
    def whole(self) -> str:
        """The flag with its value, as it was typed."""
        return " ".join([self.spelled, *self.value])


def parse(text: str, *, allow_empty: bool = False) -> list[Ask]:
    """The asks of a text: one, or one for each permutation.

    With `allow_empty` the prompt may be missing, because there is a picture, or words that stand already.

    Raises:
        BadInput: it cannot be read; which kind says why.
    """
    text = clean(text)
    if len(text) > 4 * LIMIT:
        # Two texts of full length, their escapes and every flag fit into this.
        raise TooLong(len(text), LIMIT)
    return [_ask(clean(variant), allow_empty) for variant in permutations.expand(text)]


def _ask(text: str, allow_empty: bool) -> Ask:
    links, rest = leading_links(words(text))
    first = next((at for at, word in enumerate(rest) if looks_like_a_flag(word)), len(rest))
    for word in rest[:first]:
        if link := _link(word):
            raise MisplacedLink(link)
    prompt = " ".join(rest[:first])
    check_length(prompt)
    prompt_weights.read(prompt)
    values = _values(_written(rest[first:]))
    check_length(values.get("negative_prompt", ""))
    if not prompt and not links and not allow_empty:
        raise EmptyPrompt()
    return Ask(prompt=prompt, links=links, **values)


def check_length(text: str) -> None:
    """Let a prompt pass.

    Raises:
        TooLong: it has more characters than LIMIT.
    """
    if len(text) > LIMIT:
        raise TooLong(len(text), LIMIT)


def leading_links(said: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The picture links that stand first, and the words behind them."""
    links = [link for link in itertools.takewhile(bool, map(_link, said)) if link]
    return tuple(links), said[len(links) :]


_LINK = re.compile(r"<?(https?://[^\s<>|]+)(?:\|[^>]*)?>?,?", re.IGNORECASE)


def _link(word: str) -> str | None:
    """The link that a word is, out of the angle brackets that chats put around it."""
    found = _LINK.fullmatch(word)
    return found[1].rstrip(",") if found else None


# A phone makes one long dash of two hyphens. Two dashes of any kind always try to be a flag. One long dash does so
# before a word that looks known; otherwise, and with a space behind it, it is a dash. One hyphen before a flag's
# whole name is a slip.
_DASHED = re.compile(rf"([{DASHES}]+)([A-Za-z][A-Za-z_-]*)?(.*)")


def looks_like_a_flag(word: str) -> bool:
    """Whether a word begins a flag; see above for the dashes."""
    found = _DASHED.fullmatch(word)
    if not found:
        return False
    dashes, name, rest = found[1], (found[2] or "").lower(), found[3]
    if dashes == "-":
        return len(name) > 1 and name in BY_NAME and not rest
    if len(dashes) > 1:
        return bool(name) or (dashes == "--" and rest[:1].isalnum())
    return name in BY_NAME or (len(name) > 3 and bool(get_close_matches(name, BY_NAME, cutoff=0.8)))


def _written(rest: list[str]) -> list[_Written]:
    """Words that begin with a flag, sorted to their flags."""
    found: list[_Written] = []
    for word in rest:
        if not looks_like_a_flag(word):
            found[-1].value.append(word)
            continue
        dashed = _DASHED.fullmatch(word)
        assert dashed
        name, equals, value = f"{dashed[2] or ''}{dashed[3]}".partition("=")
        name = name.rstrip(",;.:")
        flag = BY_NAME.get(name.lower())
        if flag is None or dashed[1] == "-":
            raise UnknownFlag(word.partition("=")[0], nearest(dashed[2] or name))
        if equals and isinstance(flag.kind, Switch):
            raise BadValue(f"--{name}", value, flag.spelled)
        found.append(_Written(flag, f"--{name}", [value] if value else []))
    return found


def _values(written: list[_Written]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    said: dict[str, _Written] = {}
    for each in written:
        field, value = each.flag.field, flag_values.read(each.flag, each.value, each.spelled)
        if field not in said:
            values[field] = value
        elif isinstance(each.flag.kind, Adapters):
            values[field] += value
        elif each.flag.kind == Words(adds=True):
            values[field] = f"{values[field]}, {value}"
        elif value != values[field]:
            raise Contradiction(said[field].whole, each.whole)
        said[field] = each
    for each in written:
        for field in each.flag.against:
            if field in said:
                raise Contradiction(each.whole, said[field].whole)
    if "loras" in values:
        values["loras"] = _each_once(values["loras"])
    return values


def _each_once(loras: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    weights: dict[str, float] = {}
    for name, weight in loras:
        if weights.setdefault(name, weight) != weight:
            raise Contradiction(f"--lora {name}:{weights[name]:g}", f"--lora {name}:{weight:g}")
    return tuple(weights.items())
