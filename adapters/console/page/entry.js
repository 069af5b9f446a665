// One message in a list: a person's, the bot's, one that is still to be sent, or one for you alone.

import { avatar, h, moment, replace } from "./dom.js";
import { Gallery } from "./gallery.js";
import { count, say } from "./words.js";

const BOT = "Sextant";

/** A view of one message. `acts` are what can be done from it: press, view, openThread, dismiss, again. */
export class EntryView {
  constructor(acts) {
    this.acts = acts;
    this.element = h("li.entry", { tabIndex: -1 });
  }

  update(entry, { summary, inChannel, you }) {
    if (!this.parts) this.#build(entry);
    const { text, badge, gallery, bar, buttons, thread } = this.parts;
    this.entry = entry;
    this.element.classList.toggle("for-you", Boolean(entry.mention && entry.mention.id === you));
    replace(text, [entry.text, entry.picture], () => this.#text(entry));
    replace(badge, entry.mention, () => (entry.mention ? [h("span.mention", {}, `@${entry.mention.name}`)] : []));
    gallery.update(entry.pictures ?? [], entry.previews ?? [], entry.progress);
    bar.hidden = entry.final !== false;
    if (entry.progress === null || entry.progress === undefined) bar.removeAttribute("value");
    else bar.value = entry.progress;
    replace(buttons, entry.buttons ?? [], () => this.#buttons(entry));
    if (inChannel && entry.opens) this.#summary(thread, summary);
  }

  #build(entry) {
    const said = entry.kind !== "reply" && entry.kind !== "whisper";
    const person = said ? entry.person : { id: "", name: BOT };
    const gallery = new Gallery((index) => this.acts.view(this.entry, index));
    this.parts = {
      text: h("div.text"),
      badge: h("span.badges"),
      gallery,
      bar: h("progress", { max: 1, hidden: true, "aria-label": say("progress") }),
      buttons: h("div.buttons", { role: "group", "aria-label": say("actions") }),
      thread: h("div.summary"),
    };
    const { text, badge, bar, buttons, thread } = this.parts;
    const face = said ? avatar(person) : h("img.avatar", { src: "/page/mark.svg", alt: "", width: 36, height: 36 });
    const head = h("div.entry-head", {}, h("b", {}, person.name), entry.at ? moment(entry.at) : null, badge);
    if (entry.kind === "pending") head.append(h("span.note", {}, say("pending")));
    if (entry.kind === "whisper") {
      const dismiss = h("button.plain", { type: "button", onclick: () => this.acts.dismiss(entry) }, say("dismiss"));
      head.append(h("span.note", {}, say("only_you")), dismiss);
    }
    this.element.classList.add(entry.kind);
    this.element.append(face, h("div.body", {}, head, text, bar, gallery.element, buttons, thread));
  }

  #text(entry) {
    const [, command, rest] = /^(\/\w+)(.*)$/s.exec(entry.text) ?? [];
    const said = entry.kind === "said" || entry.kind === "pending";
    const words = said && command ? [h("code.command", {}, command), rest] : [entry.text];
    const picture = entry.picture ? [h("img.brought", { src: entry.picture, alt: say("brought"), loading: "lazy" })] : [];
    return [...(entry.text ? [h("p", {}, ...words)] : []), ...picture];
  }

  /** Picks stand together; the others follow as they come. */
  #buttons(entry) {
    const picks = h("span.picks");
    const others = [];
    for (const one of entry.buttons ?? []) {
      const kind = `button.${one.danger ? "danger" : one.action}`;
      const press = async (event) => {
        event.currentTarget.disabled = true;
        this.acts.press(entry, one.token, event.currentTarget);
      };
      const button = h(kind, { type: "button", onclick: press }, one.label);
      if (one.action === "pick") {
        button.setAttribute("aria-label", say("pick", { number: one.label }));
        picks.append(button);
      } else others.push(button);
    }
    return picks.childElementCount ? [picks, ...others] : others;
  }

  #summary(element, summary) {
    const short = summary && {
      number: summary.number, at: summary.last.at, text: summary.drawing?.text,
      share: summary.drawing?.progress, pictures: summary.pictures.map((one) => one.url),
    };
    replace(element, [short], () => {
      const open = () => this.acts.openThread(this.entry.key);
      if (!summary) return [h("button.plain", { type: "button", onclick: open }, say("reply_in_thread"))];
      const thumbs = summary.pictures.map((one) => h("img", { src: one.url, alt: "", loading: "lazy" }));
      const state = summary.drawing ? say("under_way") : "";
      const line = [h("b", {}, count("replies", summary.number)), " · ", moment(summary.last.at), state && ` · ${state}`];
      const strip = thumbs.length ? h(`span.thumbs${summary.drawing ? ".preview" : ""}`, { "aria-hidden": "true" }, ...thumbs) : null;
      return [h("button.open-thread", { type: "button", onclick: open }, strip, h("span.line", {}, ...line))];
    });
  }
}
