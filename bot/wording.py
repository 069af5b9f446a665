"""Every sentence that the bot says: one function or constant each, so that it can be read, changed and translated.

Plain text without markup: each platform draws it with its own means.
"""

from collections.abc import Sequence

from bot import wording_errors
from bot.errors import Blocked, BotError, LineFull, NotYours, TooManyAtOnce
from bot.remarks import Mapped, NearestShape, Remark, WithoutEffect
from engine.errors import Cancelled, EngineError, QueueFull

# How long, how far


def seconds(value: float | None) -> str:
    """A time that people can plan with; empty while nothing has been measured."""
    if value is None:
        return ""
    if value < 90:
        return f"about {max(1, round(value))} s"
    return f"about {round(value / 60)} min"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd ..."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _dotted(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


# A set of pictures, from the line to the end


def title(prompt: str) -> str:
    """The name of a thread."""
    return prompt if len(prompt) <= 80 else prompt[:79].rstrip() + "…"


def heading(prompt: str, person: str, settings: Sequence[str], remarks: Sequence[str]) -> str:
    """What is drawn, for whom, and what differs from the default."""
    return "\n".join(line for line in (f"{prompt} · for {person}", _dotted(*settings), *remarks) if line)


def accepted() -> str:
    """The first words, before the place in line is known."""
    return "Noted, it goes in line."


def held_up(reason: str) -> str:
    """Drawn, and not kept yet."""
    return f"Drawn, but not kept yet; I go on trying. {reason}"


def after_the_one_before() -> str:
    """One change at a time is drawn in a thread."""
    return "Noted. It is drawn when the one before it in this thread is done."


def waiting(place: int, left: float | None) -> str:
    """The place in line."""
    return _dotted("Next in line" if place <= 1 else f"{ordinal(place)} in line", seconds(left))


def drawing(done: int, steps: int, left: float | None) -> str:
    """Under way."""
    return _dotted(f"Drawing, step {done} of {steps}", seconds(left) and f"{seconds(left)} left")


def finished(turn: str, took: float, picked: int | None) -> str:
    """Done. The id brings the set back."""
    going_on = f"going on from #{picked}" if picked else ""
    return _dotted(turn, f"took {seconds(took)[6:]}" if took else "", going_on)


def alt(prompt: str, number: int, count: int) -> str:
    """The alternative text of a finished picture."""
    return f"AI image: {prompt}" + (f" (picture {number} of {count})" if count > 1 else "")


def alt_upload(person: str) -> str:
    """The alternative text of a picture that somebody brought."""
    return f"A picture from {person}"


def alt_preview(prompt: str, number: int, done: int, steps: int) -> str:
    """The alternative text of a picture that is being drawn."""
    return f"AI image, unfinished: {prompt}, picture {number}, step {done} of {steps}"


def cut(words: str) -> str:
    """Words beyond what the model reads."""
    most = 160
    quoted = words if len(words) <= most else f"{words[: most // 2].rstrip()} … {words[-most // 2 :].lstrip()}"
    return f"This model reads no further than here, so it did not see: “{quoted}”"


def halved(at_once: str) -> str:
    """The graphics memory was full."""
    return f"Memory was short, so pictures are drawn {at_once} at a time; it takes longer."


def varied(number: int, how: str) -> str:
    """What a Vary starts from."""
    return f"{'Close' if how == 'subtle' else 'Far'} relatives of #{number}"


# How a set ends without pictures

STOPPED = "Stopped."
DELETED = "Deleted."
LOST_MODEL = (
    "The model failed while it drew this. Nothing is wrong with your words: press Again, or tell whoever runs me."
)


def stopped_by(person: str) -> str:
    """Someone stopped a set."""
    return f"Stopped by {person}."


def deleted_by(person: str) -> str:
    """Someone deleted a set."""
    return f"Deleted by {person}."


# Buttons

STOP = "Stop"
AGAIN = "Again"
EDIT = "Edit"
DELETE = "Delete"
EDIT_TITLE = "Edit the prompt"
EDIT_LABEL = "Prompt, with flags at the end"


def vary(number: int, how: str) -> str:
    """A button that says what it will vary."""
    return f"Vary {number} ({how})"


# Answers


def queue(running: Sequence[str], mine: Sequence[str], others: int) -> str:
    """What is being drawn and what is in line, for one person."""
    if not running and not mine and not others:
        return "Nothing is in line: what you ask for now is drawn at once."
    lines = list(running) + list(mine)
    if others:
        lines.append(f"{others} more from other people" if lines else f"{others} from other people, none of yours")
    return "\n".join(lines)


def queue_line(turn: str, prompt: str, state: str) -> str:
    """One of the asker's own sets in /queue."""
    return f"{turn}: {title(prompt)} ({state})"


def cancelled(count: int) -> str:
    """How many sets were stopped."""
    if not count:
        return "Nothing of yours was under way here."
    return f"Stopped {count} {'set' if count == 1 else 'sets'}."


def picked(number: int) -> str:
    """The picture that the thread goes on from."""
    return f"#{number} it is: what is written next in this thread starts from it."


def guess(thing: str, background: str, style: str) -> str:
    """A picture's nearest words as a prompt."""
    return f"a {thing} on a {background} background, {style} style"


def described(guess: str, scores: Sequence[tuple[str, float]]) -> str:
    """A picture in words, with how sure each word is."""
    return f"It looks like: {guess}\n" + _dotted(*(f"{word} {share:.0%}" for word, share in scores))


