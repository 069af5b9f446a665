"""What people read in Slack beside the bot's own sentences (wording.py).

`help_text`, `root` and `home_*` are in Slack's markup where they say so; everything else is plain text.
"""

from collections.abc import Sequence

from bot.wording_conversation import picture_said

MORE = "More of this is hidden: the message would be longer than Slack takes."
PROGRESS_FULL, PROGRESS_EMPTY = "█", "░"

# Buttons and forms of the adapter's own

SHARE = "Share to channel"
REVEAL = "Show the hidden picture {number}"
FORM_SEND = "Send"
FORM_CLOSE = "Cancel"
FORM_MORE = "{label}, continued"
NEW_TITLE = "New picture"
NEW_LABEL = "What to draw; flags such as --ar 16:9 stand at the end"
NEW_WHERE = "Where to show it"
NEW_SEND = "Draw"
REFINE_TITLE = "Refine this picture"
REFINE_LABEL = "What should change"
NO_WORDS = "Say in a few words what you want to see."
SHARED_ALREADY = "That is in the channel already."
LINKS = "Leads to: "

# Refusals

NO_PICTURE_HERE = (
    "There is no picture in that message that I can read: PNG, JPEG, WebP or GIF. Choose a message with one."
)
TOO_MANY_PICTURES = "One picture at a time, please: I took none of these. Send the one that you mean alone."
NO_CHANNEL = "Choose a channel that I am in."
FAILED = "Something broke here, and the log says what. Nothing that was done before is lost; try it again."
NOT_SHOWN = (
    "Slack did not take the pictures of this set. They are kept: say to me /show with the id that stands here, and "
    "they come back."
)
STALE = "That button is from another time. {show} with the id under the pictures brings them back with fresh ones."
SILENT = (
    "Slack does not answer me at the moment. What was begun is kept, and goes on; if no thread appears, ask again in a "
    "minute."
)
REINSTALL = (
    "This workspace is not connected to me any more. Somebody who may install apps has to add me again at the "
    "page where I was installed from."
)


def called(person: str) -> str:
    """The one message that rings. In Slack's markup: `person` is the mention."""
    return f"{person} it is done."


def root(what: str, person: str) -> str:
    """The message that a thread hangs on."""
    return f"{what} · for {person}"


def forked(picture: str) -> str:
    """The root of a fork."""
    return f"Goes on from {picture_said(picture)}"


def party(theme: str, minutes: int) -> str:
    """The root of a round."""
    return f"A round of {minutes} min on: {theme}"


A_PICTURE = "a picture"
MORE_OF_IT = "more of what was brought back"
TOO_LATE = "That took Slack too long to open a form. Press it once more."


def stars(number: int, count: int) -> str:
    """Under a picture: its number, and how many stars it has."""
    if not count:
        return f"#{number}"
    return f"#{number} · ★ {count} {'star' if count == 1 else 'stars'}"


def not_in_channel(bot: str) -> str:
    """The bot may not write in this channel."""
    return f"I am not in this channel, so nothing was begun. Write /invite @{bot} here, and ask again."


def cannot_write() -> str:
    """The channel is archived, gone, or closed to the bot."""
    return "I can't write in that channel any more (it is archived, gone or restricted). Ask in another one."


def limited(seconds: float) -> str:
    """Slack asks to wait for longer than anybody would."""
    return f"Slack lets me do no more for {seconds:.0f} s. Nothing was begun: ask again then."


def refused(error: str) -> str:
    """Slack's word for what there is no better answer to."""
    return f"Slack refused that ({error}). Nothing that was done before is lost; tell whoever runs me if it stays so."


def lost_place(channel: str) -> str:
    """Told once in the direct conversation, when a result has nowhere to go. `channel` is its id."""
    return (
        f"What you asked for in <#{channel}> is done, but I can't write there any more. It is kept: ask me here for it."
    )


def missing_scope(scope: str) -> str:
    """The app was installed without a right that it needs."""
    return (
        f"Slack says that I lack the right “{scope}”. Whoever runs me has to add it under OAuth & Permissions, and "
        "install the app again."
    )


def file_too_large(limit: int) -> str:
    """An input picture beyond the limit, in bytes."""
    return f"That picture is too large for me: {limit // 2**20} MB at the most. Send a smaller one."


def file_unreachable(reason: str) -> str:
    """Slack does not hand a file out."""
    return f"Slack does not let me read that file ({reason}). Upload the picture here, in this channel, and ask again."


def unknown_command(umbrella: str, name: str, nearest: str) -> str:
    """A subcommand that is none."""
    return f"There is no {umbrella} {name}. Did you mean {umbrella} {nearest}? {umbrella} help lists them all."


def too_long(length: int, longest: int) -> str:
    """More than is read at once."""
    return f"That is {length} characters long, and I read {longest} at the most. Nothing was begun."


