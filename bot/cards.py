"""A turn as the reply that stands in its thread. Pure: the same turn gives the same reply."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot import resolve, wording, wording_diff, wording_tree
from bot import wording_conversation as words
from bot.buttons import Again, Decide, Delete, Edit, Fork, Pick, Star, Stop, Undo, Unset, Upscale, Vary
from bot.memory.conversations import Origin
from bot.memory.tables import Picture, Turn
from bot.query import Query
from bot.refine.diff import between
from bot.refine.edits import Set, from_json
from bot.replies import Button, Link, Reply
from bot.replies import Picture as Shown
from engine.jobs import Card


@dataclass(frozen=True, slots=True)
class Story:
    """A turn with what stands around it."""

    turn: Turn
    card: Card | None
    """Of its model; None if that is gone."""
    parent: Turn | None = None
    """The turn that it came from, in the same place."""
    pictures: Sequence[Picture] = ()
    picked: str = ""
    """The id of the picture that the conversation goes on from."""
    stars: Mapping[str, int] = field(default_factory=dict)
    """How many people voted for each picture, by its id."""
    origin: Origin | None = None
    """For a fork: what it goes on from."""

    @property
    def query(self) -> Query:
        """The turn's own."""
        return Query.from_canonical(self.turn.query)

    @property
    def credit(self) -> str:
        """Whose picture a fork goes on from, in words."""
        origin = self.origin
        return wording_tree.credit(origin.maker, origin.picture.id if origin.picture else "") if origin else ""

    @property
    def links(self) -> tuple[Link, ...]:
        """The way back from a fork."""
        return (Link(wording_tree.CAME_FROM, self.origin.turn.where),) if self.origin else ()


def heading(story: Story) -> str:
    """The first lines of every reply about a turn: the words, whose they are, what changed, the remarks."""
    turn, parent, card = story.turn, story.parent, story.card
    changed = words.change(turn.version, change(parent, turn, card), turn.person_name) if parent and card else ""
    about = [story.credit, changed, *json.loads(turn.remarks)]
    return wording.heading(story.query.prompt, turn.person_name, (), [line for line in about if line])


def change(parent: Turn, turn: Turn, card: Card | None = None) -> str:
    """What a turn changed of the one that it came from, in one line."""
    before, after = Query.from_canonical(parent.query), Query.from_canonical(turn.query)
    said = any(isinstance(edit, Set) and edit.flag.startswith("--seed") for edit in from_json(turn.edits))
    seed = after.seed if said else None
    return wording_diff.diff(between(before, after), card, before.seed == after.seed, seed, parent.id)


def chips(story: Story) -> tuple[Button, ...]:
    """The settings that differ from the model's own, each to be taken away."""
    query, id = story.query, story.turn.id
    settings = resolve.differences(query, story.card, seed=False) if story.card else ()
    start = [Button(words.chip_start(query.start, query.strength), Unset(id, "start"))] if query.start else []
    return (*(Button(value, Unset(id, setting)) for setting, value in settings if setting != "model"), *start)


def under_way(story: Story, status: str) -> Reply:
    """A turn that is waiting or being drawn: its words, what it changes, its state and a Stop."""
    id = story.turn.id
    undo = (Button(words.UNDO, Undo(id)), Button(wording.EDIT, Edit(id))) if story.parent else ()
    return Reply(
        key=id,
        title=wording.title(story.query.prompt),
        text=f"{heading(story)}\n{status}",
        buttons=(Button(wording.STOP, Stop(id), danger=True), *undo),
        chips=chips(story),
        links=story.links,
        final=False,
    )


def ended(story: Story) -> Reply:
    """A turn that is over, with its pictures and buttons, or with the words why there are none."""
    turn, title = story.turn, wording.title(story.query.prompt)
    undo = (Button(words.UNDO, Undo(turn.id)),) if story.parent else ()
    if turn.state == "deleted":
        return Reply(key=turn.id, title=title, text=turn.reason or wording.DELETED)
    if turn.state != "done" or not story.pictures:
        return Reply(
            key=turn.id,
            title=title,
            text=f"{heading(story)}\n{turn.reason}",
            buttons=(Button(wording.AGAIN, Again(turn.id)), Button(wording.EDIT, Edit(turn.id)), *undo),
            chips=chips(story),
            links=story.links,
        )
    picked = next((picture for picture in story.pictures if picture.id == story.picked), None)
    chosen = picked or max(story.pictures, key=_closeness)
    text = wording.finished(turn.id, turn.seconds, picked.index if picked else None)
    return Reply(
        key=turn.id,
        title=title,
        text=f"{heading(story)}\n{text}",
        pictures=tuple(_own(turn, picture, story.stars.get(picture.id, 0)) for picture in story.pictures),
        buttons=(
            *_of_pictures(story, chosen),
            *_of_turn(turn.id),
            *undo,
            _delete(turn.id),
        ),
        chips=chips(story),
        links=story.links,
    )


def _of_pictures(story: Story, chosen: Picture) -> tuple[Button, ...]:
    """What can be done with the pictures; what takes one of them takes the one that was picked, else the first."""
    several = len(story.pictures) > 1
    picks = [Button(str(each.index), Pick(each.id)) for each in story.pictures] if several else []
    stars = [
        Button(words.star(each.index, story.stars.get(each.id, 0)), Star(each.id))
        for each in story.pictures
        if story.turn.kind != "fork"  # the original has the votes, and its maker the credit
    ]
    return (
        *picks,
        Button(wording.vary(chosen.index, "subtle"), Vary(chosen.id, "subtle")),
        Button(wording.vary(chosen.index, "strong"), Vary(chosen.id, "strong")),
        Button(words.upscale(chosen.index), Upscale(chosen.id)),
        *stars,
        *([Button(words.DECIDE, Decide(story.turn.id))] if several else []),
        Button(words.fork(chosen.index), Fork(chosen.id)),
    )


def _of_turn(id: str) -> tuple[Button, ...]:
    return Button(wording.AGAIN, Again(id)), Button(wording.EDIT, Edit(id))


def _delete(id: str) -> Button:
    return Button(wording.DELETE, Delete(id), danger=True)


def shown(picture: Picture, stars: int = 0) -> Shown:
    """A stored picture as the platforms see it."""
    return Shown(
        id=picture.id,
        file=picture.file,
        alt=picture.alt,
        width=picture.width,
        height=picture.height,
        seed=picture.seed,
        closeness=picture.closeness,
        stars=stars,
    )


def _own(turn: Turn, picture: Picture, stars: int) -> Shown:
    """A picture in the conversation of its turn. What comes from an age-restricted place is covered elsewhere."""
    return replace(shown(picture, stars), spoiler=picture.mature and not turn.mature)


def calling(reply: Reply, person: str) -> Reply:
    """The same reply with a mention of the asker, for the first time that it is shown finished."""
    return replace(reply, mention=person)


def answering(reply: Reply, event_id: str) -> Reply:
    """The same content as a message of its own, in answer to an event, where that came from.

    Its key begins with the turn's, so that whoever answers it answers the turn: see `turn_of`.
    """
    return replace(reply, key=f"{reply.key}.{event_id}", place=None)


def turn_of(key: str) -> str:
    """The id of the turn that a reply shows, by its key."""
    return key.partition(".")[0]


def _closeness(picture: Picture) -> float:
    return -1.0 if picture.closeness is None else picture.closeness
