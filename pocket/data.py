"""The pictures that the pocket models learn from, made of openly licensed drawings: fetch, render, recolour, compose.

A picture is a function of its number: `Composer.picture(7)` is the same picture and caption on every machine, so
training needs no stored data set and goes on after a stop exactly where it was.
"""

import io
import json
import random
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from pocket.vocabulary import (
    BACKGROUNDS,
    CARTOON,
    FLAT,
    NOUNS,
    PLAIN,
    RETRO,
    SCENES,
    SHADE,
    SIMPLE,
    SOLID,
    STYLES,
    Description,
    Noun,
    Thing,
)

SIZE = 128
"""Side of a picture in pixels."""

PACKAGES = {FLAT: "1.2.6", CARTOON: "1.2.9", RETRO: "1.2.5", SIMPLE: "1.2.2", SOLID: "1.2.7"}
"""Versions of the npm packages `@iconify-json/<set>`: Apache-2.0, Fluent Emoji MIT."""

NAMES = "17.0.0"
"""Version of the npm package `emojibase-data`, MIT: what drawings are called."""

Pixels = NDArray[np.uint8]

_RENDERED = 256
COLOURS = {
    "red": (0, 0.85, 0.9),
    "orange": (28, 0.9, 1.0),
    "yellow": (50, 0.85, 1.0),
    "green": (120, 0.7, 0.65),
    "blue": (217, 0.8, 0.85),
    "purple": (275, 0.65, 0.75),
    "pink": (335, 0.45, 1.0),
    "brown": (24, 0.65, 0.5),
    "black": (0, 0.0, 0.13),
    "white": (0, 0.0, 1.0),
    "gray": (0, 0.0, 0.6),
}
"""Hue in degrees, saturation, value."""


def fetch(folder: Path) -> None:
    """Download and unpack the drawings into `folder` with npm; those already there are left alone.

    Raises FileNotFoundError where there is no npm, CalledProcessError where it fails.
    """
    for name, version in PACKAGES.items():
        _unpack(f"@iconify-json/{name}@{version}", folder / name)


def fetch_names(folder: Path) -> Path:
    """The folder of `emojibase-data`, downloaded where it is not there. Raises as `fetch` does."""
    _unpack(f"emojibase-data@{NAMES}", folder / "emojibase-data")
    return folder / "emojibase-data"