def help_text(imagine: str, umbrella: str, commands: Sequence[tuple[str, str]], flags: Sequence[str]) -> list[str]:
    """How to talk to the bot, in Slack's markup, in parts that each fit a block."""
    return [
        f"*Write* `{imagine} a red car on a hill`: a thread opens with four pictures. What you write in the thread is "
        "drawn next, starting from the picture that was picked with the buttons 1-4. In a thread, where Slack has no "
        "commands, mention me: `@me /tree`.",
        "*Commands*\n" + "\n".join(f"• `{umbrella} {name}` {about}" for name, about in commands),
        "*Flags*, at the end of a prompt\n" + "\n".join(f"• {line}" for line in flags),
    ]


# The home tab. Headings are plain text.

HOME_TITLE = "Sextant"
HOME_HELLO = "Say it in words, and four pictures appear in a thread of their own."
HOME_NEW = "New picture"
HOME_ACCOUNT = "In line, and what you used"
HOME_RECENT = "Your recent pictures"
HOME_NO_RECENT = "None yet."
HOME_SETTINGS = "Your settings"
HOME_CHANGE = "Change"
HOME_HELP = "How to talk to me"
HOME_WORKSPACE = "This workspace (for its admins)"
PREFER_TITLE = "Your settings"
PREFER_LABEL = (
    "What to change, as in: defaults --ar 16:9, suffix soft light, save wide --ar 21:9, mention off, forget wide"
)


def home_workspace(who: str, commands: Sequence[str], missing: Sequence[str]) -> str:
    """What an admin should know of the installation."""
    lines = [f"I am {who}", f"Commands: {', '.join(commands)}"]
    if missing:
        lines.append(f"Missing: {', '.join(missing)}. Add them under OAuth & Permissions, and install the app again.")
    else:
        lines.append("I have every right that I need. Who may refine is set in each thread: @me /settings")
    return "\n".join(lines)


# For whoever runs the bot

LINK_DISABLED = "Slack says that Socket Mode is switched off for this app: switch it on under Settings > Socket Mode"
DEAD = "Slack takes SLACK_BOT_TOKEN no more: install the app again, set the new token, and start the bot again"
SOCKETS_SILENT = "a socket to Slack has not been heard of for {seconds:.0f} s: it is opened again"


def who(name: str, url: str) -> str:
    """Whose token it is."""
    return f"{name} at {url}"


def bad_bot_token(error: str) -> str:
    """auth.test said no."""
    return f"Slack refuses SLACK_BOT_TOKEN ({error}): copy the Bot User OAuth Token (xoxb-...) from OAuth & Permissions"


def bad_app_token(error: str) -> str:
    """apps.connections.open said no."""
    cure = "make an App-Level Token (xapp-...) with connections:write under Basic Information, and copy it whole"
    if error == "missing_scope":
        cure = "the App-Level Token needs the scope connections:write: make a new one under Basic Information"
    return f"Slack refuses SLACK_APP_TOKEN ({error}): {cure}"


def missing_scopes(scopes: Sequence[str]) -> str:
    """The token has not all rights."""
    return (
        f"the token lacks {', '.join(scopes)}: add them under OAuth & Permissions (or paste the manifest again), and "
        "install the app again"
    )


def unreachable(address: str, reason: str) -> str:
    """Slack does not answer."""
    return f"{address} does not answer ({reason}): check SLACK_API_URL, the network, and HTTPS_PROXY"


def asks_to_wait(seconds: float) -> str:
    """Too many calls."""
    return f"Slack asks to be left alone for {seconds:.0f} s: look again after that"


def bad_client(error: str) -> str:
    """oauth.v2.access said no."""
    return (
        f"Slack refuses SLACK_CLIENT_ID and SLACK_CLIENT_SECRET ({error}): copy both from Basic Information > "
        "App Credentials"
    )


def two_apps(bot: str, socket: str) -> str:
    """The two tokens do not belong together."""
    return f"SLACK_BOT_TOKEN is of the app {bot} and SLACK_APP_TOKEN of the app {socket}: copy both from one app"


SOCKET_SILENT = "no socket came up: see that Socket Mode is on, and that wss://*.slack.com can be reached from here"
INSTALLS = "workspaces install the app at /slack/install on your address"
ONE_IS_UNUSED = "(SLACK_BOT_TOKEN is not used while SLACK_CLIENT_ID is set: install the app in its workspace as well)"
EVENTS_HELD_BACK = (
    "Slack held words from workspace %s back: more than 30,000 events came within an hour; take the bot out of "
    "channels that do not use it"
)
NOT_TOLD = "Slack alone can tell: if every request is answered with 401, copy the Signing Secret from Basic Information"
NO_WAY_IN = "set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP"
NO_WORKSPACE = "set SLACK_BOT_TOKEN for one workspace, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for many"
EVENTS = (
    "Slack does not tell which events are switched on: compare Event Subscriptions with deploy/slack-manifest.yaml "
    "when words in threads stay without an answer"
)
