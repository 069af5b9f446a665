// A picture, large.

import { find } from "./dom.js";
import { say } from "./words.js";

const dialog = find("viewer");
let pictures = [];
let at = 0;
let start = () => undefined;

/** Show picture `index` of a set; `use(picture)` is called when somebody wants to start from one. */
export function view(set, index, use) {
  pictures = set;
  start = use;
  show(index);
  dialog.showModal();
}

function show(index) {
  at = (index + pictures.length) % pictures.length;
  const picture = pictures[at];
  find("viewer-title").textContent = say("picture_of", { number: at + 1, count: pictures.length });
  Object.assign(find("viewer-picture"), { src: picture.url, alt: picture.alt });
  find("viewer-alt").textContent = `${picture.alt} · ${say("seed", { seed: picture.seed })}`;
  find("viewer-download").href = picture.url;
  find("viewer-download").download = picture.file;
  for (const act of ["previous", "next"]) dialog.querySelector(`[data-act=${act}]`).hidden = pictures.length < 2;
}

const acts = {
  close: () => dialog.close(),
  previous: () => show(at - 1),
  next: () => show(at + 1),
  start: () => {
    dialog.close();
    start(pictures[at]);
  },
};

dialog.addEventListener("click", ({ target }) => {
  if (target === dialog) dialog.close();
  acts[target.dataset.act]?.();
});
dialog.addEventListener("keydown", (event) => {
  const act = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
  if (!act) return;
  event.preventDefault();
  acts[act]();
});
