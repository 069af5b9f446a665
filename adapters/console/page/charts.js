// What a reply shows beside its pictures: drawings that explain, with their words, and ways to other places.

import { h } from "./dom.js";
import { say } from "./words.js";

/** Charts, each to be opened large, and the words that say the same. */
export function charts(shown, words) {
  const drawings = shown.map(({ url, alt, width, height }) =>
    h("a.chart", { href: url, target: "_blank", rel: "noopener" },
      h("img", { src: url, alt, width, height, loading: "lazy" }), h("span.note", {}, say("chart_open"))));
  const twin = words && h("details", {}, h("summary", {}, say("chart_words")), h("p", {}, words));
  return twin ? [...drawings, twin] : drawings;
}

/** Links to other places of the room. */
export const links = (shown) => shown.map(({ label, address }) => h("a", { href: address }, label));
