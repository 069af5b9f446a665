// The pictures of a reply: a grid whose tiles stay in place while they sharpen from preview to picture.

import { h } from "./dom.js";
import { Star } from "./star.js";
import { say } from "./words.js";

const BLUR = 16;

export class Gallery {
  /** `open(index)` shows a finished picture large; `press(one, element)` is for the stars. */
  constructor(open, press) {
    this.element = h("div.gallery");
    this.open = open;
    this.press = press;
    this.tiles = [];
  }

  update(pictures, previews, share, buttons) {
    const shown = pictures.length ? pictures : previews;
    while (this.tiles.length > shown.length) this.tiles.pop().frame.remove();
    while (this.tiles.length < shown.length) {
      const tile = new Tile(this.tiles.length, this.open, this.press);
      this.tiles.push(tile);
      this.element.append(tile.frame);
    }
    this.element.hidden = !shown.length;
    this.element.classList.toggle("single", shown.length === 1);
    const stars = new Map(buttons.filter(({ action }) => action === "star").map((one) => [one.picture, one]));
    shown.forEach((one, index) => {
      this.tiles[index].update(one, pictures.length > 0, share, shown.length > 1);
      this.tiles[index].star.update(one, stars.get(one.id));
    });
  }
}

class Tile {
  constructor(index, open, press) {
    this.image = h("img", { decoding: "async", alt: "" });
    this.badge = h("span.badge", { "aria-hidden": "true" }, String(index + 1));
    this.cover = h("span.cover", { hidden: true }, say("spoiler"));
    this.element = h("button.tile", { type: "button" }, this.image, this.badge, this.cover);
    this.star = new Star(index + 1, press);
    this.frame = h("div.frame", {}, this.element, this.star.element);
    this.element.addEventListener("click", () => {
      if (this.cover.hidden) open(index);
      else {
        this.cover.hidden = true;
        this.element.classList.remove("covered");
      }
    });
  }

  update(shown, finished, share, several) {
    this.badge.hidden = !several;
    this.element.disabled = !finished;
    this.element.style.setProperty("--shape", `${shown.width} / ${shown.height}`);
    if (this.url === shown.url) return;
    this.url = shown.url;
    if (finished) {
      this.#finish(shown);
      return;
    }
    this.image.src = shown.url;
    this.image.alt = shown.alt;
    this.element.classList.add("preview");
    this.element.style.setProperty("--blur", `${Math.round(BLUR * (1 - (share ?? 0)))}px`);
  }

  /** The preview stays until the picture is there, so that nothing flickers. */
  async #finish(picture) {
    const { url, alt, spoiler } = picture;
    this.cover.hidden = !spoiler;
    this.element.classList.toggle("covered", spoiler);
    const next = new Image();
    next.src = url;
    await next.decode().catch(() => undefined);
    if (this.url !== url) return;
    this.image.src = url;
    this.image.alt = alt;
    this.element.classList.remove("preview");
  }
}
