"""What people read in the console beside the bot's own sentences (wording.py): the page, its door and its refusals.

`bad_line` is for every platform where people type commands.
"""

from bot.command_line import (
    BadLine,
    NeedsOption,
    NeedsValue,
    NotAChoice,
    NotANumber,
    SaidTwice,
    UnknownOption,
    UnknownPerson,
)

MORE_OF_IT = "more of what was brought back"
"""What a thread hangs on that a button of such a set has opened."""

CONSOLE: dict[str, str] = {
    # Around
    "skip": "Skip to writing",
    "rail": "Channels, threads and people",
    "channels": "Channels",
    "threads": "Threads",
    "no_threads": "None yet: /imagine opens one",
    "people": "People here",
    "you": "(you)",
    "menu": "Menu",
    "back": "Back",
    "close": "Close",
    "thread": "Thread",
    "under_way": "Drawing",
    "unread": "New",
    "channel_messages": "Messages in the channel",
    "thread_messages": "Messages in the thread",
    "theme_auto": "Look: auto",
    "theme_light": "Look: light",
    "theme_dark": "Look: dark",
    "theme_label": "{name}. Press for the next",
    "state_connecting": "Connecting …",
    "state_open": "Connected",
    "state_lost": "Connection lost, trying again",
    "retry": "Try now",
    # An empty room
    "greeting_title": "What shall we look for?",
    "greeting": "Say it in words, and four pictures appear in a thread of their own. Try one of these:",
    "example_car": "/imagine a red car on a blue background",
    "example_fox": "/imagine a fox and a tree, sunset --n 2",
    "example_help": "/help",
    # Messages
    "earlier": "Show earlier messages",
    "pending": "Sending …",
    "only_you": "Only you see this",
    "dismiss": "Dismiss",
    "brought": "A picture that was brought along",
    "progress": "Progress of the pictures",
    "actions": "What to do with it",
    "pick": "{number}: pick picture {number}",
    "chips": "Chosen settings",
    "chip": "{name} — remove",
    "star_none": "Star",
    "star_many": "Star {number}",
    "star_of": "{star}, picture {number}",
    "stars_one": "{number} star",
    "stars_many": "{number} stars",
    "chart_open": "Open large, in a new tab",
    "chart_words": "The same in words",
    "answer": "Reply",
    "answer_to": "Reply to: {title}",
    "answered": "In answer to: {title}",
    "answering": "Answers: {title}",
    "answer_end": "Answer nothing in particular",
    "spoiler": "Hidden; press to show",
    "reply_in_thread": "Reply in a thread",
    "replies_one": "{number} reply",
    "replies_many": "{number} replies",
    # Writing
    "write_label": "Message",
    "write_channel": "Write, or / for commands",
    "write_thread": "Say what should change",
    "completion": "Commands and flags",
    "attach": "Add picture",
    "send": "Send",
    "remove": "Remove",
    "uploading": "is being brought …",
    "starts_from": "Starts from {name}",
    "drop": "Drop a picture to start from it",
    "too_long": "That is {length} characters long, and one message may have {longest}. Nothing was sent.",
    "too_large": "That picture is too large: {size} MB at the most.",
    "not_a_picture": "That is no picture that can be read here: PNG, JPEG, WebP or GIF.",
    "no_answer": "The server did not answer. Try again when the connection is back.",
    # A picture, large
    "picture_of": "Picture {number} of {count}",
    "previous": "Previous",
    "next": "Next",
    "seed": "seed {seed}",
    "use_as_start": "Use as start",
    "download": "Download",
    # Dialogs
    "cancel": "Cancel",
    "rename": "You are {name}: change the name",
    "name_title": "What should we call you?",
    "name_label": "Your name, as the others here see it",
    "name_send": "Come in",
    "keys": "Keys",
    "key_command": "/: write, with the commands at hand",
    "key_send": "Enter: send what you wrote",
    "key_line": "Shift Enter: begin a new line",
    "key_complete": "Tab: take what the list offers",
    "key_flags": "--: list the flags of a prompt",
    "key_last": "↑: bring back what you sent last",
    "key_pictures": "← →: go through the pictures of a set",
    "key_escape": "Esc: close what is open",
    "key_keys": "?: show these keys",
    # The door
    "password": "Password",
    "enter": "Come in",
    "wrong_password": "That is not the password.",
    "wrong_host": "This console does not answer to that name. Open it as localhost.",
    "wrong_origin": "That was sent by another site's page, and is not taken.",
    # Refusals
    "name_first": "Say first what you are called.",
    "no_channel": "There is no such channel here.",
    "no_thread": "There is no such thread here.",
    "no_picture": "That picture is not here any more. Add it again.",
    "not_kept": "The picture could not be kept: the disk is full, or its folder can't be written.",
    "failed": "Something broke here, and the log says what. Nothing that was done before is lost; try it again.",
}
"""The page's words by their keys. `{name}` is filled in by the page; replies_one and replies_many go by the number."""


def unknown_command(name: str, nearest: str) -> str:
    """A slash command that is none."""
    return f"There is no /{name}. Did you mean /{nearest}? /help lists them all."


def bad_line(error: BadLine) -> str:
    """What was typed after a command, and how it is typed."""
    match error:
        case NeedsOption(command, about):
            return f"/{command} needs a word more. {about}."
        case UnknownOption(command, written, None, known):
            return f"/{command} has no {_cut(written)}. {_there_is(known)}"
        case UnknownOption(command, written, nearest, _):
            return f"/{command} has no {_cut(written)}. Did you mean {nearest}?"
        case NeedsValue(option, about):
            return f"{option} needs a value after it. {about}."
        case SaidTwice(option):
            return f"{option} stands there twice. Keep one of them."
        case NotANumber(option, value, low, high):
            between = "" if low is None or high is None else f" from {low} to {high}"
            return f"{option} takes a whole number{between}, and “{_cut(value)}” is none."
        case NotAChoice(value, None, choices):
            return f"There is no “{_cut(value)}” here. Write one of these: {', '.join(choices)}."
        case NotAChoice(value, nearest, choices):
            return f"There is no “{_cut(value)}” here. Did you mean {nearest}? There is: {', '.join(choices)}."
        case UnknownPerson(written):
            return f"I know nobody called “{_cut(written)}” here. Write the name as it stands in the list of people."
    return str(error)


def too_long(length: int, longest: int) -> str:
    """More than one message holds."""
    return CONSOLE["too_long"].format(length=length, longest=longest)


def too_large(limit: int) -> str:
    """An upload beyond the limit, in bytes."""
    return CONSOLE["too_large"].format(size=limit // 2**20)


def name_taken(name: str) -> str:
    """Somebody who is here is called that."""
    return f"Somebody here is called {name} already. Add something to it."


def too_many_guesses(seconds: float) -> str:
    """Too many wrong passwords."""
    return f"Too many wrong passwords. Try again in {round(seconds) + 1} s."


def malformed(what: str) -> str:
    """For whoever writes a program: a request that can't be read."""
    return f"That request can't be read ({what}). adapters/console/EVENTS.md describes them."


def _there_is(options: tuple[str, ...]) -> str:
    return f"There is: {', '.join(options)}." if options else "It takes nothing."


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59].rstrip()}…"
