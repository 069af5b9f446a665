// The form, the name and the keys.

import { find, h } from "./dom.js";
import { group } from "./words.js";

for (const button of document.querySelectorAll("#form [data-act=close]")) {
  button.addEventListener("click", () => find("form").close());
}

/** Show a form of the bot's; `send(text)` sends it in. */
export function askForm({ title, label, text }, send) {
  const dialog = find("form");
  const field = find("form-text");
  find("form-title").textContent = title;
  find("form-label").textContent = label;
  field.value = text;
  const form = dialog.querySelector("form");
  form.onsubmit = () => send(field.value);
  field.onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  };
  dialog.showModal();
  field.setSelectionRange(text.length, text.length);
}

/** Ask for a name; it can be left only with one. */
export function askName(name, send, error = "") {
  const dialog = find("name");
  const field = find("name-text");
  field.value = name;
  find("name-error").textContent = error;
  dialog.oncancel = (event) => name || event.preventDefault();
  dialog.querySelector("form").onsubmit = (event) => {
    if (field.value.trim()) send(field.value.trim());
    else event.preventDefault();
  };
  if (!dialog.open) dialog.showModal();
  field.select();
}

/** What the keys do. The words are pairs: key, meaning. */
export function showKeys() {
  const list = find("keys-list");
  if (!list.childElementCount) {
    for (const pair of group("key_")) {
      const [keys, meaning] = pair.split(": ");
      list.append(h("dt", {}, ...keys.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, meaning));
    }
  }
  find("keys").showModal();
}
