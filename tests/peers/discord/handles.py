"""What a test holds of an interaction, and of a form that it opened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.peers.discord.errors import Misuse
from tests.peers.discord.things import Message, walk
from tests.peers.discord.tokens import Ack, Interaction
from tests.peers.discord.world import World

Json = dict[str, Any]
T = TypeVar("T")

PATIENCE = 20.0


@dataclass(frozen=True)
class ModalHandle:
    """A form that is open before a person."""

    interaction: "InteractionHandle"
    payload: Json

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.payload["title"])

    @property
    def fields(self) -> dict[str, Json]:
        """The inputs by custom_id; each with the label that is shown, as ``label``."""
        found: dict[str, Json] = {}
        for part in walk(self.payload["components"]):
            if part["type"] == 18:
                found[part["component"]["custom_id"]] = part["component"] | {"label": part["label"]}
            elif part["type"] == 4:
                found.setdefault(part["custom_id"], part)
        return found


class InteractionHandle:
    """An interaction as its person sees it."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self.interaction = interaction

    @property
    def acked(self) -> Ack | None:
        """The first answer, once the peer took it."""
        return self.interaction.acked

    @property
    def failed(self) -> bool:
        """ "The application did not respond": not acknowledged when the time was over."""
        late = self._world.now() - self.interaction.created > self._world.rules.ack_seconds
        return self.acked is None and late

    @property
    def refused(self) -> list[int]:
        """Codes with which answers were refused."""
        return self.interaction.refused

    @property
    def original(self) -> Message | None:
        """The message of the first answer; of a press that updates, the message itself."""
        return self.interaction.original

    @property
    def modal(self) -> ModalHandle | None:
        """The form that was opened."""
        return ModalHandle(self, self.interaction.modal) if self.interaction.modal else None

    @property
    def choices(self) -> list[Json] | None:
        """What an autocomplete gave: ``{"name": ..., "value": ...}`` each."""
        return self.interaction.choices

    async def wait_acked(self, seconds: float = PATIENCE) -> Ack:
        """Until the first answer."""
        return await self._until(lambda: self.acked, seconds)

    async def wait_original(self, seconds: float = PATIENCE) -> Message:
        """Until the first answer is a message that is more than "is thinking"."""
        return await self._until(lambda: self.original if self._filled() else None, seconds)

    async def wait_modal(self, seconds: float = PATIENCE) -> ModalHandle:
        """Until a form is open."""
        ack = await self.wait_acked(seconds)
        if self.modal is None:
            raise Misuse(f"no form was opened; the answer was {ack.name}")
        return self.modal

    def _filled(self) -> bool:
        return self.original is not None and not self.original.loading

    async def _until(self, predicate: Callable[[], T | None], seconds: float) -> T:
        found = await self._world.transcript.wait_for(predicate, seconds)
        assert found is not None
        return found
