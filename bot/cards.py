"""A turn as the reply that stands in its thread. Pure: the same turn gives the same reply."""

import json
from collections.abc import Sequence
from dataclasses import replace

from bot import resolve, wording
from bot.buttons import Again, Delete, Edit, Pick, Stop, Vary
from bot.memory.tables import Picture, Turn
from bot.query import Query
from bot.replies import Button, Reply
from bot.replies import Picture as Shown
from engine.jobs import Card


def heading(turn: Turn, query: Query, card: Card | None) -> str:
    """The first lines of every reply about a turn: the words, whose they are, the settings, the remarks."""
    settings = [value for _, value in resolve.differences(query, card, seed=False)] if card else []
    if query.start:
        settings.append(wording.starts_from(query.start, query.strength))
    return wording.heading(query.prompt, turn.person_name, settings, json.loads(turn.remarks))


def under_way(turn: Turn, query: Query, card: Card | None, status: str) -> Reply:
    """A turn that is waiting or being drawn: its words, its state and a Stop."""
    return Reply(
        key=turn.id,
        title=wording.title(query.prompt),
        text=f"{heading(turn, query, card)}\n{status}",
        buttons=(Button(wording.STOP, Stop(turn.id), danger=True),),
        final=False,
    )


def ended(turn: Turn, query: Query, card: Card | None, pictures: Sequence[Picture], picked: str = "") -> Reply:
    """A turn that is over, with its pictures and buttons, or with the words why there are none.

    `picked` is the id of the picture that the conversation goes on from; Vary offers that one, else the first.
    """
    if turn.state == "deleted":
        return Reply(key=turn.id, title=wording.title(query.prompt), text=turn.reason or wording.DELETED)
    if turn.state != "done":
        return Reply(
            key=turn.id,
            title=wording.title(query.prompt),
            text=f"{heading(turn, query, card)}\n{turn.reason}",
            buttons=(Button(wording.AGAIN, Again(turn.id)), Button(wording.EDIT, Edit(turn.id))),
        )
    chosen = next((picture for picture in pictures if picture.id == picked), None)
    vary = chosen or pictures[0]
    text = wording.finished(turn.id, turn.seconds, chosen.index if chosen else None)
    picks = (Button(str(picture.index), Pick(picture.id)) for picture in pictures) if len(pictures) > 1 else ()
    return Reply(
        key=turn.id,
        title=wording.title(query.prompt),
        text=f"{heading(turn, query, card)}\n{text}",
        pictures=tuple(shown(picture) for picture in pictures),
        buttons=(
            *picks,
            Button(wording.vary(vary.index, "subtle"), Vary(vary.id, "subtle")),
            Button(wording.vary(vary.index, "strong"), Vary(vary.id, "strong")),
            Button(wording.AGAIN, Again(turn.id)),
            Button(wording.EDIT, Edit(turn.id)),
            Button(wording.DELETE, Delete(turn.id), danger=True),
        ),
    )


def shown(picture: Picture) -> Shown:
    """A stored picture as the platforms see it."""
    return Shown(
        id=picture.id,
        file=picture.file,
        alt=picture.alt,
        width=picture.width,
        height=picture.height,
        seed=picture.seed,
        closeness=picture.closeness,
    )


def calling(reply: Reply, person: str) -> Reply:
    """The same reply with a mention of the asker, for the first time that it is shown finished."""
    return replace(reply, mention=person)


def answering(reply: Reply, key: str) -> Reply:
    """The same content as a message of its own, in answer to a command."""
    return replace(reply, key=key)
