"""Train the pocket CLIP: a stock `CLIPModel` that tells how well words and pictures fit.

    python -m pocket.train_clip WORK

Left alone, a small CLIP tells captions apart by their colours and backgrounds. So most batches show every thing once,
all of them in the same surroundings, the text tower starts with what `train_text` taught it, and the image tower has to
name thing and colour outright from the first step.
Stopped at any moment, the same command goes on from the last checkpoint.
"""

import random
from pathlib import Path
from typing import Annotated, NamedTuple

import torch
import typer
from accelerate import Accelerator
from diffusers.training_utils import EMAModel
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPConfig, CLIPModel, CLIPTextModel, CLIPTokenizer, CLIPVisionConfig

from pocket.data import COLOURS, Composer
from pocket.latents import to_tensor
from pocket.run import Checkpoint, averaged, columns, learning_rate, prepare
from pocket.text import WIDTH, text_config, tokenize
from pocket.vocabulary import BACKGROUNDS, STYLES, Description, Noun, Thing

SIZE = 96
"""Side of the pictures that it sees."""
LEARNING_RATE = 1e-3
_PATCH = 16
_ALIKE = 0.65
"""Share of batches in which only the things differ."""
_HELD_OUT = 256
_REPORT_EVERY = 100


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

    def __init__(self, composer: Composer, tokenizer: CLIPTokenizer, batch: int, seed: int) -> None:
        self._composer, self._tokenizer, self._size, self._seed = composer, tokenizer, batch, seed
        self._place = {noun: place for place, noun in enumerate(composer.nouns)}

    def batch(self, number: int) -> Batch:
        """The batch of that number."""
        rng = random.Random(f"clip:{self._seed}:{number}")
        alike = rng.random() < _ALIKE
        described = self._alike(rng) if alike else [self._composer.describe(rng) for _ in range(self._size)]
        images = to_tensor([self._composer.draw(description) for description in described])
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + number)
        return Batch(
            shake(images, generator),
            torch.stack([tokenize(self._tokenizer, description.caption(rng)) for description in described]),
            torch.tensor([self._place[description.things[0].noun] for description in described]),
            torch.tensor([self._colour(description.things[0]) for description in described]),
        )

    def _alike(self, rng: random.Random) -> list[Description]:
        nouns: list[Noun] = rng.sample(self._composer.nouns, min(self._size, len(self._composer.nouns)))
        background = rng.choice([None, *BACKGROUNDS])
        colours = [colour for colour in COLOURS if colour != background]
        colour = rng.choice([None, rng.choice(colours)])
        tint, style = rng.randrange(6), rng.choice([None, *STYLES])
        return [Description((Thing(noun, colour),), background=background, tint=tint, style=style) for noun in nouns]

    @staticmethod
    def _colour(thing: Thing) -> int:
        return list(COLOURS).index(thing.colour) if thing.colour is not None and thing.said else -100


def shake(images: Tensor, generator: torch.Generator) -> Tensor:
    """Shift, resize by up to a quarter and sometimes mirror each image; (batch, 3, h, w) to (batch, 3, 96, 96)."""
    batch = len(images)
    scale = 0.85 + 0.4 * torch.rand(batch, generator=generator)
    mirror = 1 - 2 * (torch.rand(batch, generator=generator) < 0.3).float()
    theta = torch.zeros(batch, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = scale * mirror, scale
    theta[:, :, 2] = 0.2 * torch.rand((batch, 2), generator=generator) - 0.1
    grid = functional.affine_grid(theta, [batch, 3, SIZE, SIZE], align_corners=False)
    return functional.grid_sample(images, grid, padding_mode="border", align_corners=False)


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    steps: int = 1500,
    batch: int = 128,
    seed: int = 0,
) -> None:
    """Train the CLIP from its last checkpoint on."""
    accelerator = Accelerator(cpu=not torch.cuda.is_available(), mixed_precision="bf16")
    torch.manual_seed(seed)
    composer, tokenizer, _ = prepare(work, seed)
    pairs = Pairs(composer, tokenizer, batch, seed)
    model = Tower(tokenizer, len(composer.nouns))
    model.clip.text_model.load_state_dict(CLIPTextModel.from_pretrained(work / "text_encoder").state_dict())
    model.to(accelerator.device)
    if accelerator.device.type == "cpu":
        model.clip.set_attn_implementation("eager")
    ema = EMAModel(model.parameters(), decay=0.998, use_ema_warmup=True, power=0.75, foreach=True)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.05, fused=True
    )
    checkpoint = Checkpoint(work / f"clip-{seed}.pt", model=model, ema=ema, optimizer=optimizer)
    done = checkpoint.load()
    ema.to(accelerator.device)
    with Progress(*columns(), console=Console(log_path=False)) as progress:
        bar = progress.add_task("clip", total=steps, completed=done)
        for step in range(done, steps):
            with accelerator.autocast():
                loss = model(Batch(*(part.to(accelerator.device) for part in pairs.batch(step))))
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(model.parameters(), 1.0)
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * learning_rate(step, steps)
            optimizer.step()
            optimizer.zero_grad()
            ema.step(model.parameters())
            progress.update(bar, completed=step + 1)
            if checkpoint.due or step + 1 == steps:
                checkpoint.save(step + 1)
            if (step + 1) % _REPORT_EVERY == 0:
                with averaged(model, ema):
                    words, named = measure(model.clip, composer, tokenizer)
                progress.console.log(
                    f"step {step + 1}, loss {loss.item():.3f}, recall@1 {words:.3f}, nouns {named:.3f}"
                )


def measure(clip: CLIPModel, composer: Composer, tokenizer: CLIPTokenizer) -> tuple[float, float]:
    """Recall@1 of pictures among 256 held-out captions, and the share of nouns that a plain drawing is named as."""
    device = clip.device
    held_out = [composer.picture(-1 - number) for number in range(_HELD_OUT)]
    plain = [composer.draw(Description((Thing(noun),))) for noun in composer.nouns]
    found = []
    for images, captions in (
        ([picture.pixels for picture in held_out], [picture.caption for picture in held_out]),
        (plain, [Description((Thing(noun),)).caption(random.Random(0)) for noun in composer.nouns]),
    ):
        small = functional.interpolate(to_tensor(images), SIZE, mode="bicubic", antialias=True)
        tokens = torch.stack([tokenize(tokenizer, caption) for caption in captions])
        logits = clip(input_ids=tokens.to(device), pixel_values=small.to(device)).logits_per_image
        found.append((logits.argmax(1).cpu() == torch.arange(len(images))).float().mean().item())
    return found[0], found[1]


if __name__ == "__main__":
    typer.run(main)
