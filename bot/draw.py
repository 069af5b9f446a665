"""From a turn to its pictures: engine news in, replies out. The one path that every picture takes."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot import cards, prompt_weights, recipe, wording, wording_people
from bot.cards import Story
from bot.errors import BotError, NotFound, PictureGone, StoreFailed
from bot.ids import picture_id
from bot.memory.files import Files
from bot.memory.memory import Memory
from bot.memory.tables import Picture, Turn
from bot.query import Query
from bot.replies import Preview, Progress, Reply
from bot.sameness import compare, sameness
from bot.turns import Turns
from engine.engine import Engine
from engine.errors import BadPicture, Cancelled, EngineClosed, EngineError, QueueFull
from engine.jobs import Asker, Card, Draw, Drawn, Lora, Note, Pixels
from engine.pixels import decode, fit
from engine.reading import closeness
from engine.ticket import Drawing, Failed, Finished, Ticket, Waiting

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between two tries to keep what is drawn, while the disk is full or away."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """Each picture's embedding and its closeness to the words, and the CLIP that they are by."""

    model: str = ""
    embeddings: Sequence[bytes] = ()
    closeness: Sequence[float] = ()


class Drawer:
    """Draws turns that are written down. Whoever closes a drawing early leaves the turn begun, to be resumed."""

    def __init__(self, engine: Engine, memory: Memory, files: Files, turns: Turns) -> None:
        self._engine, self._memory, self._files, self._turns = engine, memory, files, turns

    async def draw(self, turn: Turn) -> AsyncGenerator[Reply, None]:
        """Draw one turn in its place's order; the last reply is final and stays.

        What is shown last is stored first. When the reader comes back for more after the final reply, it is out,
        and the turn is marked as posted.
        """
        query = Query.from_canonical(turn.query)
        with self._turns.stoppable(turn.id):
            if not await self._begun(turn):
                return
            first = wording.after_the_one_before() if self._turns.busy(turn.where) else wording.accepted()
            yield cards.under_way(await self.story(turn), first)
            async with self._turns.at(turn.where), aclosing(self._drawn(turn, query)) as replies:
                async for reply in replies:
                    yield reply
        async with aclosing(self.post(turn.id)) as final:
            async for reply in final:
                yield reply

    async def post(self, turn_id: str) -> AsyncGenerator[Reply, None]:
        """Show an ended turn, and remember that it is out."""
        turn = await self._memory.turn(turn_id)
        if turn is None or turn.state == "begun" or turn.posted:
            return
        if turn.state == "deleted":
            await self.delete(turn.id, turn.reason)  # a crash may have kept the bytes
        reply = await self.reply(turn)
        mine = await self._memory.people.preferred(turn.platform, turn.workspace, turn.person_id)
        calls = turn.state in ("done", "failed") and not mine.quiet
        yield cards.calling(reply, turn.person_id) if calls else reply
        await self._memory.posted(turn_id)

    async def left_over(self, platform: str) -> list[Turn]:
        """Turns of a platform that were begun and not ended, or ended and not posted; oldest first."""
        turns = [*await self._memory.unfinished(platform), *await self._memory.unposted(platform)]
        return sorted((turn for turn in turns if not self._turns.under_way(turn.id)), key=lambda turn: turn.created_at)

    async def delete(self, turn_id: str, reason: str) -> None:
        """Take a turn's pictures away for good, bytes and all."""
        for file in await self._memory.delete_turn(turn_id, reason):
            await self._files.delete(file)

    async def reply(self, turn: Turn) -> Reply:
        """An ended turn as it stands in its thread now."""
        return replace(cards.ended(await self.story(turn)), place=turn.where)

    async def story(self, turn: Turn) -> Story:
        """A turn with what stands around it."""
        return await self._around(turn, await self.card(Query.from_canonical(turn.query).model))

    async def _around(self, turn: Turn, card: Card | None) -> Story:
        parent = await self._memory.turn(turn.parent_turn) if turn.parent_turn else None
        current = await self._memory.current(turn.where)
        pictures = await self._memory.pictures(turn.id)
        origin = await self._memory.conversations.origin(turn.id) if turn.kind == "fork" else None
        return Story(
            turn=turn,
            card=card,
            parent=parent if parent and parent.where == turn.where and (turn.private or not parent.private) else None,
            pictures=pictures,
            picked=current.id if current else "",
            stars=await self._memory.votes.counts([picture.id for picture in pictures]),
            origin=origin,
        )

    async def _drawn(self, turn: Turn, query: Query) -> AsyncGenerator[Reply, None]:
        if not await self._begun(turn):
            return  # stopped or deleted while it waited for its place
        try:
            card = await self._engine.card(query.model)
            story = await self._around(turn, card)
            ticket = await self._ticket(await self._job(turn, query))
        except (EngineError, BotError) as error:
            await self._memory.fail(turn.id, wording.apology(error))
            return
        self._turns.on_stop(turn.id, ticket.cancel)
        try:
            async with aclosing(ticket.news()) as all_news:
                async for news in all_news:
                    if isinstance(news, Waiting | Drawing):
                        yield _progress(story, news)
                        continue
                    pause = FIRST_PAUSE
                    while trouble := await self._end(turn, query, news):
                        yield cards.under_way(story, wording.held_up(trouble))
                        await asyncio.sleep(pause)
                        pause = min(2 * pause, LONGEST_PAUSE)
        finally:
            ticket.cancel()

    async def _begun(self, turn: Turn) -> bool:
        """Whether the turn still is to be drawn."""
        now = await self._memory.turn(turn.id)
        return now is not None and now.state == "begun"

    async def _end(self, turn: Turn, query: Query, news: Finished | Failed) -> str:
        """Write the end of a turn down. Returns why it could not be kept for now, in words, or nothing."""
        try:
            await self._write_end(turn, query, news)
        except StoreFailed as error:
            log.warning("turn %s can't be kept yet", turn.id, exc_info=error)
            return wording.apology(error)
        return ""

    async def _write_end(self, turn: Turn, query: Query, news: Finished | Failed) -> None:
        match news:
            case Failed(error=Cancelled()):
                await self._memory.cancel(turn.id, wording.STOPPED)
            case Failed(error=EngineClosed()):
                return  # the program ends; the next start draws it
            case Failed(error=error):
                log.warning("turn %s failed", turn.id, exc_info=error)
                await self._memory.fail(turn.id, wording.apology(error))
            case Finished(pictures=pictures, seconds=seconds, notes=notes):
                rows = await self._keep(turn, query, pictures)
                remarks = [*json.loads(turn.remarks), *_worded(notes), *await self._sameness(turn, rows)]
                told = json.dumps(remarks, ensure_ascii=False)
                if not await self._memory.finish(turn.id, rows, seconds=seconds, remarks=told):
                    # Deleted or stopped in the meantime: nothing of it stays.
                    for file in await self._memory.unused([row.file for row in rows]):
                        await self._files.delete(file)

    async def _sameness(self, turn: Turn, rows: Sequence[Picture]) -> list[str]:
        """For what was drawn again from its address: whether it is what was kept, in words."""
        kept = await self._memory.picture(turn.parent_picture) if turn.kind == "found" and turn.parent_picture else None
        if kept is None or kept.deleted:
            return []
        try:
            before, after = await asyncio.gather(self._files.get(kept.file), self._files.get(rows[0].file))
            return [sameness(await compare(before, after))]
        except (PictureGone, BadPicture):
            return [wording_people.first_of_its_address()]

    async def _keep(self, turn: Turn, query: Query, drawn: Sequence[Drawn]) -> list[Picture]:
        """Read the pictures, and put their bytes into the store; the rows are written with the turn's end."""
        reading = await self._read(query.prompt, [one.pixels for one in drawn])
        start = await self._memory.picture(query.start) if query.start else None
        composite = start is not None and start.uploaded
        rows = []
        for index, one in enumerate(drawn):
            alt = wording.alt(query.prompt, index + 1, len(drawn))
            data = await asyncio.to_thread(recipe.write, one.pixels, query.picture(index), alt=alt, composite=composite)
            height, width = one.pixels.shape[:2]
            rows.append(
                Picture(
                    id=picture_id(turn.id, index + 1),
                    turn_id=turn.id,
                    index=index + 1,
                    file=await self._files.put(data),
                    seed=one.seed,
                    width=width,
                    height=height,
                    closeness=reading.closeness[index] if reading.closeness else None,
                    alt=alt,
                    embedding=reading.embeddings[index] if reading.embeddings else None,
                    embedding_model=reading.model,
                    workspace=turn.workspace,
                    owner_id=turn.person_id,
                    private=turn.private,
                    sheltered=turn.sheltered,
                    mature=turn.mature,
                    created_at=datetime.now(UTC),
                )
            )
        return rows

    async def _read(self, prompt: str, pictures: Sequence[Pixels]) -> _Reading:
        """What CLIP says of the pictures; nothing if it can't: the pictures matter more."""
        try:
            texts, seen, reader = await asyncio.gather(
                self._engine.embed_texts([prompt_weights.wanted(prompt)]),
                self._engine.embed_pictures(pictures),
                self._engine.clip_name(),
            )
        except EngineError:
            log.exception("reading failed; the pictures are kept without embeddings")
            return _Reading()
        close = [float(value) for value in closeness(texts, seen)[0]]
        return _Reading(reader, [row.tobytes() for row in seen], close)

    async def _job(self, turn: Turn, query: Query) -> Draw:
        start = None
        if query.start:
            picture = await self._memory.picture(query.start)
            if picture is None or picture.deleted:
                raise NotFound(query.start)
            whole = await asyncio.to_thread(decode, await self._files.get(picture.file))
            start = await asyncio.to_thread(fit, whole, query.width, query.height)
        return Draw(
            id=turn.id,
            asker=Asker(turn.workspace, turn.person_id),
            prompt=prompt_weights.read(query.prompt),
            negative_prompt=prompt_weights.read(query.negative_prompt),
            width=query.width,
            height=query.height,
            steps=query.steps,
            guidance_scale=query.guidance_scale,
            scheduler=query.scheduler,
            seeds=tuple(query.picture(index).seed for index in range(query.count)),
            model=query.model,
            loras=tuple(Lora(name, weight) for name, weight in query.loras),
            start=start,
            strength=query.strength,
            chaos=query.chaos,
            stop=query.stop,
            tile=query.tile,
            exact=query.exact,
            relax=query.relax,
        )

    async def _ticket(self, job: Draw) -> Ticket:
        """A place in the engine's line. The turn was accepted, so a full line is waited for, never an answer."""
        while True:
            try:
                return self._engine.draw(job)
            except QueueFull as full:
                await asyncio.sleep(min(max(full.seconds, 0.1), 5.0))

    async def card(self, model: str) -> Card | None:
        """The card of a model; None if it can't be opened now."""
        try:
            return await self._engine.card(model)
        except EngineError:
            return None  # the model is gone; its old turns are still shown


def _progress(story: Story, news: Waiting | Drawing) -> Reply:
    query, remarks = story.query, [*json.loads(story.turn.remarks), *_worded(news.notes)]
    told = replace(story, turn=story.turn.model_copy(update={"remarks": json.dumps(remarks)}))
    if isinstance(news, Waiting):
        return cards.under_way(told, wording.waiting(news.place, news.seconds))
    reply = cards.under_way(told, wording.drawing(news.done, news.steps, news.seconds))
    seen = [pixels for pixels in news.previews if pixels is not None]
    # Until there is one of each picture none is shown: their places are their numbers.
    shown = seen if len(seen) == len(news.previews) else []
    previews = tuple(
        Preview(pixels, wording.alt_preview(query.prompt, number, news.done, news.steps), query.width, query.height)
        for number, pixels in enumerate(shown, 1)
    )
    return replace(reply, previews=previews, progress=Progress(news.done / max(1, news.steps)))


def _worded(notes: Sequence[Note]) -> list[str]:
    return [wording.cut(note.detail) if note.kind == "cut" else wording.halved(note.detail) for note in notes]
