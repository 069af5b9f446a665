"""Keeping the model libraries' harmless remarks out of the log; everything else they say stays."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

HARMLESS = {
    # torchvision is not needed: the PIL processors give the same pictures.
    "transformers.utils.import_utils": "requires torchvision (not installed); falling back to",
    # A tiny autoencoder in place of the large one is a choice, not a mistake.
    "diffusers.pipelines.pipeline_utils": "diffusers.models.autoencoders.autoencoder_tiny.AutoencoderTiny",
    "diffusers.configuration_utils": "were passed to AutoencoderTiny, but are not expected",
    # No safety checker is loaded: who may ask for what is the guard's part.
    "diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion": "by passing `safety_checker=None`",
    # The stock image-to-image pipeline of SDXL casts its autoencoder to and fro; the list of exceptions is empty.
    "diffusers.models.modeling_utils": "that should be kept in float32: []",
    # Long prompts are read window by window.
    "transformers.tokenization_utils_base": "Token indices sequence length is longer than",
    # An adapter need not touch every part of a model.
    "diffusers.loaders.lora_base": "No LoRA keys associated to",
}
"""Logger -> the part of a message by which it is known."""

HARMLESS_WARNINGS = (
    # Several adapters beside one base model are what is wanted.
    "Already found a `peft_config` attribute",
    "Adapter .* was active which is now deleted",
)


def hush() -> None:
    """Drop these messages, and no others. To be called before the libraries are imported."""
    for name, part in HARMLESS.items():
        logging.getLogger(name).addFilter(_Without(part))
    for message in HARMLESS_WARNINGS:
        warnings.filterwarnings("ignore", message)


class _Without(logging.Filter):
    """Lets messages pass that do not contain a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the message may pass."""
        return self._text not in record.getMessage()


@contextmanager
def no_bars() -> Iterator[None]:
    """No progress bars of the model libraries inside; afterwards as they were."""
    import diffusers.utils.logging as diffusers_logging
    import transformers.utils.logging as transformers_logging

    shown = [m for m in (diffusers_logging, transformers_logging) if m.is_progress_bar_enabled()]
    for module in shown:
        module.disable_progress_bar()
    try:
        yield
    finally:
        for module in shown:
            module.enable_progress_bar()
