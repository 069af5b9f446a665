// The page: what arrives goes into the store and onto the panes; what people do goes to the server.

import { askForm, askName, showKeys } from "./dialogs.js";
import { announce, find, h } from "./dom.js";
import { free } from "./buttons.js";
import { Pane } from "./pane.js";
import { remember, wanted } from "./place.js";
import { chooseTheme, drawRail } from "./rail.js";
import { Line } from "./socket.js";
import { ask, learn, settle } from "./star.js";
import { Store, entryId } from "./store.js";
import { view } from "./viewer.js";
import { group, label, say } from "./words.js";

const SEEN = "sextant-seen";
/** Commands that open a thread: in a channel, or wherever they are. */
const OPENS = { imagine: "channel", party: "channel", fork: "everywhere" };

label();
chooseTheme();

const app = find("app");
const store = new Store();
const language = {};
const line = new Line(() => store.seq);
const at = { channel: "", thread: "" };
const waiting = new Map(); // thread to be opened when its first message comes back
const pressed = new Map();
const seen = JSON.parse(localStorage.getItem(SEEN) ?? "{}");
let calls = 0;
let first = {}; // where the URL led when the page was opened

const acts = {
  openThread: (thread) => openThread(at.channel, thread),
  view: (entry, index) => view(entry.pictures, index, (picture) => {
    const pane = entry.thread ? panes.thread : panes.channel;
    pane.composer.attach(picture.file, picture.url, picture.id);
  }),
  press: (entry, one, button) => {
    const id = line.send({ type: "press", channel: entry.channel, thread: entry.thread, token: one.token });
    pressed.set(id, { button, star: one.action === "star" ? one.picture : "" });
    if (one.action === "star") ask(one.picture, entry.pictures.find(({ id }) => id === one.picture)?.stars ?? 0);
    if (OPENS[one.action] === "everywhere") waiting.set(`${store.you.id}.${id}`, entry.channel);
  },
  answer: (entry) => paneOf(entry)?.composer.answer(entry.key, entry.title || entry.text.split("\n")[0]),
  told: (entry) => store.told(entry),
  goTo: (entry) => {
    const element = paneOf(entry)?.views.get(`reply ${entry.reply_to}`)?.element;
    element?.scrollIntoView({ block: "start" });
    element?.focus({ preventScroll: true });
  },
  dismiss: (entry) => {
    store.dismiss(entry);
    paneOf(entry)?.remove(entryId(entry));
  },
  send: (channel, thread, text, picture, answers) => {
    const id = line.send({ type: "say", channel, thread, text, picture, reply_to: answers });
    const opens = OPENS[/^\/(\w+)/.exec(text)?.[1].toLowerCase()];
    if (opens === "everywhere" || (opens && !thread)) waiting.set(`${store.you.id}.${id}`, channel);
    showUnsent();
  },
  earlier: () => line.tell({ type: "earlier", before: store.floor }),
  greeting: (pane) => {
    const example = (text) => h("button.example", {
      type: "button",
      onclick: () => {
        pane.composer.write(text);
        pane.composer.focus();
      },
    }, h("code", {}, text));
    return [
      h("img", { src: "/page/mark.svg", alt: "", width: 56, height: 56 }),
      h("h3", {}, say("greeting_title")), h("p", {}, say("greeting")),
      h("div.examples", {}, ...group("example_").map(example)),
    ];
  },
};

const panes = {
  channel: new Pane(find("channel"), store, language, acts, say("channel_messages")),
  thread: new Pane(find("thread"), store, language, acts, say("thread_messages")),
};

function paneOf({ channel, thread }) {
  if (channel !== at.channel) return undefined;
  if (!thread) return panes.channel;
  return thread === at.thread ? panes.thread : undefined;
}

// Where one is

function goChannel(channel) {
  closeThread();
  if (channel !== at.channel) {
    at.channel = channel;
    showChannel();
  }
  turn("channel");
  remember(at.channel, at.thread);
  panes.channel.composer.focus();
}

