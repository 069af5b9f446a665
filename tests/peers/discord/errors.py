"""What Discord says when it refuses."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A documented refusal: the HTTP status, the JSON code, the words."""

    status: int
    code: int
    message: str


@dataclass
class Refusal(Exception):
    """Raised by a route; the server turns it into Discord's error body."""

    kind: Kind
    errors: Json = field(default_factory=dict)

    def body(self) -> Json:
        """As JSON."""
        body: Json = {"message": self.kind.message, "code": self.kind.code}
        return body | ({"errors": self.errors} if self.errors else {})


class Misuse(AssertionError):
    """The test asked for something that a person could not do in Discord's client."""


UNAUTHORIZED = Kind(401, 0, "401: Unauthorized")
NOT_FOUND = Kind(404, 0, "404: Not Found")
METHOD_NOT_ALLOWED = Kind(405, 0, "405: Method Not Allowed")
UNKNOWN_CHANNEL = Kind(404, 10003, "Unknown Channel")
UNKNOWN_GUILD = Kind(404, 10004, "Unknown Guild")
UNKNOWN_MEMBER = Kind(404, 10007, "Unknown Member")
UNKNOWN_MESSAGE = Kind(404, 10008, "Unknown Message")
UNKNOWN_USER = Kind(404, 10013, "Unknown User")
UNKNOWN_WEBHOOK = Kind(404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = Kind(404, 10062, "Unknown interaction")
OLD_EDITS = Kind(429, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later")
COMMAND_CREATES = Kind(400, 30034, "Max number of daily application command creates has been reached (200)")
TOO_LARGE = Kind(413, 40005, "Request entity too large")
ACKNOWLEDGED = Kind(400, 40060, "Interaction has already been acknowledged.")
FOLLOWUPS = Kind(400, 40094, "This interaction has reached the maximum number of follow-up messages")
MISSING_ACCESS = Kind(403, 50001, "Missing Access")
OTHERS_MESSAGE = Kind(403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = Kind(400, 50006, "Cannot send an empty message")
CANNOT_DM = Kind(403, 50007, "Cannot send messages to this user")
NOT_TEXT = Kind(400, 50008, "Cannot send messages in a non-text channel")
MISSING_PERMISSIONS = Kind(403, 50013, "Missing Permissions")
BAD_CHANNEL_TYPE = Kind(400, 50024, "Cannot execute action on this channel type")
BAD_TOKEN = Kind(401, 50027, "Invalid Webhook Token")
INVALID_FORM = Kind(400, 50035, "Invalid Form Body")
FILE_TOO_LARGE = Kind(400, 50045, "File uploaded exceeds the maximum size")
THREAD_ARCHIVED = Kind(400, 50083, "Tried to perform an operation on an archived thread")
NOT_JSON = Kind(400, 50109, "The request body contains invalid JSON.")
REPLY_NEEDS_HISTORY = Kind(400, 160002, "You cannot reply without permission to read message history")
THREAD_EXISTS = Kind(400, 160004, "A thread has already been created for this message")
THREAD_LOCKED = Kind(403, 160005, "Thread is locked")
TOO_MANY_THREADS = Kind(400, 160006, "Maximum number of active threads reached")


def invalid(path: str, code: str, message: str = "") -> Refusal:
    """50035 with the field that is at fault, nested as Discord nests it.

    Args:
        path: dotted, e.g. ``data.components.0.label``.
    """
    errors: Json = {"_errors": [{"code": code, "message": message or code}]}
    for part in reversed(path.split(".")):
        errors = {part: errors}
    return Refusal(INVALID_FORM, errors)


def require(fact: object, path: str, code: str, message: str = "") -> None:
    """Raises 50035 unless."""
    if not fact:
        raise invalid(path, code, message)


def length(text: object, path: str, low: int, high: int) -> None:
    """Raises 50035 unless a string has a length between both, inclusive."""
    require(isinstance(text, str), path, "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
    assert isinstance(text, str)
    size = len(text.encode("utf-16-le")) // 2  # as the real one counts: an emoji is two
    require(low <= size <= high, path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
