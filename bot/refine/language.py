"""What a language model makes of words that the grammar does not understand.

It answers with the same edits as the grammar makes, and they are checked by the same rules; it can say nothing else.
"""

import json

from bot.errors import BadInput
from bot.refine.apply import apply
from bot.refine.edits import Set, from_json, schema
from bot.refine.outcome import Draw, Situation
from engine.writer import Writer

MOST_EDITS = 12
SETTINGS = frozenset({"--ar", "--seed", "--steps", "--cfg", "--n", "--chaos", "--strength", "--tile"})
"""What it may set. Who may see a picture, and which model draws it, is for people to say."""

_INSTRUCTIONS = """You translate what a person says about a picture into edits of its prompt, as JSON and nothing else.
Answer with a JSON array of edits of this schema: {schema}
Use words of the person or of the prompt only. If you are not sure, or it asks for no change, answer [].
The prompt: {prompt}
The negative prompt: {negative}
The set has {pictures} pictures, counted from 1."""


class Language:
    """Asks a language model for edits."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.name = writer.name

    async def read(self, text: str, situation: Situation) -> Draw | None:
        """The query that the model's edits lead to; None if it gives none that hold.

        Raises:
            EngineError: it can't be reached or opened, or it failed.
        """
        query = situation.query
        instructions = _INSTRUCTIONS.format(
            schema=json.dumps(schema(), separators=(",", ":")),
            prompt=json.dumps(query.prompt, ensure_ascii=False),
            negative=json.dumps(query.negative_prompt, ensure_ascii=False),
            pictures=len(situation.pictures),
        )
        return checked(await self._writer.write(instructions, text), situation)


def checked(answer: str, situation: Situation) -> Draw | None:
    """What a model's answer comes to: its first JSON array, if that is one of edits which the query takes."""
    begin, end = answer.find("["), answer.rfind("]")
    if begin < 0 or end < begin:
        return None
    try:
        edits = from_json(answer[begin : end + 1])
        settings = [edit.flag.split()[0] for edit in edits if isinstance(edit, Set) and edit.flag.split()]
        if not edits or len(edits) > MOST_EDITS or not set(settings) <= SETTINGS:
            return None
        outcome = apply(edits, situation)
    except (ValueError, BadInput):
        return None
    return outcome if isinstance(outcome, Draw) else None
