"""Put the trained parts together in the standard folders: `diffusion` for a pipeline, `clip` for a `CLIPModel`.

python -m pocket.export WORK pocket/weights
"""

from pathlib import Path
from typing import Annotated, TypeVar

import torch
import typer
from diffusers import StableDiffusionPipeline
from diffusers.training_utils import EMAModel
from torch import nn
from transformers import CLIPImageProcessor, CLIPTextModel, CLIPTokenizer

from pocket.run import Checkpoint, prepare
from pocket.train_autoencoder import autoencoder
from pocket.train_clip import SIZE, Tower
from pocket.train_diffusion import denoiser, noise_schedule

Model = TypeVar("Model", bound=nn.Module)


def with_averaged_weights(model: Model, checkpoint: Path) -> Model:
    """The model with the averaged weights of a checkpoint, in half precision.

    Raises FileNotFoundError where that step of the recipe has not been run.
    """
    if not checkpoint.exists():
        raise FileNotFoundError(checkpoint)
    ema = EMAModel(model.parameters())
    Checkpoint(checkpoint, model=model, ema=ema).load()
    ema.copy_to(model.parameters())
    return model.half().to(memory_format=torch.contiguous_format)


def export_diffusion(work: Path, target: Path) -> None:
    """Write a `StableDiffusionPipeline`."""
    StableDiffusionPipeline(
        vae=with_averaged_weights(autoencoder(), work / "autoencoder.pt"),
        text_encoder=CLIPTextModel.from_pretrained(work / "text_encoder").half(),
        tokenizer=CLIPTokenizer.from_pretrained(work / "tokenizer"),
        unet=with_averaged_weights(denoiser(), work / "diffusion.pt"),
        scheduler=noise_schedule(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(target)


def export_clip(work: Path, target: Path) -> None:
    """Write a `CLIPModel` with its tokenizer and its image processor."""
    composer, tokenizer, _ = prepare(work, 0)
    tower = with_averaged_weights(Tower(tokenizer, len(composer.nouns)), work / "clip-0.pt")
    tower.clip.save_pretrained(target)
    tokenizer.save_pretrained(target)
    half = [0.5, 0.5, 0.5]
    side = {"height": SIZE, "width": SIZE}
    CLIPImageProcessor(size={"shortest_edge": SIZE}, crop_size=side, image_mean=half, image_std=half).save_pretrained(
        target
    )


def main(
    work: Annotated[Path, typer.Argument(help="Folder of downloads and checkpoints.")],
    target: Annotated[Path, typer.Argument(help="Folder to write `diffusion` and `clip` into.")],
) -> None:
    """Write both models."""
    export_diffusion(work, target / "diffusion")
    export_clip(work, target / "clip")


if __name__ == "__main__":
    typer.run(main)
