"""What the tests of the step-level model share: jobs, and the stock pipelines to compare with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoPipelineForImage2Image,
    AutoPipelineForText2Image,
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    DPMSolverSinglestepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)
from PIL import Image

from engine.jobs import Asker, Draw, Part, Pixels, Span, Words
from engine.models.diffusion import Diffusion
from engine.stepper import Row

Make = Callable[[Any], Any]
NINE: dict[str, Make] = {
    "DDIM": DDIMScheduler.from_config,
    "Euler": EulerDiscreteScheduler.from_config,
    "Euler a": EulerAncestralDiscreteScheduler.from_config,
    "DPM++ 2M": lambda config: DPMSolverMultistepScheduler.from_config(config, algorithm_type="dpmsolver++"),
    "UniPC": UniPCMultistepScheduler.from_config,
    "Heun": HeunDiscreteScheduler.from_config,
    "PNDM": lambda config: PNDMScheduler.from_config(config, skip_prk_steps=True),
    "LCM": LCMScheduler.from_config,
    "DPM++ SDE": lambda config: DPMSolverSinglestepScheduler.from_config(
        config, algorithm_type="sde-dpmsolver++", lower_order_final=True
    ),
}
"""Name -> the scheduler of that name as diffusers' users make it, from a model's own configuration."""


def words(text: str) -> Words:
    return (Part((Span(text),)),)


def draw(**changes: Any) -> Draw:
    """A small job; anything may be said otherwise."""
    plain = Draw(
        id="a",
        asker=Asker("w", "p"),
        prompt=words("a red car"),
        width=64,
        height=64,
        steps=4,
        guidance_scale=5.0,
        scheduler="DDIM",
        seeds=(7,),
        model="m",
    )
    return replace(plain, **changes)


def start_picture(width: int = 64, height: int = 64) -> Pixels:
    """Soft colours."""
    coarse = np.random.default_rng(3).integers(0, 256, (4, 4, 3), np.uint8)
    return np.array(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def finish(model: Diffusion, row: Row) -> Pixels:
    """Draw the rest of a row alone."""
    while row.left:
        model.step([row])
    return model.decode([row])[0]


def alone(model: Diffusion, job: Draw) -> list[Pixels]:
    return [finish(model, row) for row in model.open(job)]


def stock(pipeline: Any, job: Draw, seed: int | None = None) -> Pixels:
    """What the stock pipeline, asked plainly, makes of a job."""
    options: dict[str, Any] = {"width": job.width, "height": job.height}
    kind = AutoPipelineForText2Image
    if job.start is not None:
        options = {"image": Image.fromarray(job.start), "strength": job.strength}
        kind = AutoPipelineForImage2Image
    if job.negative_prompt:
        options["negative_prompt"] = job.negative_prompt[0].text
    asked = kind.from_pipe(pipeline, scheduler=NINE[job.scheduler](pipeline.scheduler.config))
    asked.set_progress_bar_config(disable=True)
    image = asked(
        job.prompt[0].text,
        num_inference_steps=job.steps,
        guidance_scale=job.guidance_scale,
        generator=torch.Generator().manual_seed(job.seeds[0] if seed is None else seed),
        **options,
    ).images[0]
    return np.array(image)
