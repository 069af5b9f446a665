"""A loopback Discord for tests: REST v10, gateway and CDN for one application, as strict as the real one.

    async with DiscordPeer(message_content=True) as peer:          # clock=RealClock(), scale=1.0 for load
        discord.http.Route.BASE = peer.api_base                    # the only two things that are set
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(peer.gateway_url)   # login with peer.token
        guild = peer.add_guild(tier=0)                             # bot=False: the bot is not in it
        channel = guild.add_channel("general", nsfw=False)         # kind="text" | "announcement" | "forum"
        ann = guild.add_member("Ann")                              # a Person
        handle = await ann.command(channel, "imagine", prompt="a red car", picture=png_or_(name, png))
        message = await handle.wait_original()                     # filled, no longer "is thinking"
        thread = await ann.start_thread(channel, "cars", message)  # also: forum posts, private=True

People (``add_member``, ``add_user(name, installed=True)`` for a user install): ``say(where, text, reply_to=, ping=,
mention_bot=, attachments=[bytes | (name, bytes)])``, ``command(where, name, **options)``,
``autocomplete(where, name, option, text, **others)`` (gives the choices), ``context_menu(name, message)``,
``press(message, label_or_custom_id)``, ``choose(message, custom_id, values)``,
``submit(modal, {custom_id_or_label: value})``. What Discord's client would not let through raises ``Misuse``:
unregistered commands, options against their definition, buttons that are not on the message as it is now, forms.

Handles: ``acked`` (name, at, after: peer seconds, seconds: real ones), ``failed``, ``refused`` (codes), ``original``,
``modal``, ``choices``; ``wait_acked()``, ``wait_original()``, ``wait_modal()``. They return at once; waiting is yours.

Messages are live objects: ``text`` (content and text displays), ``content``, ``embeds``, ``components``, ``v2``,
``buttons``, ``gallery``, ``images``, ``attachments`` (``data``, ``description``, ``size``, ``spoiler``), ``edits``,
``pings`` (who was really notified; edits notify nobody), ``loading``, ``ephemeral``, ``thread``, ``deleted``.

World: ``peer.messages(where, viewer=ann)``, ``peer.pings(ann)``, ``peer.dm(ann)``, ``peer.private(ann, bob)``,
``peer.archive(thread, locked=)``, ``peer.delete(channel)``, ``peer.delete_message(m)``,
``peer.deny(channel, who, "ATTACH_FILES")`` / ``allow`` (who: person, role, ``guild.everyone``, ``peer.bot``),
``guild.grant_bot("MANAGE_THREADS")``, ``guild.kick_bot()``, ``guild.add_role(name, *permissions)``.

``peer.transcript`` is iterable, ``.of(kind, **fields)``; kinds and fields: request (method, path, template, status,
code), message, edit, delete, ping (who, message), interaction, ack, thread, commands, reaction, identify, resume,
socket. ``await peer.wait_for(predicate, seconds=20)`` looks again after each entry and never sleeps;
wait for things that the peer sees, not for the state of the test's own variables.

``peer.clock.advance(901)``; the default clock stands still. ``peer.rules``: file_bytes, request_bytes,
active_threads, old_edits and others, to be lowered. ``peer.limits.broken``: requests over a limit.

Troubles: ``peer.faults.next(method, path_regex, status, after=, times=, retry_after=, everywhere=, via=)``,
``.drop(method, path, after=True)`` (effect, but no reply), ``.storm(seed, path=, s500=, s429=, dropped=, lost=)``,
``.hold(method, path, after=, skip=, uploads=)`` (a gate: ``arrived``, ``open()``), ``.clear()``, ``.count``;
``peer.gateway.kill() | close(code) | reconnect() | invalidate(resumable=) | freeze() | repeat(event)``;
``await peer.restart(forget_sessions=)``, ``stop()``, ``start()``: the same port, the same world.
``peer.gateway.heartbeat_ms`` before connecting. ``tests/peers/discord/bare.py`` has a bare client to copy from.

Simplified: edits never ping; 30046 after ``rules.old_edits`` edits of a message older than an hour; a V2 message
may keep old attachments that an edit no longer shows, but a newly uploaded one must be shown.
"""

from tests.peers.discord.clock import ManualClock, RealClock
from tests.peers.discord.errors import Misuse
from tests.peers.discord.peer import DiscordPeer

__all__ = ["DiscordPeer", "ManualClock", "Misuse", "RealClock"]
