"""Prompts to embeddings: weights, long prompts, and a memory of what was encoded lately."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import torch
from compel import EmbeddingsProvider, ReturnedEmbeddingsType, SplitLongTextMode

from engine.errors import BadJob
from engine.jobs import Draw, Part, Span, Words

WINDOWS = 16
"""A prompt may be this many windows of the text encoder long; the rest is cut, and said so."""
REMEMBERED = 64
"""Encoded prompts that are kept."""
LONGEST_WORD = 40
"""Letters. What has no space for longer is cut within: not every script writes spaces."""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Words as the denoiser reads them: n x length x width, and for SDXL one pooled vector each, n x width."""

    words: torch.Tensor
    pooled: torch.Tensor | None = None


class Encoder:
    """The text encoders of one Stable Diffusion pipeline: 1, 2 or XL.

    Plain words that fit the window are encoded by the pipeline itself, so that they are bit for bit what it makes of
    them. Emphasis, and what is longer, goes through compel (https://github.com/damian0815/compel): windows are filled
    up to the end of a phrase, encoded one by one and laid end to end.
    """

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._device = pipeline.device
        self._pairs = [(pipeline.tokenizer, pipeline.text_encoder)]
        if hasattr(pipeline, "tokenizer_2"):
            self._pairs.append((pipeline.tokenizer_2, pipeline.text_encoder_2))
        self._tokenizer = self._pairs[0][0]
        self._room = self._tokenizer.model_max_length - self._tokenizer.num_special_tokens_to_add()
        self._memory: OrderedDict[Hashable, Embeddings] = OrderedDict()

    def encode(self, job: Draw, guided: bool) -> Embeddings:
        """A job's words: [negative, prompt] with guidance, [prompt] without, of equal length.

        Raises:
            BadJob: weights that add up to nothing or less, or a negative emphasis.
        """
        prompt = self._remembered(job, job.prompt, "prompt")
        if not guided:
            return prompt
        if not job.negative_prompt and self._pipeline.config.get("force_zeros_for_empty_prompt"):
            pooled = None if prompt.pooled is None else torch.zeros_like(prompt.pooled)
            return _stacked(Embeddings(torch.zeros_like(prompt.words), pooled), prompt)
        negative = self._remembered(job, job.negative_prompt, "negative_prompt")
        length = max(prompt.words.shape[1], negative.words.shape[1])
        return _stacked(self._padded(negative, length), self._padded(prompt, length))

    def cut(self, words: Words) -> str:
        """What of these words is beyond even the longest prompt, and is not read; mostly nothing."""
        return self._fit(words)[1]

    def _remembered(self, job: Draw, words: Words, setting: str) -> Embeddings:
        # Never across workspaces: how fast an answer comes would tell what others have asked.
        key = (job.asker.workspace, job.loras, words)
        if key not in self._memory:
            self._memory[key] = self._mixed(self._fit(words)[0], setting)
        self._memory.move_to_end(key)
        while len(self._memory) > REMEMBERED:
            self._memory.popitem(last=False)
        return self._memory[key]

    def _mixed(self, words: Words, setting: str) -> Embeddings:
        """The weighted mean of the parts. A negative weight leads away from its part."""
        parts = [part for part in words if part.weight] if len(words) > 1 else list(words)
        total = sum(part.weight for part in parts)
        if words and total <= 0:
            raise BadJob(setting, "the weights of its parts must add up to more than 0")
        if any(span.emphasis < 0 for part in parts for span in part.spans):
            raise BadJob(setting, "an emphasis cannot be less than 0")
        if len(parts) <= 1:
            return self._part(parts[0].spans if parts else ())
        encoded = [self._part(part.spans) for part in parts]
        length = max(one.words.shape[1] for one in encoded)
        shares = [part.weight / total for part in parts]
        mean = _mean([self._padded(one, length).words for one in encoded], shares)
        pooled = [one.pooled for one in encoded if one.pooled is not None]
        return Embeddings(mean, _mean(pooled, shares) if pooled else None)

    def _part(self, spans: tuple[Span, ...]) -> Embeddings:
        text = "".join(span.text for span in spans)
        head, rest, _ = self._split(text, self._room)
        # SDXL's pooled vector is that of the first window, as in other tools; all windows are attended to.
        stock = self._stock(head)
        if not rest and all(span.emphasis == 1 for span in spans):
            return stock
        said = [span for span in spans if span.text.strip()]
        texts, weights = [[span.text for span in said]], [[span.emphasis for span in said]]
        read = [
            compel.get_embeddings_for_weighted_prompt_fragments(texts, weights, device=self._device)
            for compel in self._compels()
        ]
        return replace(stock, words=torch.cat(read, dim=-1).to(stock.words.dtype))

    def _compels(self) -> list[EmbeddingsProvider]:
        # Made anew each time: they keep an embedding of the empty prompt, which another adapter would change.
        kinds = ReturnedEmbeddingsType
        kind = kinds.LAST_HIDDEN_STATES_NORMALIZED
        if hasattr(self._pipeline, "tokenizer_2"):
            kind = kinds.PENULTIMATE_HIDDEN_STATES_NON_NORMALIZED
        return [
            EmbeddingsProvider(
                tokenizer,
                encoder,
                truncate=False,
                returned_embeddings_type=kind,
                split_long_text_mode=SplitLongTextMode.PHRASES,
            )
            for tokenizer, encoder in self._pairs
        ]

    def _stock(self, text: str) -> Embeddings:
        words, _, *pooled = self._pipeline.encode_prompt(
            prompt=text,
            device=self._device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=False,
        )
        return Embeddings(words, pooled[0] if pooled else None)

    def _padded(self, embeddings: Embeddings, length: int) -> Embeddings:
        """Made longer by windows without words."""
        missing = length - embeddings.words.shape[1]
        if not missing:
            return embeddings
        empty = self._stock("").words
        return replace(embeddings, words=torch.cat([embeddings.words] + [empty] * (missing // empty.shape[1]), dim=1))

    def _fit(self, words: Words) -> tuple[Words, str]:
        """As many words as are read, and the others' text."""
        left = WINDOWS * self._room
        kept: list[Part] = []
        cut: list[str] = []
        for part in words:
            spans: list[Span] = []
            for span in part.spans:
                head, tail, used = self._split(span.text, left)
                left -= used
                spans += [replace(span, text=head)] if head else []
                cut += [tail] if tail.strip() else []
                # Nothing is taken after a hole, however short it is.
                left = 0 if tail.strip() else left
            kept += [replace(part, spans=tuple(spans))] if spans or not part.spans else []
        return tuple(kept), "".join(cut).strip()

    def _split(self, text: str, room: int) -> tuple[str, str, int]:
        """The text cut before the word that goes beyond `room` tokens, and how many tokens the first half has."""
        read = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        offsets = read["offset_mapping"]
        if len(offsets) <= room:
            return text, "", len(offsets)
        end = offsets[room][0]
        space = text.rfind(" ", max(0, end - LONGEST_WORD), end)
        end = end if space < 0 else space + 1
        return text[:end], text[end:], sum(start < end for start, _ in offsets[:room])


def _mean(tensors: list[torch.Tensor], shares: list[float]) -> torch.Tensor:
    mean = sum(share * tensor.float() for share, tensor in zip(shares, tensors, strict=True))
    return torch.as_tensor(mean).to(tensors[0].dtype)


def _stacked(negative: Embeddings, prompt: Embeddings) -> Embeddings:
    pooled = None
    if negative.pooled is not None and prompt.pooled is not None:
        pooled = torch.cat([negative.pooled, prompt.pooled])
    return Embeddings(torch.cat([negative.words, prompt.words]), pooled)
