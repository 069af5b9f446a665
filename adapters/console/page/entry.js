// One message in a list: a person's, the bot's, one that is still to be sent, or one for you alone.

import { Buttons, Chips } from "./buttons.js";
import { charts, links } from "./charts.js";
import { avatar, h, keepFocus, moment, replace } from "./dom.js";
import { Gallery } from "./gallery.js";
import { count, say } from "./words.js";

const BOT = "Sextant";
const split = (text) => /^([^\n]*)\n?(.*)$/s.exec(text).slice(1);

/** A view of one message. `acts` are what can be done from it: press, view, openThread, dismiss, answer, goTo, told. */
export class EntryView {
  constructor(acts) {
    this.acts = acts;
    this.element = h("li.entry", { tabIndex: -1 });
  }

  update(entry, about) {
    if (!this.parts) this.#build(entry);
    this.entry = entry;
    keepFocus(this.element, () => this.#draw(entry, about));
  }

  #draw(entry, { summary, inChannel, you }) {
    const { text, badge, gallery, bar, buttons, chips, drawings, ways, thread } = this.parts;
    this.element.classList.toggle("for-you", Boolean(entry.mention && entry.mention.id === you));
    // Beside a drawing the first line is enough: what it shows stands below it in words.
    const [first, rest] = entry.charts?.length ? split(entry.text) : [entry.text, ""];
    replace(text, [first, entry.picture, this.#answered(entry)], () => this.#text(entry, first));
    chips.update(entry.chips ?? []);
    replace(drawings, [entry.charts, rest], () => charts(entry.charts ?? [], rest));
    replace(ways, entry.links ?? [], () => links(entry.links ?? []));
    replace(badge, entry.mention, () => (entry.mention ? [h("span.mention", {}, `@${entry.mention.name}`)] : []));
    gallery.update(entry.pictures ?? [], entry.previews ?? [], entry.progress, entry.buttons ?? []);
    bar.hidden = entry.final !== false;
    if (entry.progress === null || entry.progress === undefined) bar.removeAttribute("value");
    else bar.value = entry.progress;
    buttons.update(entry.buttons ?? []);
    if (inChannel && entry.opens) this.#summary(thread, summary);
  }

  #build(entry) {
    const said = entry.kind !== "reply" && entry.kind !== "whisper";
    const person = said ? entry.person : { id: "", name: BOT };
    const press = (one, element) => this.acts.press(this.entry, one, element);
    const gallery = new Gallery((index) => this.acts.view(this.entry, index), press);
    this.parts = {
      text: h("div.text"),
      badge: h("span.badges"),
      gallery,
      bar: h("progress", { max: 1, hidden: true, "aria-label": say("progress") }),
      buttons: new Buttons(press),
      chips: new Chips(press),
      drawings: h("div.charts"),
      ways: h("div.links"),
      thread: h("div.summary"),
    };
    const { text, badge, bar, buttons, chips, drawings, ways, thread } = this.parts;
    const face = said ? avatar(person) : h("img.avatar", { src: "/page/mark.svg", alt: "", width: 36, height: 36 });
    const head = h("div.entry-head", {}, h("b", {}, person.name), entry.at ? moment(entry.at) : null, badge);
    if (entry.kind === "reply") {
      const answer = h("button.plain.answer", { type: "button", onclick: () => this.acts.answer(this.entry) }, say("answer"));
      answer.setAttribute("aria-label", say("answer_to", { title: entry.title || entry.text.split("\n")[0] }));
      head.append(answer);
    }
    if (entry.kind === "pending") head.append(h("span.note", {}, say("pending")));
    if (entry.kind === "whisper") {
      const dismiss = h("button.plain", { type: "button", onclick: () => this.acts.dismiss(entry) }, say("dismiss"));
      head.append(h("span.note", {}, say("only_you")), dismiss);
    }
    this.element.classList.add(entry.kind);
    this.element.append(face, h(
      "div.body", {}, head, text, chips.element, bar, gallery.element, drawings, ways, buttons.element, thread,
    ));
  }

  /** The reply that this answers, if it is on the page. */
  #answered(entry) {
    return entry.reply_to ? this.acts.told(entry) : undefined;
  }

  #text(entry, text) {
    const [, command, rest] = /^(\/\w+)(.*)$/s.exec(text) ?? [];
    const said = entry.kind === "said" || entry.kind === "pending";
    const words = said && command ? [h("code.command", {}, command), rest] : [text];
    const answered = this.#answered(entry);
    const go = () => this.acts.goTo(this.entry);
    const about = answered ? [h("button.plain.answered", { type: "button", onclick: go }, say("answered", { title: answered }))] : [];
    const picture = entry.picture ? [h("img.brought", { src: entry.picture, alt: say("brought"), loading: "lazy" })] : [];
    return [...about, ...(text ? [h("p", {}, ...words)] : []), ...picture];
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
