"""The page asks for words that there are, and all words are asked for."""

import re
from pathlib import Path

from bot.wording_console import CONSOLE

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "adapters" / "console" / "page"
# Keys that the page puts together: say(`theme_${name}`), count("replies", n), group("key_") and the marks of a thread.
MADE = re.compile(r"(theme|state|replies|stars|example|key)_\w+|under_way|unread")


def asked() -> set[str]:
    """Every key that is written out in the page, in the server and in the functions beside the words."""
    keys: set[str] = set()
    for path in [*PAGE.glob("*.js"), *PAGE.glob("*.html")]:
        found = re.findall(r'say\("(\w+)"|data-(?:word|label)="(\w+)"', path.read_text())
        keys |= {one or other for one, other in found}
    for path in [*(ROOT / "adapters" / "console").glob("*.py"), ROOT / "bot" / "wording_console.py"]:
        keys |= set(re.findall(r'CONSOLE\["(\w+)"\]', path.read_text()))
    return keys


def test_all_words_are_there_and_all_are_used() -> None:
    keys = asked()
    assert keys <= set(CONSOLE)
    assert {key for key in CONSOLE if key not in keys and not MADE.fullmatch(key)} == set()


def test_every_look_and_state_of_the_page_has_words() -> None:
    for name in ("theme_auto", "theme_light", "theme_dark", "state_connecting", "state_open", "state_lost"):
        assert CONSOLE[name]
    assert "{number}" in CONSOLE["replies_one"]
    assert "{number}" in CONSOLE["replies_many"]
    assert all(": " in words for key, words in CONSOLE.items() if key.startswith("key_"))