def _unpack(package: str, target: Path) -> None:
    """One npm package into `target`, which is there as a whole or not at all."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(  # noqa: S603
        ["npm", "pack", "--silent", package],  # noqa: S607
        cwd=target.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    partial = target.with_name(f"{target.name}.partial")
    partial.mkdir(exist_ok=True)
    archive = packed.stdout.split()[-1]
    subprocess.run(  # noqa: S603
        ["tar", "xzf", archive, "-C", partial.name, "--strip-components=1"],  # noqa: S607
        cwd=target.parent,
        check=True,
    )
    partial.rename(target)


def render(icons: Mapping[str, object], name: str) -> Image.Image:
    """One drawing of an Iconify set as RGBA, cropped to what is drawn, its longer side 256 pixels.

    Raises KeyError for a name that the set does not have.
    """
    import resvg_py

    drawings: dict = icons["icons"]  # type: ignore[assignment]
    drawing = drawings[name]
    width, height = (drawing.get(side, icons.get(side, 16)) for side in ("width", "height"))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}">{drawing["body"]}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, width=_RENDERED, skip_system_fonts=True)
    image = Image.open(io.BytesIO(bytes(png))).convert("RGBA")
    return image.crop(image.getchannel("A").point(lambda alpha: 255 * (alpha > 8)).getbbox())


Artwork = Mapping[tuple[str, str], Image.Image]
"""Drawings as RGBA by the set and the icon of the noun."""


def load_artwork(folder: Path, *, every_set: bool = False) -> Artwork:
    """The drawings of the vocabulary that the denoiser sees, or those of every set; sets lack some."""
    artwork = {}
    for name in PACKAGES:
        icons = json.loads((folder / name / "icons.json").read_text("utf-8"))
        for noun in NOUNS:
            # FxEmojis runs the words of its names together.
            icon = noun.icon.replace("-", "") if name == SIMPLE and noun.icon not in icons["icons"] else noun.icon
            if icon in icons["icons"] and (every_set or name in (noun.set, *STYLES.values())):
                artwork[name, noun.icon] = render(icons, icon)
    return artwork


def recolour(image: Image.Image, colour: str, main: int | None = None) -> Image.Image:
    """The drawing with its main part in another colour; shading stays.

    The main part is what has the hue `main` in degrees: if None the dominant one, else the grays.
    """
    rgba = np.asarray(image)
    hsv = np.asarray(image.convert("RGB").convert("HSV")).astype(np.float32)
    hue, saturation, value = hsv[..., 0] * 360 / 255, hsv[..., 1] / 255, hsv[..., 2] / 255
    opaque = rgba[..., 3] > 128
    vivid = opaque & (saturation > 0.3) & (value > 0.25)
    histogram = np.bincount((hue[vivid] / 10).astype(int) % 36, minlength=36)
    if main is None:
        main = int((histogram + np.roll(histogram, 1) + np.roll(histogram, -1)).argmax()) * 10 + 5
    distance = (hue - main + 180) % 360 - 180
    near = (np.abs(distance) < 42) & (saturation > 0.18) & (value > 0.15)
    to_hue, to_saturation, to_value = COLOURS[colour]
    if (near & opaque).sum() > 0.2 * opaque.sum():
        new = (to_hue + distance * 0.35, saturation * 0.4 + to_saturation * 0.6, value * (0.45 + 0.55 * to_value))
    else:
        near = (saturation < 0.25) & (value > 0.2)
        new = (np.full_like(hue, to_hue), np.full_like(hue, to_saturation * 0.85), value * (0.55 + 0.45 * to_value))
    match colour:
        case "black":
            new = (new[0], saturation * 0.06, value * 0.28)
        case "gray":
            new = (new[0], saturation * 0.06, 0.25 + value * 0.42)
        case "white":
            new = (new[0], saturation * 0.06, 0.72 + value * 0.28)
        case "brown":
            new = (new[0], np.clip(0.4 + saturation * 0.3, 0, 1), value * 0.58)
        case "pink":
            new = (new[0], np.clip(0.25 + saturation * 0.2, 0, 0.5), 0.7 + value * 0.3)
    painted = np.stack([new[0] % 360 * 255 / 360, new[1] * 255, new[2] * 255], -1).clip(0, 255)
    mixed = np.where(near[..., None], painted, hsv).astype(np.uint8)
    result = Image.fromarray(mixed, "HSV").convert("RGB")
    result.putalpha(image.getchannel("A"))
    return result


def backdrop(scene: str) -> Image.Image:
    """A scene without anything in it."""
    rng = random.Random(scene)
    sky, ground, horizon = {
        "night": (((14, 18, 52), (48, 50, 110)), (28, 40, 62), 104),
        "snow": (((186, 214, 238), (226, 238, 248)), (250, 252, 255), 92),
        "rain": (((112, 126, 144), (160, 172, 186)), (104, 116, 122), 104),
        "sunset": (((250, 120, 80), (255, 214, 120)), (120, 72, 84), 104),
        "grass": (((132, 200, 248), (206, 234, 252)), (104, 186, 84), 92),
        "beach": (((122, 204, 250), (200, 236, 252)), (240, 216, 156), 100),
    }[scene]
    ramp = np.linspace(0, 1, SIZE)[:, None, None] * np.ones((1, SIZE, 1))
    shaded = np.array(sky[0]) * (1 - ramp) + np.array(sky[1]) * ramp
    image = Image.fromarray(shaded.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    if scene == "night":
        draw.ellipse((98, 8, 118, 28), fill=(255, 244, 200))
        for _ in range(26):
            x, y = rng.randrange(SIZE), rng.randrange(90)
            draw.rectangle((x, y, x + 1, y + 1), fill=(240, 240, 210))
    if scene == "sunset":
        draw.ellipse((44, 78, 84, 118), fill=(255, 240, 170))
    if scene == "beach":
        draw.rectangle((0, 76, SIZE, horizon), fill=(52, 140, 214))
    draw.rectangle((0, horizon, SIZE, SIZE), fill=ground)
    if scene == "snow":
        for _ in range(40):
            x, y = rng.randrange(SIZE), rng.randrange(SIZE)
            draw.ellipse((x, y, x + 3, y + 3), fill=(255, 255, 255))
    if scene == "rain":
        for _ in range(46):
            x, y = rng.randrange(SIZE), rng.randrange(SIZE)
            draw.line((x, y, x - 3, y + 9), fill=(196, 212, 232))
    return image.filter(ImageFilter.GaussianBlur(0.6))


class Picture(NamedTuple):
    """A picture and its words."""

    pixels: Pixels
    """(128, 128, 3)."""
    caption: str
    description: Description


class Composer:
    """Makes any number of captioned pictures from the drawings, each determined by its number and the seed."""

    def __init__(self, artwork: Artwork, seed: int = 0) -> None:
        self._seed = seed
        self.artwork = artwork
        self.nouns = [noun for noun in NOUNS if (noun.set, noun.icon) in artwork]
        self._weights = [noun.weight for noun in self.nouns]
        self._drawing = cache(self._draw)
        self._backdrop = cache(backdrop)

    def describe(self, rng: random.Random) -> Description:
        """What to show: mostly one thing, sometimes small or in a scene, two side by side, or several alike."""
        kind = rng.choices(("one", "scene", "small", "pair", "two", "three"), (53, 12, 3, 18, 8, 6))[0]
        first = self._thing(rng)
        things = (first,) * {"two": 2, "three": 3}.get(kind, 1)
        if kind == "pair":
            second = self._thing(rng)
            while second.noun == first.noun:
                second = self._thing(rng)
            things = (first, second)
        # A thing in the colour of its background would not be seen.
        grounds = [name for name in BACKGROUNDS if name not in {thing.colour for thing in things}]
        scene = rng.choice(list(SCENES)) if kind == "scene" or (kind == "pair" and rng.random() < 0.1) else None
        return Description(
            things,
            scene=scene,
            background=rng.choice(grounds) if scene is None and rng.random() < 0.4 else None,
            style=rng.choice(list(STYLES)) if rng.random() < 0.14 else None,
            small=kind == "small",
        )

    def draw(self, description: Description, *, without: int | str | None = None) -> Pixels:
        """Paint a description, leaving out the thing of that place or, as a word, the scene; (128, 128, 3)."""
        if description.scene is not None and description.scene != without:
            canvas = self._backdrop(description.scene).copy()
        elif description.background is not None:
            canvas = Image.new("RGB", (SIZE, SIZE), BACKGROUNDS[description.background])
        else:
            white = any(thing.colour == "white" for thing in description.things)
            canvas = Image.new("RGB", (SIZE, SIZE), SHADE if white else PLAIN)
        for place, (thing, (x, y, box)) in enumerate(zip(description.things, _places(description), strict=True)):
            if place == without:
                continue
            drawing = self._drawing(thing.noun, self._set(thing, description.style), thing.colour, box)
            # Things stand on the ground of a scene, and float in the middle of their place otherwise.
            top = y + box // 2 - drawing.height if description.scene else y - drawing.height // 2
            canvas.paste(drawing, (x - drawing.width // 2, top), drawing)
        return np.asarray(canvas)

    def picture(self, number: int) -> Picture:
        """The picture of that number."""
        rng = random.Random(f"{self._seed}:{number}")
        description = self.describe(rng)
        return Picture(self.draw(description), description.caption(rng), description)

    def pictures(self, start: int, stop: int) -> Iterator[Picture]:
        """The pictures from `start` up to, not with, `stop`."""
        return (self.picture(number) for number in range(start, stop))

    def _thing(self, rng: random.Random) -> Thing:
        noun = rng.choices(self.nouns, self._weights)[0]
        chance = rng.random()
        if chance < 0.38:
            return Thing(noun, rng.choice(list(COLOURS)))
        if noun.painted and chance < 0.5:
            return Thing(noun, rng.choice(("red", "blue", "green", "yellow", "orange")), said=False)
        return Thing(noun)

    def _set(self, thing: Thing, style: str | None) -> str:
        """Where its drawing is from."""
        wanted = STYLES[style] if style else thing.set or thing.noun.set
        return wanted if (wanted, thing.noun.icon) in self.artwork else thing.noun.set

    def _draw(self, noun: Noun, set: str, colour: str | None, box: int) -> Image.Image:
        image = self.artwork[set, noun.icon]
        if colour is not None:
            image = recolour(image, colour, noun.hue if set == noun.set else None)
        scale = box / max(image.size)
        return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def _places(description: Description) -> tuple[tuple[int, int, int], ...]:
    """Centre x, y and the side of the box for each thing, in pixels."""
    down = 24 if description.scene else 0
    match len(description.things):
        case 1 if description.scene:
            return ((64, 68, 92),)
        case 1:
            return ((64, 64, 56 if description.small else 112),)
        case 2:
            return ((32, 64 + down, 58), (96, 64 + down, 58))
        case _:
            return ((64, 33 + down // 2, 54), (32, 94, 54), (96, 94, 54))
