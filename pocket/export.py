"""Put the trained parts together in the standard folders: `diffusion` for a pipeline, `clip` for a `CLIPModel`.

python -m pocket.export WORK pocket/weights
"""

import json
import shutil
from pathlib import Path
from typing import Annotated

import torch
import typer
from diffusers import StableDiffusionPipeline
from transformers import CLIPTextModel, CLIPTokenizer

from pocket.data import SIZE
from pocket.descent import Model, with_averaged_weights
from pocket.run import COMPONENTS, prepare
from pocket.train_autoencoder import autoencoder
from pocket.train_clip import Tower, checkpoint_name, save_clip
from pocket.train_diffusion import GUIDANCE, denoiser, noise_schedule

STEPS = 20
"""Steps of a picture where nobody says how many."""


def finished(model: Model, checkpoint: Path) -> Model:
    """The model with the averaged weights of a checkpoint, in half precision.

    Raises FileNotFoundError where that step of the recipe has not been run.
    """
    return with_averaged_weights(model, checkpoint).half().to(memory_format=torch.contiguous_format)


def export_diffusion(work: Path, target: Path) -> None:
    """Write a `StableDiffusionPipeline`."""
    StableDiffusionPipeline(
        vae=finished(autoencoder(), work / "autoencoder.pt"),
        text_encoder=CLIPTextModel.from_pretrained(work / "text_encoder").half(),
        tokenizer=CLIPTokenizer.from_pretrained(work / "tokenizer"),
        unet=finished(denoiser(), work / "negatives.pt"),
        scheduler=noise_schedule(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(target)
    shutil.copy(work / COMPONENTS, target)
    usual: dict[str, object] = {
        "width": SIZE,
        "height": SIZE,
        "steps": STEPS,
        "guidance_scale": GUIDANCE,
        "scheduler": "DDIM",
        "one_shape": True,
    }
    (target / "sextant.json").write_text(json.dumps(usual) + "\n", "utf-8")


def export_clip(work: Path, target: Path) -> None:
    """Write a `CLIPModel` with its tokenizer and its image processor."""
    composer, tokenizer, _ = prepare(work, 0)
    tower = finished(Tower(tokenizer, len(composer.nouns)), work / checkpoint_name(judge=False))
    save_clip(tower.clip, tokenizer, target)


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    target: Annotated[Path, typer.Argument(help="Folder to write `diffusion` and `clip` into.")],
) -> None:
    """Write both models."""
    export_diffusion(work, target / "diffusion")
    export_clip(work, target / "clip")


if __name__ == "__main__":
    typer.run(main)
