import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

from engine.models import autoencoder
from engine.models.files import POCKET
from engine.models.preview import LinearPreview
from tests.stepping import start_picture

torch.set_num_threads(1)


def test_a_preview_is_the_picture_made_small() -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(POCKET, dtype=torch.float32)
    preview = LinearPreview(pipeline)
    picture = start_picture(128, 64)
    images = torch.from_numpy(picture).permute(2, 0, 1)[None] / 127.5 - 1
    with torch.no_grad():
        (latents,) = autoencoder.encode(pipeline, images)
    shown = preview(latents)
    small = np.array(Image.fromarray(picture).resize((8, 4), Image.Resampling.BOX))
    assert shown.dtype == np.uint8
    assert shown.shape == (4, 8, 3)
    assert np.abs(shown.astype(int) - small).mean() < 12
    assert np.abs(preview(latents.flip(2)).astype(int) - small[:, ::-1]).mean() < 12


def test_what_overflowed_is_shown_grey() -> None:
    preview = LinearPreview(StableDiffusionPipeline.from_pretrained(POCKET, dtype=torch.float32))
    assert (preview(torch.full((48, 2, 2), torch.nan)) == 128).all()
