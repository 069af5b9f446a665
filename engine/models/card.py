"""What a model's card says: read from its configuration, overruled by a sextant.json.

That is `sextant.json` in a model's folder, and `name.sextant.json` beside a single file `name.safetensors`.
"""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from diffusers import FluxPipeline, StableDiffusionPipeline, StableDiffusionXLPipeline

from engine.errors import BrokenWeights
from engine.jobs import Card
from engine.models import files, schedulers

MOST_STEPS = 30
"""Stock defaults of 50 and 100 steps come from the first schedulers; newer ones gain nothing beyond this."""
DISTILLED_STEPS = 4
FITS: dict[str, Callable[[Any], bool]] = {
    "width": lambda value: type(value) is int and value > 0,
    "height": lambda value: type(value) is int and value > 0,
    "steps": lambda value: type(value) is int and value > 0,
    "guidance_scale": lambda value: type(value) in (int, float) and value >= 0,
    "scheduler": lambda value: type(value) is str,
    "one_shape": lambda value: type(value) is bool,
}
"""What a sextant.json may say."""


def batched(pipeline: Any) -> bool:
    """Whether requests can be stepped together: Stable Diffusion 1, 2 and XL."""
    return isinstance(pipeline, StableDiffusionPipeline | StableDiffusionXLPipeline)


def defaults(file: Path, name: str) -> dict[str, Any]:
    """The settings in a model's sextant.json: width, height, steps, guidance_scale, scheduler and one_shape,
    as far as given.

    Raises:
        BrokenWeights: it is no JSON object, or has a key or a value that means nothing here.
    """
    if not file.is_file():
        return {}
    settings = files.read_json(file, file.parent, name)
    for key, value in settings.items():
        if key not in FITS:
            raise BrokenWeights(name, f"{file.name} has an unknown key {key!r}; it takes {', '.join(FITS)}")
        if not FITS[key](value):
            raise BrokenWeights(name, f"{file.name}: {key} cannot be {value!r}")
    return settings


def card(pipeline: Any, name: str, settings: dict[str, Any], dtype: str, device: str) -> Card:
    """The card of an open pipeline. `settings` are those of `defaults`.

    Raises:
        BrokenWeights: `settings` ask for a size or a scheduler that the model does not take.
    """
    multiple = _multiple(pipeline)
    width, height = _size(pipeline)
    steps, guidance_scale = _effort(pipeline)
    own = schedulers.name_of(pipeline.scheduler)
    made = Card(
        name=name,
        family=type(pipeline).__name__,
        width=settings.get("width", width),
        height=settings.get("height", height),
        multiple=multiple,
        steps=settings.get("steps", steps),
        guidance_scale=float(settings.get("guidance_scale", guidance_scale)),
        scheduler=settings.get("scheduler", own),
        schedulers=tuple(dict.fromkeys([*schedulers.names(), own])) if batched(pipeline) else (own,),
        batched=batched(pipeline),
        window=reader(pipeline)[1],
        dtype=dtype,
        device=device,
        one_shape=settings.get("one_shape", False),
    )
    if made.width % multiple or made.height % multiple:
        raise BrokenWeights(name, f"sextant.json: width and height must be multiples of {multiple}")
    if made.scheduler not in made.schedulers:
        raise BrokenWeights(name, f"sextant.json: scheduler must be one of {', '.join(made.schedulers)}")
    return made


def reader(pipeline: Any) -> tuple[Any, int]:
    """The tokenizer whose encoder reads most, and how many tokens that is, the special ones included.

    SD3 and FLUX read with CLIP and with T5: what CLIP cuts, T5 still sees, up to the pipeline's max_sequence_length.
    The two towers of SDXL have one and the same window.
    """
    length = _stock(pipeline, "max_sequence_length")
    found: list[tuple[int, Any]] = []
    for suffix in ("", "_2", "_3"):
        tokenizer = getattr(pipeline, f"tokenizer{suffix}", None)
        if tokenizer is None or getattr(pipeline, f"text_encoder{suffix}", None) is None:
            continue
        if length is None or type(tokenizer).__name__.startswith("CLIP"):
            found.append((int(tokenizer.model_max_length), tokenizer))
        else:
            # A T5 tokenizer's own limit is larger than what the pipeline passes on, or 10**30.
            found.append((int(length), tokenizer))
    if not found:
        return None, int(length or 0)
    window, tokenizer = max(found, key=lambda pair: pair[0])
    return tokenizer, window