function showChannel() {
  find("channel-title").textContent = `# ${at.channel}`;
  panes.channel.show(at.channel, "", say("write_channel"));
  panes.channel.composer.focus();
}

function openThread(channel, thread) {
  if (channel !== at.channel) goChannel(channel);
  at.thread = thread;
  find("thread").hidden = false;
  app.classList.add("with-thread");
  panes.thread.show(channel, thread, say("write_thread"));
  turn("thread");
  drawTitle();
  remember(channel, thread);
  if (!store.root(channel, thread)) line.tell({ type: "look", channel, thread }); // older than what is here
  // On a touch screen the keyboard would cover the pictures.
  if (matchMedia("(pointer: fine)").matches) panes.thread.composer.focus();
  else find("thread-title").focus();
  read();
}

function closeThread() {
  if (!at.thread) return;
  at.thread = "";
  find("thread").hidden = true;
  app.classList.remove("with-thread");
  turn("channel");
  remember(at.channel, "");
  panes.channel.composer.focus();
  drawAround();
}

/** Go where the URL says: a link was followed, or somebody went back. */
function follow() {
  const { channel, thread } = wanted();
  if (!store.channels.includes(channel) || (channel === at.channel && thread === at.thread)) return;
  if (thread) openThread(channel, thread);
  else goChannel(channel);
}

/** On a narrow page one column is shown at a time. */
function turn(name) {
  app.dataset.view = name;
  drawAround();
}

function drawTitle() {
  const summary = store.summary(at.channel, at.thread);
  find("thread-title").textContent = summary?.title || store.root(at.channel, at.thread)?.text || say("thread");
}

// What is new

const unread = (summary) => summary.newest > (seen[summary.thread] ?? 0) && summary.thread !== at.thread;

function read() {
  calls = 0;
  document.title = "Sextant";
  if (!at.thread || document.hidden) return;
  seen[at.thread] = store.summary(at.channel, at.thread)?.newest ?? 0;
  localStorage.setItem(SEEN, JSON.stringify(seen));
}

function drawAround() {
  drawRail(store, at, { goChannel, goThread: openThread, unread });
}

function arrived(entry, live) {
  const known = store.has(entry);
  if (!store.take(entry)) return;
  learn(entry.pictures ?? []);
  const pane = paneOf(entry);
  pane?.put(entry);
  if (entry.thread && entry.channel === at.channel) {
    const root = store.root(entry.channel, entry.thread);
    if (root) {
      panes.channel.put(root);
      if (pane) panes.thread.put(root);
    }
    if (pane) drawTitle();
  }
  if (!live) return;
  if (entry.kind === "said") announce(`${entry.person.name}: ${entry.text}`);
  else if (entry.final || !known) announce(`Sextant: ${entry.text}`);
  if (entry.mention?.id === store.you.id && (document.hidden || !pane)) {
    calls += 1;
    document.title = `(${calls}) Sextant`;
  }
  if (pane && entry.thread && !document.hidden) read();
}

/** What has not reached the server yet stands at the end, in grey. */
function showUnsent() {
  for (const event of line.unsent.values()) {
    const key = `${store.you.id}.${event.id}`;
    const pane = event.type === "say" && paneOf(event);
    if (!pane || pane.views.has(`said ${key}`)) continue;
    pane.stuck = true;
    const { channel, thread, text } = event;
    pane.put({ kind: "pending", key, text, channel, thread, person: store.you, position: Number.MAX_SAFE_INTEGER });
  }
}

function sent(key) {
  for (const pane of Object.values(panes)) pane.remove(`pending ${key}`);
}

// What the server says

