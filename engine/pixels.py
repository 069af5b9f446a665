"""Picture bytes into pixels and back, in bounded memory whatever the bytes are."""

from collections.abc import Mapping
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from engine.errors import BadPicture
from engine.jobs import Pixels

MAX_SIDE = 2048
"""Pixels. Longer pictures are scaled down: no model reads more."""

MAX_PIXELS = 50_000_000
"""The most that a file may hold. Decoding takes up to 12 bytes for each."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")
"""What is opened. Pillow knows more, some of which start other programs."""

PREVIEW_SIDE = 256
"""Pixels. The longest side of an encoded preview; the platform stretches it further."""

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def decode(data: bytes, *, max_side: int = MAX_SIDE, max_pixels: int = MAX_PIXELS) -> Pixels:
    """The picture in a file: its first frame, upright, in sRGB, on white where it is transparent.

    Args:
        data: a file in one of FORMATS.
        max_side: pixels; a longer picture is scaled down to it.
        max_pixels: the size in the header decides, before anything is decoded.

    Raises:
        BadPicture: not_a_picture, too_large, or truncated (damaged counts as that too).
    """
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture("too_large") from error
    except Exception as error:  # hostile bytes make the parsers raise anything
        raise BadPicture("not_a_picture") from error
    with image:
        if image.width * image.height > max_pixels:
            raise BadPicture("too_large")
        try:
            image.draft(None, (max_side, max_side))  # JPEG alone can be decoded at a fraction of its size
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            small = _eight_bit(image)
            small.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
            return np.array(_in_srgb(_on_white(small)), np.uint8)
        except Exception as error:
            raise BadPicture("truncated") from error


def fit(pixels: Pixels, width: int, height: int) -> Pixels:
    """The picture scaled (Lanczos) until it covers width x height, and cut to that around its centre."""
    return np.array(ImageOps.fit(Image.fromarray(pixels), (width, height), Image.Resampling.LANCZOS), np.uint8)


def encode_png(pixels: Pixels, text: Mapping[str, str] | None = None, xmp: str = "") -> bytes:
    """A PNG with text chunks (tEXt where Latin-1 has the signs, else iTXt) and an XMP packet."""
    chunks = PngInfo()
    for key, value in (text or {}).items():
        chunks.add_text(key, value)
    if xmp:
        chunks.add_itxt("XML:com.adobe.xmp", xmp)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=chunks)
    return file.getvalue()


def encode_preview(pixels: Pixels, width: int, height: int) -> bytes:
    """A small WebP in the shape of width x height, at most PREVIEW_SIDE long, stretched smoothly."""
    share = min(1.0, PREVIEW_SIDE / max(width, height))
    size = max(1, round(width * share)), max(1, round(height * share))
    file = BytesIO()
    Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).save(file, "WEBP", quality=75, method=2)
    return file.getvalue()


def _eight_bit(image: Image.Image) -> Image.Image:
    """The same picture in a mode of 8-bit channels, with its transparency."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):  # of no fixed range, and Pillow's own conversion cuts off everything above 255
        values = np.asarray(image)
        return Image.fromarray((values * (255.0 / max(values.max(), 1))).clip(0, 255).round().astype(np.uint8))
    if image.mode in ("RGB", "CMYK", "L", "RGBA") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    white.info = image.info
    return white.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as the file's own profile means them; a profile that fits badly is left out."""
    if profile := image.info.get("icc_profile"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            managed = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            return image.convert("RGB")
        return managed if managed is not None else image.convert("RGB")
    return image.convert("RGB")
