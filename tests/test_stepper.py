"""The fakes and the shipped model keep one and the same contract."""

from pathlib import Path
from typing import Any

import pytest

from engine.stepper import Stepper, Whole
from tests.contracts.stepper import StepperContract, WholeContract
from tests.fakes import FakeStepper, FakeWhole


@pytest.fixture(scope="module")
def pocket() -> Any:
    """The shipped model, opened once."""
    import torch

    from engine.models import loading

    torch.set_num_threads(1)
    return loading.load("pocket", folder=Path("nowhere"), device="cpu", dtype="float32")


class TestFakeStepper(StepperContract):
    @pytest.fixture
    def model(self) -> Stepper:
        return FakeStepper()


class TestFakeWhole(WholeContract):
    @pytest.fixture
    def model(self) -> Whole:
        return FakeWhole()


class TestPocketStepper(StepperContract):
    @pytest.fixture
    def model(self, pocket: Any, tmp_path: Path) -> Stepper:
        from engine.models import loading

        model = loading.stepper(pocket, tmp_path)
        assert model.card.batched
        return model  # type: ignore[return-value]


class TestPocketWhole(WholeContract):
    @pytest.fixture
    def model(self, pocket: Any, tmp_path: Path) -> Whole:
        from engine.models.lora import Loras
        from engine.models.whole import WholePipeline

        return WholePipeline(pocket, Loras(tmp_path))
