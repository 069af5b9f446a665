import json
import re
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot import recipe
from bot.query import Query
from engine.pixels import decode, encode_png

QUERY = Query(
    prompt="a red car on a (blue:1.3) background",
    width=128,
    height=96,
    steps=20,
    guidance_scale=5.0,
    scheduler="DPM++ 2M Karras",
    seed=4294967295,
    count=4,
    model="pocket",
)
PIXELS = np.arange(96 * 128 * 3, dtype=np.uint32).reshape(96, 128, 3).astype(np.uint8)

SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "core": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
}


def info(data: bytes) -> dict[str, str]:
    with Image.open(BytesIO(data)) as image:
        return {str(key): value for key, value in image.info.items() if isinstance(value, str)}


def parse_infotext(text: str) -> tuple[str, str, dict[str, str]]:
    """As `parse_generation_parameters` of AUTOMATIC1111's modules/infotext_utils.py reads it."""
    *lines, last = text.strip().split("\n")
    found = re.findall(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)', last)
    assert len(found) >= 3, "with fewer, the reader takes the line for words"
    prompt, negative, target = "", "", "prompt"
    for line in lines:
        line = line.strip()
        if line.startswith("Negative prompt:"):
            target, line = "negative", line[16:].strip()
        if target == "prompt":
            prompt += ("\n" if prompt else "") + line
        else:
            negative += ("\n" if negative else "") + line
    return prompt, negative, {name: json.loads(value) if value.startswith('"') else value for name, value in found}


def test_a_picture_carries_its_query() -> None:
    own = QUERY.picture(1)
    data = recipe.write(PIXELS, own, alt="AI image: a red car")
    assert recipe.read(data) == own
    assert own.seed == 0
    assert info(data)["sextant"] == own.canonical()
    assert (decode(data) == PIXELS).all()


@given(
    prompt=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200),
    negative=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=50),
    alt=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=50),
)
def test_any_words_come_back(prompt: str, negative: str, alt: str) -> None:
    query = replace(QUERY, prompt=prompt, negative_prompt=negative)
    assert recipe.read(recipe.write(PIXELS[:2, :2], query, alt=alt)) == query


def test_other_tools_read_the_parameters() -> None:
    query = replace(
        QUERY,
        negative_prompt="fog, people",
        loras=(("pixel-art", 0.8),),
        model="runs/a, b: c",
        start="k7m2p9xw-2",
        strength=0.35,
    )
    prompt, negative, settings = parse_infotext(info(recipe.write(PIXELS, query, alt=""))["parameters"])
    assert prompt == "a red car on a (blue:1.3) background <lora:pixel-art:0.8>"
    assert negative == "fog, people"
    assert settings == {
        "Steps": "20",
        "Sampler": "DPM++ 2M Karras",
        "CFG scale": "5",
        "Seed": "4294967295",
        "Size": "128x96",
        "Model": "runs/a, b: c",
        "Denoising strength": "0.35",
        "Version": "Sextant",
    }


def test_without_a_negative_prompt_there_is_no_line_for_it() -> None:
    assert recipe.parameters(QUERY) == (
        "a red car on a (blue:1.3) background\n"
        "Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 5, Seed: 4294967295, Size: 128x96, Model: pocket, "
        "Version: Sextant"
    )


@pytest.mark.parametrize(
    ("composite", "kind"), [(False, "trainedAlgorithmicMedia"), (True, "compositeWithTrainedAlgorithmicMedia")]
)
def test_it_is_marked_as_made_by_ai_and_has_alt_text(composite: bool, kind: str) -> None:
    alt = 'AI image: <b>"fish" & chips</b> 狐'
    packet = info(recipe.write(PIXELS, QUERY, alt=alt, composite=composite))["XML:com.adobe.xmp"]
    assert packet.startswith("<?xpacket begin=")
    assert packet.endswith('<?xpacket end="w"?>')
    tree = ElementTree.fromstring(packet)
    source = tree.find(".//ext:DigitalSourceType", SPACES)
    text = tree.find(".//core:AltTextAccessibility/rdf:Alt/rdf:li", SPACES)
    assert source is not None
    assert text is not None
    assert source.text == f"http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"
    assert text.text == alt
    assert text.attrib == {"{http://www.w3.org/XML/1998/namespace}lang": "x-default"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        encode_png(PIXELS),
        encode_png(PIXELS, {"parameters": recipe.parameters(QUERY)}),
        encode_png(PIXELS, {"sextant": "{}"}),
        encode_png(PIXELS, {"sextant": "[1"}),
        encode_png(PIXELS, {"sextant": '{"loras": 3}'}),
        encode_png(PIXELS, {"sextant": "5"}),
    ],
)
def test_strangers_have_no_query(data: bytes) -> None:
    assert recipe.read(data) is None
