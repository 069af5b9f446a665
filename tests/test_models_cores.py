import os

import pytest
import torch

from engine.models.cores import spare_one


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (8, 7)])
def test_one_core_is_left_free(monkeypatch: pytest.MonkeyPatch, cores: int, threads: int) -> None:
    before = torch.get_num_threads()
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    try:
        spare_one()
        assert torch.get_num_threads() == threads
        monkeypatch.setenv("OMP_NUM_THREADS", "3")
        torch.set_num_threads(3)
        spare_one()
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
