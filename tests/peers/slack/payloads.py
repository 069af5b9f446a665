"""The payloads of commands, presses, forms and shortcuts, in Slack's shapes."""

from tests.peers.slack.views import View, initial
from tests.peers.slack.world import App, Channel, Installation, Json, Member, Message, Team, World, elements

TOKEN = "deprecated-verification-token"


def _enterprise(team: Team) -> Json | None:
    return {"id": team.enterprise.id, "name": team.enterprise.name} if team.enterprise else None


def common(kind: str, installation: Installation, person: Member, trigger: str) -> Json:
    """What all interactive payloads have."""
    team = person.team if installation.covers(person.team) else installation.team
    return {
        "type": kind,
        "token": TOKEN,
        "api_app_id": installation.app.id,
        "team": {"id": team.id, "domain": team.name}
        | ({"enterprise_id": team.enterprise.id, "enterprise_name": team.enterprise.name} if team.enterprise else {}),
        "user": {
            "id": person.id,
            "username": person.name.lower(),
            "name": person.name.lower(),
            "team_id": person.team.id,
        },
        "enterprise": _enterprise(team),
        "is_enterprise_install": installation.enterprise is not None,
        "trigger_id": trigger,
    }


def channel_name(channel: Channel) -> str:
    """The name as payloads give it."""
    return {"channel": channel.name, "group": "privategroup", "im": "directmessage"}.get(channel.kind, channel.name)


def command(world: World, installation: Installation, person: Member, channel: Channel, name: str, text: str) -> Json:
    """A slash command: flat, all strings."""
    team = person.team
    grid = {"enterprise_id": team.enterprise.id, "enterprise_name": team.enterprise.name} if team.enterprise else {}
    return {
        "token": TOKEN,
        "team_id": team.id,
        "team_domain": team.name,
        **grid,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.name.lower(),
        "command": name,
        "text": text,
        "api_app_id": installation.app.id,
        "is_enterprise_install": "true" if installation.enterprise else "false",
        "response_url": world.tickets.response_url(installation, person, channel),
        "trigger_id": world.tickets.trigger(installation.app, person),
    }


def action(block: Json, it: Json, value: Json, at: str) -> Json:
    """One entry of `actions`."""
    made = {"type": it["type"], "action_id": it["action_id"], "block_id": block["block_id"], "action_ts": at, **value}
    for name in ("text", "value", "style", "placeholder"):
        if it.get(name) is not None:
            made.setdefault(name, it[name])
    return made


def message_state(message: Message) -> Json:
    """Values of the menus and inputs of a message."""
    values: Json = {}
    for block, it in elements(message.blocks):
        if (value := initial(it)) is not None:
            values.setdefault(block["block_id"], {})[it["action_id"]] = value
    return {"values": values}


def press_message(world: World, installation: Installation, person: Member, message: Message, did: Json) -> Json:
    """block_actions on a message; an ephemeral one is not quoted."""
    trigger = world.tickets.trigger(installation.app, person)
    channel, ephemeral = message.channel, message.seen_by is not None
    payload = common("block_actions", installation, person, trigger) | {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        },
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": message_state(message),
        "response_url": world.tickets.response_url(installation, person, channel, message),
        "actions": [did],
    }
    return payload if ephemeral else payload | {"message": message.raw}


def press_view(world: World, view: View, did: Json) -> Json:
    """block_actions in a modal or a home tab."""
    trigger = world.tickets.trigger(view.app, view.person, view.id)
    return common("block_actions", view.installation, view.person, trigger) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.payload(),
        "actions": [did],
    }


def submission(world: World, view: View) -> Json:
    """view_submission."""
    trigger = world.tickets.trigger(view.app, view.person, view.id)
    return common("view_submission", view.installation, view.person, trigger) | {
        "view": view.payload(),
        "response_urls": [],
    }


def suggestion(view: View, block: Json, it: Json, typed: str) -> Json:
    """block_suggestion: no trigger, the view as it stands."""
    payload = common("block_suggestion", view.installation, view.person, "") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.payload(),
        "action_id": it["action_id"],
        "block_id": block["block_id"],
        "value": typed,
    }
    del payload["trigger_id"]
    return payload


def closed(view: View, cleared: bool) -> Json:
    """view_closed."""
    payload = common("view_closed", view.installation, view.person, "") | {
        "view": view.payload(),
        "is_cleared": cleared,
    }
    del payload["trigger_id"]
    return payload


def message_shortcut(world: World, installation: Installation, person: Member, name: str, message: Message) -> Json:
    """message_action."""
    trigger = world.tickets.trigger(installation.app, person)
    return common("message_action", installation, person, trigger) | {
        "action_ts": world.new_ts(),
        "callback_id": name,
        "channel": {"id": message.channel.id, "name": channel_name(message.channel)},
        "response_url": world.tickets.response_url(installation, person, message.channel, message),
        "message_ts": message.ts,
        "message": message.raw,
    }


def global_shortcut(world: World, installation: Installation, person: Member, name: str) -> Json:
    """shortcut: it knows no channel and has no response_url."""
    trigger = world.tickets.trigger(installation.app, person)
    return common("shortcut", installation, person, trigger) | {"action_ts": world.new_ts(), "callback_id": name}


def home_opened(world: World, installation: Installation, person: Member, tab: str) -> Json:
    """app_home_opened; with the view that is there."""
    home = world.homes.get((person.id, installation.app.id))
    return {
        "type": "app_home_opened",
        "user": person.id,
        "channel": world.im(installation.bot, person).id,
        "tab": tab,
        "event_ts": world.new_ts(),
        **({"view": home.payload()} if home and tab == "home" else {}),
    }


def rich_text(world: World, text: str) -> list[Json]:
    """The block that Slack adds to what people type; plain words only."""
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": world.new_id("b"), "elements": [words]}] if text else []


def app_of(world: World, team: Team, wanted: App | None) -> App:
    """The app that is meant; the only one installed when none is said."""
    found = [it for it in world.apps.values() if it.installation(team)]
    if wanted is None and len(found) != 1:
        raise ValueError(f"which of {len(found)} apps?")
    return wanted or found[0]
