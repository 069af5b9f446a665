"""The command line, with the shipped model at few steps."""

import io
import json
import re
import shutil
import socket
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

import main
from bot import wording
from bot.recipe import read as read_recipe

ROOT = Path(__file__).parent.parent
POCKET = ROOT / "pocket" / "weights" / "diffusion"


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEXTANT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SEXTANT_LOG_LEVEL", "ERROR")


def run(*arguments: str) -> tuple[int, str]:
    """The exit code, and what was printed."""
    result = CliRunner().invoke(main.app, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_imagine_writes_pictures_and_prints_one_object(tmp_path: Path) -> None:
    code, printed = run(
        "imagine", "a red car on a blue background --steps 4 --n 2 --seed 7", "--out", str(tmp_path / "out"), "--json"
    )
    assert code == 0
    pictures = json.loads(printed)["pictures"]
    assert [picture["seed"] for picture in pictures] == [7, 8]
    for picture in pictures:
        assert set(picture) >= {"path", "id", "seed", "closeness"}
        assert -1 <= picture["closeness"] <= 1
        data = Path(picture["path"]).read_bytes()
        image = Image.open(io.BytesIO(data))
        assert image.size == (128, 128)
        assert "Steps: 4" in image.info["parameters"]
        query = read_recipe(data)
        assert query
        assert (query.seed, query.prompt) == (picture["seed"], "a red car on a blue background")


def test_the_same_seed_gives_the_same_picture_again(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        run("imagine", "a red car --steps 2 --n 1 --seed 7", "--out", str(tmp_path / folder))
    (a,), (b,) = (list((tmp_path / folder).iterdir()) for folder in ("a", "b"))
    assert Image.open(a).tobytes() == Image.open(b).tobytes()


def test_a_start_picture_and_describe(tmp_path: Path) -> None:
    start = tmp_path / "start.png"
    Image.new("RGB", (200, 100), "red").save(start)
    code, printed = run(
        "imagine", "a car --steps 4 --n 1", "--start", str(start), "--out", str(tmp_path / "o"), "--json"
    )
    assert code == 0
    path = json.loads(printed)["pictures"][0]["path"]
    code, printed = run("describe", path)
    assert code == 0
    assert "It looks like" in printed
    assert "a car" in printed


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("", "words"),
        ("x" * 9000, "4,?000"),
        ("a car --ar 9:1", "--ar"),
        ("a car --seed -1", "--seed"),
        ("a car --steps 0", "--steps"),
        ("a car --steps 151", "150"),
        ("a car --cfg 31", "30"),
        ("a car --n 11", "10"),
        ("a car --chaos 101", "100"),
        ("a car --stop 9", "10"),
        ("a car --stylize 1001", "1,?000"),
        ("a car --iw 4", "3"),
        ("a car --strength 2", "1"),
        ("a car --quality 3", "quality"),
        ("a car --sampler nosuch", "nosuch"),
        ("a car --model nosuch", "pocket"),
        ("a car --model ../../etc", "pocket"),
        ("a car --lora nosuch:1", "nosuch"),
        ("a car --bananas", "bananas"),
        ("a [car]", "\\[car\\]"),
    ],
)
def test_bad_input_ends_in_words(prompt: str, says: str) -> None:
    code, printed = run("imagine", prompt, "--json")
    result = json.loads(printed)
    assert code == 1
    assert result["pictures"] == []
    assert re.search(says, " ".join(result["words"])), result


def test_a_picture_that_is_no_picture(tmp_path: Path) -> None:
    fake = tmp_path / "cat.png"
    fake.write_bytes(b"GIF89a, or so it says")
    code, printed = run("describe", str(fake), "--json")
    assert code == 1
    assert "picture" in json.loads(printed)["words"][0]


def test_truncated_weights_are_named_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "models" / "broken"
    shutil.copytree(POCKET, broken)
    weights = broken / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1_000_000])
    monkeypatch.setenv("SEXTANT_MODELS_DIR", str(tmp_path / "models"))
    code, printed = run("imagine", "a car --model broken", "--json")
    assert code == 1
    words = json.loads(printed)["words"][0]
    assert "broken" in words
    assert "unet" in words
    code, _ = run("imagine", "a car --steps 1 --n 1", "--out", str(tmp_path / "o"))
    assert code == 0


def test_doctor_finds_everything_well() -> None:
    code, printed = run("doctor", "--json")
    findings = {finding["subject"]: finding for finding in json.loads(printed)}
    assert set(findings) == {"disk", "memory", "pictures", "model", "reader", "console"}
    assert all(finding["good"] for name, finding in findings.items() if name not in ("disk", "console"))
    assert code in (0, 1)  # the disk and the port are this machine's


def test_doctor_names_what_is_wrong_and_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("SEXTANT_CONSOLE_PORT", str(taken.getsockname()[1]))
        monkeypatch.setenv("SEXTANT_MODEL", "nosuch")
        monkeypatch.setenv("SEXTANT_PICTURES_URL", str(tmp_path / "file" / "below"))
        (tmp_path / "file").write_text("a file where a folder should be")
        code, printed = run("doctor", "--json")
    findings = {finding["subject"]: finding for finding in json.loads(printed)}
    assert code == 1
    assert [name for name, finding in findings.items() if not finding["good"]] >= ["console"]
    assert "SEXTANT_CONSOLE_PORT" in findings["console"]["words"]
    assert "pocket" in findings["model"]["words"]
    assert not findings["pictures"]["good"]


def test_a_wrong_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_DEVICE", "gpu")
    result = CliRunner().invoke(main.app, ["imagine", "a car"])
    assert result.exit_code == 2
    assert "SEXTANT_DEVICE=gpu" in result.stderr


def test_a_port_in_use_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr("sys.argv", ["main.py", "run", "--port", str(port)])
        with pytest.raises(SystemExit) as end:
            main.main()
    assert end.value.code == 1
    assert wording.port_in_use(port)[:20] in capsys.readouterr().err.replace("\n", " ")


@pytest.mark.parametrize("where", ["data", "data/sextant.sqlite"])
def test_a_data_folder_that_cannot_be_used_is_said(
    tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / where
    blocked.parent.mkdir(exist_ok=True)
    if where == "data":
        blocked.write_text("a file where the folder should be")
    else:
        blocked.mkdir()
    monkeypatch.setattr("sys.argv", ["main.py", "imagine", "a car"])
    with pytest.raises(SystemExit) as end:
        main.main()
    assert end.value.code == 1
    assert "SEXTANT_DATA_DIR" in capsys.readouterr().err
