"""Slack's markup, both ways: from what people typed to plain words, and from plain words to what does nothing. Pure."""

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^<>\n]*))?>")
_ALIKE = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
"""Signs that look like those that format, and format nothing."""
_JOINER = "\u2060"
"""A word joiner: unseen, and an address that it stands in is none."""
_QUOTE = re.compile(r"(^|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029])&gt;")
"""A quotation begins a line, and whoever shows it decides what ends one: each sign that Unicode lets end lines."""


def escape(text: str) -> str:
    """The three signs that mentions and links are made of, made plain."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What `escape` made plain, as it was typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def quiet(text: str) -> str:
    """Words within markup that mention nobody, link nowhere and format nothing."""
    broken = escape(text.translate(_ALIKE)).replace("://", f":{_JOINER}//")
    return _QUOTE.sub(r"\1›", broken)


def plain(text: str, names: Mapping[str, str]) -> str:
    """What somebody typed, as they see it themselves. `names` are people's names by their ids."""

    def shown(found: re.Match[str]) -> str:
        mark, body, label = found.groups()
        match mark:
            case "@":
                return f"@{label or names.get(body, body)}"
            case "#":
                return f"#{label or body}"
            case "!":
                return (label or f"@{body.partition('^')[0]}") if "^" in body else f"@{body}"
        return body.removeprefix("mailto:") if label and body.endswith(label) and "://" not in label else body

    return unescape(_TOKEN.sub(shown, text))


def people_in(text: str) -> list[str]:
    """The ids of the people who are mentioned, in order, each once."""
    return list(dict.fromkeys(found[1] for found in _PERSON.finditer(text)))


def mentioned(word: str) -> tuple[str, str] | None:
    """The id and the label of a word that is one mention and nothing else."""
    found = _PERSON.fullmatch(word.strip())
    return (found[1], found[2] or "") if found else None


def without(text: str, person: str) -> tuple[str, bool]:
    """The text without the mentions of one person, and whether there were any."""
    pattern = re.compile(rf"\s*<@{re.escape(person)}(?:\|[^<>\n]*)?>[,:]?[ \t]*")
    found = pattern.search(text)
    return (pattern.sub(" ", text).strip(), True) if found else (text.strip(), False)
