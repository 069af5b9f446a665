"""Who may come in, and who is who: signed cookies, the password, and requests that another site has sent."""

import hashlib
import hmac
import ipaddress
import os
import secrets
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

PERSON = "sextant_person"
ENTRANCE = "sextant_entrance"

GUESSES = 5
"""Wrong passwords that one address may try in `GUESS_SECONDS`; all addresses together ten times as many."""
GUESS_SECONDS = 60.0

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class PasswordNeeded(Exception):
    """The console is to be open to other machines, and has no password."""


class TooManyGuesses(Exception):
    """`seconds` until another one may be tried."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in _LOOPBACK_NAMES


def load_secret(path: Path) -> bytes:
    """The secret that cookies are signed with: 32 bytes, made on the first start, readable by the owner alone.

    Raises:
        OSError: the file can't be read or made.
    """
    try:
        secret = path.read_bytes()
        if len(secret) == 32:
            return secret
    except FileNotFoundError:
        pass
    # Written whole under another name first: a start that is cut off must not leave half a secret.
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
    fresh.replace(path)
    return path.read_bytes()


class Access:
    """The rules of the door."""

    def __init__(
        self, secret: bytes, password: str, loopback: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._secret, self._password, self._loopback, self._clock = secret, password, loopback, clock
        self._wrong: dict[str, deque[float]] = {}

    @classmethod
    def for_host(cls, host: str, password: str, secret: bytes) -> Self:
        """The rules for a server that listens on `host`.

        Raises:
            PasswordNeeded: other machines reach it, and there is no password.
        """
        if not password and not is_loopback(host):
            raise PasswordNeeded(host)
        return cls(secret, password, is_loopback(host))

    # Who is who

    def new_person(self) -> str:
        """The id of a person who comes for the first time."""
        return secrets.token_hex(6)

    def person_cookie(self, person: str) -> str:
        """The cookie that says who somebody is."""
        return f"{person}.{self._sign('person', person)}"

    def person_of(self, cookie: str) -> str | None:
        """Who the cookie belongs to; None if it is not one of ours."""
        person, _, signature = cookie.partition(".")
        return person if person and _same(signature, self._sign("person", person)) else None

    # The password

    def entrance_cookie(self) -> str:
        """The cookie of those who knew the password. Another password makes it worthless."""
        return self._sign("entrance", hashlib.sha256(self._password.encode()).hexdigest())

    def may_enter(self, cookie: str) -> bool:
        """Whether somebody with this cookie has said the password, where there is one."""
        return not self._password or _same(cookie, self.entrance_cookie())

    def guess(self, address: str, password: str) -> bool:
        """Whether it is the password.

        Raises:
            TooManyGuesses: there were too many wrong ones, from this address or from all.
        """
        now = self._clock()
        for known in list(self._wrong):
            while self._wrong[known] and now - self._wrong[known][0] >= GUESS_SECONDS:
                self._wrong[known].popleft()
            if not self._wrong[known]:
                del self._wrong[known]
        mine = self._wrong.get(address, deque())
        if len(mine) >= GUESSES:
            raise TooManyGuesses(GUESS_SECONDS - (now - mine[0]))
        if sum(map(len, self._wrong.values())) >= 10 * GUESSES:
            raise TooManyGuesses(GUESS_SECONDS)
        right = _same(_digest(password), _digest(self._password))
        if not right:
            self._wrong.setdefault(address, deque()).append(now)
        return right

    # Requests that another site has sent

    def right_host(self, host: str) -> bool:
        """Whether the Host header is one of this server's names.

        On loopback a foreign name means that a site has pointed its own name here (DNS rebinding). Elsewhere the name
        is not known, and the cookie, which the browser keeps for the right name alone, does the work.
        """
        return not self._loopback or (urlsplit(f"//{host}").hostname or "") in _LOOPBACK_NAMES

    def same_origin(self, origin: str | None, host: str) -> bool:
        """Whether the page that sent the request is ours. Programs send no Origin; browsers always do."""
        return origin is None or urlsplit(origin).netloc.lower() == host.lower()

    def _sign(self, purpose: str, value: str) -> str:
        return hmac.new(self._secret, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