def made_here(text: str) -> str:
    """The recipe that a picture carries."""
    return f"Its file says how it was made: {text}"


def help_text(commands: Sequence[tuple[str, str]], flags: Sequence[str]) -> str:
    """How to talk to the bot."""
    return "\n".join(
        (
            "Write /imagine a red car on a hill: a thread opens with four pictures. What you write in the thread "
            "is drawn next, starting from the picture that was picked with the buttons 1-4.",
            "",
            *(f"/{name} - {about}" for name, about in commands),
            "",
            "Flags stand at the end of a prompt:",
            *flags,
        )
    )


# Refusals of the guard


def too_many(limit: int) -> str:
    """The person's own share of the line is used up."""
    return f"You have {limit} sets in line, as many as one person may. Wait for one, or stop one with /cancel."


def line_full(length: int, left: float | None) -> str:
    """The whole line is full."""
    when = seconds(left) or "a few minutes"
    return f"The line is full ({length} sets), so this was not taken. Come back in {when}."


def blocked(words: Sequence[str]) -> str:
    """A word that this place does not draw."""
    quoted = ", ".join(f"“{word}”" for word in words)
    return f"This place does not draw {quoted} (a rule of whoever runs it). Say it without, and it goes on."


def not_yours() -> str:
    """Only the owner or a moderator may."""
    return "That is for whoever asked for it, or a moderator. You can press Again or Edit to make your own."


def stale_button() -> str:
    """A button of another time."""
    return "That button is from another time. /show with the id under the pictures brings them back with fresh ones."


def already_over() -> str:
    """Stop on a set that has ended."""
    return "That set is already done."


# What differs from the default, and what a flag became

_SETTINGS = {
    "negative_prompt": "without {}",
    "steps": "{} steps",
    "guidance_scale": "guidance {}",
    "count": "set of {}",
    "model": "model {}",
    "loras": "with {}",
    "chaos": "chaos {}",
    "stop": "stops at {}%",
    "tile": "seamless",
    "exact": "exact",
    "relax": "relaxed",
    "seed": "seed {}",
}


def setting(field: str, value: object) -> str:
    """One setting of a query; a shape and a sampler speak for themselves."""
    if (field, value) == ("count", 1):
        return "one picture"
    return _SETTINGS.get(field, "{}").format(value)


def remark(fact: Remark) -> str:
    """How the words became a query."""
    match fact:
        case Mapped(flag, setting, value):
            return f"{flag} became {setting} {value:g}"
        case WithoutEffect(flag, "no_start"):
            return f"{flag} does nothing without a picture to start from"
        case WithoutEffect(flag, _):
            return f"{flag} does nothing with this model, which draws without guidance"
        case NearestShape((across, down), width, height):
            return f"{across}:{down} became {width}x{height}, the nearest that this model draws"


# What went wrong


def apology(error: BotError | EngineError) -> str:
    """What was wrong, and what to do next."""
    match error:
        case NotYours():
            return not_yours()
        case Blocked(words):
            return blocked(words)
        case TooManyAtOnce(limit):
            return too_many(limit)
        case LineFull(length, left) | QueueFull(length=length, seconds=left):
            return line_full(length, left)
        case Cancelled():
            return STOPPED
    return wording_errors.apology(error) or LOST_MODEL


# For whoever runs the bot

WORKS = "works"
WHERE_I_KEEP_THINGS = "Where that is, SEXTANT_DATA_DIR, SEXTANT_DATABASE_URL and SEXTANT_PICTURES_URL say."
STORE_LIES = "the store gave back other bytes than it was given: check the disk, or set SEXTANT_PICTURES_URL elsewhere"


def running(address: str, platforms: Sequence[str] = ()) -> str:
    """The first line after the start."""
    others = f", and on {' and '.join(each.capitalize() for each in platforms)}" if platforms else ""
    return f"Sextant is open at {address}{others} (Ctrl+C stops it; nothing is lost)"


def disk(free: int) -> str:
    """Room on the disk."""
    return f"{free / 2**30:.1f} GiB free" + (
        "" if free > 2 * 2**30 else ": make room, or set SEXTANT_DATA_DIR elsewhere"
    )


def model(name: str, family: str, device: str, dtype: str) -> str:
    """What the model is and where it runs."""
    return f"{name} ({family}) on {device} in {dtype}"


def port_in_use(port: int) -> str:
    """Somebody else listens there."""
    return f"port {port} is taken by another program: stop that one, or choose another with SEXTANT_CONSOLE_PORT"


def not_usable(path: str, reason: str) -> str:
    """A file or folder that can't be read or written."""
    return f"{path}: {reason}. See to its rights and room, or set SEXTANT_DATA_DIR to another folder."


def not_my_address(host: str, port: int, reason: str) -> str:
    """The console can't listen there."""
    return f"{host}:{port} can't be listened on ({reason}): set SEXTANT_CONSOLE_HOST and SEXTANT_CONSOLE_PORT"


def already_open(folder: str) -> str:
    """Another run has the data folder."""
    return f"Sextant is running already with {folder}: stop that one, or set SEXTANT_DATA_DIR to another folder"


def room_unreadable(path: str, reason: str) -> str:
    """The console's log is damaged or too new."""
    return f"{path} can't be read ({reason}): put it aside under another name, and the room starts empty"


def file_line(path: str, seed: int, closeness: float | None) -> str:
    """A picture that was written to a file."""
    return f"{path}  seed {seed}" + ("" if closeness is None else f", closeness {closeness:.3f}")
