"""Free words -> edits -> the next query. Pure: everything that is looked at is in the situation.

text -> clauses (clauses) -> what each says (say_*, chatter, typed_flags) -> edits (edits), resolved against the
phrases of the prompt (phrases, find) -> carried out by one set of rules (apply) -> an outcome (outcome) and its diff.
"""

from bot.refine.apply import apply
from bot.refine.nouns import warm
from bot.refine.reading import understand

__all__ = ["apply", "understand", "warm"]
