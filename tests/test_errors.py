import re

import bot.errors
from bot.errors import BotError


def tree(kind: type[BotError], depth: int = 0) -> list[tuple[int, str]]:
    below = [
        line for each in kind.__subclasses__() if each.__module__ == "bot.errors" for line in tree(each, depth + 1)
    ]
    return [(depth, kind.__name__), *below]


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = re.findall(r"^((?:│   |├── |└── |    )*)([A-Z]\w+)(?:  |$)", bot.errors.__doc__ or "", re.MULTILINE)
    assert sorted((len(branch) // 4, name) for branch, name in drawn) == sorted(tree(BotError))
