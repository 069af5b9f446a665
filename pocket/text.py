"""The words of the pocket models: their tokenizer and the shape of their text towers."""

import random
from collections.abc import Iterable

import torch
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTokenizer

WINDOW = 32
"""Tokens a prompt may have, with the two that mark its ends."""
WIDTH = 192
_VOCABULARY = 2048


def train_tokenizer(captions: Iterable[str]) -> CLIPTokenizer:
    """A byte pair encoding in CLIP's form that has each word of the captions as one token, and spells others out."""
    base = CLIPTokenizer(vocab={"<|startoftext|>": 0, "<|endoftext|>": 1}, merges=[], model_max_length=WINDOW)
    # Letters on their own put every letter among the ends of words too, so that no word is unknown.
    letters = [chr(code) for code in range(0x21, 0x250)]
    random.Random(0).shuffle(letters)
    return base.train_new_from_iterator([*captions, *letters], _VOCABULARY)


def tokenize(tokenizer: CLIPTokenizer, caption: str) -> Tensor:
    """Tokens (32,), padded."""
    return torch.tensor(tokenizer(caption, padding="max_length", truncation=True).input_ids)


def text_config(tokenizer: CLIPTokenizer) -> CLIPTextConfig:
    """Four layers of 192."""
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=4 * WIDTH,
        projection_dim=WIDTH,
        num_hidden_layers=4,
        num_attention_heads=3,
        max_position_embeddings=WINDOW,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
