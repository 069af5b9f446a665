"""How a picture was made, inside its own file: for other tools, for this one, and for everybody who asks.

Three texts: `parameters`, which AUTOMATIC1111's web UI began and others read; `sextant`, the canonical JSON of the
picture's own query; and XMP with the IPTC digital source type, which marks it as made by AI, and its alt text.
"""

import json
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image

from bot.query import Query
from engine.jobs import Pixels
from engine.pixels import encode_png

CHUNK = "sextant"

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC NewsCodes; trainedAlgorithmicMedia is what a model made from words alone."""

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <xmp:CreatorTool>Sextant</xmp:CreatorTool>
   <Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>
   <Iptc4xmpCore:AltTextAccessibility>
    <rdf:Alt><rdf:li xml:lang="x-default">{alt}</rdf:li></rdf:Alt>
   </Iptc4xmpCore:AltTextAccessibility>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def write(pixels: Pixels, query: Query, *, alt: str, composite: bool = False) -> bytes:
    """A PNG that says how it was made.

    Args:
        query: the picture's own, as `Query.picture` gives it.
        alt: its alternative text.
        composite: it started from a picture that somebody brought.
    """
    source = "compositeWithTrainedAlgorithmicMedia" if composite else "trainedAlgorithmicMedia"
    xmp = _XMP.format(source=SOURCE_TYPES + source, alt=escape(alt))
    return encode_png(pixels, {"parameters": parameters(query), CHUNK: query.canonical()}, xmp)


def read(data: bytes) -> Query | None:
    """The query that a file carries; None if it is not one of ours. Decodes no pixels."""
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            return Query.from_canonical(str(image.info[CHUNK]))
    except Exception:  # a stranger's file: whatever is wrong with it, it holds no query
        return None


def parameters(query: Query) -> str:
    """The query as AUTOMATIC1111 writes it (`create_infotext` in modules/processing.py)."""
    settings: dict[str, object] = {
        "Steps": query.steps,
        "Sampler": query.scheduler,
        "CFG scale": f"{query.guidance_scale:g}",
        "Seed": query.seed,
        "Size": f"{query.width}x{query.height}",
        "Model": query.model,
    }
    if query.start:
        settings["Denoising strength"] = f"{query.strength:g}"
    if query.tile:
        settings["Tiling"] = True
    loras = "".join(f" <lora:{name}:{weight:g}>" for name, weight in query.loras)
    return "\n".join(
        (
            query.prompt + loras,
            *([f"Negative prompt: {query.negative_prompt}"] if query.negative_prompt else []),
            ", ".join(f"{name}: {_quoted(str(value))}" for name, value in (settings | {"Version": "Sextant"}).items()),
        )
    )


def _quoted(value: str) -> str:
    """Readers cut at commas, colons and line ends; JSON quotes keep them, as in modules/infotext_utils.py."""
    return json.dumps(value, ensure_ascii=False) if any(sign in value for sign in ",:\n") else value
