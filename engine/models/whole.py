"""Families that run whole: a job from start to end in one call of its stock pipeline."""

import hashlib
import inspect
import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL, AutoencoderTiny, AutoPipelineForImage2Image
from PIL import Image

from engine.errors import BadJob, Cancelled
from engine.jobs import Asker, Draw, Note, Pixels, Words
from engine.models.card import embeds_guidance, reader
from engine.models.loading import Loaded
from engine.models.lora import Loras
from engine.models.memory import within_memory
from engine.models.preview import LinearPreview
from engine.stepper import Row

AfterStep = Callable[[Callable[[int], Pixels] | None], bool]
NOBODY = Asker("", "")
LARGEST = 4
"""Times the model's own width and height: beyond it, attention alone would take all memory there is."""
PACKED = ["latents", "height", "width", "vae_scale_factor"]
"""What FLUX and its descendants undo the packing of 2 x 2 latent pixels into one token with."""


class WholePipeline:
    """SD3, FLUX and whatever else AutoPipelineForText2Image opens, behind the Whole protocol."""

    def __init__(self, loaded: Loaded, loras: Loras | None) -> None:
        self.card = loaded.card
        self._pipeline = loaded.pipeline
        self._loras = loras
        self._image_pipeline: Any = None
        # The autoencoders of video models and others have latents that no picture can be made of pixel by pixel.
        is_plain = isinstance(getattr(loaded.pipeline, "vae", None), AutoencoderKL | AutoencoderTiny)
        self._preview = LinearPreview(loaded.pipeline) if is_plain else None
        self._takes = frozenset(inspect.signature(loaded.pipeline.__call__).parameters)
        # Qwen-Image guides by true_cfg_scale; FLUX has it too, switched off, and embeds its guidance scale.
        self._true_guidance = "true_cfg_scale" in self._takes and not embeds_guidance(loaded.pipeline)

    def open(self, job: Draw) -> list[Row]:
        """One row a picture; rows of jobs that differ in their seeds alone share a key."""
        self._refuse(job)
        self._adapt(job)
        guided = job.guidance_scale > 1 and not embeds_guidance(self._pipeline)
        calls = job.steps if job.start is None else math.ceil(job.steps * job.strength)
        key = _key(job)
        return [
            Row(job, k, (key, job.id, k) if job.exact else key, calls, 2 if guided else 1)
            for k in range(len(job.seeds))
        ]

    def run(self, rows: Sequence[Row], after_step: AfterStep) -> list[Pixels]:
        """Draw all rows in one call. See Whole.run."""
        job = rows[0].job
        self._adapt(job)
        pipeline = self._pipeline if job.start is None else self._from_picture()
        takes = inspect.signature(pipeline.__call__).parameters
        wanted = self._arguments(job, [row.job.seeds[row.index] for row in rows])
        wanted["callback_on_step_end"] = self._progress(rows, after_step)
        arguments = {name: value for name, value in wanted.items() if name in takes}
        try:
            with within_memory():
                images = pipeline(**arguments).images
        except BaseException:
            for row in rows:
                row.done = 0
            raise
        for row in rows:
            row.done = row.steps
        return [np.array(image.convert("RGB")) for image in images]

    def notes(self, job: Draw) -> list[Note]:
        """The words that even the widest of the model's text encoders does not read."""
        tokenizer, window = reader(self._pipeline)
        if tokenizer is None:
            return []
        cut = []
        for text in (_text(job.prompt), _text(job.negative_prompt)):
            room = window - tokenizer.num_special_tokens_to_add()
            tokens = tokenizer.encode(text, add_special_tokens=False, verbose=False)
            cut += [tokenizer.decode(tokens[room:]).strip()] if len(tokens) > room else []
        return [Note("cut", words) for words in cut]

    def _refuse(self, job: Draw) -> None:
        """Say no to what this family cannot do, instead of leaving it out."""
        card = self.card
        weights = [part.weight for part in (*job.prompt, *job.negative_prompt)]
        emphases = [span.emphasis for part in (*job.prompt, *job.negative_prompt) for span in part.spans]
        if any(weight != 1.0 for weight in weights + emphases):
            raise BadJob("prompt", f"{card.name} reads plain words only, without weights")
        for setting, asked in (("stop", job.stop != 100), ("tile", job.tile), ("chaos", job.chaos != 0)):
            if asked:
                raise BadJob(setting, f"{card.name} runs its steps in one piece and has no {setting}")
        for setting, size, own in (("width", job.width, card.width), ("height", job.height, card.height)):
            if size % card.multiple or not 0 < size <= own * LARGEST:
                raise BadJob(setting, f"a multiple of {card.multiple} up to {own * LARGEST}")
        if job.steps < 1:
            raise BadJob("steps", "1 or more")
        if job.scheduler not in card.schedulers:
            raise BadJob("scheduler", f"one of {', '.join(card.schedulers)}")
        if job.negative_prompt and ("negative_prompt" not in self._takes or embeds_guidance(self._pipeline)):
            raise BadJob("negative_prompt", f"{card.name} reads none")
        if job.loras and self._loras is None:
            raise BadJob("loras", "no folder of adapters is set")
        if job.start is not None:
            if not 1 <= int(job.steps * job.strength) <= job.steps:
                raise BadJob("strength", f"up to 1, and not too little for even one of {job.steps} steps")
            self._from_picture()

    def _from_picture(self) -> Any:
        """The image-to-image pipeline of the same family, on the same weights."""
        if self._image_pipeline is None:
            try:
                self._image_pipeline = AutoPipelineForImage2Image.from_pipe(self._pipeline)
            except ValueError as error:
                raise BadJob("start", f"{self.card.name} cannot start from a picture") from error
            self._image_pipeline.set_progress_bar_config(disable=True)
        return self._image_pipeline

    def _adapt(self, job: Draw) -> None:
        if self._loras is not None:
            self._loras.apply(self._pipeline, job.loras)

    def _arguments(self, job: Draw, seeds: list[int]) -> dict[str, Any]:
        """All that a stock pipeline may want of a job; not every family takes every argument."""
        arguments: dict[str, Any] = {
            "prompt": [_text(job.prompt)] * len(seeds),
            "width": job.width,
            "height": job.height,
            "num_inference_steps": job.steps,
            # On the CPU, so that a seed gives the same picture on every device.
            "generator": [torch.Generator("cpu").manual_seed(seed) for seed in seeds],
            "output_type": "pil",
        }
        arguments["true_cfg_scale" if self._true_guidance else "guidance_scale"] = job.guidance_scale
        if not embeds_guidance(self._pipeline):
            arguments["negative_prompt"] = [_text(job.negative_prompt)] * len(seeds)
        if job.start is not None:
            picture = Image.fromarray(job.start).resize((job.width, job.height), Image.Resampling.LANCZOS)
            arguments |= {"image": [picture] * len(seeds), "strength": job.strength}
        return arguments

    def _progress(self, rows: Sequence[Row], after_step: AfterStep) -> Callable[..., dict[str, Any]]:
        def step_done(pipeline: Any, step: int, _: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            for row in rows:
                row.steps = getattr(pipeline, "num_timesteps", row.steps)
                row.done = step + 1
            if not after_step(self._previewer(tensors["latents"], rows)):
                raise Cancelled
            return tensors

        return step_done

    def _previewer(self, latents: torch.Tensor, rows: Sequence[Row]) -> Callable[[int], Pixels] | None:
        """Draws a row's latents, by its place among the rows; None where they are no picture."""
        if self._preview is None:
            return None
        job, show, vae = rows[0].job, self._preview, self._pipeline.vae.config
        unpack = getattr(self._pipeline, "_unpack_latents", None)
        if latents.ndim == 3 and unpack is not None and list(inspect.signature(unpack).parameters) == PACKED:
            latents = unpack(latents, job.height, job.width, self._pipeline.vae_scale_factor)
        if latents.ndim != 4:
            return None
        # The map knows latents that were scaled and not shifted.
        shift = (vae.get("shift_factor") or 0.0) * vae.scaling_factor
        return lambda at: show(latents[at] + shift)


def _text(words: Words) -> str:
    return " ".join(part.text.strip() for part in words)


def _key(job: Draw) -> Hashable:
    start = b"" if job.start is None else hashlib.blake2b(job.start.tobytes()).digest() + str(job.start.shape).encode()
    return replace(job, id="", asker=NOBODY, seeds=(), start=None, exact=False, relax=False), start
