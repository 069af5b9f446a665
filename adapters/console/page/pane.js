// A place on the page: its messages, oldest first, and the composer beneath them.

import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { EntryView } from "./entry.js";
import { entryId } from "./store.js";
import { say } from "./words.js";

const NEAR = 80;

export class Pane {
  /** `acts` as in EntryView, and `send(channel, thread, text, picture, answers)`, `earlier()`, `greeting()`. */
  constructor(element, store, language, acts, label) {
    this.element = element;
    this.store = store;
    this.acts = acts;
    this.views = new Map();
    this.stuck = true;
    this.older = h("button.older", { type: "button", hidden: true, onclick: () => acts.earlier() }, say("earlier"));
    this.list = h("ol.entries", { "aria-label": label });
    this.greeting = h("div.greeting", { hidden: true });
    this.scroller = h("div.scroller", { tabIndex: 0, role: "region", "aria-label": label }, this.older, this.greeting, this.list);
    this.composer = new Composer(language, {
      label: say("write_label"),
      drawn: () => Boolean(this.thread),
      send: (text, picture, answers) => acts.send(this.channel, this.thread, text, picture, answers),
    });
    this.composer.field.id = `write${element.id === "channel" ? "" : `-${element.id}`}`;
    element.append(this.scroller, this.composer.element);
    this.scroller.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.scroller;
      this.stuck = scrollHeight - scrollTop - clientHeight < NEAR;
    });
    new ResizeObserver(() => this.stuck && this.#toEnd()).observe(this.list);
    new ResizeObserver(() => this.stuck && this.#toEnd()).observe(this.scroller);
    this.#dropping();
  }

  /** Go to a place. */
  show(channel, thread, placeholder) {
    this.channel = channel;
    this.thread = thread;
    this.views.clear();
    this.list.replaceChildren();
    this.composer.move(`${channel} ${thread}`, placeholder);
    this.stuck = true;
    this.refresh();
    this.#toEnd();
  }

  /** Draw everything that the store has of this place. */
  refresh() {
    const root = this.thread && this.store.root(this.channel, this.thread);
    const whole = [...(root ? [root] : []), ...this.store.entries(this.channel, this.thread)];
    const height = this.scroller.scrollHeight;
    const stuck = this.stuck;
    for (const entry of whole) this.put(entry);
    if (!stuck) this.scroller.scrollTop += this.scroller.scrollHeight - height;
    this.older.hidden = Boolean(this.thread) || !this.store.floor;
    this.greet();
  }

  /** Draw an entry, where it belongs; over what it was before. */
  put(entry) {
    const id = entryId(entry);
    let view = this.views.get(id);
    if (!view) {
      view = new EntryView(this.acts);
      this.views.set(id, view);
      view.position = entry.position;
      view.update(entry, this.#about(entry));
      const after = [...this.list.children].find((item) => item.position > view.position);
      view.element.position = view.position;
      this.list.insertBefore(view.element, after ?? null);
    } else view.update(entry, this.#about(entry));
    if (!this.greeting.hidden) this.greet();
    return view;
  }

  /** Bring an entry into view: its end, or its beginning if it is longer than the page. */
  reveal(view) {
    this.stuck = view.element.offsetHeight <= this.scroller.clientHeight;
    if (this.stuck) this.#toEnd();
    else view.element.scrollIntoView({ block: "start" });
  }

  remove(id) {
    this.views.get(id)?.element.remove();
    this.views.delete(id);
  }

  greet() {
    const empty = !this.views.size;
    if (empty && this.greeting.hidden) this.greeting.replaceChildren(...this.acts.greeting(this));
    this.greeting.hidden = !empty;
  }

  #about(entry) {
    const inChannel = !this.thread;
    const summary = inChannel && entry.opens ? this.store.summary(entry.channel, entry.key) : undefined;
    return { you: this.store.you.id, inChannel, summary };
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** A picture may be dropped anywhere on the pane. */
  #dropping() {
    let depth = 0;
    const turn = (by) => {
      depth = Math.max(0, depth + by);
      this.element.classList.toggle("dropping", depth > 0);
    };
    this.element.dataset.drop = say("drop");
    this.element.addEventListener("dragenter", (event) => {
      if (event.dataTransfer.types.includes("Files")) turn(1);
    });
    this.element.addEventListener("dragleave", () => turn(-1));
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      turn(-depth);
      this.composer.bring(event.dataTransfer.files);
    });
  }
}
