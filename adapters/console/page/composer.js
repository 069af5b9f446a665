// Where people write: text, completion, and a picture that is dragged in, pasted or chosen.

import { Completion } from "./completion.js";
import { h } from "./dom.js";
import { say } from "./words.js";

const DRAFTS = "sextant-draft";

export class Composer {
  /** `send(text, picture, answers)` sends, `answers` being the key of a reply; `drawn()` says whether plain words are drawn here. */
  constructor(language, { send, drawn, label }) {
    this.language = language;
    this.send = send;
    this.drawn = drawn;
    this.sent = [];
    this.field = h("textarea", { rows: 1, "aria-label": label, autocapitalize: "none", spellcheck: true });
    this.completion = new Completion(this.field, language, drawn);
    this.file = h("input.unseen", { type: "file", accept: "image/*", tabIndex: -1, "aria-hidden": "true" });
    this.attachment = h("div.attachment", { hidden: true });
    this.answered = h("div.answering", { hidden: true });
    this.error = h("p.error", { role: "alert" });
    const attach = h("button.attach", { type: "button", onclick: () => this.file.click() }, say("attach"));
    const submit = h("button.primary", { type: "submit" }, say("send"));
    this.element = h(
      "form.composer", {}, this.completion.list, this.error, this.answered, this.attachment,
      h("div.composer-row", {}, attach, this.field, submit), this.completion.hint, this.file,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("paste", (event) => this.#bring(event, event.clipboardData.files));
    this.file.addEventListener("change", () => this.bring(this.file.files));
  }

  /** Move to another place: each keeps its draft. */
  move(place, placeholder) {
    this.place = place;
    this.field.placeholder = placeholder;
    this.error.textContent = "";
    this.detach();
    this.answer();
    this.write(sessionStorage.getItem(`${DRAFTS} ${place}`) ?? "");
  }

  write(text) {
    this.field.value = text;
    this.field.setSelectionRange(text.length, text.length);
    this.#changed();
  }

  focus() {
    this.field.focus();
  }

  get empty() {
    return !this.field.value.trim() && !this.picture && !this.busy;
  }

  submit() {
    const text = this.field.value.trim();
    if (this.empty || this.busy) return;
    if ([...text].length > this.language.longest_text) {
      this.error.textContent = say("too_long", { length: [...text].length, longest: this.language.longest_text });
      return;
    }
    this.sent.push(text);
    this.send(text, this.picture?.reference ?? "", this.answers);
    this.detach();
    this.answer();
    this.write("");
    this.completion.close();
  }

  /** Take the first picture of some files. */
  async bring(files) {
    const file = [...files].find(({ type }) => type.startsWith("image/"));
    this.file.value = "";
    this.error.textContent = "";
    if (!file) {
      if (files.length) this.error.textContent = say("not_a_picture");
      return;
    }
    if (file.size > this.language.largest_upload) {
      this.error.textContent = say("too_large", { size: Math.round(this.language.largest_upload / 2 ** 20) });
      return;
    }
    const place = this.place;
    this.busy = true;
    this.#show(URL.createObjectURL(file), say("uploading"));
    try {
      const response = await fetch("/upload", { method: "POST", body: file });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      this.busy = false;
      if (place === this.place) this.attach(answer.picture, URL.createObjectURL(file), file.name);
    } catch (error) {
      this.busy = false;
      this.detach();
      this.error.textContent = error instanceof TypeError ? say("no_answer") : error.message;
    }
  }

  /** Start from a picture that is known to the server. */
  attach(reference, url, name) {
    this.picture = { reference };
    this.#show(url, name);
    if (!this.drawn() && !this.field.value.trim()) this.write("/imagine ");
    this.focus();
  }

  /** What is written next answers this reply; without one it answers none. */
  answer(key = "", title = "") {
    this.answers = key;
    this.answered.hidden = !key;
    const end = () => {
      this.answer();
      this.focus();
    };
    const remove = h("button.plain", { type: "button", onclick: end, "aria-label": say("answer_end") }, say("remove"));
    this.answered.replaceChildren(...(key ? [h("span", {}, say("answering", { title })), remove] : []));
    if (key) this.focus();
  }

  detach() {
    this.picture = undefined;
    this.attachment.hidden = true;
    this.attachment.replaceChildren();
  }

  #show(url, name) {
    const remove = h("button.plain", { type: "button", onclick: () => this.detach() }, say("remove"));
    this.attachment.replaceChildren(h("img", { src: url, alt: "" }), h("span", {}, say("starts_from", { name })), remove);
    this.attachment.hidden = false;
  }

  #bring(event, files) {
    if (!files.length) return;
    event.preventDefault();
    this.bring(files);
  }

  #changed() {
    if (this.place) sessionStorage.setItem(`${DRAFTS} ${this.place}`, this.field.value);
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 200)}px`;
    if (document.activeElement === this.field) this.completion.look();
  }

  #key(event) {
    if (event.isComposing || this.completion.key(event)) return;
    if (event.key === "Escape" && this.answers) {
      event.stopPropagation();
      this.answer();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.field.value && this.sent.length) {
      event.preventDefault();
      this.write(this.sent.at(-1));
    }
  }
}