const frames = {
  hello: (frame) => {
    Object.assign(language, frame);
    store.you = frame.you;
    store.channels = frame.channels;
    if (!frame.you.name) askName("", rename);
    if (at.channel) return;
    first = wanted();
    at.channel = frame.channels.includes(first.channel) ? first.channel : frame.channels[0];
    showChannel();
  },
  log: (frame) => {
    if (frame.fresh && store.seq > frame.seq) location.reload(); // the server's log is another one
    for (const entry of frame.entries) arrived(entry, false);
    // Whoever is here for the first time has no thread that is new since the last time.
    if (!localStorage.getItem(SEEN)) for (const one of store.threads()) seen[one.thread] = one.newest;
    store.seq = Math.max(store.seq, frame.seq);
    if ("floor" in frame) store.floor = frame.floor;
    for (const pane of Object.values(panes)) if (pane.channel) pane.refresh();
    for (const event of line.unsent.values()) sent(`${store.you.id}.${event.id}`);
    showUnsent();
    if (at.thread) drawTitle();
    if (first.thread && first.channel === at.channel) openThread(first.channel, first.thread);
    first = {};
  },
  entry: (entry) => {
    if (entry.kind === "said") sent(entry.key);
    arrived(entry, true);
    if (waiting.has(entry.key)) {
      openThread(waiting.get(entry.key), entry.key);
      waiting.delete(entry.key);
    }
  },
  people: (frame) => {
    store.people = frame.people;
    language.people = frame.people.map(({ name }) => name);
  },
  you: ({ id, name }) => {
    store.you = { id, name };
    renaming = "";
  },
  whisper: (frame) => {
    const pane = paneOf(frame);
    const entry = store.whisper(frame);
    if (pane) pane.reveal(pane.put(entry));
    announce(frame.text);
  },
  form: (form) => askForm(form, (text) => {
    line.send({ type: "submit", channel: form.channel, thread: form.thread, token: form.token, text });
  }),
  ack: (frame) => ended(frame),
  error: (frame) => (renaming && !frame.id ? askName(renaming, rename, frame.error) : ended(frame)),
};

/** An event is done with. If it came to nothing, its words are given back. */
function ended({ id, said, error, event }) {
  const key = `${store.you.id}.${id}`;
  sent(key);
  const press = pressed.get(id);
  if (press) free(press.button);
  if (press?.star) settle(press.star);
  pressed.delete(id);
  const pane = (event && paneOf(event)) ?? panes.channel;
  if (error) frames.whisper({ key, text: error, channel: pane.channel, thread: pane.thread, pictures: [], buttons: [] });
  if (!said) waiting.delete(key);
  if (event?.type !== "say" || said) return;
  const answered = pane.views.has(`whisper ${key}`) && !/^\/(imagine|show|describe)\b/i.test(event.text);
  if (pane.composer.empty && (error || !answered)) pane.composer.write(event.text);
}

let renaming = "";
function rename(name) {
  renaming = name;
  line.tell({ type: "name", name });
}

line.addEventListener("frame", ({ detail }) => {
  frames[detail.type]?.(detail);
  if (detail.type !== "entry" || detail.thread || detail.final !== false) drawAround();
});

let drawn;
line.addEventListener("state", ({ detail }) => {
  clearTimeout(drawn);
  // A line that comes back at once is not worth a word.
  const draw = () => {
    const retry = h("button.plain", { type: "button", onclick: () => line.retry() }, say("retry"));
    find("state").className = `state ${detail}`;
    find("state").replaceChildren(say(`state_${detail}`), ...(detail === "lost" ? [" ", retry] : []));
  };
  if (detail === "connecting" && line.tries) drawn = setTimeout(draw, 1000);
  else draw();
});

// Keys and buttons around

find("menu").addEventListener("click", () => turn("rail"));
find("thread-back").addEventListener("click", closeThread);
find("thread-close").addEventListener("click", closeThread);
find("me").addEventListener("click", () => askName(store.you.name, rename));
find("keys-open").addEventListener("click", showKeys);
addEventListener("hashchange", follow);
document.addEventListener("visibilitychange", () => document.hidden || (read(), drawAround()));
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const writing = event.target.matches("textarea, input");
  if (event.key === "Escape") closeThread();
  else if (writing) return;
  else if (event.key === "/" || event.key === "?") {
    event.preventDefault();
    if (event.key === "?") showKeys();
    else (at.thread ? panes.thread : panes.channel).composer.focus();
  }
});

line.connect();
