from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import (
    AutoTokenizer,
    CLIPImageProcessorPil,
    CLIPModel,
    SiglipConfig,
    SiglipImageProcessorPil,
    SiglipModel,
)

from engine.errors import BrokenWeights
from engine.models.clip import POCKET, Clip
from engine.reading import closeness, zero_shot
from tests import tiny

torch.set_num_threads(1)

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 60), "blue": (40, 70, 220)}


def flat(colour: tuple[int, int, int], width: int = 128, height: int = 128) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)


@pytest.fixture(scope="module")
def pocket() -> Clip:
    return Clip(POCKET, name="pocket", device="cpu")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return Clip(tiny.clip(tmp_path_factory.mktemp("clip")), name="small", device="cpu")


def test_vectors_are_those_of_the_stock_model(pocket: Clip) -> None:
    model = CLIPModel.from_pretrained(POCKET, dtype=torch.float32).eval()
    tokens = AutoTokenizer.from_pretrained(POCKET)(["a red car"], return_tensors="pt")
    picture = Image.fromarray(flat(COLOURS["red"]))
    pixels = CLIPImageProcessorPil.from_pretrained(POCKET)(images=picture, return_tensors="pt")
    with torch.inference_mode():
        output = model(**tokens, **pixels)
    assert pocket.embed_texts(["a red car"]) == pytest.approx(output.text_embeds.numpy(), abs=1e-5)
    assert pocket.embed_pictures([np.array(picture)]) == pytest.approx(output.image_embeds.numpy(), abs=1e-5)
    assert pocket.scale == pytest.approx(model.logit_scale.exp().item())


def test_the_shipped_model_tells_background_colours_apart(pocket: Clip) -> None:
    labels = pocket.embed_texts([f"{name} background" for name in COLOURS])
    shares = zero_shot(pocket.embed_pictures([flat(rgb) for rgb in COLOURS.values()]), labels, pocket.scale)
    assert list(shares.argmax(axis=1)) == [0, 1, 2]


@pytest.mark.parametrize("count", [0, 1, 40])
def test_every_row_has_unit_length_whatever_the_number(small: Clip, count: int) -> None:
    texts = small.embed_texts([f"car {i}" for i in range(count)])
    pictures = small.embed_pictures([flat(COLOURS["red"], width=20 + i) for i in range(count)])
    for vectors in (texts, pictures):
        assert vectors.shape == (count, small.dim) == (count, 24)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(count), abs=1e-5)


def test_a_row_does_not_depend_on_its_neighbours(small: Clip) -> None:
    texts = ["fog", "a red car on a blue background, at night, in the rain", ""]
    alone = np.concatenate([small.embed_texts([text]) for text in texts])
    assert small.embed_texts(texts) == pytest.approx(alone, abs=1e-5)


def test_words_beyond_the_window_still_count(pocket: Clip) -> None:
    start = "a red car and a tree and a house and a dog " * 3
    plain, other, again = pocket.embed_texts([start, start + "on a blue background", start + "on a blue background"])
    assert np.array_equal(other, again)
    assert float(plain @ other) < 0.999
    blue = pocket.embed_pictures([flat(COLOURS["blue"])])
    assert closeness(other[None], blue) > closeness(plain[None], blue)


def test_pictures_may_have_any_shape(small: Clip) -> None:
    shapes = [(1, 1), (3, 400), (400, 3), (64, 64)]
    vectors = small.embed_pictures([flat(COLOURS["green"], width, height) for width, height in shapes])
    assert np.isfinite(vectors).all()


def test_models_of_clips_shape_are_read_too(tmp_path: Path) -> None:
    torch.manual_seed(0)
    size = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2, "num_hidden_layers": 1}
    text = {**size, "vocab_size": 3000, "max_position_embeddings": 16, "projection_size": 16}
    config = SiglipConfig(text_config=text, vision_config={**size, "image_size": 32, "patch_size": 16})
    model = SiglipModel(config).eval()
    model.save_pretrained(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(tiny.TOKENIZER)
    tokenizer.save_pretrained(tmp_path)
    SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(tmp_path)
    clip = Clip(tmp_path, name="siglip", device="cpu")
    tokens = tokenizer(["a red car"], padding="max_length", max_length=16, return_tensors="pt")
    with torch.inference_mode():
        expected = model.get_text_features(**tokens).pooler_output
        expected = expected / expected.norm(dim=-1, keepdim=True)
    assert clip.embed_texts(["a red car"]) == pytest.approx(expected.numpy(), abs=1e-5)
    assert clip.embed_pictures([flat(COLOURS["red"])]).shape == (1, clip.dim) == (1, 16)


def test_damaged_weights_are_refused_in_words(tmp_path: Path) -> None:
    weights = tiny.clip(tmp_path) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(BrokenWeights, match=r"model\.safetensors is damaged or cut short"):
        Clip(tmp_path, name="small")
