from typing import Any

import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EDMEulerScheduler,
    EulerDiscreteScheduler,
    PNDMScheduler,
)

from engine.errors import BadJob
from engine.models import schedulers

torch.set_num_threads(1)
# diffusers hands tensors to numpy in a way that numpy is giving up.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SCALED = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
OWN = {
    "stable diffusion 1.5": PNDMScheduler(**SCALED, skip_prk_steps=True, steps_offset=1, set_alpha_to_one=False),
    "zero snr": DDIMScheduler(
        **SCALED, prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing"
    ),
    "solver": DPMSolverMultistepScheduler(**SCALED, algorithm_type="sde-dpmsolver++", use_karras_sigmas=True),
    "beta": EulerDiscreteScheduler(**SCALED, use_beta_sigmas=True),
}


def draw_to_the_end(scheduler: Any, steps: int) -> None:
    scheduler.set_timesteps(steps)
    latents = torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(0)) * scheduler.init_noise_sigma
    for time in scheduler.timesteps:
        predicted = scheduler.scale_model_input(latents, time) * 0.1
        latents = scheduler.step(predicted, time, latents, return_dict=False)[0]
    assert latents.isfinite().all()


@pytest.mark.parametrize("name", schedulers.names())
@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
def test_every_name_draws_to_the_end_whatever_the_model_had(name: str, own: Any) -> None:
    draw_to_the_end(schedulers.make(name, own), 3)


@pytest.mark.parametrize("name", schedulers.names())
def test_one_step_is_enough(name: str) -> None:
    draw_to_the_end(schedulers.make(name, OWN["zero snr"]), 1)


@pytest.mark.parametrize("name", schedulers.names())
def test_a_name_is_read_back_from_what_it_makes(name: str) -> None:
    assert schedulers.name_of(schedulers.make(name, OWN["stable diffusion 1.5"])) == name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("euler A", "Euler a"),
        ("EULERA", "Euler a"),
        ("k_euler_ancestral", "Euler a"),
        ("EulerAncestralDiscreteScheduler", "Euler a"),
        ("dpm++2mkarras", "DPM++ 2M Karras"),
        ("dpmpp_2m_karras", "DPM++ 2M Karras"),
        ("sample_dpmpp_2m_sde", "DPM++ 2M SDE"),
        ("DPMSolverMultistep", "DPM++ 2M"),
        ("plms", "PNDM"),
        ("uni-pc", "UniPC"),
        ("sa solver", "SA-Solver"),
    ],
)
def test_case_spaces_and_other_tools_spellings_are_forgiven(typed: str, meant: str) -> None:
    own = OWN["stable diffusion 1.5"]
    made, expected = schedulers.make(typed, own), schedulers.make(meant, own)
    assert type(made) is type(expected)
    assert made.config == expected.config


def test_an_unknown_name_is_told_the_nearest() -> None:
    with pytest.raises(BadJob) as caught:
        schedulers.make("dpm 2m+karass", OWN["zero snr"])
    assert caught.value.setting == "scheduler"
    assert "DPM++ 2M Karras" in caught.value.reason


def test_the_models_training_settings_are_kept() -> None:
    config = schedulers.make("Euler", OWN["zero snr"]).config
    assert config.prediction_type == "v_prediction"
    assert config.rescale_betas_zero_snr is True
    assert config.timestep_spacing == "trailing"
    assert config.beta_end == 0.012


def test_a_plain_name_is_not_spaced_like_the_models_own() -> None:
    own = OWN["solver"]
    assert schedulers.name_of(own) == "DPM++ 2M SDE Karras"
    assert schedulers.make("DPM++ 2M", own).config.use_karras_sigmas is False
    assert schedulers.make("Euler", own).config.use_karras_sigmas is False
    assert schedulers.make("Euler Karras", own).config.use_karras_sigmas is True


def test_a_spacing_of_sigmas_needs_a_largest_one() -> None:
    scheduler = schedulers.make("Euler Karras", OWN["zero snr"])
    assert scheduler.sigmas.max() < 20
    assert schedulers.make("Euler", OWN["zero snr"]).sigmas.max() > 4000


@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
def test_the_models_own_scheduler_is_copied_as_it_is(own: Any) -> None:
    made = schedulers.make(schedulers.name_of(own), own)
    assert made is not own
    assert made.config == own.config


def test_a_model_may_have_a_scheduler_that_nobody_else_has() -> None:
    own = EDMEulerScheduler(sigma_max=40.0)
    made = schedulers.make(schedulers.name_of(own), own)
    assert type(made) is EDMEulerScheduler
    assert made.config.sigma_max == 40.0
