from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

from engine.errors import BadJob
from engine.jobs import Asker, Draw, Lora, Part, Span, Words
from engine.models import words as module
from engine.models.files import POCKET
from engine.models.words import Embeddings, Encoder
from tests import tiny

torch.set_num_threads(1)

LONG = ", ".join(["a red car in the fog"] * 8)


def part(*spans: str | tuple[str, float], weight: float = 1.0) -> Part:
    return Part(tuple(Span(*span) if isinstance(span, tuple) else Span(span) for span in spans), weight)


def job(*prompt: Part, negative: Words = (), **changes: Any) -> Draw:
    plain = Draw(
        id="a",
        asker=Asker("w", "p"),
        prompt=prompt,
        negative_prompt=negative,
        width=32,
        height=32,
        steps=2,
        guidance_scale=3.0,
        scheduler="DDIM",
        seeds=(5,),
        model="m",
    )
    return replace(plain, **changes)


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "pocket": StableDiffusionPipeline.from_pretrained(POCKET, dtype=torch.float32),
        "sd15": StableDiffusionPipeline.from_pretrained(tiny.sd15(folder / "sd15")),
        "sdxl": StableDiffusionXLPipeline.from_pretrained(tiny.sdxl(folder / "sdxl")),
    }


@pytest.fixture(params=["pocket", "sd15", "sdxl"])
def pipeline(pipelines: dict[str, Any], request: pytest.FixtureRequest) -> Any:
    return pipelines[request.param]


@pytest.fixture
def encoder(pipeline: Any) -> Encoder:
    return Encoder(pipeline)


@pytest.fixture(autouse=True)
def _no_grad() -> Any:
    with torch.no_grad():
        yield


def stock(pipeline: Any, prompt: str, negative: str | None = None) -> Embeddings:
    encoded = pipeline.encode_prompt(
        prompt=prompt,
        device="cpu",
        num_images_per_prompt=1,
        do_classifier_free_guidance=True,
        negative_prompt=negative,
    )
    words = torch.cat([encoded[1], encoded[0]])
    return Embeddings(words, torch.cat([encoded[3], encoded[2]]) if len(encoded) == 4 else None)


def same(one: Embeddings, other: Embeddings) -> bool:
    if one.pooled is None or other.pooled is None:
        return one.pooled is other.pooled and torch.equal(one.words, other.words)
    return torch.equal(one.words, other.words) and torch.equal(one.pooled, other.pooled)


def apart(one: Embeddings, other: Embeddings) -> float:
    return float((one.words - other.words).norm())


@pytest.mark.parametrize("negative", ["", "fog"])
def test_plain_words_are_the_stock_pipelines(pipeline: Any, encoder: Encoder, negative: str) -> None:
    asked = job(part("a red ", "car"), negative=(part(negative),) if negative else ())
    expected = stock(pipeline, "a red car", negative or None)
    assert same(encoder.encode(asked, guided=True), expected)
    assert torch.equal(encoder.encode(asked, guided=False).words, expected.words[1:])


def test_an_empty_prompt_is_encoded_as_one(pipeline: Any, encoder: Encoder) -> None:
    assert same(encoder.encode(job(), guided=True), stock(pipeline, ""))
    assert same(encoder.encode(job(part(" ")), guided=True), stock(pipeline, ""))


def test_emphasis_grows_with_its_number(encoder: Encoder) -> None:
    def emphasised(strength: float) -> Embeddings:
        return encoder.encode(job(part("a red car in the ", ("fog", strength))), guided=False)

    plain = encoder.encode(job(part("a red car in the fog")), guided=False)
    assert same(emphasised(1.0), plain)
    more = [apart(emphasised(strength), plain) for strength in (1.0, 1.1, 1.3, 2.0)]
    less = [apart(emphasised(strength), plain) for strength in (1.0, 0.9, 0.6, 0.0)]
    assert more == sorted(set(more))
    assert less == sorted(set(less))
    assert apart(emphasised(1.0001), plain) < 0.01 * apart(emphasised(2.0), plain)


def test_emphasis_changes_the_words_it_is_on(encoder: Encoder) -> None:
    plain = encoder.encode(job(part("a red car in the fog")), guided=False).words[0]
    for spans, position in (((("a", 1.5), " red car in the fog"), 1), (("a ", ("red", 1.5), " car in the fog"), 2)):
        moved = (encoder.encode(job(part(*spans)), guided=False).words[0] - plain).norm(dim=-1)
        assert moved[position] > 0
        assert moved.count_nonzero() == 1


def test_odd_spans_do_no_harm(encoder: Encoder) -> None:
    odd = part("", ("", 0.5), (" ", 0.3), ("fog", 0.0), ("fog", 0.5), ", ", ("!", 0.2), ("cat", 3.0))
    assert encoder.encode(job(odd), guided=True).words.isfinite().all()


def test_parts_are_mixed_by_their_weights(encoder: Encoder) -> None:
    cat, dog = (encoder.encode(job(part(text)), guided=False) for text in ("cat", "tree"))
    mixed = encoder.encode(job(part("cat", weight=2), part("tree", weight=-0.5)), guided=False)
    assert torch.allclose(mixed.words, (2 * cat.words - 0.5 * dog.words) / 1.5, atol=1e-5)
    if cat.pooled is not None and dog.pooled is not None:
        assert mixed.pooled is not None
        assert torch.allclose(mixed.pooled, (2 * cat.pooled - 0.5 * dog.pooled) / 1.5, atol=1e-5)


