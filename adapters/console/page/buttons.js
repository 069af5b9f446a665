// The buttons of a reply, put together by what they are for, and the chips of its settings.

import { h, replace } from "./dom.js";
import { say } from "./words.js";

/** From top to bottom. Stars stand under their pictures. */
const ROWS = {
  choices: ["choose"],
  picks: ["pick"],
  relatives: ["vary", "upscale"],
  steps: ["again", "edit", "undo", "stop"],
  further: ["fork", "decide", "delete"],
};
const KNOWN = new Set([...Object.values(ROWS).flat(), "star"]);

/** A button of the bot's: `press(one, element)` when it is pressed, once until `free`. */
export function button(kind, one, press, ...children) {
  const element = h(kind, {
    type: "button",
    onclick: () => {
      if (element.getAttribute("aria-disabled")) return;
      element.setAttribute("aria-disabled", "true"); // a disabled one would lose the focus
      press(one, element);
    },
  }, ...children);
  element.dataset.token = one.token;
  element.dataset.action = one.action;
  return element;
}

/** A button may be pressed again. */
export const free = (element) => element.removeAttribute("aria-disabled");

export class Buttons {
  constructor(press) {
    this.press = press;
    this.element = h("div.buttons", { role: "group", "aria-label": say("actions") });
    this.kept = new Map();
  }

  update(buttons) {
    replace(this.element, buttons, () => {
      const rows = Object.entries(ROWS).map(([name, actions]) => {
        const inside = buttons.filter(({ action }) => actions.includes(action) || (name === "further" && !KNOWN.has(action)));
        // What cannot be taken back stands last.
        inside.sort((one, other) => one.danger - other.danger);
        return inside.length ? h(`span.row.${name}`, {}, ...inside.map((one) => this.#button(one))) : null;
      });
      const tokens = new Set(buttons.map(({ token }) => token));
      for (const token of this.kept.keys()) if (!tokens.has(token)) this.kept.delete(token);
      return rows.filter(Boolean);
    });
  }

  /** The same button stays the same element. */
  #button(one) {
    const element = this.kept.get(one.token) ?? button(`button.${one.danger ? "danger" : one.action}`, one, this.press);
    element.textContent = one.label;
    if (one.action === "pick") element.setAttribute("aria-label", say("pick", { number: one.label }));
    this.kept.set(one.token, element);
    return element;
  }
}

export class Chips {
  constructor(press) {
    this.press = press;
    this.element = h("div.chips", { role: "group", "aria-label": say("chips") });
  }

  update(chips) {
    this.element.hidden = !chips.length;
    replace(this.element, chips, () => chips.map((one) => {
      const chip = button("button.chip", one, this.press, one.label, h("span", { "aria-hidden": "true" }, "×"));
      chip.setAttribute("aria-label", say("chip", { name: one.label }));
      return chip;
    }));
  }
}
