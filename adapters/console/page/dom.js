// Small helpers to build the page. Text goes in as text, never as markup.

/** An element: h("button.plain", { onclick }, "Close"). Properties are set, names with a dash become attributes. */
export function h(kind, properties = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const find = (id) => document.getElementById(id);

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** A moment: the time for today, with the date for other days. */
export function moment(iso) {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  return h("time", { dateTime: iso, title: full.format(date) }, (today ? clock : day).format(date));
}

/** A disc with the first letter of a name, in a colour of the person's own. */
export function avatar(person) {
  let hash = 0;
  for (const letter of person.id) hash = (hash * 31 + letter.codePointAt(0)) % 360;
  const disc = h("span.avatar", { "aria-hidden": "true" }, [...person.name][0]?.toUpperCase() ?? "");
  disc.style.setProperty("--hue", hash);
  return disc;
}

/** Set the children of an element anew, but leave it alone if nothing has changed. */
export function replace(element, signature, build) {
  const text = JSON.stringify(signature);
  if (element.dataset.shown === text) return;
  element.dataset.shown = text;
  element.replaceChildren(...build());
}

/** Build anew without throwing the focus away: what has it keeps it, or what does the same, or what is nearest. */
export function keepFocus(element, build) {
  const held = document.activeElement;
  const inside = element !== held && element.contains(held);
  const { token, action } = held?.dataset ?? {};
  build();
  if (!inside || document.activeElement === held) return;
  const buttons = [...element.querySelectorAll("[data-action]")];
  const next = held.isConnected ? held
    : buttons.find(({ dataset }) => dataset.token === token) ?? buttons.find(({ dataset }) => dataset.action === action);
  (next ?? element.querySelector(".buttons button") ?? element).focus({ preventScroll: true });
}

const announcer = find("announcer");

/** Tell a screen reader, politely. */
export function announce(text) {
  if (announcer) announcer.textContent = text;
}
