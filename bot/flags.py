"""The flags, as data: the parser, the help and the completion of every platform are derived from this one table."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot import shapes
from bot.flag_kinds import Adapters, Kind, Named, Number, OneOf, Ratio, Switch, Whole, Word, Words
from bot.styles import STYLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag."""

    names: tuple[str, ...]
    """Without dashes; the first is the one that the bot itself writes."""
    field: str
    """Of command_text.Ask."""
    kind: Kind
    value: str = ""
    """What stands for its value in the help."""
    example: str = ""
    """A value that it takes."""
    default: str
    """In words."""
    description: str
    against: tuple[str, ...] = ()
    """Fields that say the same thing in another way: both at once is a contradiction."""
    elsewhere: tuple[str, ...] = ()
    """What other tools call it. Not taken, but answered with the right name."""

    @property
    def spelled(self) -> str:
        """As it is typed: --ar."""
        return f"--{self.names[0]}"

    @property
    def usage(self) -> str:
        """How it is typed with a value: --ar 16:9."""
        return f"{self.spelled} {self.example}".strip()


FLAGS: tuple[Flag, ...] = (
    Flag(
        names=("ar", "aspect"),
        field="aspect",
        kind=Ratio(shapes.MOST),
        value="w:h",
        example="16:9",
        default="1:1",
        description="shape, 1:4 to 4:1",
        elsewhere=("ratio", "width", "height", "w", "h", "size", "resolution"),
    ),
    Flag(
        names=("no",),
        field="negative_prompt",
        kind=Words(adds=True),
        value="a, b",
        example="fog, people",
        default="nothing",
        description="what to leave out",
        elsewhere=("negative", "negative-prompt", "neg", "without"),
    ),
    Flag(
        names=("seed",),
        field="seed",
        kind=Whole(0, 2**32 - 1),
        value="number",
        example="42",
        default="random",
        description="the same seed and words give the same picture",
        elsewhere=("sameseed",),
    ),
    Flag(
        names=("steps",),
        field="steps",
        kind=Whole(1, 150),
        value="1-150",
        example="30",
        default="the model's",
        description="how many steps",
        elsewhere=("num-inference-steps", "iterations"),
    ),
    Flag(
        names=("cfg", "guidance"),
        field="guidance",
        kind=Number(0, 30),
        value="0-30",
        example="7.5",
        default="the model's",
        description="guidance scale: how closely the words are followed",
        elsewhere=("cfg-scale", "guidance-scale", "scale"),
    ),
    Flag(
        names=("sampler",),
        field="sampler",
        kind=Words(),
        value="name",
        example="Euler a",
        default="the model's",
        description="scheduler, e.g. DDIM or DPM++ 2M Karras",
        elsewhere=("scheduler",),
    ),
    Flag(
        names=("n", "repeat", "r"),
        field="count",
        kind=Whole(1, 10),
        value="1-10",
        example="4",
        default="4",
        description="how many pictures",
        elsewhere=("count", "batch", "num", "images"),
    ),
    Flag(
        names=("chaos", "c"),
        field="chaos",
        kind=Whole(0, 100),
        value="0-100",
        example="30",
        default="0",
        description="how far the pictures of a set differ",
        elsewhere=("weird",),
    ),
    Flag(
        names=("stop",),
        field="stop",
        kind=Whole(10, 100),
        value="10-100",
        example="80",
        default="100",
        description="end early, after this share of the steps",
    ),
    Flag(
        names=("stylize", "s"),
        field="stylize",
        kind=Whole(0, 1000),
        value="0-1000",
        example="250",
        default="100",
        description="turned into guidance",
        against=("guidance",),
        elsewhere=("stylise",),
    ),
    Flag(
        names=("iw",),
        field="iw",
        kind=Number(0, 3),
        value="0-3",
        example="1.5",
        default="1",
        description="weight of the start picture; turned into strength",
        against=("strength",),
        elsewhere=("image-weight",),
    ),
    Flag(
        names=("strength",),
        field="strength",
        kind=Number(0, 1),
        value="0-1",
        example="0.6",
        default="0.75",
        description="how far from the start picture",
        elsewhere=("denoise", "denoising-strength"),
    ),
    Flag(
        names=("tile",),
        field="tile",
        kind=Switch(True),
        default="off",
        description="seamless: opposite edges meet",
        elsewhere=("seamless", "tiling"),
    ),
    Flag(
        names=("quality", "q"),
        field="quality",
        kind=OneOf((0.25, 0.5, 1, 2)),
        value=".25 .5 1 2",
        example=".5",
        default="1",
        description="share of the steps",
    ),
    Flag(
        names=("model",),
        field="model",
        kind=Word(),
        value="name",
        example="pocket",
        default="the place's",
        description="which model draws",
        elsewhere=("v", "version", "niji", "checkpoint"),
    ),
    Flag(
        names=("style",),
        field="style",
        kind=Named(tuple(STYLES)),
        value="name",
        example="watercolor",
        default="none",
        description=", ".join(STYLES),
    ),
    Flag(
        names=("lora",),
        field="loras",
        kind=Adapters(-2, 2),
        value="name:weight",
        example="inkwash:0.8",
        default="none",
        description="low-rank adapters; may be given several times",
    ),
    Flag(
        names=("fast",),
        field="speed",
        kind=Switch("fast"),
        default="on",
        description="be drawn as soon as possible",
        elsewhere=("turbo",),
    ),
    Flag(
        names=("relax",),
        field="speed",
        kind=Switch("relax"),
        default="off",
        description="let those in a hurry go first",
        elsewhere=("slow",),
    ),
    Flag(
        names=("draft",),
        field="speed",
        kind=Switch("draft"),
        default="off",
        description="few steps, for a first look",
        against=("steps", "quality"),
        elsewhere=("preview",),
    ),
    Flag(
        names=("exact",),
        field="exact",
        kind=Switch(True),
        default="off",
        description="run alone, bit-identical to the stock pipeline",
    ),
    Flag(
        names=("private",),
        field="private",
        kind=Switch(True),
        default="the place's",
        description="only you may find it later; the room that it is drawn in sees it",
        elsewhere=("stealth",),
    ),
    Flag(
        names=("public",),
        field="private",
        kind=Switch(False),
        default="the place's",
        description="everyone here may find it",
    ),
)

BY_NAME: dict[str, Flag] = {name: flag for flag in FLAGS for name in flag.names}
_ELSEWHERE: dict[str, Flag] = {name: flag for flag in FLAGS for name in flag.elsewhere}


def nearest(name: str) -> str | None:
    """The flag that somebody may have meant, with its dashes; None if there is none like it."""
    name = name.lower().replace("_", "-")
    if known := BY_NAME.get(name) or _ELSEWHERE.get(name):
        return known.spelled
    close = get_close_matches(name, [*BY_NAME, *_ELSEWHERE], n=1)
    if not close:
        return None
    return f"--{close[0]}" if close[0] in BY_NAME else _ELSEWHERE[close[0]].spelled


def help_lines() -> list[str]:
    """A line a flag: its names, its value, what it means and what stands without it."""
    return [
        f"{', '.join(f'--{name}' for name in flag.names)} {flag.value}".strip()
        + f" - {flag.description} (default: {flag.default})"
        for flag in FLAGS
    ]
