"""A language model of transformers, for short answers."""

from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.models import files
from engine.models.loading import choose, reported
from engine.models.memory import within_memory
from engine.models.quiet import no_bars


class Text:
    """A causal language model with a chat template, on its device. For one thread at a time."""

    def __init__(self, path: Path, *, name: str, device: str = "auto", dtype: str = "auto") -> None:
        """Open the model in the folder `path`: a transformers model with its tokenizer.

        Raises:
            BrokenWeights: files are missing, damaged or pickled.
            BadJob: no such device or dtype.
            OutOfMemory: the model does not fit on the device.
        """
        files.check_part(path, name)
        place, kind = choose(device, dtype)
        with no_bars(), reported(path, name), within_memory():
            self._model = AutoModelForCausalLM.from_pretrained(
                path, dtype=kind, use_safetensors=True, local_files_only=True
            )
            self._model.to(place).eval()
            self._tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)

    def write(self, instructions: str, text: str, longest: int) -> str:
        """The likeliest answer, of at most `longest` tokens.

        Raises:
            OutOfMemory: it does not fit.
        """
        asked = self._tokenizer.apply_chat_template(
            [{"role": "system", "content": instructions}, {"role": "user", "content": text}],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        ).to(self._model.device)
        with torch.inference_mode(), within_memory():
            answer = self._model.generate(**asked, max_new_tokens=longest, do_sample=False)
        return str(self._tokenizer.decode(answer[0, asked["input_ids"].shape[1] :], skip_special_tokens=True))
