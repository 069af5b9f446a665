"""What Slack refuses, sorted by what is to be done about it.

SlackFailed
├── NotMember        the bot is not in the channel: somebody has to invite it
├── PlaceClosed      the channel is archived, gone or restricted: nothing can be shown there any more
├── Disconnected     the token is revoked, or the app is uninstalled: nothing can be done in the workspace
├── MissingScope     the app was installed without a right
├── MessageGone      the message was deleted
├── Unchangeable     the message can't be edited any more
├── TooLong          the text or the blocks are longer than Slack takes
├── BadBlocks        the blocks are refused, most likely for a file that is not processed yet
├── TooLate          a form can't be opened any more: three seconds are over
├── NotReachable     the person is not in the channel
├── Limited          too many calls: after some seconds again
├── Unsure           no answer, or a broken one: it may have happened
└── OtherFailure     everything else
"""

from slack_sdk.errors import SlackApiError


class SlackFailed(Exception):
    """Slack did not do it. `error` is its word for the reason."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class NotMember(SlackFailed):
    """The bot is not in the channel."""


class PlaceClosed(SlackFailed):
    """Nothing can be shown there any more."""


class Disconnected(SlackFailed):
    """The workspace has let go of the app."""


class MissingScope(SlackFailed):
    """A right is missing; `needed` names it."""

    def __init__(self, needed: str) -> None:
        super().__init__("missing_scope")
        self.needed = needed


class MessageGone(SlackFailed):
    """The message is not there any more."""


class Unchangeable(SlackFailed):
    """The message can't be edited."""


class TooLong(SlackFailed):
    """More than Slack takes."""


class BadBlocks(SlackFailed):
    """The blocks are refused."""


class TooLate(SlackFailed):
    """The chance to open a form is over, or was used."""


class NotReachable(SlackFailed):
    """The person is not there to be whispered to."""


class Limited(SlackFailed):
    """Too many calls."""

    def __init__(self, seconds: float) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


class Unsure(SlackFailed):
    """It may have happened or not."""


class OtherFailure(SlackFailed):
    """Nothing that there is an answer to."""


_KINDS: dict[str, type[SlackFailed]] = {
    "not_in_channel": NotMember,
    "channel_not_found": PlaceClosed,
    "is_archived": PlaceClosed,
    "is_inactive": PlaceClosed,
    "restricted_action": PlaceClosed,
    "restricted_action_read_only_channel": PlaceClosed,
    "restricted_action_thread_only_channel": PlaceClosed,
    "restricted_action_non_threadable_channel": PlaceClosed,
    "restricted_action_thread_locked": PlaceClosed,
    "messages_tab_disabled": PlaceClosed,
    "thread_not_found": PlaceClosed,
    "cannot_reply_to_message": PlaceClosed,
    "invalid_thread_ts": PlaceClosed,
    "cannot_dm_bot": PlaceClosed,
    "team_access_not_granted": PlaceClosed,
    "user_disabled": PlaceClosed,
    "token_revoked": Disconnected,
    "token_expired": Disconnected,
    "account_inactive": Disconnected,
    "invalid_auth": Disconnected,
    "not_authed": Disconnected,
    "message_not_found": MessageGone,
    "cant_update_message": Unchangeable,
    "edit_window_closed": Unchangeable,
    "msg_too_long": TooLong,
    "msg_blocks_too_long": TooLong,
    "invalid_blocks": BadBlocks,
    "invalid_blocks_format": BadBlocks,
    "invalid_attachments": BadBlocks,
    "expired_trigger_id": TooLate,
    "trigger_expired": TooLate,
    "exchanged_trigger_id": TooLate,
    "trigger_exchanged": TooLate,
    "invalid_trigger_id": TooLate,
    "user_not_in_channel": NotReachable,
    "user_not_found": NotReachable,
    "internal_error": Unsure,
    "fatal_error": Unsure,
    "service_unavailable": Unsure,
    "request_timeout": Unsure,
}
"""By Slack's words, as https://docs.slack.dev lists them for the methods that are used here."""


def failure(error: SlackApiError) -> SlackFailed:
    """What an answer of the Web API means."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
    data = getattr(response, "data", response)
    said = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or said == "ratelimited":
        return Limited(_seconds(getattr(response, "headers", {})))
    if status >= 500 or not said:
        return Unsure(said or f"HTTP {status}")
    if said == "missing_scope":
        return MissingScope(str(data.get("needed") or ""))
    return _KINDS.get(said, OtherFailure)(said)


def _seconds(headers: object) -> float:
    value = headers.get("Retry-After", "1") if hasattr(headers, "get") else "1"
    return float(value) if str(value).isdecimal() else 1.0
