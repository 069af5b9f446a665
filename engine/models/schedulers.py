"""Schedulers by the names people know."""

import difflib
import inspect
import re
from typing import Any

from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DEISMultistepScheduler,
    DPMSolverMultistepScheduler,
    DPMSolverSinglestepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    KDPM2AncestralDiscreteScheduler,
    KDPM2DiscreteScheduler,
    LCMScheduler,
    LMSDiscreteScheduler,
    PNDMScheduler,
    SASolverScheduler,
    TCDScheduler,
    UniPCMultistepScheduler,
)

from engine.errors import BadJob

SOLVER = {"algorithm_type": "dpmsolver++", "solver_order": 2, "final_sigmas_type": "zero"}
SDE = {"algorithm_type": "sde-dpmsolver++", "solver_order": 2, "final_sigmas_type": "zero"}
EVERY_COUNT = {"lower_order_final": True}
"""Without it the single-step solver has no plan for an odd number of steps."""
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "Euler": (EulerDiscreteScheduler, {}),
    "Euler a": (EulerAncestralDiscreteScheduler, {}),
    "DPM++ 2M": (DPMSolverMultistepScheduler, SOLVER),
    "DPM++ 2M SDE": (DPMSolverMultistepScheduler, SDE),
    "DPM++ 3M SDE": (DPMSolverMultistepScheduler, {**SDE, "solver_order": 3}),
    # In k-diffusion both are single-step solvers of second order; diffusers' class of that name needs torchsde.
    "DPM++ SDE": (DPMSolverSinglestepScheduler, {**SDE, **EVERY_COUNT}),
    "DPM++ 2S": (DPMSolverSinglestepScheduler, {**SOLVER, **EVERY_COUNT}),
    "UniPC": (UniPCMultistepScheduler, {}),
    "Heun": (HeunDiscreteScheduler, {}),
    "DPM2": (KDPM2DiscreteScheduler, {}),
    "DPM2 a": (KDPM2AncestralDiscreteScheduler, {}),
    "LMS": (LMSDiscreteScheduler, {}),
    "DDIM": (DDIMScheduler, {}),
    "DDPM": (DDPMScheduler, {}),
    # As every Stable Diffusion has it: the Runge-Kutta start was meant for pixels, and image to image cannot slice it.
    "PNDM": (PNDMScheduler, {"skip_prk_steps": True}),
    "DEIS": (DEISMultistepScheduler, {"algorithm_type": "deis"}),
    "SA-Solver": (SASolverScheduler, {"algorithm_type": "data_prediction"}),
    "LCM": (LCMScheduler, {}),
    "TCD": (TCDScheduler, {}),
}
"""Name -> class, and what of its configuration the name says; the rest is the model's own."""
SPACINGS = {" Karras": "use_karras_sigmas", " exponential": "use_exponential_sigmas"}
SIGMAS = (*SPACINGS.values(), "use_beta_sigmas")
"""At most one of these may be set, so a name says all of them."""
NEAREST = 3


def names() -> tuple[str, ...]:
    """Every name that `make` takes, as people write it."""
    return tuple(_TABLE)


def name_of(scheduler: Any) -> str:
    """The name of a model's own scheduler: the nearest of its class, or the class's name if there is none."""
    alike = {name: said for name, (kind, said) in _TABLE.items() if type(scheduler) is kind}
    config = scheduler.config
    if not alike:
        return type(scheduler).__name__
    return max(alike, key=lambda name: sum(config.get(key) == value for key, value in alike[name].items()))


def make(name: str, own: Any) -> Any:
    """A new scheduler for one picture.

    Args:
        name: one of `names`, whatever its case, spaces and signs; also diffusers' class names and k-diffusion's.
        own: the model's own scheduler. Its training settings (betas, prediction type, zero SNR, spacing) are kept, as
            far as the asked one knows them; asked for by its own name, it is copied as it is.

    Raises:
        BadJob: no such name; the nearest ones are told.
    """
    asked = _plain(name)
    if asked == _plain(name_of(own)):
        return type(own).from_config(own.config)
    if asked not in _KNOWN:
        known = {_plain(one): one for one in names()}
        nearest = difflib.get_close_matches(asked, known, NEAREST, cutoff=0)
        raise BadJob("scheduler", f"there is no {name}; the nearest are {', '.join(known[one] for one in nearest)}")
    kind, said = _TABLE[_KNOWN[asked]]
    return kind.from_config(own.config, **said)


def _plain(name: str) -> str:
    name = name.lower().replace("dpmpp", "dpm++").replace("ancestral", "a").removesuffix("scheduler")
    return re.sub(r"[^a-z0-9+]", "", name.removeprefix("k_").removeprefix("sample_"))


def _table() -> dict[str, tuple[Any, dict[str, Any]]]:
    table: dict[str, tuple[Any, dict[str, Any]]] = {}
    for name, (kind, said) in KINDS.items():
        takes = inspect.signature(kind.__init__).parameters
        level = {sigmas: False for sigmas in SIGMAS if sigmas in takes}
        table[name] = kind, {**said, **level}
        # These space the noise between its largest and smallest sigma, and with zero SNR the largest is endless.
        bounded = {zero: False for zero in ("rescale_betas_zero_snr",) if zero in takes}
        for suffix, sigmas in SPACINGS.items():
            if sigmas in takes:
                table[name + suffix] = kind, {**said, **level, **bounded, sigmas: True}
    return table


_TABLE = _table()
_KNOWN = {
    **{_plain(kind.__name__): name for name, (kind, _) in reversed(KINDS.items())},
    "plms": "PNDM",
    **{_plain(name): name for name in _TABLE},
}
"""What may be typed -> the name it means."""
