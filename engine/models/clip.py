"""Text and pictures as vectors in one space: CLIP, and models of its shape such as SigLIP."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

from engine.jobs import Pixels, Vectors
from engine.models import files, hub
from engine.models.loading import choose, reported
from engine.models.memory import within_memory
from engine.models.quiet import no_bars

POCKET = files.POCKET.parent / "clip"
BATCH = 32
"""Rows in one forward pass."""

T = TypeVar("T")


class Clip:
    """A model that embeds text and pictures, on its device. For one thread at a time."""

    def __init__(self, path: Path, *, name: str, device: str = "auto", dtype: str = "auto") -> None:
        """Open the model in the folder `path`: a transformers model, its tokenizer and image processor.

        Raises:
            BrokenWeights: files are missing, damaged or pickled.
            BadJob: no such device or dtype.
            OutOfMemory: the model does not fit on the device.
        """
        files.check_part(path, name)
        place, kind = choose(device, dtype)
        with no_bars(), reported(path, name), within_memory():
            self._model = AutoModel.from_pretrained(path, dtype=kind, use_safetensors=True, local_files_only=True)
            self._model.to(place).eval()
            self._tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
            self._processor = AutoImageProcessor.from_pretrained(path, backend="pil", local_files_only=True)
        self.name = name
        self._window = self._model.config.text_config.max_position_embeddings
        # SigLIP was trained on text padded to the window, and reads nothing else well.
        self._padding = "longest" if self._model.config.model_type == "clip" else "max_length"
        self.dim = self._texts([""]).shape[1]
        """The length of a vector."""

    @property
    def scale(self) -> float:
        """What a cosine is multiplied by before the softmax over labels."""
        return math.exp(float(self._model.logit_scale.detach()))

    def embed_texts(self, texts: list[str]) -> Vectors:
        """Texts to vectors, n x d. A text longer than the window is read in pieces, and their mean is taken.

        Raises:
            OutOfMemory: a batch did not fit.
        """
        pieces = [self._pieces(text) for text in texts]
        flat = [piece for group in pieces for piece in group]
        vectors = self._batched(flat, self._texts)
        ends = np.cumsum([len(group) for group in pieces])
        means = [
            vectors[end - len(group) : end].mean(0, keepdims=True) for group, end in zip(pieces, ends, strict=True)
        ]
        return _unit(np.concatenate(means)) if means else vectors

    def embed_pictures(self, pictures: list[Pixels]) -> Vectors:
        """Pictures of any size to vectors, n x d.

        Raises:
            OutOfMemory: a batch did not fit.
        """
        return self._batched(pictures, self._pictures)

    def _pieces(self, text: str) -> list[str]:
        """The text cut between words so that each piece fits the window."""
        room = self._window - self._tokenizer.num_special_tokens_to_add()
        pieces: list[str] = []
        used = room + 1
        for word in text.split():
            length = len(self._tokenizer.encode(word, add_special_tokens=False, verbose=False))
            if used + length > room:
                pieces.append(word)
                used = length
            else:
                pieces[-1] += f" {word}"
                used += length
        return pieces or [""]

    def _texts(self, texts: list[str]) -> Vectors:
        # One word longer than the window is truncated here.
        inputs = self._tokenizer(
            texts, padding=self._padding, truncation=True, max_length=self._window, return_tensors="pt"
        )
        with torch.inference_mode(), within_memory():
            output = self._model.get_text_features(**inputs.to(self._model.device))
        return _rows(output)

    def _pictures(self, pictures: list[Pixels]) -> Vectors:
        inputs = self._processor(images=pictures, input_data_format="channels_last", return_tensors="pt")
        pixels = inputs["pixel_values"].to(self._model.device, self._model.dtype)
        with torch.inference_mode(), within_memory():
            output = self._model.get_image_features(pixel_values=pixels)
        return _rows(output)

    def _batched(self, items: list[T], embed: Callable[[list[T]], Vectors]) -> Vectors:
        rows = [embed(items[start : start + BATCH]) for start in range(0, len(items), BATCH)]
        return _unit(np.concatenate(rows)) if rows else np.empty((0, self.dim), np.float32)


def _rows(output: Any) -> Vectors:
    vectors: Vectors = output.pooler_output.float().cpu().numpy()
    return vectors


def _unit(rows: Vectors) -> Vectors:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))


def find(name: str, folder: Path) -> Path:
    """The folder of a CLIP: "pocket", or as hub.find says.

    Raises:
        ModelNotFound: there is none; its cause says why the hub had none.
    """
    return POCKET if name == "pocket" else hub.find(name, folder, ("pocket",))
