// Completion while typing: commands after a slash, flags after two dashes. A listbox that the text field controls.

import { h } from "./dom.js";
import { say } from "./words.js";

const COMMAND = /^\/(\w*)$/;
const FLAG = /(^|\s)(?:--|—|–)([\w-]*)$/;
let made = 0;

export class Completion {
  /** `language` holds the server's commands and flags; `drawn` says whether plain words are drawn here. */
  constructor(field, language, drawn) {
    this.field = field;
    this.language = language;
    this.drawn = drawn;
    this.id = `completion-${(made += 1)}`;
    this.list = h("ul.completion", { id: this.id, role: "listbox", hidden: true, "aria-label": say("completion") });
    this.hint = h("p.hint", { id: `${this.id}-hint` });
    for (const [name, value] of Object.entries({
      "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": this.id, "aria-describedby": this.hint.id,
    })) field.setAttribute(name, value);
    field.addEventListener("input", () => this.look());
    field.addEventListener("click", () => this.look());
    field.addEventListener("blur", () => this.close());
    this.options = [];
  }

  /** Look at what stands before the caret. */
  look() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const begun = COMMAND.exec(before);
    const command = this.#command(before);
    const flag = FLAG.exec(before);
    if (begun) this.options = this.#commands(begun[1].toLowerCase());
    else if (flag && (command ? whole(command) : this.drawn() && !before.startsWith("/"))) this.options = this.#flags(before, flag);
    else this.options = command && !whole(command) ? this.#own(command, before, flag) : [];
    // What is written out already needs no list, and Enter must send it.
    if (this.options.some(({ from, text }) => before.slice(from) === text.trim())) this.options = [];
    this.#hint(command);
    this.#show();
  }

  #command(before) {
    const name = /^\/(\w+)\s/.exec(before)?.[1].toLowerCase();
    return name && (this.language.commands ?? []).find((one) => one.name === name);
  }

  #commands(typed) {
    return (this.language.commands ?? [])
      .filter(({ name }) => name.startsWith(typed))
      .map((one) => ({ text: `/${one.name}${one.options.some(isTyped) ? " " : ""}`, name: usage(one), about: one.about, from: 0 }));
  }

  #flags(before, flag) {
    const typed = flag[2].toLowerCase();
    return (this.language.flags ?? [])
      .filter(({ names }) => names.some((name) => name.startsWith(typed)))
      .map(({ names, value, about }) => ({ text: `--${names[0]} `, name: `--${names[0]} ${value}`, about, from: start(before, flag) }));
  }

  /** What a command takes: its options after two dashes, its choices, or somebody who is here. */
  #own(command, before, flag) {
    const main = command.options.find((one) => one.main);
    if (flag) {
      return command.options
        .filter((one) => !one.main && isTyped(one) && one.name.startsWith(flag[2].toLowerCase()))
        .map((one) => ({ text: `--${one.name} `, name: written(one), about: one.about, from: start(before, flag) }));
    }
    const typed = /^\/\w+\s+(.*)$/s.exec(before)[1];
    const values = main?.kind === "person" ? (this.language.people ?? []).map((name) => `@${name}`) : main?.choices ?? [];
    const bare = typed.toLowerCase().replace(/^@/, "");
    return values
      .filter((one) => one.toLowerCase().replace(/^@/, "").startsWith(bare))
      // Enter sends a command that is whole already; the arrows lead into the list.
      .map((one) => ({ text: one, name: one, about: main.about, from: before.length - typed.length, waits: !typed && !main.required }));
  }

  close() {
    this.options = [];
    this.#show();
  }

  /** True if the key was for the list. */
  key(event) {
    if (!this.options.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#choose(this.at < 0 ? (step > 0 ? 0 : this.options.length - 1) : (this.at + step + this.options.length) % this.options.length);
    else if (this.at < 0 && event.key !== "Escape") return false;
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) this.#take(this.at);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #show() {
    this.list.hidden = !this.options.length;
    this.list.replaceChildren(...this.options.map((option, index) => {
      const take = (event) => {
        event.preventDefault();
        this.#take(index);
      };
      const item = h("li", { id: `${this.id}-${index}`, role: "option", onpointerdown: take });
      item.append(h("code", {}, option.name), h("span", {}, option.about));
      return item;
    }));
    this.at = this.options[0]?.waits ? -1 : 0;
    if (this.options.length && this.at === 0) this.#choose(0);
    else this.field.removeAttribute("aria-activedescendant");
  }

  #choose(index) {
    this.at = index;
    [...this.list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === index)));
    this.list.children[index].scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", `${this.id}-${index}`);
  }

  #take(index) {
    const { text, from } = this.options[index];
    this.field.setRangeText(text, from, this.field.selectionStart, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** How the command goes on that has been begun. */
  #hint(command) {
    this.hint.replaceChildren(...(command?.options.length ? [h("code", {}, usage(command)), ` ${command.options.map(({ about }) => about).join(" · ")}`] : []));
  }
}

const whole = (command) => command.options.some((one) => one.whole);
const isTyped = (one) => one.kind !== "picture";
const start = (before, flag) => before.length - flag[0].length + flag[1].length;

/** An option as it is written. */
function written({ name, main, kind, choices, low, high }) {
  if (choices.length) return choices.join("|");
  if (main || kind === "picture") return name;
  if (kind === "switch") return `--${name}`;
  return `--${name} ${kind === "number" && low !== null && high !== null ? `${low}-${high}` : kind === "number" ? "N" : "…"}`;
}

const usage = ({ name, options }) =>
  [`/${name}`, ...options.map((one) => (one.required ? written(one) : `[${written(one)}]`))].join(" ");