def test_one_part_alone_is_itself_whatever_its_weight(encoder: Encoder) -> None:
    cat = encoder.encode(job(part("cat")), guided=False)
    assert same(encoder.encode(job(part("cat", weight=3)), guided=False), cat)
    assert same(encoder.encode(job(part("cat", weight=3), part("tree", weight=0)), guided=False), cat)


@pytest.mark.parametrize("weights", [(1, -1), (0, 0), (1, -2), (-1,)])
def test_weights_that_leave_nothing_are_refused(encoder: Encoder, weights: tuple[float, ...]) -> None:
    parts = [part("cat", weight=weight) for weight in weights]
    with pytest.raises(BadJob, match=r"^prompt"):
        encoder.encode(job(*parts), guided=False)
    with pytest.raises(BadJob, match=r"^negative_prompt"):
        encoder.encode(job(negative=tuple(parts)), guided=True)


def test_a_negative_emphasis_is_refused(encoder: Encoder) -> None:
    with pytest.raises(BadJob, match="emphasis"):
        encoder.encode(job(part(("fog", -1.0))), guided=False)


def test_a_long_prompt_is_read_to_its_last_word(encoder: Encoder, pipeline: Any) -> None:
    window = pipeline.tokenizer.model_max_length
    one, other = (encoder.encode(job(part(f"{LONG}, a {last}")), guided=True) for last in ("cat", "tree"))
    assert one.words.shape[1] % window == 0
    assert one.words.shape[1] > window
    assert apart(one, other) > 0
    assert encoder.cut(job(part(LONG)).prompt) == ""


def test_a_long_prompts_first_window_is_read_as_if_alone(encoder: Encoder, pipeline: Any) -> None:
    window = pipeline.tokenizer.model_max_length
    long = encoder.encode(job(part(LONG)), guided=False).words
    # Windows end with a phrase.
    phrase = len(pipeline.tokenizer.tokenize("a red car in the fog,"))
    phrases = ", ".join(["a red car in the fog"] * ((window - 2) // phrase)) + ","
    assert torch.allclose(long[:, :window], stock(pipeline, phrases).words[1:], atol=1e-5)


def test_prompts_of_different_length_are_padded_with_empty_windows(encoder: Encoder, pipeline: Any) -> None:
    window = pipeline.tokenizer.model_max_length
    guided = encoder.encode(job(part(LONG), negative=(part("fog"),)), guided=True).words
    empty = stock(pipeline, "").words[1]
    assert torch.equal(guided[0, :window], stock(pipeline, "fog").words[1])
    assert torch.equal(guided[0, window : 2 * window], empty)
    mixed = encoder.encode(job(part(LONG), part("fog")), guided=False).words
    assert mixed.shape[1] == guided.shape[1]


def test_what_is_beyond_the_longest_prompt_is_cut_and_known(
    encoder: Encoder, pipeline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WINDOWS", 2)
    room = 2 * (pipeline.tokenizer.model_max_length - 2)
    words = (part("car " * (room - 3), ("red", 2.0)), part("tree cat fog blue"), part("a cat"))
    assert encoder.cut(words) == "fog bluea cat"
    kept = (part("car " * (room - 3), ("red", 2.0)), part("tree cat"))
    assert same(encoder.encode(job(*words), guided=False), encoder.encode(job(*kept), guided=False))


def test_words_are_encoded_once(encoder: Encoder, pipeline: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    encode = pipeline.encode_prompt

    def counted(**options: Any) -> Any:
        calls.append(options["prompt"])
        return encode(**options)

    monkeypatch.setattr(pipeline, "encode_prompt", counted)
    red, fog = job(part("red")), job(part("fog"))
    first = encoder.encode(red, guided=False)
    assert encoder.encode(red, guided=False) is first
    assert calls == ["red"]
    encoder.encode(replace(red, loras=(Lora("ink"),)), guided=False)
    encoder.encode(replace(red, asker=Asker("elsewhere", "p")), guided=False)
    assert calls == ["red"] * 3
    monkeypatch.setattr(module, "REMEMBERED", 2)
    encoder.encode(fog, guided=False)
    assert encoder.encode(red, guided=False) is not first
    assert len(encoder._memory) == 2


def test_sdxl_reads_no_negative_prompt_as_zeros(pipelines: dict[str, Any]) -> None:
    encoder = Encoder(pipelines["sdxl"])
    assert not encoder.encode(job(part("cat")), guided=True).words[0].any()
    assert encoder.encode(job(part("cat"), negative=(part("fog"),)), guided=True).words[0].any()


@pytest.mark.parametrize("text", ["a red car", "", "  ", "é猫 fog\nred", "x" * 5000, "red " * 3000, "猫" * 3000])
def test_nothing_is_lost_where_a_text_is_split(encoder: Encoder, text: str) -> None:
    for room in (0, 1, 3, 30):
        head, tail, used = encoder._split(text, room)
        assert head + tail == text
        assert used <= room
        assert not tail or encoder._split(text, room + 100)[0].startswith(head)
