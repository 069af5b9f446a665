// Everything that a person reads comes from the server; here it is put in its place.

const response = await fetch("/words.json");
const words = await response.json();

/** The words with this key; {name} is replaced by values.name. */
export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** One for 1, many otherwise: the key ends in _one or _many. */
export function count(key, number) {
  return say(`${key}_${number === 1 ? "one" : "many"}`, { number });
}

/** All keys that begin so, in the order of the server. */
export function group(prefix) {
  return Object.keys(words).filter((key) => key.startsWith(prefix)).map((key) => words[key]);
}

/** Give the elements of the page their words. */
export function label(root = document) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
}
