"""The grammar against the table of utterances, which was written before it."""

from collections import Counter

import pytest

from bot.refine.command import run
from tests.refine_table import judge, rows, silent_wrong

ROWS = rows()
LEAST = 0.95


def test_at_least_95_percent_are_exact_and_none_is_silently_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """The figure is printed, with what is missed."""
    exact, every, silent, missed = Counter[str](), Counter[str](), [], []
    for row in ROWS:
        name = row.id.rsplit("-", 1)[0]
        results = [run(row.start, row.say[:length])["query"] for length in range(1, len(row.say))]
        versions = [run(row.start, ["hello"])["query"], *results]
        result = run(row.start, row.say)
        wrong = judge(row, result, versions)
        every[name] += 1
        exact[name] += not wrong
        missed += wrong
        silent += [row.id] if silent_wrong(row, result, versions) else []
    with capsys.disabled():
        print(f"\nrefine table: exact {exact.total()}/{every.total()} = {exact.total() / every.total():.1%}, ", end="")
        print(f"silently wrong {len(silent)}")
        print(", ".join(f"{name} {exact[name]}/{count}" for name, count in every.items()))
        print("\n".join(missed))
    assert every.total() >= 280
    assert silent == []
    assert exact.total() >= LEAST * every.total()