def embeds_guidance(pipeline: Any) -> bool:
    """Whether the guidance scale is an input of the denoiser, so that guidance costs no second call."""
    config = _denoiser(pipeline)
    return bool(config.get("guidance_embeds")) or config.get("time_cond_proj_dim") is not None


def _denoiser(pipeline: Any) -> Mapping[str, Any]:
    """The configuration of the network that is called at every step."""
    for part in ("unet", "transformer", "prior_prior"):
        if (network := getattr(pipeline, part, None)) is not None:
            return dict(network.config)
    return {}


def _stock(pipeline: Any, name: str) -> Any:
    parameter = inspect.signature(pipeline.__call__).parameters.get(name)
    return None if parameter is None or parameter.default is inspect.Parameter.empty else parameter.default


def _multiple(pipeline: Any) -> int:
    """A latent pixel, or a patch of them. UNets take latents of any size: they pass their sizes to the upsamplers."""
    if getattr(pipeline, "vae", None) is None:
        return 8
    factor = int(getattr(pipeline, "vae_scale_factor", 8))
    patch = _denoiser(pipeline).get("patch_size")
    processor = getattr(pipeline, "image_processor", None)
    packed = int(processor.config.vae_scale_factor) if processor is not None else factor
    return max(factor * patch if isinstance(patch, int) else factor, packed)


def _size(pipeline: Any) -> tuple[int, int]:
    factor = int(getattr(pipeline, "vae_scale_factor", 8)) if getattr(pipeline, "vae", None) is not None else 1
    size = getattr(pipeline, "default_sample_size", None) or _denoiser(pipeline).get("sample_size")
    if isinstance(size, int):
        return size * factor, size * factor
    if isinstance(size, list | tuple) and len(size) == 2:
        return int(size[1]) * factor, int(size[0]) * factor
    return _stock(pipeline, "width") or 1024, _stock(pipeline, "height") or 1024


def _effort(pipeline: Any) -> tuple[int, float]:
    """Steps and guidance scale: the stock pipeline's own, and few and none for models distilled to need few."""
    steps = min(_stock(pipeline, "num_inference_steps") or MOST_STEPS, MOST_STEPS)
    scale = _stock(pipeline, "guidance_scale")
    guidance = float(_stock(pipeline, "true_cfg_scale") or 1.0) if scale is None else float(scale)
    if not _distilled(pipeline):
        return steps, guidance
    return DISTILLED_STEPS, guidance if embeds_guidance(pipeline) else 0.0


def _distilled(pipeline: Any) -> bool:
    """What the configuration gives away of LCM, Turbo, Lightning, schnell and klein."""
    scheduler = pipeline.scheduler.config
    kind = type(pipeline.scheduler).__name__
    config = _denoiser(pipeline)
    if isinstance(pipeline, FluxPipeline):
        return not config["guidance_embeds"]
    if not batched(pipeline):
        return bool(pipeline.config.get("is_distilled")) or config.get("time_cond_proj_dim") is not None
    # Turbo and Lightning ship Euler at the trailing time steps; so do zero-SNR models, which are not distilled.
    trailing = kind.startswith("Euler") and scheduler.get("timestep_spacing") == "trailing"
    zero_snr = scheduler.get("prediction_type") != "epsilon" or scheduler.get("rescale_betas_zero_snr")
    return kind.startswith("LCM") or config.get("time_cond_proj_dim") is not None or (trailing and not zero_snr)
