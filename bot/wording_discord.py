"""What people read on Discord beside the bot's own sentences (wording.py): roots, menus, refusals, the doctor."""

from collections.abc import Sequence

# Names

MENU_DESCRIBE = "Describe"
MENU_REFINE = "Refine"
MENU_START = "Use as start"

REFINE_LABEL = "What should change?"
START_LABEL = "What to draw from it"
"""Labels of forms: 45 characters at the most."""

PICKS, STARS, CHIPS, MORE = "Pick a picture", "Star a picture", "Take a setting away", "More"
"""What stands in menus that take the place of too many buttons."""

_OPTIONS = {
    "model": "Which model draws",
    "style": "A style by name",
    "aspect": "The shape, as 16:9",
    "seed": "The same seed and words give the same picture",
    "count": "How many pictures",
    "no": "What to leave out, with commas between",
    "set": "One of your own sets of options, from /prefer",
}


def option(name: str) -> str:
    """What a flag is called among a command's options."""
    return _OPTIONS[name]


# Roots of threads, and what stands at the end


def asked(person: str, words: str) -> str:
    """The message that a thread hangs on."""
    return f"{person} asked for: {words}"


def party(person: str, theme: str) -> str:
    """The message that a round hangs on."""
    return f"{person} opens a round: {theme}"


def fork(person: str) -> str:
    """The message that a fork hangs on."""
    return f"{person} goes on with a picture in a thread of their own"


def more(person: str) -> str:
    """The message that hangs on a button of a set which was brought back."""
    return f"{person} goes on from here"


def fork_title(person: str) -> str:
    """The name of a fork's thread."""
    return f"{person}'s own way"


def done(mention: str) -> str:
    """The one message that calls the person who asked."""
    return f"{mention} it is done."


def stars(number: int, count: int) -> str:
    """How many people like a picture."""
    return f"#{number}: {count} {'star' if count == 1 else 'stars'}"


def done_there(mention: str, link: str) -> str:
    """The same, from outside of a thread that takes nothing more."""
    return f"{mention} it is done: {link}"


def taken_nowhere(key: str) -> str:
    """Discord takes no picture of the set, however small."""
    return f"(Discord takes no picture of it here, however small it is made. /show {key} brings them back elsewhere.)"


def elsewhere(link: str) -> str:
    """An answer that could not be given in its thread."""
    return f"(The thread is locked, so the answer is here: {link})"


def unreachable(key: str) -> str:
    """A result that has lost its place, told to the person who asked."""
    return f"{key} is done, but I can no longer write where it belongs, so here it is. /show {key} brings it back."


def filtered(key: str) -> str:
    """A filter took the result away."""
    return (
        f"{key} is done, but a filter of Discord or of this server did not let it through. "
        "Say it in other words, or ask whoever manages this server."
    )


# Answers of the adapter

FILTERED_WORDS = (
    "A filter of Discord or of this server does not let those words through, so nothing was begun. "
    "Say it in other words, or ask whoever manages this server."
)

UNKNOWN_COMMAND = "That command is from another time. Reload Discord (Ctrl+R), and the commands are those of now."
FORM_LATE = "The form took too long to open. Press the button again."
FORM_STALE = "That form was opened before I was started again. Open it once more from the message's menu."
FAILED = "Something went wrong with that, and it is written in the log. Try it once more."
NO_PICTURE = "There is no picture in that message. Choose one that has a PNG, JPEG, WebP or GIF attached."
NOT_MINE = "That message is not one of mine, so there is nothing to refine. Use as start takes its picture."
CHANNEL_MENTION = (
    "Here I take commands: /imagine and words begin a thread. In the thread, say what should change and mention me."
)
STILL_TRYING = "Discord does not let the bot in yet: it goes on trying while everything else is at work"
STILL_THERE = "I could not read that picture from Discord. Send it once more."


def not_a_picture(name: str) -> str:
    """A file of another kind."""
    return f"{name} is no picture that I can read. Send a PNG, JPEG, WebP or GIF."


def too_large(name: str, most: int) -> str:
    """A file that is too large to be read."""
    return f"{name} is too large: {most // 2**20} MB at the most. Send a smaller one."


def missing(names: Sequence[str], place: str) -> str:
    """Permissions that are needed for what was asked for."""
    which = ", ".join(f"“{name}”" for name in names)
    return f"I may not do that in {place}: I lack {which}. Whoever manages this server can allow it; then ask again."


HERE = "this channel"

HELP_WITH_CONTENT = "In my threads plain messages are read: write what should change."
HELP_WITHOUT_CONTENT = (
    "In my threads I read messages that mention me or answer one of mine, and the buttons; "
    "other messages I do not see, because the message content intent is off."
)

# For whoever runs the bot

PORTAL = "https://discord.com/developers/applications"
WORKS = "works"


def token_refused() -> str:
    """Discord does not know the token."""
    return f"Discord refuses DISCORD_TOKEN: copy it again from {PORTAL}, page Bot, Reset Token"


def unreachable_api(reason: str) -> str:
    """No answer from Discord."""
    return f"Discord does not answer ({reason}): check the network, DISCORD_API_BASE and DISCORD_GATEWAY_URL"


def signed_in(name: str, guilds: int) -> str:
    """The token is good."""
    return f"signed in as {name}, in {guilds} {'server' if guilds == 1 else 'servers'}"


def no_guild(invite: str) -> str:
    """Nobody has invited the bot."""
    return f"in no server yet: open {invite}"


CONTENT_ON = "message content is on: plain messages in the bot's threads are read"
CONTENT_NOT_WANTED = (
    "message content is not asked for (DISCORD_MESSAGE_CONTENT=off): mentions, replies and buttons work"
)
CONTENT_AUTO_OFF = f"message content is off: mentions, replies and buttons work; switch it on at {PORTAL}, page Bot"
CONTENT_MISSING = (
    f"message content is off, and DISCORD_MESSAGE_CONTENT=on asks for it: switch it on at {PORTAL}, page Bot, "
    "Privileged Gateway Intents"
)


def lacks(guild: str, names: Sequence[str], invite: str) -> str:
    """Permissions that the bot's role lacks in a server."""
    return f"{guild} does not give {', '.join(names)}: give them to the bot's role, or invite it anew with {invite}"


def commands_stale(scope: str) -> str:
    """Discord has other commands than this version."""
    return f"the commands of {scope} are those of another version: start the bot once, and it tells Discord"


def unknown_server(guild: int) -> str:
    """An id in the settings that the bot may tell no commands."""
    return f"the bot is in no server {guild}: take it out of DISCORD_GUILD_IDS, or invite the bot there"


COMMANDS_UNTOLD = "none are registered yet: the first start does it"


def commands_good(count: int) -> str:
    """Discord has the commands."""
    return f"{count} commands are registered"


def upload_limit(guild: str, size: int) -> str:
    """How large a file may be."""
    return f"{guild} takes files of {size // 2**20} MiB; larger pictures are made smaller by themselves"
