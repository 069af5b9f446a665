"""Short ids that people read, type and say: `k7m2p9xw` is a turn, `k7m2p9xw-2` its second picture."""

import re
import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Lowercase, without signs that look alike (0 o, 1 i l)."""

LENGTH = 8
"""31**8: eight hundred thousand million turns."""

_PICTURE = re.compile(r"(.+)-([1-9][0-9]{0,3})")


def new_turn_id() -> str:
    """A fresh id that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def picture_id(turn: str, number: int) -> str:
    """The id of a turn's picture; `number` counts from 1."""
    return f"{turn}-{number}"


def read_id(text: str) -> tuple[str, int | None]:
    """A turn's id, and the number of the picture if one is meant, from what somebody typed.

    Case, spaces around it and a leading `#` make no difference. Whether there is such a thing is for others to know.
    """
    plain = text.strip().removeprefix("#").strip().lower()
    found = _PICTURE.fullmatch(plain)
    return (found[1], int(found[2])) if found else (plain, None)
