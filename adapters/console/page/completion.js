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
    const { commands = [], flags = [] } = this.language;
    const command = COMMAND.exec(before);
    const flag = FLAG.exec(before);
    this.options = [];
    if (command) {
      const typed = command[1].toLowerCase();
      this.options = commands
        .filter(({ name }) => name.startsWith(typed))
        .map((one) => ({ text: `/${one.name}${one.options.some(({ text }) => text) ? " " : ""}`, name: usage(one), about: one.about, from: 0 }));
    } else if (flag && (this.drawn() || before.startsWith("/imagine"))) {
      const typed = flag[2].toLowerCase();
      const from = before.length - flag[0].length + flag[1].length;
      this.options = flags
        .filter(({ names }) => names.some((name) => name.startsWith(typed)))
        .map(({ names, value, about }) => ({ text: `--${names[0]} `, name: `--${names[0]} ${value}`, about, from }));
    }
    // What is written out already needs no list, and Enter must send it.
    if (this.options.length === 1 && before.slice(this.options[0].from) === this.options[0].text.trim()) this.options = [];
    this.#hint(before);
    this.#show();
  }

  close() {
    this.options = [];
    this.#show();
  }

  /** True if the key was for the list. */
  key(event) {
    if (!this.options.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#choose((this.at + step + this.options.length) % this.options.length);
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
    if (this.options.length) this.#choose(0);
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
  #hint(before) {
    const name = /^\/(\w+)\s/.exec(before)?.[1].toLowerCase();
    const command = name && (this.language.commands ?? []).find((one) => one.name === name);
    this.hint.replaceChildren(...(command?.options.length ? [h("code", {}, usage(command)), ` ${command.options.map(({ about }) => about).join(" · ")}`] : []));
  }
}

const usage = ({ name, options }) =>
  [`/${name}`, ...options.map((one) => (one.required ? one.name : `[${one.name}]`))].join(" ");
