import pytest
import torch

from engine.models.chaos import shaken

WORDS = torch.randn(1, 6, 32, generator=torch.Generator().manual_seed(0)) * 3 + 1


def shake(chaos: int, time: float, words: torch.Tensor = WORDS) -> torch.Tensor:
    return shaken(words, chaos, time, torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("chaos", "time"), [(0, 1.0), (0, 0.0), (100, 0.0), (100, 0.29), (57, 0.59)])
def test_nothing_is_drawn_where_nothing_is_added(chaos: int, time: float) -> None:
    generator = torch.Generator().manual_seed(1)
    before = generator.get_state()
    assert shaken(WORDS, chaos, time, generator) is WORDS
    assert torch.equal(generator.get_state(), before)


def test_more_chaos_and_more_noise_shake_more() -> None:
    by_chaos = [float((shake(chaos, 0.95) - WORDS).norm()) for chaos in (10, 20, 30, 45)]
    by_time = [float((shake(57, time) - WORDS).norm()) for time in (0.65, 0.7, 0.8, 0.89)]
    assert by_chaos == sorted(set(by_chaos))
    assert by_time == sorted(set(by_time))


def test_all_that_is_left_at_the_papers_first_step_is_noise() -> None:
    one, other = shake(57, 1.0), shake(57, 1.0, words=-WORDS.flip(1) + 2 * WORDS.mean())
    assert torch.allclose(one, other, atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_mean_spread_and_dtype_stay(dtype: torch.dtype) -> None:
    noisy = shake(60, 0.8, WORDS.to(dtype))
    assert noisy.dtype == dtype
    assert torch.allclose(noisy.float().mean(), WORDS.mean(), atol=0.02)
    assert torch.allclose(noisy.float().std(), WORDS.std(), atol=0.02)


def test_words_that_are_all_alike_stay() -> None:
    assert torch.equal(shake(60, 1.0, torch.ones(1, 2, 3)), torch.ones(1, 2, 3))
