"""Pictures under a limit of bytes."""

import io

import numpy as np
import pytest
from PIL import Image

from adapters.discord import sizes
from tests.scripted_bot import pixels, png

NOISE = png(np.random.default_rng(1).integers(0, 256, (512, 512, 3), np.uint8))


def test_what_is_small_enough_stays_as_it_is() -> None:
    data = png(pixels(1, 64))
    assert sizes.fit(data, len(data)) is data


@pytest.mark.parametrize("limit", [300_000, 30_000, 3_000])
def test_what_is_too_large_is_encoded_anew_and_in_the_end_smaller(limit: int) -> None:
    data = sizes.fit(NOISE, limit)
    assert len(data) <= limit
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "WEBP"
        assert picture.width == picture.height


def test_a_picture_like_a_photograph_keeps_its_size() -> None:
    grain = np.random.default_rng(1).integers(0, 8, (512, 512, 3), np.uint8)
    data = png(np.minimum(pixels(1, 512), 240) + grain)
    with Image.open(io.BytesIO(sizes.fit(data, len(data) // 2))) as picture:
        assert picture.size == (512, 512)


async def test_many_pictures_are_within_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "REQUEST", len(NOISE) * 2)
    fitted = await sizes.fit_all([NOISE] * 4, sizes.DEFAULT_FILE)
    assert sum(map(len, fitted)) <= len(NOISE) * 2
    assert await sizes.fit_all([NOISE], sizes.DEFAULT_FILE) == [NOISE]


def test_transparency_survives() -> None:
    clear = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (256, 256, 4), np.uint8)).save(clear, "PNG")
    with Image.open(io.BytesIO(sizes.fit(clear.getvalue(), 50_000))) as picture:
        assert "A" in picture.getbands()


def test_endings_are_told_by_the_first_bytes() -> None:
    assert sizes.suffix(NOISE) == ".png"
    assert sizes.suffix(sizes.fit(NOISE, 30_000)) == ".webp"
    assert sizes.suffix(b"MZ") == ""
