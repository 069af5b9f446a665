"""`{red, green} bird --ar {1:1, 16:9}`: one text for each choice, before anything else is read."""

from dataclasses import dataclass, field

from bot.errors import Ambiguous, TooManyPermutations, Unbalanced
from bot.plain_text import HIDDEN, veil

LIMIT = 8


@dataclass(slots=True)
class _Braces:
    """A pair of braces that is being read; the outermost one is the whole text."""

    start: int = -1
    options: list[str] = field(default_factory=list)
    count: int = 0
    """Of the options; `options` itself is cut off above the limit, so that no text can fill the memory."""
    line: list[str] = field(default_factory=lambda: [""])
    line_count: int = 1
    commas: int = 0
    bars: int = 0

    def add(self, texts: list[str], count: int) -> None:
        """Go on in `count` ways."""
        self.line = [before + after for before in self.line for after in texts][: LIMIT + 1]
        self.line_count *= count

    def end_option(self) -> None:
        """A comma, or the end."""
        self.options = (self.options + [text.strip() for text in self.line])[: LIMIT + 1]
        self.count += self.line_count
        self.line, self.line_count = [""], 1


def expand(text: str) -> list[str]:
    """The texts that a text with braces stands for, the leftmost braces changing slowest.

    Braces nest, and stand anywhere outside of lettering. `\\{`, `\\}` and `\\,` are the signs themselves.

    Raises:
        TooManyPermutations: more than LIMIT.
        Unbalanced: a brace without its partner.
        Ambiguous: `{a|b}` or `{a}`.
    """
    stack = [_Braces()]
    last = 0
    for index, sign in enumerate(veil(text)):
        if sign not in "{},|":
            continue
        top = stack[-1]
        top.add([_plain(text[last:index])], 1)
        last = index + 1
        if sign == "{":
            stack.append(_Braces(start=index))
        elif sign == "}":
            if len(stack) == 1:
                raise Unbalanced("}")
            _check(top, text[top.start : index + 1])
            top.end_option()
            stack.pop()
            stack[-1].add(top.options, top.count)
        elif len(stack) == 1:
            top.add([sign], 1)
        elif sign == ",":
            top.commas += 1
            top.end_option()
        else:
            top.bars += 1
    if len(stack) > 1:
        raise Unbalanced("{")
    whole = stack[0]
    whole.add([_plain(text[last:])], 1)
    if whole.line_count > LIMIT:
        raise TooManyPermutations(whole.line_count, LIMIT)
    return whole.line


def _check(braces: _Braces, written: str) -> None:
    inside = written[1:-1].strip()
    if braces.bars:
        parts = [part.strip() for part in inside.split("|")]
        raise Ambiguous(written, (f"{{{', '.join(parts)}}}", " ".join(f"{part}::1" for part in parts)))
    if not braces.commas:
        raise Ambiguous(written, (f"({inside}:1.05)", inside) if inside else ("\\{\\}", "{red, green}"))


def _plain(text: str) -> str:
    """Take the backslash from what it was for here; lettering and all other backslashes stay as typed."""
    return HIDDEN.sub(lambda found: found[0][1:] if found[0][:2] in ("\\{", "\\}", "\\,") else found[0], text)


def escape(text: str) -> str:
    """The text that `expand` makes this text of, and nothing else."""
    veiled = veil(text)
    return "".join(f"\\{char}" if sign in "{}" else char for char, sign in zip(text, veiled, strict=True))
