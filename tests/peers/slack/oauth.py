"""Installing: what a person grants, the code for it, the token for that, and their end."""

from dataclasses import dataclass

from tests.peers.slack.calls import ApiError
from tests.peers.slack.events import envelope
from tests.peers.slack.world import App, Enterprise, Installation, Json, Member, Team, World

CODE = 600.0
"""Seconds that a code is good for, once."""


@dataclass
class Grant:
    """What a person agreed to on the install page."""

    app: App
    person: Member
    scopes: tuple[str, ...]
    redirect_uri: str
    until: float
    enterprise: Enterprise | None = None
    used: bool = False


def install(
    app: App,
    team: Team,
    scopes: tuple[str, ...] | None = None,
    token: str | None = None,
    enterprise: Enterprise | None = None,
) -> Installation:
    """Into a workspace, or into a whole organisation; installing again keeps the bot and replaces the token."""
    world = app.world
    old = next((it for it in app.installations if it.team is team and it.enterprise is enterprise), None)
    bot = old.bot if old else Member(world.new_id("U"), "sextant", team, is_bot=True)
    bot_id = old.bot_id if old else world.new_id("B")
    if old:
        app.installations.remove(old)
    world.members[bot.id] = bot
    secret = token or f"xoxb-{world.new_secret('bot')[:40]}"
    made = Installation(app, team, secret, bot, bot_id, tuple(scopes or app.scopes), enterprise)
    app.installations.append(made)
    world.changed()
    return made


def grant(
    app: App, person: Member, scopes: tuple[str, ...], redirect_uri: str, enterprise: Enterprise | None = None
) -> str:
    """The person says yes; the code that the app gets for it."""
    code = app.world.new_secret("code")
    app.world.grants[code] = Grant(app, person, scopes, redirect_uri, app.world.clock() + CODE, enterprise)
    return code


def exchange(world: World, args: Json) -> Json:
    """oauth.v2.access."""
    app = next((it for it in world.apps.values() if it.client_id == args.get("client_id")), None)
    if not app:
        raise ApiError("invalid_client_id")
    if app.client_secret != args.get("client_secret"):
        raise ApiError("bad_client_secret")
    found = world.grants.get(str(args.get("code")))
    if not found or found.app is not app:
        raise ApiError("invalid_code")
    if found.used:
        raise ApiError("code_already_used")
    if found.until < world.clock():
        raise ApiError("code_expired")
    if found.redirect_uri and found.redirect_uri != args.get("redirect_uri", found.redirect_uri):
        raise ApiError("bad_redirect_uri")
    found.used = True
    team, enterprise = found.person.team, found.person.team.enterprise
    made = install(app, team, found.scopes, enterprise=found.enterprise)
    return {
        "app_id": app.id,
        "authed_user": {"id": found.person.id},
        "scope": ",".join(made.scopes),
        "token_type": "bot",
        "access_token": made.token,
        "bot_user_id": made.bot.id,
        "team": None if found.enterprise else {"id": team.id, "name": team.name},
        "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
        "is_enterprise_install": found.enterprise is not None,
    }


async def revoke(world: World, it: Installation) -> None:
    """The token is no longer good; the app hears of it."""
    event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [it.bot.id]}, "event_ts": world.new_ts()}
    await _farewell(world, it, "token_revoked", event)


async def uninstall(world: World, it: Installation) -> None:
    """Somebody removes the app: the bot leaves all channels."""
    await _farewell(world, it, "account_inactive", {"type": "app_uninstalled", "event_ts": world.new_ts()})
    for channel in world.channels.values():
        channel.members.pop(it.bot.id, None)


async def _farewell(world: World, it: Installation, gone: str, event: Json) -> None:
    it.gone = gone
    if event["type"] in it.app.events:
        await world.courier.send(it.app, "events_api", envelope(it, event, None))
    world.changed()
