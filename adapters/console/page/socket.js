// The line to the server: reconnects by itself, and sends every event again until the server has acknowledged it.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;
const KEPT = "sextant-unsent";

export class Line extends EventTarget {
  /** `since` says how much of the log the page has seen. */
  constructor(since) {
    super();
    this.since = since;
    this.unsent = new Map(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
    this.tries = 0;
    this.state = "connecting";
    addEventListener("online", () => this.retry());
    document.addEventListener("visibilitychange", () => document.hidden || this.retry());
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.#turn("connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/socket?since=${this.since()}`);
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => this.#read(JSON.parse(data)));
    socket.addEventListener("close", () => this.#lost());
  }

  /** Try at once instead of waiting. */
  retry() {
    if (this.timer) this.connect();
  }

  /** An event for the bot; kept until it is acknowledged, over a reload too. Returns its id. */
  send(event) {
    const whole = { ...event, id: newId() };
    this.unsent.set(whole.id, whole);
    this.#keep();
    this.tell(whole);
    return whole.id;
  }

  /** Something that is only of use now. */
  tell(frame) {
    if (this.state === "open") this.socket.send(JSON.stringify(frame));
  }

  #read(frame) {
    if (frame.type === "hello") {
      this.tries = 0;
      this.#turn("open");
      for (const event of this.unsent.values()) this.tell(event);
    }
    const event = frame.type === "ack" || frame.type === "error" ? this.unsent.get(frame.id) : undefined;
    if (event) {
      this.unsent.delete(frame.id);
      this.#keep();
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: { ...frame, event } }));
  }

  #lost() {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries) * (0.75 + Math.random() / 2);
    this.tries += 1;
    this.timer = setTimeout(() => this.connect(), wait);
    this.#turn("lost");
    // A browser does not say that the server refused the socket for want of a password; a plain request does.
    fetch("/", { method: "HEAD", redirect: "manual" })
      .then((answer) => answer.type === "opaqueredirect" && location.replace("/login"))
      .catch(() => undefined);
  }

  #turn(state) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  #keep() {
    sessionStorage.setItem(KEPT, JSON.stringify([...this.unsent]));
  }
}

/** crypto.randomUUID is there only over https and on localhost. */
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
