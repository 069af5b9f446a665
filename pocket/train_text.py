"""Teach the text tower what captions say, before it steers pictures: minutes, since no pictures are needed.

    python -m pocket.train_text WORK

From the mean of its outputs, which is what the untrained cross-attention of a denoiser sees, one layer must tell the
things, colours, background, scene and style apart. Without it the denoiser draws for a long time without listening.
"""

import random
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from pocket.data import COLOURS, Composer
from pocket.descent import Descent, Slope
from pocket.run import START, begin, columns, prepare, settle
from pocket.text import WIDTH, text_config, tokenize
from pocket.vocabulary import BACKGROUNDS, SCENES, STYLES, Description

STEPS = 1500
LEARNING_RATE = 1e-3
_REPORT_EVERY = 100
_SPOKEN = 2
"""Things of a picture that differ from each other."""


class Facts:
    """What a caption says, as numbers: for each fact its place among the possible answers, 0 for nothing said."""

    def __init__(self, composer: Composer) -> None:
        things = [noun.name for noun in composer.nouns]
        answers = [things, list(COLOURS)] * _SPOKEN
        answers += [list(BACKGROUNDS), list(SCENES), list(STYLES), ["2", "3"], ["small"]]
        self._places = [{answer: place for place, answer in enumerate(["", *options])} for options in answers]
        self.sizes = [len(places) for places in self._places]

    def of(self, description: Description) -> Tensor:
        """(facts,)."""
        said: list[str | None] = []
        alike = len(description.things) > 1 and description.things[0] == description.things[1]
        spoken = description.things[:1] if alike else description.things
        for thing in spoken:
            said += [thing.noun.name, thing.colour if thing.said else None]
        said += [None, None] * (_SPOKEN - len(spoken))
        count = str(len(description.things)) if alike else None
        said += [description.background, description.scene, description.style, count]
        said.append("small" if description.small else None)
        return torch.tensor([places[word or ""] for places, word in zip(self._places, said, strict=True)])


class Listener(nn.Module):
    """A text tower and one layer that tells what it has understood."""

    def __init__(self, tokenizer: CLIPTokenizer, sizes: list[int]) -> None:
        super().__init__()
        self.text_encoder = CLIPTextModel(text_config(tokenizer))
        self.heads = nn.Linear(WIDTH, sum(sizes))
        self._sizes = sizes

    def forward(self, tokens: Tensor, facts: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens (batch, 32) and facts (batch, facts) to the loss and the share of facts told rightly."""
        words = self.text_encoder(input_ids=tokens).last_hidden_state
        answers = self.heads(words.mean(1)).float().split(self._sizes, dim=1)
        loss = sum(functional.cross_entropy(answer, facts[:, n]) for n, answer in enumerate(answers))
        told = torch.stack([answer.argmax(1) == facts[:, n] for n, answer in enumerate(answers)])
        return loss, told.all(0).float().mean()


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    steps: int = STEPS,
    batch: int = 64,
    seed: int = 0,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = LEARNING_RATE,
) -> None:
    """Train the text tower from its last checkpoint on, and leave it in `text_encoder` of the folder."""
    accelerator = settle(seed)
    composer, tokenizer, _ = prepare(work, seed)
    facts = Facts(composer)
    model = Listener(tokenizer, facts.sizes)
    begin(model.text_encoder, work / START / "text_encoder")
    model.to(accelerator.device)
    if accelerator.device.type == "cpu":
        model.text_encoder.set_attn_implementation("eager")
    descent = Descent(accelerator, model, work / "text.pt", Slope(steps, rate, average=None))
    with Progress(*columns(), console=Console(log_path=False)) as progress:
        for step in descent.steps(progress, "text tower"):
            rng = random.Random(f"text:{seed}:{step}")
            described = [composer.describe(rng) for _ in range(batch)]
            tokens = torch.stack([tokenize(tokenizer, description.caption(rng)) for description in described])
            truth = torch.stack([facts.of(description) for description in described])
            with accelerator.autocast():
                loss, told = model(tokens.to(accelerator.device), truth.to(accelerator.device))
            descent.down(loss)
            if (step + 1) % _REPORT_EVERY == 0:
                progress.console.log(f"step {step + 1}, loss {loss.item():.3f}, captions understood {told.item():.2f}")
    model.text_encoder.save_pretrained(work / "text_encoder")


if __name__ == "__main__":
    typer.run(main)
