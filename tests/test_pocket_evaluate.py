"""`main.py pocket evaluate` on a small sample of the shipped weights, and what it stands them beside."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from rich.console import Console
from typer.testing import CliRunner

import main
from pocket.data import PACKAGES, Composer
from pocket.evaluate import WEIGHTS
from pocket.evaluation import beside as first_pair
from pocket.evaluation.figures import Evaluation, Figure, beside
from pocket.evaluation.reading import Sizes, measure_autoencoder, measure_clip
from pocket.vocabulary import NOUNS

ROOT = Path(__file__).parent.parent


def test_a_small_sample_of_the_shipped_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEXTANT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SEXTANT_LOG_LEVEL", "ERROR")
    monkeypatch.setattr(first_pair, "unearth", lambda folder: None)  # drawing with two pairs takes twice as long
    result = CliRunner().invoke(main.app, ["pocket", "evaluate", "--sample", "1", "--out", "seen", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    shipped = [row["shipped"] for row in found["rows"]]
    measured = {figure["measure"]: figure["value"] for figure in shipped}
    assert measured["blue at strength 0.9"] == 1.0
    assert measured["silhouette kept at strength 0.7"] > 0.8
    assert measured["1 when 1 are asked for"] == 1.0
    assert measured["seconds for a picture at batch 8"] > 0
    assert "CLIP" not in {figure["section"] for figure in shipped}
    assert any("npm" in words for words in found["skipped"])
    assert any("judge" in words for words in found["skipped"])
    assert all(Path(name).is_file() for name in found["files"])
    assert list(json.loads(Path("seen/sheet-key.json").read_text()).values()) == ["a car"]


def test_what_is_read_is_measured_on_composed_pictures() -> None:
    drawing = Image.new("RGBA", (64, 64))
    ImageDraw.Draw(drawing).ellipse((0, 0, 63, 50), fill=(200, 40, 30, 255))
    artwork = {(name, noun.icon): drawing for noun in NOUNS for name in PACKAGES}
    composer, sizes = Composer(artwork), Sizes(4, 4, 3)
    (decibels,) = measure_autoencoder(WEIGHTS / "diffusion", composer, sizes)
    assert 15 < decibels.value < 50
    figures = {figure.measure: figure for figure in measure_clip(WEIGHTS / "clip", composer, sizes)}
    assert figures["text to image, recall@10 among 4 held-out pictures"].value == 1.0
    # Every thing looks alike here, so that none is nearer to its name than the others.
    assert figures["automobile, bicycle, horse highest on own axis, own drawings"].value <= 1 / 3


def test_figures_stand_beside_those_of_the_first_pair() -> None:
    mine = [Figure("Counts", "three", 0.5, "%", chance=0.1), Figure("Counts", "two", 1.0, "%")]
    rows = beside(mine, [Figure("Counts", "three", 0.25, "%"), Figure("Words", "two", 0.1, "%")])
    assert [row.first for row in rows] == [0.25, None]
    out = io.StringIO()
    console = Console(file=out, width=120)
    console.print(*Evaluation("here", "there", rows, (), ()).tables())
    assert "50%" in out.getvalue()
    assert "25%" in out.getvalue()
    assert "10%" in out.getvalue()


def test_without_a_history_the_recorded_figures_of_the_first_pair_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert first_pair.unearth(tmp_path / "out", root=tmp_path) is None
    monkeypatch.setattr(first_pair, "RECORD", tmp_path / "first_pair.json")
    assert first_pair.recorded() == []
    figures = [Figure("Words", "colour", 0.4, "%", chance=0.1, note="of 9")]
    first_pair.record(figures)
    assert first_pair.recorded() == figures
