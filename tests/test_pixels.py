import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from engine.errors import BadPicture
from engine.jobs import Pixels
from engine.pixels import PREVIEW_SIDE, decode, encode_png, encode_preview, fit

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def gradient(width: int = 40, height: int = 30) -> Image.Image:
    """Smooth, so that lossy formats keep it nearly as it is."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([across, down, 255 - across], -1).astype(np.uint8))


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header promises width x height, with nothing behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def reason(data: bytes, **limits: int) -> str:
    with pytest.raises(BadPicture) as caught:
        decode(data, **limits)
    return caught.value.reason


@pytest.mark.parametrize(
    ("kind", "off_by"), [("PNG", 0), ("BMP", 0), ("TIFF", 0), ("JPEG", 3), ("WEBP", 6), ("AVIF", 3)]
)
def test_formats_that_people_send(kind: str, off_by: int) -> None:
    picture = gradient()
    pixels = decode(saved(picture, kind))
    assert pixels.shape == (30, 40, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.writeable
    assert np.abs(pixels.astype(int) - np.asarray(picture)).mean() <= off_by


def test_animations_show_their_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, GREEN, BLUE)]
    for kind in ("GIF", "WEBP", "PNG"):
        data = saved(
            frames[0], kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "WEBP" else {})
        )
        assert (decode(data) == RED).all(), kind


@pytest.mark.parametrize("turn", range(1, 9))
def test_cameras_that_were_held_otherwise(turn: int) -> None:
    picture = Image.new("RGB", (4, 2), RED)
    picture.putpixel((0, 0), BLUE)
    exif = Image.Exif()
    exif[0x0112] = turn  # orientation: row and column of the upright picture that the first pixel stands in
    pixels = decode(saved(picture, exif=exif))
    row, column = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}[turn]
    assert pixels.shape == ((2, 4, 3) if turn < 5 else (4, 2, 3))
    assert tuple(pixels[row, column]) == BLUE
    assert (pixels == BLUE).all(-1).sum() == 1


def half_clear(mode: str) -> Image.Image:
    image = Image.new("RGBA", (2, 1), (*RED, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    return image.convert(mode)


def palette_with_a_clear_colour() -> Image.Image:
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, 0, 0, 0])
    image.putpixel((1, 0), 1)
    image.info["transparency"] = 1
    return image


@pytest.mark.parametrize("make", [lambda: half_clear("RGBA"), palette_with_a_clear_colour], ids=["RGBA", "palette"])
@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_what_is_clear_becomes_white(make: Callable[[], Image.Image], kind: str) -> None:
    assert decode(saved(make(), kind)).tolist() == [[list(RED), list(WHITE)]]


def test_half_clear_is_half_white() -> None:
    assert np.abs(decode(saved(Image.new("RGBA", (3, 3), (255, 0, 0, 128)))).astype(int) - (255, 127, 127)).max() <= 1
    assert np.abs(decode(saved(Image.new("LA", (3, 3), (0, 128)))).astype(int) - 127).max() <= 1


def test_modes_of_other_trades() -> None:
    assert np.abs(decode(saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG")).astype(int) - RED).max() <= 3
    assert (decode(saved(Image.new("1", (3, 3), 1))) == 255).all()
    assert (decode(saved(Image.new("L", (3, 3), 77))) == 77).all()
    grey = Image.fromarray(np.array([[0, 32768, 65535]], np.uint16))
    for kind in ("PNG", "TIFF"):
        assert decode(saved(grey, kind))[0, :, 0].tolist() == [0, 128, 255]
    assert decode(saved(Image.fromarray(np.array([[0.0, 0.5, 1.0]], np.float32)), "TIFF"))[0, :, 0].tolist() == [
        0,
        128,
        255,
    ]


def test_colours_are_meant_as_the_profile_says() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
    red = Image.new("RGB", (2, 2), RED)
    assert np.abs(decode(saved(red, icc_profile=srgb)).astype(int) - RED).max() <= 1
    assert np.abs(decode(saved(red, icc_profile=swapped)).astype(int) - GREEN).max() <= 1
    assert (decode(saved(red, icc_profile=b"no profile")) == RED).all()


def test_a_large_photo_is_scaled_down() -> None:
    pixels = decode(saved(gradient(3000, 1500), "JPEG"), max_side=500)
    assert pixels.shape == (250, 500, 3)
    assert np.abs(pixels.astype(int) - np.asarray(gradient(500, 250))).max() <= 12
    assert decode(saved(gradient(600, 300)), max_side=500).shape == (250, 500, 3)
    assert decode(saved(gradient(300, 600)), max_side=500).shape == (500, 250, 3)


def test_the_header_alone_decides_on_size() -> None:
    assert reason(png_of_size(30_000, 30_000)) == "too_large"
    assert reason(png_of_size(10_000, 9_000)) == "too_large"
    assert reason(saved(gradient(20, 10)), max_pixels=199) == "too_large"
    assert decode(saved(gradient(20, 10)), max_pixels=200).shape == (10, 20, 3)


def test_text_that_unpacks_to_gigabytes_is_refused() -> None:
    packed = b"Comment\0\0" + zlib.compress(b"x" * 100_000_000, 9)
    data = saved(gradient())
    chunk = struct.pack(">I", len(packed)) + b"zTXt" + packed + struct.pack(">I", zlib.crc32(b"zTXt" + packed))
    assert reason(data[:33] + chunk + data[33:]) == "not_a_picture"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_half_a_file_is_truncated(kind: str) -> None:
    data = saved(Image.effect_noise((200, 200), 50).convert("RGB"), kind)
    assert reason(data[: len(data) // 2]) in ("truncated", "not_a_picture")
    if kind in ("PNG", "JPEG", "GIF", "BMP"):  # the others keep their header, or check themselves, at the end
        assert reason(data[: len(data) // 2]) == "truncated"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EOF\n",
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    assert reason(data) == "not_a_picture"


@given(st.data())
def test_damaged_files_raise_nothing_else(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"]))
    file = bytearray(saved(gradient(16, 16), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        pixels = decode(bytes(file), max_pixels=1_000_000)
    except BadPicture:
        return
    assert pixels.dtype == np.uint8
    assert pixels.shape[2:] == (3,)


def test_memory_is_bounded_by_the_size_in_the_header() -> None:
    """At most twelve bytes a pixel. In a process of its own, since the peak is the process's."""
    code = (
        "import os, resource, sys\n"
        "from io import BytesIO\n"
        "from PIL import Image\n"
        "from engine.pixels import decode\n"
        "side = 4000\n"
        "file = BytesIO()\n"
        "Image.new('RGBA', (side, side), (1, 2, 3, 4)).save(file, 'PNG', compress_level=1)\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    decode(file.getvalue())\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, flush=True)\n"
        "else:\n"
        "    sys.exit(os.waitpid(pid, 0)[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) * 1024 < 12 * 4000**2


def test_fit_covers_and_cuts_around_the_centre() -> None:
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, :10], wide[:, 10:20], wide[:, 20:] = RED, GREEN, BLUE
    assert (fit(wide, 10, 10) == GREEN).all()
    assert fit(wide, 64, 48).shape == (48, 64, 3)
    same = np.asarray(gradient(12, 12))
    assert (fit(same, 12, 12) == same).all()


def test_png_keeps_pixels_and_texts() -> None:
    pixels = np.asarray(gradient())
    data = encode_png(pixels, {"plain": "über", "wide": "狐 🦊"}, "<x/>")
    assert (decode(data) == pixels).all()
    with Image.open(BytesIO(data)) as image:
        assert image.info["plain"] == "über"
        assert image.info["wide"] == "狐 🦊"
        assert image.info["xmp"] == b"<x/>"
    assert (decode(encode_png(pixels)) == pixels).all()


def test_a_preview_is_small_and_smooth() -> None:
    pixels: Pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, 4:] = 255
    data = encode_preview(pixels, 1024, 512)
    shown = decode(data)
    assert shown.shape == (PREVIEW_SIDE // 2, PREVIEW_SIDE, 3)
    assert len(data) < 5000
    steps = np.abs(np.diff(shown[:, :, 0].astype(int), axis=1))
    assert steps.max() < 64, "no hard edge where the small picture had one"
    assert decode(encode_preview(pixels, 64, 32)).shape == (32, 64, 3)
