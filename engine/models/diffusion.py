"""Stable Diffusion 1, 2 and XL by steps: pictures of different people in one denoiser call.

Only the denoiser is shared. Each picture keeps a scheduler, a generator and latents of its own, and everything before
and after the call is the stock pipeline's: alone, a picture is bit for bit the stock pipeline's.
"""

from collections.abc import Hashable, Sequence
from typing import Any

import torch
from diffusers import AutoPipelineForImage2Image, AutoPipelineForText2Image, StableDiffusionXLPipeline
from PIL import Image

from engine.errors import BadJob
from engine.jobs import Draw, Note, Pixels
from engine.models import autoencoder, schedulers
from engine.models.loading import Loaded
from engine.models.lora import Loras
from engine.models.memory import within_memory
from engine.models.picture import Inputs, Picture
from engine.models.preview import LinearPreview
from engine.models.tiling import set_tiling
from engine.models.words import Embeddings, Encoder
from engine.stepper import Row

LARGEST = 4
"""Times the model's own width and height: beyond it, attention alone would take all memory there is."""


class Diffusion:
    """A Stepper for StableDiffusionPipeline and StableDiffusionXLPipeline."""

    def __init__(self, loaded: Loaded, loras: Loras | None) -> None:
        self.card = loaded.card
        self._pipeline = loaded.pipeline
        self._device = loaded.pipeline.device
        self._loras = loras
        self._encoder = Encoder(loaded.pipeline)
        self._preview = LinearPreview(loaded.pipeline)
        # Views on the same weights: to begin a picture, they are lent its scheduler.
        self._from_words = AutoPipelineForText2Image.from_pipe(loaded.pipeline)
        self._from_picture = AutoPipelineForImage2Image.from_pipe(loaded.pipeline)
        self._is_xl = isinstance(loaded.pipeline, StableDiffusionXLPipeline)
        # A UNet distilled with its guidance scale as an input needs no second row.
        self._embeds_guidance = loaded.pipeline.unet.config.time_cond_proj_dim is not None
        self._tiled = False

    def open(self, job: Draw) -> list[Row]:
        """One row a picture, with its first latents. See Stepper.open."""
        self._refuse(job)
        with torch.no_grad(), within_memory():
            self._adapt(job)
            guided = job.guidance_scale > 1 and not self._embeds_guidance
            embeddings = self._encoder.encode(job, guided)
            return [self._row(job, index, embeddings) for index in range(len(job.seeds))]

    def step(self, rows: Sequence[Row]) -> None:
        """One denoiser call for all rows, then each row's own scheduler. See Stepper.step."""
        pictures: list[Picture] = [row.state for row in rows]
        with torch.no_grad():
            with within_memory():
                self._adapt(rows[0].job)
                inputs = [picture.inputs() for picture in pictures]
                predicted = self._predict(rows, inputs).split([row.slots for row in rows])
            for row, picture, read, prediction in zip(rows, pictures, inputs, predicted, strict=True):
                picture.advance(read.sample, prediction)
                row.done = picture.done

    def preview(self, row: Row) -> Pixels:
        """What the picture would be if the last prediction were true, latent height x latent width x 3."""
        return self._preview(row.state.clean()[0])

    def decode(self, rows: Sequence[Row]) -> list[Pixels]:
        """Finished rows to pictures. See Stepper.decode."""
        with torch.no_grad(), within_memory():
            self._adapt(rows[0].job)
            return autoencoder.decode(self._pipeline, [row.state.clean() for row in rows])

    def notes(self, job: Draw) -> list[Note]:
        """The words that are beyond even the longest prompt."""
        cut = (self._encoder.cut(words) for words in (job.prompt, job.negative_prompt))
        return [Note("cut", words) for words in cut if words]

    def _refuse(self, job: Draw) -> None:
        card = self.card
        for setting, size, own in (("width", job.width, card.width), ("height", job.height, card.height)):
            if size % card.multiple or not 0 < size <= own * LARGEST:
                raise BadJob(setting, f"a multiple of {card.multiple} up to {own * LARGEST}")
        if job.steps < 1:
            raise BadJob("steps", "1 or more")
        if not 0 <= job.strength <= 1:
            raise BadJob("strength", "0 to 1")
        if not 0 <= job.chaos <= 100:
            raise BadJob("chaos", "0 to 100")
        if not 10 <= job.stop <= 100:
            raise BadJob("stop", "10 to 100")
        if job.loras and self._loras is None:
            raise BadJob("loras", "no folder of adapters is set")

    def _adapt(self, job: Draw) -> None:
        """Put the weights into the state that this job's rows are computed with."""
        if self._loras is not None:
            self._loras.apply(self._pipeline, job.loras)
        if job.tile != self._tiled:
            set_tiling(self._pipeline.unet, job.tile)
            set_tiling(self._pipeline.vae, job.tile)
            self._tiled = job.tile

    def _row(self, job: Draw, index: int, embeddings: Embeddings) -> Row:
        scheduler = schedulers.make(job.scheduler, self._pipeline.scheduler)
        pipeline = self._from_words if job.start is None else self._from_picture
        pipeline.scheduler = scheduler
        try:
            scheduler.set_timesteps(job.steps, device=self._device)
        except ValueError as error:
            config = scheduler.config
            most = min(config.num_train_timesteps, config.get("original_inference_steps", config.num_train_timesteps))
            raise BadJob("steps", f"at most {most} with {job.scheduler}") from error
        # On the CPU, so that a seed gives the same picture on every device.
        generator = torch.Generator("cpu").manual_seed(job.seeds[index])
        times = scheduler.timesteps
        if job.start is not None:
            times, _ = pipeline.get_timesteps(job.steps, job.strength, None)
            if not len(times):
                raise BadJob("strength", f"too little for even one of {job.steps} steps")
        elif self._is_xl and hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(0)
        picture = Picture(
            latents=self._begin(pipeline, job, times, embeddings.words.dtype, generator),
            scheduler=scheduler,
            times=times,
            generator=generator,
            options=pipeline.prepare_extra_step_kwargs(generator, 0.0),
            embeddings=embeddings,
            guidance_scale=job.guidance_scale,
            chaos=job.chaos,
        )
        steps = max(1, round(len(times) * job.stop / 100))
        return Row(job, index, self._key(job, picture), steps, len(embeddings.words), state=picture)

    def _begin(
        self, pipeline: Any, job: Draw, times: torch.Tensor, dtype: torch.dtype, generator: torch.Generator
    ) -> torch.Tensor:
        """The first latents: noise, or the start picture under as much noise as the first time step has."""
        if job.start is None:
            channels = self._pipeline.unet.config.in_channels
            return pipeline.prepare_latents(1, channels, job.height, job.width, dtype, self._device, generator)
        start = Image.fromarray(job.start).resize((job.width, job.height), Image.Resampling.LANCZOS)
        image = pipeline.image_processor.preprocess(start)
        return pipeline.prepare_latents(image, times[:1], 1, 1, dtype, self._device, generator)

    def _key(self, job: Draw, picture: Picture) -> Hashable:
        """Prompts of different length are apart: padding one would change its picture, and a mask slow all down."""
        words, latents = picture.embeddings.words, picture.latents
        return self.card.name, job.loras, job.tile, latents.shape, latents.dtype, words.shape[1]

    def _predict(self, rows: Sequence[Row], inputs: Sequence[Inputs]) -> torch.Tensor:
        """The UNet's output for all slots, in the order of the rows."""
        samples = torch.cat([read.sample for read in inputs])
        guidance = added = None
        if self._embeds_guidance:
            scales = torch.tensor([row.job.guidance_scale - 1 for row in rows])
            width = self._pipeline.unet.config.time_cond_proj_dim
            guidance = self._pipeline.get_guidance_scale_embedding(scales, embedding_dim=width).to(samples)
        if self._is_xl:
            height, width = rows[0].job.height, rows[0].job.width
            # Original size, crop, target size: as if the picture came from a file of just this size.
            sizes = torch.tensor([[height, width, 0, 0, height, width]], dtype=samples.dtype, device=samples.device)
            pooled = [read.pooled for read in inputs if read.pooled is not None]
            added = {"text_embeds": torch.cat(pooled), "time_ids": sizes.repeat(len(samples), 1)}
        return self._pipeline.unet(
            samples,
            torch.cat([read.time for read in inputs]),
            encoder_hidden_states=torch.cat([read.words for read in inputs]),
            timestep_cond=guidance,
            added_cond_kwargs=added,
            return_dict=False,
        )[0]
