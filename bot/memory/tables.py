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
    """imagine, message, edit, again, vary, upscale, fork or found."""
    query: str
    """Query.canonical()."""
    parent_turn: str | None = Field(default=None, foreign_key="turn.id")
    parent_picture: str | None = Field(default=None, index=True)
    """The picture that it starts from or goes on from."""
    version: int = 1
    """Its number in its place, from 1, in the order of asking."""
    edits: str = "[]"
    """JSON of the edits that led to it (refine/edits.py)."""
    state: str = "begun"
    """begun, and then for good: done, failed, cancelled; deleted may follow any of them."""
    reason: str = ""
    """Why it ended without pictures, or without them now, in words."""
    remarks: str = "[]"
    """JSON array of sentences."""
    private: bool = False
    sheltered: str = ""
    """str(Place) of the private channel or thread that it stays in; empty if it was asked for where all may read."""
    mature: bool = False
    """It was asked for in an age-restricted place."""
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
    seed: int = Field(sa_type=BigInteger, index=True)
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
    sheltered: str = ""
    """str(Place) of the private channel or thread that it stays in; empty if it was asked for where all may read."""
    mature: bool = False
    """It was asked for in an age-restricted place."""
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
    """What people chose for their conversation to go on from: a turn, and a picture of it if they picked one."""

    place: str = Field(primary_key=True)
    """str(Place)."""
    turn_id: str = Field(foreign_key="turn.id", index=True)
    picture_id: str | None = Field(default=None, foreign_key="picture.id")
    updated_at: datetime
    """UTC. A set that was asked for later takes its place."""


class Question(SQLModel, table=True):
    """A question that the bot asked about what somebody said. The newest open one of a person in a place counts."""

    __table_args__ = (Index("question_by_place", "place", "person_id", "created_at"),)

    id: str = Field(primary_key=True)
    event_id: str
    """Of what was said."""
    place: str
    """str(Place)."""
    turn_id: str = Field(foreign_key="turn.id")
    """The turn that it was said about."""
    person_id: str
    said: str
    text: str
    """The question."""
    readings: str
    """JSON array of readings: their labels and edits."""
    closed: bool = False
    """It was answered, or something else was said since."""
    created_at: datetime
    """UTC."""


class Vote(SQLModel, table=True):
    """One person's star on one picture."""

    picture_id: str = Field(primary_key=True, foreign_key="picture.id")
    person_id: str = Field(primary_key=True)
    created_at: datetime
    """UTC."""


class Party(SQLModel, table=True):
    """A round on a theme in one place, from its opening to its winner."""

    __table_args__ = (Index("party_by_state", "platform", "posted", "ends_at"),)

    id: str = Field(primary_key=True)
    event_id: str
    platform: str
    place: str = Field(index=True)
    """str(Place) of its thread."""
    workspace: str
    person_id: str
    """Who opened it."""
    person_name: str
    theme: str
    words: str
    """JSON array of the words that every prompt must have."""
    ended: bool = False
    winner: str | None = Field(default=None, foreign_key="picture.id")
    posted: bool = False
    """Its end is out on the platform."""
    created_at: datetime
    """UTC."""
    ends_at: datetime
    """UTC."""


class Thread(SQLModel, table=True):
    """Who may refine in a place. Without a row everybody may."""

    place: str = Field(primary_key=True)
    """str(Place)."""
    access: str
    """everyone, invited or owner. The owner is who asked for the first turn."""


class Invited(SQLModel, table=True):
    """Somebody who may refine in a place where only the invited may."""

    place: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)


class Preference(SQLModel, table=True):
    """What a person prefers: their defaults, their suffix, their named sets of options."""

    platform: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    """defaults, suffix, mention or set."""
    name: str = Field(primary_key=True)
    """Of a set; empty for the others."""
    value: str
    """As it was typed."""


class Posted(SQLModel, table=True):
    """Which message of a platform shows a reply, so that it is edited and never posted twice."""

    place: str = Field(primary_key=True)
    """str(Place) that it is shown in."""
    key: str = Field(primary_key=True)
    """Of the reply."""
    message: str = Field(index=True)
    """The platform's own id of the message; several, with spaces between, where one was not enough."""
    final: bool = False
    """The final reply is out: nothing that is not final is shown any more."""


class Note(SQLModel, table=True):
    """A small thing that a platform has to remember, such as the hash of the commands that it has told."""

    platform: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: str


class Arrived(SQLModel, table=True):
    """An event that has arrived and is not handled yet."""

    platform: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    event: str
    """JSON of the event and of what its platform needs to complete it (inbox.py)."""
    tries: int = 0
    """Starts at which it was handled again."""
    created_at: datetime
    """UTC."""
