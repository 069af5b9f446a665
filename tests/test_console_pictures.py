"""Pictures in and out."""

from pathlib import Path

import pytest

from adapters.console.pictures import MOST_WAITING, Pictures


async def made(file: str) -> bytes:
    if file != "ab12.png":
        raise FileNotFoundError(file)
    return b"made"


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    (tmp_path / "secret").write_bytes(b"secret")
    return Pictures(tmp_path / "uploads", made)


async def test_an_upload_waits_until_it_is_used_and_stays_then(pictures: Pictures) -> None:
    id = await pictures.keep(b"bytes")
    with pytest.raises(FileNotFoundError):
        await pictures.brought(id)
    for _ in range(2):
        assert (await pictures.use(id)).data == b"bytes"
    assert await pictures.brought(id) == b"bytes"
    assert pictures.url(id) == f"/uploads/{id}"


async def test_a_picture_of_the_store_can_be_used(pictures: Pictures) -> None:
    assert (await pictures.use("ab12.png")).data == b"made"
    assert pictures.url("ab12.png") == "/pictures/ab12.png"


async def test_what_waits_is_bounded_and_what_is_used_is_kept(pictures: Pictures, tmp_path: Path) -> None:
    used = await pictures.keep(b"used")
    await pictures.use(used)
    ids = [await pictures.keep(str(number).encode()) for number in range(MOST_WAITING + 3)]
    assert len(list((tmp_path / "uploads" / "waiting").iterdir())) == MOST_WAITING
    assert (await pictures.use(ids[-1])).data == str(MOST_WAITING + 2).encode()
    assert await pictures.brought(used) == b"used"


@pytest.mark.parametrize(
    "name", ["../secret", "..", "", "a/b.png", "/etc/passwd", "a\0.png", "..%2fsecret", ".hidden", "a..png"]
)
async def test_no_name_leads_out(pictures: Pictures, name: str) -> None:
    for read in (pictures.use, pictures.made, pictures.brought):
        with pytest.raises(FileNotFoundError):
            await read(name)
