// What the page knows of the room. The server's log is the truth; this is a copy that grows.

const placeOf = (channel, thread) => JSON.stringify([channel, thread]);

export class Store {
  constructor() {
    this.seq = 0;
    this.floor = 0;
    this.places = new Map();
    this.people = [];
    this.channels = [];
    this.you = { id: "", name: "" };
  }

  /** Take an entry in. False if it is older than what is known. */
  take(entry) {
    const place = placeOf(entry.channel, entry.thread);
    if (!this.places.has(place)) this.places.set(place, new Map());
    const entries = this.places.get(place);
    const id = entryId(entry);
    const known = entries.get(id);
    if (known && known.seq > entry.seq) return false;
    entries.set(id, entry);
    this.seq = Math.max(this.seq, entry.seq);
    return true;
  }

  /** Words for this person alone: they stand where they came, until they are dismissed or the page is left. */
  whisper(frame) {
    const entry = { ...frame, kind: "whisper", seq: this.seq, position: this.seq + 0.5 };
    this.take(entry);
    return entry;
  }

  dismiss(entry) {
    this.places.get(placeOf(entry.channel, entry.thread))?.delete(entryId(entry));
  }

  /** The entries of a place, in their order. */
  entries(channel, thread = "") {
    const entries = this.places.get(placeOf(channel, thread));
    return entries ? [...entries.values()].sort((one, other) => one.position - other.position) : [];
  }

  /** The message that a thread hangs on. */
  root(channel, thread) {
    return this.places.get(placeOf(channel, ""))?.get(`said ${thread}`);
  }

  /** What the reply with this key says, in one line, if it is there. */
  told({ channel, thread, reply_to: key }) {
    const reply = this.places.get(placeOf(channel, thread))?.get(`reply ${key}`);
    return reply && (reply.title || reply.text.split("\n")[0]);
  }

  has(entry) {
    return this.places.get(placeOf(entry.channel, entry.thread))?.has(entryId(entry)) ?? false;
  }

  /** A thread in short, or undefined if nothing is in it. */
  summary(channel, thread) {
    const entries = this.entries(channel, thread).filter(({ kind }) => kind !== "whisper");
    if (!entries.length) return undefined;
    const last = entries.at(-1);
    const shown = entries.findLast((entry) => entry.pictures?.length || entry.previews?.length);
    const drawing = entries.findLast((entry) => entry.final === false);
    const title = entries.find((entry) => entry.title)?.title ?? this.root(channel, thread)?.text ?? "";
    return {
      channel, thread, title, last, drawing,
      number: entries.length,
      newest: Math.max(...entries.map((entry) => entry.seq)),
      pictures: shown ? (shown.pictures.length ? shown.pictures : shown.previews) : [],
    };
  }

  /** All threads of all channels, the newest first. */
  threads() {
    const all = [];
    for (const place of this.places.keys()) {
      const [channel, thread] = JSON.parse(place);
      if (thread) all.push(this.summary(channel, thread));
    }
    return all.filter(Boolean).sort((one, other) => other.newest - one.newest);
  }
}

export const entryId = (entry) => `${entry.kind} ${entry.key}`;
