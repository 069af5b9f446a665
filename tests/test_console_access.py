"""The door: cookies, the password, other sites."""

import stat
from pathlib import Path

import pytest

from adapters.console.access import (
    GUESS_SECONDS,
    GUESSES,
    Access,
    PasswordNeeded,
    TooManyGuesses,
    is_loopback,
    load_secret,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def access(password: str = "open sesame", loopback: bool = False, clock: Clock | None = None) -> Access:
    return Access(b"s" * 32, password, loopback, clock or Clock())


def test_the_secret_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    secret = load_secret(path)
    assert len(secret) == 32
    assert load_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"cut off")
    assert len(load_secret(path)) == 32


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_password(host: str) -> None:
    assert is_loopback(host)
    assert Access.for_host(host, "", b"s" * 32).may_enter("")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_other_addresses_do(host: str) -> None:
    with pytest.raises(PasswordNeeded):
        Access.for_host(host, "", b"s" * 32)
    assert not Access.for_host(host, "open sesame", b"s" * 32).may_enter("")


def test_a_person_is_who_the_cookie_says_and_nobody_else() -> None:
    door = access()
    ann, bob = door.new_person(), door.new_person()
    assert ann != bob
    cookie = door.person_cookie(ann)
    assert door.person_of(cookie) == ann
    signature = cookie.partition(".")[2]
    for forged in ("", ann, f"{bob}.{signature}", f"{ann}.", f"{ann}.{signature[:-1]}", f".{signature}", "ä.ö"):
        assert door.person_of(forged) is None
    assert Access(b"t" * 32, "", True).person_of(cookie) is None


def test_the_entrance_needs_the_password_of_today() -> None:
    door = access()
    assert door.may_enter(door.entrance_cookie())
    assert not door.may_enter("")
    assert not door.may_enter(access("another").entrance_cookie())


def test_guesses_are_limited() -> None:
    clock = Clock()
    door = access(clock=clock)
    for _ in range(GUESSES):
        assert not door.guess("10.0.0.1", "wrong")
    with pytest.raises(TooManyGuesses) as many:
        door.guess("10.0.0.1", "open sesame")
    assert many.value.seconds == GUESS_SECONDS
    assert door.guess("10.0.0.2", "open sesame"), "others are not locked out"
    clock.now = GUESS_SECONDS
    assert door.guess("10.0.0.1", "open sesame")


def test_guesses_from_everywhere_are_limited_together() -> None:
    door = access()
    for number in range(10 * GUESSES):
        assert not door.guess(f"10.0.1.{number}", "wrong")
    with pytest.raises(TooManyGuesses):
        door.guess("10.0.2.1", "open sesame")


def test_on_loopback_only_its_own_names_are_answered() -> None:
    door = access(loopback=True)
    for host in ("localhost:8400", "127.0.0.1", "[::1]:8400"):
        assert door.right_host(host)
    for host in ("evil.example:8400", "localhost.evil.example", "", "192.168.1.5"):
        assert not door.right_host(host)
    assert access().right_host("sextant.example")


def test_only_our_own_pages_and_programs() -> None:
    door = access()
    assert door.same_origin(None, "localhost:8400")
    assert door.same_origin("http://localhost:8400", "localhost:8400")
    assert door.same_origin("https://sextant.example", "sextant.example")
    for origin in ("http://evil.example", "http://localhost:9999", "null", ""):
        assert not door.same_origin(origin, "localhost:8400")
