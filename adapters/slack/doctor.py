"""Looks whether Slack is set up as the bot needs it, and names the cure for what is not."""

import asyncio
import json

import aiohttp
from slack_sdk.errors import SlackApiError

from adapters.slack.calls import Calls
from adapters.slack.failures import SlackFailed, Unsure, failure
from adapters.slack.manifest import SCOPES
from adapters.slack.opening import TIMEOUT, Keys, web_client
from adapters.slack.workspaces import connect
from bot import wording_slack as wording
from bot.doctor import Finding
from bot.wording import WORKS

HELLO = 10.0
"""Seconds that a socket has for its first word."""


async def examine(keys: Keys) -> list[Finding]:
    """Tokens, scopes, events and sockets."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT), trust_env=True) as http:
        findings = await _bot(keys, http)
        if keys.app_token:
            findings.append(await _sockets(keys, http))
        elif keys.signing_secret:
            findings.append(Finding("slack signing secret", True, wording.NOT_TOLD))
        else:
            findings.append(Finding("slack way in", False, wording.NO_WAY_IN))
        findings.append(Finding("slack events", True, wording.EVENTS))
        return findings


async def _bot(keys: Keys, http: aiohttp.ClientSession) -> list[Finding]:
    if not keys.bot_token:
        return [Finding("slack token", keys.many, WORKS if keys.many else wording.NO_WORKSPACE)]
    try:
        workspace = await connect(web_client(keys.api_url, http, keys.bot_token), Calls(_at_once))
    except Unsure as unsure:
        return [Finding("slack token", False, wording.unreachable(keys.api_url, unsure.error))]
    except SlackFailed as failed:
        return [Finding("slack token", False, wording.bad_bot_token(failed.error))]
    missing = [scope for scope in SCOPES if scope not in workspace.scopes]
    return [
        Finding("slack token", True, wording.who(workspace.bot_name, workspace.url)),
        Finding("slack scopes", not missing, wording.missing_scopes(missing) if missing else WORKS),
    ]


async def _sockets(keys: Keys, http: aiohttp.ClientSession) -> Finding:
    """Opens one, waits for its hello, and closes it."""
    try:
        answer = await web_client(keys.api_url, http, "").apps_connections_open(app_token=keys.app_token)
        async with asyncio.timeout(HELLO), http.ws_connect(str(answer["url"])) as socket:
            said = json.loads(await socket.receive_str())
    except SlackApiError as error:
        return Finding("slack sockets", False, wording.bad_app_token(failure(error).error))
    except (aiohttp.ClientError, TimeoutError, TypeError, ValueError):
        return Finding("slack sockets", False, wording.socket_silent())
    if said.get("type") == "hello":
        return Finding("slack sockets", True, WORKS)
    disabled = said.get("reason") == "link_disabled"
    return Finding("slack sockets", False, wording.LINK_DISABLED if disabled else wording.socket_silent())


async def _at_once(_: float) -> None:
    """The doctor waits for nobody."""
