"""A Slack of our own on loopback, for tests: Web API, Socket Mode, signed HTTP, uploads, response_url, OAuth.

The unmodified slack_sdk and slack_bolt talk to it over real sockets. It is as strict as Slack about what it
refuses, and knows nothing of the bot. Blank HTTP_PROXY and HTTPS_PROXY: slack_sdk ignores NO_PROXY.

    async with SlackPeer() as peer:                       # SlackPeer(clock=RunningClock()) for real time
        ws = peer.add_workspace("acme")                   # add_workspace("acme", enterprise=peer.add_enterprise("Big"))
        ann = ws.add_user("Ann")                          # admin=, locale=, away=
        app = peer.add_app(commands=["/imagine"], shortcuts={"describe_image": "message", "new_image": "global"})
        bot = ws.install(app)                             # scopes=, token=, org=enterprise; ws.uninstall(app)
        channel = ws.add_channel("general", ann, bot)     # private=True, shared_with=[other_ws]
        client = AsyncWebClient(bot.token, base_url=peer.api_url)
        # AsyncApp(client=client, signing_secret=app.signing_secret); AsyncSocketModeHandler(bolt, app.app_token)
        await peer.connected(app, 2)                      # two sockets are up

People do only what Slack's client lets them, else `NotPossible` with what the client says:

    did = await ann.command(channel, "/imagine", "a red car")   # Delivery: back once it is sent
    await did.acknowledged()                              # did.acked_at (peer clock), did.took (real s), did.text
    said = await ann.say(channel, "darker", thread=ts, mention_bot=True, files=[png], order="mention, message")
    await said.acknowledged(); said.ts, said.message, said.deliveries
    await ann.press(message, "Again")                     # button text or action_id, looked up as it stands now
    await ann.press(message, "menu_action", "option")     # menus; works on views and home tabs as well
    await ann.submit(ann.views[-1], {"Prompt": "a cat"})  # by label, block_id or action_id
    ann.views[-1].errors                                  # after response_action: errors
    await ann.suggest(view, "model", "sd")                # block_suggestion; options in .response once acknowledged
    await ann.close(view); await ann.shortcut("describe_image", message); await ann.shortcut("new_image")
    await ann.open_home(); ann.home(); ann.dm(); ann.whispers    # home tab, direct conversation, ephemeral messages
    await ws.archive(channel); await ws.delete(channel); await ws.remove(channel, bot)

`Delivery.outcome`: pending, acknowledged, or what the person is shown: operation_timeout (3 s of the clock),
dispatch_failed, "refused: ..." (an acknowledgement with bad content). Events are retried at once, after 1 and
5 minutes, then given_up; `attempts` lists them. `delivery.again()` delivers once more although it was acknowledged.
`said.ts` and `order`: "message, mention", "mention, message", "message" or "mention".

What stands there: `peer.messages(channel)` roots, `peer.messages(channel, thread=ts)` replies without the root.
A Message has text, blocks, labels (buttons), files, pictures (Files shown by image blocks; `.content` are the
bytes), alt_texts, thread_ts, metadata, edits, raw, and `reading`: mentions, links, styles, shown words.
`peer.transcript`: Entry per thing seen (said, posted, updated, deleted, ephemeral, view, home, reaction, file,
status) with `pinged`, the people whose device would ring; `peer.pinged` all of them. An edit or an ephemeral
message rings nobody; `mentions` still lists what it would mention.

Waiting: `await peer.wait_for(lambda: peer.messages(channel))`, asked again after each change; never sleeps.
Time: a ManualClock stands still until `await peer.advance(3)`; rate limits refill by it, so a story with more
than five posts in one channel needs `advance`, a RunningClock, or `peer.limits.on = False`. `peer.limits` has
every number; `history_per_minute = 1; history_page = 15` is Slack for apps outside the marketplace.
Files are processed after one files.info that still says "not yet" (`peer.processing(polls)`; None: `peer.process`).

Sockets: `peer.sockets(app)[0]` has half_open = True, cut(), close(), ping(), disconnect("warning" |
"refresh_requested"); `peer.disable_link(app)`. HTTP: add_app(request_url=...) or `await peer.verify_url(app, url)`;
`peer.world.courier.post(app, payload, kind, age=, secret=)` sends one request with a bad age or signature.
OAuth: `grant(app, ann, scopes, redirect_uri)` is the code; or `peer.pages.installer = ann` and visit
`peer.authorize_url`. Faults: `peer.faults.add(Kind.DROPPED, "chat.postMessage")`, `.at_random(seed, rate)`,
`gate = peer.faults.hold("chat.update")` then `await gate.arrived.wait()`, `gate.open()`; names are methods and
"upload", "download", "response_url". `await peer.restart()`: same port, same world.
"""

from tests.peers.slack.clock import ManualClock, RunningClock
from tests.peers.slack.courier import Delivery, signature
from tests.peers.slack.faults import Fault, Gate, Kind
from tests.peers.slack.oauth import grant
from tests.peers.slack.peer import ALL_EVENTS, ALL_SCOPES, SlackPeer
from tests.peers.slack.people import Person, Said
from tests.peers.slack.sockets import Socket
from tests.peers.slack.views import View
from tests.peers.slack.workspace import Workspace
from tests.peers.slack.world import App, Channel, Enterprise, Entry, File, Installation, Message, NotPossible

__all__ = [
    "ALL_EVENTS",
    "ALL_SCOPES",
    "App",
    "Channel",
    "Delivery",
    "Enterprise",
    "Entry",
    "Fault",
    "File",
    "Gate",
    "Installation",
    "Kind",
    "ManualClock",
    "Message",
    "NotPossible",
    "Person",
    "RunningClock",
    "Said",
    "SlackPeer",
    "Socket",
    "View",
    "Workspace",
    "grant",
    "signature",
]
