"""Train the pocket CLIP: a stock `CLIPModel` that tells how well words and pictures fit.

    python -m pocket.train_clip WORK
    python -m pocket.train_clip WORK --judge

Left alone, a small CLIP tells captions apart by their colours and backgrounds. So most batches are hard: every thing
once in the same surroundings, few things in every colour, pairs beside themselves with their colours exchanged. The
text tower starts with what `train_text` taught it, and the image tower has to name thing and colour outright.
The judge measures the denoiser: it has another seed, other pictures, and more lessons on which things are in a pair.
Stopped at any moment, the same command goes on from the last checkpoint.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NamedTuple

import torch
import typer
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTokenizer, CLIPVisionConfig

from pocket.data import COLOURS, Artwork, Composer, load_artwork
from pocket.descent import Descent, Slope, with_averaged_weights
from pocket.latents import to_tensor
from pocket.renderings import for_clip, kept_back, renderings
from pocket.run import begin, columns, prepare, settle
from pocket.text import WIDTH, text_config, tokenize
from pocket.vocabulary import BACKGROUNDS, Description, Noun, Thing, article

SIZE = 96
"""Side of the pictures that it sees."""
LEARNING_RATE = 1e-3
_PATCH = 16
_GROUP = 8
"""Pictures that share a thing, where only one of two differs."""
_HELD_OUT = 256
_REPORT_EVERY = 100


class Lessons(NamedTuple):
    """What a CLIP is shown."""

    sets: Callable[[Noun, Artwork], tuple[str, ...]]
    """The sets from which it learns a noun."""
    kinds: Sequence[int]
    """Percent of batches in which only things differ, or things and colours, or whose colour is whose, or all, or one
    of two things."""
    steps: int


SHIPPED = Lessons(for_clip, (50, 12, 13, 25, 0), 1500)
JUDGE = Lessons(renderings, (30, 10, 10, 20, 30), 1600)


class Batch(NamedTuple):
    """Captioned pictures and what they show first."""

    images: Tensor
    """(batch, 3, 96, 96) in -1..1."""
    tokens: Tensor
    """(batch, 32)."""
    nouns: Tensor
    """(batch,), places in the list of nouns."""
    colours: Tensor
    """(batch,), places in the list of colours; -100 where the caption names none."""


class Tower(nn.Module):
    """The CLIP with the two heads that only training needs."""

    def __init__(self, tokenizer: CLIPTokenizer, nouns: int) -> None:
        super().__init__()
        vision = CLIPVisionConfig(
            hidden_size=WIDTH,
            intermediate_size=4 * WIDTH,
            projection_dim=WIDTH,
            num_hidden_layers=5,
            num_attention_heads=3,
            image_size=SIZE,
            patch_size=_PATCH,
        )
        text = text_config(tokenizer)
        self.clip = CLIPModel(
            CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=WIDTH)
        )
        self.noun = nn.Linear(WIDTH, nouns)
        self.colour = nn.Linear(WIDTH, len(COLOURS))

    def forward(self, batch: Batch) -> Tensor:
        """The loss: contrastive, and that of the heads."""
        out = self.clip(input_ids=batch.tokens, pixel_values=batch.images, return_loss=True)
        seen = out.vision_model_output.pooler_output
        loss = out.loss.float() + 0.5 * functional.cross_entropy(self.noun(seen).float(), batch.nouns)
        if (batch.colours >= 0).any():
            loss = loss + 0.25 * functional.cross_entropy(self.colour(seen).float(), batch.colours)
        return loss


class Pairs:
    """Batches of captioned pictures, each determined by its number."""

    def __init__(
        self,
        composer: Composer,
        tokenizer: CLIPTokenizer,
        batch: int,
        seed: int,
        lessons: Lessons = SHIPPED,
    ) -> None:
        self._composer, self._tokenizer, self._size, self._seed = composer, tokenizer, batch, seed
        self._kinds = lessons.kinds
        self._sets = {noun: lessons.sets(noun, composer.artwork) for noun in composer.nouns}
        self._place = {noun: place for place, noun in enumerate(composer.nouns)}

    def batch(self, number: int) -> Batch:
        """The batch of that number."""
        rng = random.Random(f"clip:{self._seed}:{number}")
        described = self.described(rng)
        images = to_tensor([self._composer.draw(description) for description in described])
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + number)
        return Batch(
            shake(images, generator),
            torch.stack([tokenize(self._tokenizer, description.caption(rng)) for description in described]),
            torch.tensor([self._place[description.things[0].noun] for description in described]),
            torch.tensor([self._colour(description.things[0]) for description in described]),
        )

    def described(self, rng: random.Random) -> list[Description]:
        """What the pictures of a batch show."""
        return [self._redrawn(description, rng) for description in self._describe(rng)[: self._size]]

    def _describe(self, rng: random.Random) -> list[Description]:
        match rng.choices(("things", "colours", "pairs", "any", "partners"), self._kinds)[0]:
            case "things":
                return self._things(rng)
            case "colours":
                nouns = rng.sample(self._composer.nouns, min(-(-self._size // len(COLOURS)), len(self._composer.nouns)))
                return [
                    Description((Thing(noun, colour),), background=rng.choice([*(set(BACKGROUNDS) - {colour})]))
                    for noun in nouns
                    for colour in COLOURS
                ]
            case "pairs":
                pairs = [self._pair(rng) for _ in range(-(-self._size // 2))]
                return [Description(things) for pair in pairs for things in (pair, _exchanged(pair))]
            case "partners":
                return [each for _ in range(-(-self._size // _GROUP)) for each in self._partners(rng)]
            case _:
                return [self._composer.describe(rng) for _ in range(self._size)]

    def _things(self, rng: random.Random) -> list[Description]:
        nouns: list[Noun] = rng.sample(self._composer.nouns, min(self._size, len(self._composer.nouns)))
        background = rng.choice([None, *BACKGROUNDS])
        colour = rng.choice([None, rng.choice([colour for colour in COLOURS if colour != background])])
        return [Description((Thing(noun, colour),), background=background) for noun in nouns]

    def _partners(self, rng: random.Random) -> list[Description]:
        """A thing alone, and beside one after the other."""
        thing, *others = (Thing(noun) for noun in rng.sample(self._composer.nouns, _GROUP))
        pairs = [(thing, other) if rng.random() < 0.5 else (other, thing) for other in others]
        return [Description((thing,)), *(Description(pair) for pair in pairs)]

    def _pair(self, rng: random.Random) -> tuple[Thing, Thing]:
        left, right = rng.sample(self._composer.nouns, 2)
        one, other = rng.sample(list(COLOURS), 2)
        return Thing(left, one), Thing(right, other)

    def _redrawn(self, description: Description, rng: random.Random) -> Description:
        """The same with drawings that this model learns from, and so in no style."""
        sets = {thing.noun: rng.choice(self._sets[thing.noun]) for thing in description.things}
        things = tuple(replace(thing, set=sets[thing.noun]) for thing in description.things)
        return replace(description, things=things, style=None)

    @staticmethod
    def _colour(thing: Thing) -> int:
        return list(COLOURS).index(thing.colour) if thing.colour is not None and thing.said else -100


def _exchanged(pair: tuple[Thing, Thing]) -> tuple[Thing, Thing]:
    left, right = pair
    return replace(left, colour=right.colour), replace(right, colour=left.colour)


def shake(images: Tensor, generator: torch.Generator) -> Tensor:
    """Shift, resize and sometimes mirror, blur and roughen images; (batch, 3, h, w) to (batch, 3, 96, 96).

    Drawn pictures are rough in places, and what they show should be seen all the same.
    """
    batch = len(images)
    scale = 0.85 + 0.4 * torch.rand(batch, generator=generator)
    mirror = 1 - 2 * (torch.rand(batch, generator=generator) < 0.3).float()
    theta = torch.zeros(batch, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = scale * mirror, scale
    theta[:, :, 2] = 0.2 * torch.rand((batch, 2), generator=generator) - 0.1
    grid = functional.affine_grid(theta, [batch, 3, SIZE, SIZE], align_corners=False)
    shaken = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    coarse = functional.interpolate(functional.avg_pool2d(shaken, 2), SIZE, mode="bilinear")
    blur = torch.rand((batch, 1, 1, 1), generator=generator) * (torch.rand((batch, 1, 1, 1), generator=generator) < 0.3)
    noise = functional.interpolate(torch.randn((batch, 3, 12, 12), generator=generator), SIZE, mode="bilinear")
    rough = 0.1 * torch.rand((batch, 1, 1, 1), generator=generator).square()
    return (torch.lerp(shaken, coarse, blur) + rough * noise).clamp(-1, 1)


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    steps: Annotated[int | None, typer.Option(help="1500 if left out, 1600 for the judge.")] = None,
    batch: int = 128,
    judge: Annotated[bool, typer.Option(help="Make the judge, and leave it in `judge` of the folder.")] = False,
) -> None:
    """Train the CLIP from its last checkpoint on."""
    lessons, seed = JUDGE if judge else SHIPPED, int(judge)
    accelerator = settle(seed)
    _, tokenizer, _ = prepare(work, seed)
    composer = Composer(load_artwork(work / "artwork", every_set=True), seed)
    pairs = Pairs(composer, tokenizer, batch, seed, lessons)
    model = Tower(tokenizer, len(composer.nouns))
    begin(model.clip.text_model, work / "text_encoder")
    model.to(accelerator.device)
    if accelerator.device.type == "cpu":
        model.clip.set_attn_implementation("eager")
    slope = Slope(steps or lessons.steps, LEARNING_RATE, average=0.998, decay=0.05)
    descent = Descent(accelerator, model, work / checkpoint_name(judge), slope)
    with Progress(*columns(), console=Console(log_path=False)) as progress:
        for step in descent.steps(progress, "judge" if judge else "clip"):
            with accelerator.autocast():
                loss = model(Batch(*(part.to(accelerator.device) for part in pairs.batch(step))))
            descent.down(loss)
            if (step + 1) % _REPORT_EVERY == 0:
                with descent.averaged():
                    words, own, kept = measure(model.clip, composer, tokenizer)
                figures = f"recall@1 {words:.3f}, nouns {own:.3f}, from drawings kept back {kept:.3f}"
                progress.console.log(f"step {step + 1}, loss {loss.item():.3f}, {figures}")
    if judge:
        save_clip(with_averaged_weights(model, work / checkpoint_name(judge)).clip, tokenizer, work / "judge")


def save_clip(clip: CLIPModel, tokenizer: CLIPTokenizer, target: Path) -> None:
    """Write the standard folder: model, tokenizer, image processor."""
    clip.save_pretrained(target)
    tokenizer.save_pretrained(target)
    half, side = [0.5] * 3, {"height": SIZE, "width": SIZE}
    CLIPImageProcessor(size={"shortest_edge": SIZE}, crop_size=side, image_mean=half, image_std=half).save_pretrained(
        target
    )


def checkpoint_name(judge: bool) -> str:
    """The file of the CLIP or of the judge."""
    return "judge.pt" if judge else "clip.pt"


def measure(clip: CLIPModel, composer: Composer, tokenizer: CLIPTokenizer) -> tuple[float, float, float]:
    """How well pictures find their words.

    The recall@1 of pictures among 256 held-out captions, then the share of things that are named from the noun's own
    drawing, and from the one that the CLIP has not seen.
    """
    held_out = [composer.picture(-1 - number) for number in range(_HELD_OUT)]
    nouns = composer.nouns
    kept = [(noun, name) for noun in nouns if (name := kept_back(noun, composer.artwork)) is not None]
    names = [article(noun.name) for noun in nouns]
    own = [composer.draw(Description((Thing(noun),))) for noun in nouns]
    unseen = [composer.draw(Description((Thing(noun, set=name),))) for noun, name in kept]
    found = []
    for images, captions, truth in (
        ([picture.pixels for picture in held_out], [picture.caption for picture in held_out], range(_HELD_OUT)),
        (own, names, range(len(nouns))),
        (unseen, names, [nouns.index(noun) for noun, _ in kept]),
    ):
        small = functional.interpolate(to_tensor(images), SIZE, mode="bicubic", antialias=True)
        tokens = torch.stack([tokenize(tokenizer, caption) for caption in captions])
        logits = clip(input_ids=tokens.to(clip.device), pixel_values=small.to(clip.device)).logits_per_image
        found.append((logits.argmax(1).cpu() == torch.tensor(list(truth))).float().mean().item())
    return found[0], found[1], found[2]


if __name__ == "__main__":
    typer.run(main)
