from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler

from engine.models import schedulers
from engine.models.picture import Picture
from engine.models.words import Embeddings
from tests.stepping import NINE

torch.set_num_threads(1)
# diffusers hands tensors to numpy in a way that numpy is giving up.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SCALED = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
TRUTH = torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(0))


def picture(name: str, own: Any, rows: int = 1, **changes: Any) -> Picture:
    scheduler = schedulers.make(name, own)
    scheduler.set_timesteps(6)
    generator = torch.Generator().manual_seed(1)
    noise = torch.randn(TRUTH.shape, generator=generator)
    takes = {"generator": generator} if name in ("Euler a", "LCM", "DPM++ SDE") else {}
    options: dict[str, Any] = {
        "latents": noise * scheduler.init_noise_sigma,
        "embeddings": Embeddings(torch.ones(rows, 3, 8), torch.ones(rows, 5)),
        "guidance_scale": 4.0,
        "chaos": 0,
        **changes,
    }
    return Picture(scheduler=scheduler, times=scheduler.timesteps, generator=generator, options=takes, **options)


def oracle(one: Picture, prediction_type: str) -> torch.Tensor:
    """What a perfect denoiser, which knows the picture, predicts."""
    alpha2 = one.scheduler.alphas_cumprod[one.times[one.done].round().long()]
    alpha, sigma = alpha2**0.5, (1 - alpha2) ** 0.5
    sample = one.inputs().sample
    noise = (sample - alpha * TRUTH) / sigma
    return {"epsilon": noise, "sample": TRUTH, "v_prediction": alpha * noise - sigma * TRUTH}[prediction_type]


@pytest.mark.parametrize(
    ("name", "kind"), [*((name, kind) for name in NINE for kind in ("epsilon", "v_prediction")), ("DDIM", "sample")]
)
def test_a_perfect_denoisers_picture_is_seen_from_the_first_step(name: str, kind: str) -> None:
    one = picture(name, DDIMScheduler(**SCALED, prediction_type=kind, timestep_spacing="trailing"))
    assert one.clean() is one.latents
    while one.done < len(one.times):
        one.advance(one.inputs().sample, oracle(one, kind))
        if one.done < len(one.times):
            assert torch.allclose(one.clean(), TRUTH, atol=2e-3)
    assert one.clean() is one.latents


def test_guidance_leads_away_from_the_negative_prompt() -> None:
    own = DDIMScheduler(**SCALED)
    guided, plain = picture("DDIM", own, rows=2), picture("DDIM", own)
    negative, prompt = torch.randn(2, 1, 4, 4, 4, generator=torch.Generator().manual_seed(2))
    read = guided.inputs()
    assert [len(tensor) for tensor in (read.sample, read.time, read.words)] == [2, 2, 2]
    guided.advance(read.sample, torch.cat([negative, prompt]))
    plain.advance(plain.inputs().sample, negative + 4.0 * (prompt - negative))
    assert torch.equal(guided.latents, plain.latents)


def test_asking_for_inputs_changes_nothing() -> None:
    words = torch.randn(2, 3, 8, generator=torch.Generator().manual_seed(3))
    one = picture("Euler a", DDIMScheduler(**SCALED), rows=2, chaos=80, embeddings=Embeddings(words))
    state = one.generator.get_state()
    first, second = one.inputs(), one.inputs()
    assert torch.equal(first.words, second.words)
    assert torch.equal(first.sample, second.sample)
    assert torch.equal(one.generator.get_state(), state)


def test_chaos_shakes_the_prompt_alone_and_fades() -> None:
    words = torch.randn(2, 3, 8, generator=torch.Generator().manual_seed(3))
    one = picture("DDIM", DDIMScheduler(**SCALED), rows=2, chaos=60, embeddings=Embeddings(words, words[:, 0]))
    read = one.inputs()
    assert read.pooled is not None
    assert torch.equal(read.words[0], words[0])
    assert not torch.equal(read.words[1], words[1])
    assert not torch.equal(read.pooled[1], words[1, 0])
    while one.done < len(one.times) - 1:
        one.advance(one.inputs().sample, torch.zeros(2, 4, 4, 4))
    assert torch.equal(one.inputs().words, words)


def test_without_chaos_the_generator_is_not_asked() -> None:
    one = picture("DDIM", DDIMScheduler(**SCALED), rows=2)
    state = one.generator.get_state()
    while one.done < len(one.times):
        one.advance(one.inputs().sample, torch.zeros(2, 4, 4, 4))
    assert torch.equal(one.generator.get_state(), state)
