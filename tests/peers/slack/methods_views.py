"""views.* of the Web API, and what an acknowledgement of a submitted view does."""

import json

from tests.peers.slack.calls import ApiError, Call, look_at_files, method
from tests.peers.slack.courier import Refused
from tests.peers.slack.views import STACK, View, check_view, new_view, open_views, replace
from tests.peers.slack.world import Entry, Installation, Json, Member, World, elements


def _checked(call: Call, home: bool = False) -> Json:
    raw = call.json("view")
    wrong = check_view(raw, look_at_files(call.world, call.installation), home)
    if wrong:
        raise ApiError("invalid_arguments", response_metadata={"messages": wrong})
    assert isinstance(raw, dict)
    if len(json.dumps(raw)) > 250_000:
        raise ApiError("view_too_large")
    name = raw.get("external_id")
    if name and any(it.raw.get("external_id") == name and not it.closed for it in call.world.views.values()):
        raise ApiError("duplicate_external_id")
    return raw


def _person(call: Call) -> tuple[Member, View | None]:
    """Who may be shown a modal with this trigger_id, and from which modal it comes; uses the trigger up."""
    name = str(call.need("trigger_id"))
    trigger = call.world.tickets.triggers.get(name)
    if not trigger or trigger.app is not call.installation.app:
        raise ApiError("invalid_trigger_id")
    if trigger.used:
        raise ApiError("exchanged_trigger_id")
    if trigger.at + 3.0 < call.world.clock():
        raise ApiError("expired_trigger_id")
    trigger.used = True
    return trigger.person, call.world.views.get(trigger.view_id or "")


def show(world: World, view: View, kind: str = "view") -> None:
    """Write it into the transcript."""
    words = [view.title, *(str(it["text"]["text"]) for it in view.blocks if isinstance(it.get("text"), dict))]
    said = "\n".join(word for word in words if word)
    name = view.person.name
    world.transcript.append(Entry(kind, world.clock(), name, view.app.id, said, tuple(view.labels)))
    world.changed()


@method("views.open", tier=4)
async def open_view(call: Call) -> Json:
    raw = _checked(call)
    person, _ = _person(call)
    for view in open_views(call.world, person):
        view.closed = True
    view = new_view(call.world, call.installation, person, raw)
    show(call.world, view)
    return {"view": view.payload()}


@method("views.push", tier=4)
async def push(call: Call) -> Json:
    raw = _checked(call)
    person, below = _person(call)
    if below is None or below.closed:
        raise ApiError("not_found")
    if len(open_views(call.world, person)) >= STACK:
        raise ApiError("push_limit_reached")
    view = new_view(call.world, call.installation, person, raw, open_views(call.world, person)[-1])
    show(call.world, view)
    return {"view": view.payload()}


@method("views.update", tier=4)
async def update(call: Call) -> Json:
    found = call.world.views.get(str(call.args.get("view_id")))
    if call.args.get("external_id"):
        name = call.args["external_id"]
        found = next((it for it in call.world.views.values() if it.raw.get("external_id") == name), None)
    if not found or found.closed or found.app is not call.installation.app:
        raise ApiError("not_found")
    if call.args.get("hash") and call.args["hash"] != found.hash:
        raise ApiError("hash_conflict")
    raw = call.json("view")
    wrong = check_view(raw, look_at_files(call.world, call.installation), found.kind == "home")
    if wrong:
        raise ApiError("invalid_arguments", response_metadata={"messages": wrong})
    replace(call.world, found, raw)
    show(call.world, found)
    return {"view": found.payload()}


@method("views.publish", tier=4)
async def publish(call: Call) -> Json:
    person, raw = call.person("user_id"), _checked(call, home=True)
    app, world = call.installation.app, call.world
    if not app.home_tab:
        raise ApiError("not_enabled")
    home = world.homes.get((person.id, app.id))
    if home and call.args.get("hash") and call.args["hash"] != home.hash:
        raise ApiError("hash_conflict")
    if home:
        replace(world, home, raw)
    else:
        home = world.homes[person.id, app.id] = new_view(world, call.installation, person, raw)
    show(world, home, "home")
    return {"view": home.payload()}


def answered(world: World, view: View, answer: Json, bot: Installation) -> None:
    """The acknowledgement of a view_submission: nothing closes it; errors, update, push, clear."""
    match answer.get("response_action"):
        case None:
            view.closed = True
        case "clear":
            for it in open_views(world, view.person):
                it.closed = True
        case "errors":
            inputs = {block["block_id"] for block, _ in elements(view.blocks) if block["type"] == "input"}
            errors = answer.get("errors")
            if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
                raise Refused(f"errors must be about input blocks: {errors}")
            view.errors = errors
        case "update" | "push" as action:
            raw = answer.get("view")
            wrong = check_view(raw, look_at_files(world, bot), home=False)
            if wrong or (action == "push" and len(open_views(world, view.person)) >= STACK):
                raise Refused(f"{action}: {wrong}")
            assert isinstance(raw, dict)
            if action == "update":
                replace(world, view, raw)
                show(world, view)
            else:
                show(world, new_view(world, bot, view.person, raw, view))
        case unknown:
            raise Refused(f"unknown response_action {unknown}")
    world.changed()
