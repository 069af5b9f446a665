// The star under a picture. The server says how many there are; which of them is yours, the page has to remember.

import { button } from "./buttons.js";
import { h } from "./dom.js";
import { count, say } from "./words.js";

const KEPT = "sextant-stars";
const mine = new Set(JSON.parse(localStorage.getItem(KEPT) ?? "[]"));
const asked = new Map();

/** A star was pressed, and the picture had that many: the next change of the number is yours. */
export const ask = (picture, stars) => asked.set(picture, stars);

/** The press was answered. */
export const settle = (picture) => asked.delete(picture);

/** Look at what has come for a change that was asked for. */
export function learn(pictures) {
  for (const { id, stars } of pictures) {
    if (!asked.has(id) || asked.get(id) === stars) continue;
    if (stars > asked.get(id)) mine.add(id);
    else mine.delete(id);
    asked.delete(id);
    localStorage.setItem(KEPT, JSON.stringify([...mine]));
  }
}

export class Star {
  constructor(number, press) {
    this.number = number;
    this.press = press;
    this.element = h("div.votes", { hidden: true });
  }

  /** `one` is the bot's button; without it, only the number is shown. */
  update({ id, stars = 0 }, one) {
    this.element.hidden = !one && !stars;
    if (this.element.hidden) return;
    if (one && this.token !== one.token) {
      this.words = h("span");
      this.face = h("span", { "aria-hidden": "true" });
      this.button = button("button.star", one, this.press, this.face, this.words);
      this.element.replaceChildren(this.button);
      this.token = one.token;
    } else if (!one) {
      this.token = undefined;
      this.element.replaceChildren(h("span.note", {}, count("stars", stars)));
    }
    if (!one) return;
    const pressed = stars > 0 && mine.has(id);
    this.words.textContent = stars ? say("star_many", { number: stars }) : say("star_none");
    this.face.textContent = pressed ? "★" : "☆";
    this.button.setAttribute("aria-pressed", String(pressed));
    this.button.setAttribute("aria-label", say("star_of", { star: this.words.textContent, number: this.number }));
  }
}
