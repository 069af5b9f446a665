"""What is said in a thread, read as the next query.

For now every plain message is a new prompt that goes on from the current picture, with the same flags as /imagine;
a message of flags alone keeps the words that stand. The grammar of refinement grows here, behind this one function.
"""

from dataclasses import replace

from bot.command_text import Ask, parse
from bot.query import Query


def in_thread(text: str, before: Query) -> list[Ask]:
    """The asks of a message, given the query that it answers.

    Raises:
        BadInput: the flags cannot be read.
    """
    return [
        ask
        if ask.prompt
        else replace(ask, prompt=before.prompt, negative_prompt=ask.negative_prompt or before.negative_prompt)
        for ask in parse(text, allow_empty=True)
    ]
