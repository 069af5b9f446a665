"""What is remembered, as tables. Nothing here makes them: the migrations do."""

from datetime import datetime

from sqlmodel import BigInteger, Field, Index, SQLModel

from bot.place import Place


class Turn(SQLModel, table=True):
    """One step of a conversation, from its acknowledgement to its end. Rows are never removed."""

    __table_args__ = (
        Index("turn_by_state", "platform", "state", "posted"),
        Index("turn_by_place", "place", "created_at"),
    )

    id: str = Field(primary_key=True)
    event_id: str
    """Of the event that asked for it, the platform's own."""
    platform: str
    place: str
    """str(Place) of the conversation."""
    channel: str
    """str(Place) of the channel around it."""
    workspace: str
    person_id: str
    person_name: str
    text: str
    """As it was said."""
    kind: str
    """imagine, message, edit, again or vary."""
    query: str
    """Query.canonical()."""
    parent_turn: str | None = Field(default=None, foreign_key="turn.id")
    parent_picture: str | None = Field(default=None, index=True)
    """The picture that it starts from or goes on from."""
    state: str = "begun"
    """begun, and then for good: done, failed, cancelled; deleted may follow any of them."""
    reason: str = ""
    """Why it ended without pictures, or without them now, in words."""
    remarks: str = "[]"
    """JSON array of sentences."""
    private: bool = False
    seconds: float = 0.0
    """Of drawing."""
    posted: bool = False
    """Its end, as it is now, is out on the platform."""
    created_at: datetime
    """UTC."""
    finished_at: datetime | None = None
    """UTC."""

    @property
    def where(self) -> Place:
        """The place of the conversation."""
        return Place.parse(self.place)


class Picture(SQLModel, table=True):
    """A finished picture, or one that somebody brought. Its bytes are in the store, under `file`."""

    id: str = Field(primary_key=True)
    turn_id: str | None = Field(default=None, foreign_key="turn.id", index=True)
    """None for one that somebody brought."""
    index: int
    """In its set, from 1."""
    file: str = Field(index=True)
    seed: int = Field(sa_type=BigInteger)
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    closeness: float | None = None
    """Cosine of its embedding and its prompt's; None if it was not read."""
    alt: str
    embedding: bytes | None = None
    """float32, unit length, little-endian."""
    embedding_model: str = ""
    workspace: str
    owner_id: str
    private: bool = False
    uploaded: bool = False
    deleted: bool = False
    """Its bytes are gone, or about to go."""
    created_at: datetime
    """UTC."""


class Handled(SQLModel, table=True):
    """An event that was taken, so that its next delivery is not."""

    platform: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    created_at: datetime
    """UTC."""


class Current(SQLModel, table=True):
    """The picture that people picked, for their conversation to go on from."""

    place: str = Field(primary_key=True)
    """str(Place)."""
    turn_id: str = Field(foreign_key="turn.id", index=True)
    picture_id: str = Field(foreign_key="picture.id")
    updated_at: datetime
    """UTC. A set that was asked for later takes its place."""
