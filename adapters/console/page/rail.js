// The left side: channels, threads, people, and what is yours.

import { avatar, find, h, replace } from "./dom.js";
import { say } from "./words.js";

const THEME = "sextant-theme";
const THEMES = ["auto", "light", "dark"];
const MOST_THREADS = 40;

/** Draw the lists. `at` is where the person is; `unread(summary)` whether something in a thread is new to them. */
export function drawRail(store, at, { goChannel, goThread, unread }) {
  replace(find("channels"), [store.channels, at.channel, at.thread], () =>
    store.channels.map((name) => place(`# ${name}`, at.channel === name && !at.thread, () => goChannel(name))));
  const threads = store.threads().slice(0, MOST_THREADS);
  const shown = threads.map((one) => [one.title, one.thread, Boolean(one.drawing), unread(one), at.thread]);
  replace(find("threads"), shown, () => {
    if (!threads.length) return [h("li.none", {}, say("no_threads"))];
    return threads.map((one) => {
      const item = place(one.title, at.thread === one.thread, () => goThread(one.channel, one.thread));
      const mark = one.drawing ? "under_way" : unread(one) ? "unread" : "";
      if (mark) item.firstChild.append(h(`span.mark.${mark}`, { title: say(mark) }, h("span.unseen", {}, say(mark))));
      return item;
    });
  });
  replace(find("people"), [store.people, store.you], () => store.people.map((person) =>
    h("li", {}, avatar(person), h("span", {}, person.name + (person.id === store.you.id ? ` ${say("you")}` : "")))));
  replace(find("me"), store.you, () => (store.you.name ? [avatar(store.you), h("span", {}, store.you.name)] : []));
  find("me").setAttribute("aria-label", say("rename", { name: store.you.name }));
  find("me").title = say("rename", { name: store.you.name });
}

function place(name, current, go) {
  const button = h("button", { type: "button", onclick: go, title: name }, h("span.place-name", {}, name));
  if (current) button.setAttribute("aria-current", "page");
  return h("li", {}, button);
}

/** The look: as the system has it, light, or dark. */
export function chooseTheme() {
  const button = find("theme");
  const apply = (name) => {
    document.documentElement.dataset.theme = name;
    button.textContent = say(`theme_${name}`);
    button.setAttribute("aria-label", say("theme_label", { name: say(`theme_${name}`) }));
  };
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
    localStorage.setItem(THEME, next);
    apply(next);
  });
  apply(localStorage.getItem(THEME) ?? "auto");
}
