"""Modals and home tabs: what they refuse, the stack of a person, and the state that a person typed into one."""

from dataclasses import dataclass, field
from typing import Any

from tests.peers.slack.blocks import check_blocks, completed
from tests.peers.slack.checks import Look
from tests.peers.slack.world import App, Installation, Json, Member, World, elements

STACK = 3
_FIELDS = {
    "modal": ("title", "blocks", "close", "submit", "private_metadata", "callback_id", "clear_on_close"),
    "home": ("blocks", "private_metadata", "callback_id", "external_id"),
}


@dataclass(eq=False)
class View:
    """A modal or a home tab as it stands."""

    id: str
    kind: str
    app: App = field(repr=False)
    installation: Installation = field(repr=False)
    person: Member
    raw: Json = field(repr=False)
    hash: str = ""
    previous: "View | None" = field(default=None, repr=False)
    closed: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    """What the app's last acknowledgement complained about: block_id -> words."""
    state: dict[str, dict[str, Json]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return str((self.raw.get("title") or {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        return list(self.raw["blocks"])

    @property
    def labels(self) -> list[str]:
        """Texts of its buttons, in order."""
        return [it["text"]["text"] for _, it in elements(self.blocks) if it["type"] == "button"]

    @property
    def callback_id(self) -> str:
        return str(self.raw.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        return str(self.raw.get("private_metadata", ""))

    @property
    def depth(self) -> int:
        return 1 + (self.previous.depth if self.previous else 0)

    @property
    def root(self) -> "View":
        return self.previous.root if self.previous else self

    def payload(self) -> Json:
        """As Slack sends it."""
        team = self.person.team
        return {
            "id": self.id,
            "team_id": team.id,
            "type": self.kind,
            "close": None,
            "submit": None,
            "private_metadata": "",
            "callback_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "external_id": "",
            **self.raw,
            "state": {"values": self.state},
            "hash": self.hash,
            "previous_view_id": self.previous.id if self.previous else None,
            "root_view_id": self.root.id,
            "app_id": self.app.id,
            "app_installed_team_id": self.installation.team.id,
            "bot_id": self.installation.bot_id,
        }


def check_view(raw: Any, look: Look, home: bool) -> list[str]:
    """What is wrong with a view, in Slack's words."""
    kind = "home" if home else "modal"
    if not isinstance(raw, dict) or raw.get("type") != kind:
        return [f"[ERROR] must be of type {kind} [json-pointer:/view/type]"]
    checks = check_blocks(raw.get("blocks"), kind, look, "/view/blocks")
    required = ("blocks",) if home else ("title", "blocks")
    checks.fields(raw, "/view", required, (*_FIELDS[kind], "notify_on_close", "external_id", "submit_disabled"))
    for name in ("title", "submit", "close"):
        checks.text(raw.get(name), f"/view/{name}", 24)
    checks.string(raw.get("private_metadata"), "/view/private_metadata", 3000)
    checks.string(raw.get("callback_id"), "/view/callback_id", 255)
    checks.string(raw.get("external_id"), "/view/external_id", 255)
    has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in raw.get("blocks") or [])
    if not home and has_input and raw.get("submit") is None:
        checks.say("missing required field: submit", "/view")
    return checks.found


def new_view(world: World, installation: Installation, person: Member, raw: Json, previous: View | None = None) -> View:
    """A view that a person sees from now on."""
    view = View(world.new_id("V"), raw["type"], installation.app, installation, person, {}, previous=previous)
    world.views[view.id] = view
    replace(world, view, raw)
    return view


def replace(world: World, view: View, raw: Json) -> None:
    """Show something else in a view. What was typed into inputs that are still there stays."""
    view.raw = raw
    completed(raw["blocks"], world.new_id)
    view.hash = f"{world.new_ts().split('.')[0]}.{world.new_secret('hash')[:8]}"
    view.errors = {}
    places = {(block["block_id"], it["action_id"]) for block, it in elements(raw["blocks"])}
    kept = {place: value for place, value in _flat(view.state) if place in places}
    view.state = {}
    for block, it in elements(raw["blocks"]):
        place = (block["block_id"], it["action_id"])
        value = kept.get(place) or initial(it)
        if value is not None:
            view.state.setdefault(place[0], {})[place[1]] = value


def _flat(state: dict[str, dict[str, Json]]) -> list[tuple[tuple[str, str], Json]]:
    return [((block_id, action_id), value) for block_id, at in state.items() for action_id, value in at.items()]


def initial(it: Json) -> Json | None:
    """The state of an element that nobody has touched; None for what has no state."""
    kind = it["type"]
    match kind:
        case "button" | "overflow" | "image":
            return None
        case "static_select" | "external_select" | "radio_buttons":
            return {"type": kind, "selected_option": it.get("initial_option")}
        case "checkboxes" | "multi_static_select":
            return {"type": kind, "selected_options": it.get("initial_options", [])}
        case "users_select":
            return {"type": kind, "selected_user": it.get("initial_user")}
        case "multi_users_select":
            return {"type": kind, "selected_users": it.get("initial_users", [])}
        case "conversations_select":
            return {"type": kind, "selected_conversation": it.get("initial_conversation")}
        case "channels_select":
            return {"type": kind, "selected_channel": it.get("initial_channel")}
        case "datepicker":
            return {"type": kind, "selected_date": it.get("initial_date")}
        case "file_input":
            return {"type": kind, "files": []}
    return {"type": kind, "value": it.get("initial_value")}


def open_views(world: World, person: Member) -> list[View]:
    """The person's stack of modals, the one on top last."""
    return [it for it in world.views.values() if it.person is person and it.kind == "modal" and not it.closed]
