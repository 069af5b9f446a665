"""Looks whether Slack is set up as the bot needs it, and names the cure for what is not."""

import asyncio
import json
from functools import partial

import aiohttp
from slack_sdk.errors import SlackApiError

from adapters.slack.calls import Calls
from adapters.slack.failures import Limited, SlackFailed, Unsure, failure
from adapters.slack.manifest import SCOPES
from adapters.slack.opening import TIMEOUT, Keys, web_client
from adapters.slack.workspaces import connect
from bot import wording_slack as wording
from bot.doctor import Finding
from bot.wording import WORKS

TROUBLES = (aiohttp.ClientError, OSError, TimeoutError)
HELLO = 10.0
"""Seconds that a socket has for its first word."""


async def examine(keys: Keys) -> list[Finding]:
    """Tokens, scopes, events and sockets."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT), trust_env=True) as http:
        findings, app = await (_many if keys.many else _one)(keys, http)
        if keys.app_token:
            findings.append(await _sockets(keys, http, app))
        elif keys.signing_secret:
            findings.append(Finding("slack signing secret", True, wording.NOT_TOLD))
        else:
            findings.append(Finding("slack way in", False, wording.NO_WAY_IN))
        findings.append(Finding("slack events", True, wording.EVENTS))
        return findings


async def _one(keys: Keys, http: aiohttp.ClientSession) -> tuple[list[Finding], str]:
    """The workspace of the token, and the app that it is of, if Slack says so."""
    if not keys.bot_token:
        return [Finding("slack token", False, wording.NO_WORKSPACE)], ""
    try:
        workspace = await connect(web_client(keys.api_url, http, keys.bot_token), Calls(_at_once))
    except (Unsure, Limited) as failed:
        return [Finding("slack token", False, _no_answer(keys, failed))], ""
    except SlackFailed as failed:
        return [Finding("slack token", False, wording.bad_bot_token(failed.error))], ""
    missing = [scope for scope in SCOPES if scope not in workspace.scopes]
    findings = [
        Finding("slack token", True, wording.who(workspace.bot_name, workspace.url)),
        Finding("slack scopes", not missing, wording.missing_scopes(missing) if missing else WORKS),
    ]
    return findings, workspace.app


async def _many(keys: Keys, http: aiohttp.ClientSession) -> tuple[list[Finding], str]:
    """Offers Slack a code that it never gave: it looks at who asks before it looks at the code."""
    try:
        await web_client(keys.api_url, http, "").oauth_v2_access(
            client_id=keys.client_id, client_secret=keys.client_secret, code="sextant-doctor"
        )
        words = ""
    except SlackApiError as error:
        failed = failure(error)
        refused = failed.error in ("invalid_client_id", "bad_client_secret")
        words = wording.bad_client(failed.error) if refused else ""
        if isinstance(failed, Unsure | Limited):
            words = _no_answer(keys, failed)
    except TROUBLES as error:
        words = wording.unreachable(keys.api_url, type(error).__name__)
    installs = f"{wording.INSTALLS} {wording.ONE_IS_UNUSED}" if keys.bot_token else wording.INSTALLS
    return [Finding("slack installing", not words, words or installs)], ""


async def _sockets(keys: Keys, http: aiohttp.ClientSession, app: str) -> Finding:
    """Opens one, waits for its hello, and closes it. `app` is whose bot token there is."""
    about = partial(Finding, "slack sockets")
    try:
        answer = await web_client(keys.api_url, http, "").apps_connections_open(app_token=keys.app_token)
    except SlackApiError as error:
        failed = failure(error)
        silent = isinstance(failed, Unsure | Limited)
        return about(False, _no_answer(keys, failed) if silent else wording.bad_app_token(failed.error))
    except TROUBLES as error:
        return about(False, wording.unreachable(keys.api_url, type(error).__name__))
    try:
        async with asyncio.timeout(HELLO), http.ws_connect(str(answer["url"])) as socket:
            said = json.loads(await socket.receive_str())
    except (*TROUBLES, TypeError, ValueError):
        return about(False, wording.SOCKET_SILENT)
    if said.get("type") != "hello":
        return about(False, wording.LINK_DISABLED if said.get("reason") == "link_disabled" else wording.SOCKET_SILENT)
    theirs = str((said.get("connection_info") or {}).get("app_id") or "")
    apart = bool(app and theirs and app != theirs)
    return about(not apart, wording.two_apps(app, theirs) if apart else WORKS)


def _no_answer(keys: Keys, failed: SlackFailed) -> str:
    """It is not the token's fault."""
    if isinstance(failed, Limited):
        return wording.asks_to_wait(failed.seconds)
    return wording.unreachable(keys.api_url, failed.error)


async def _at_once(_: float) -> None:
    """The doctor waits for nobody."""
