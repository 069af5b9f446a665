"""The shape of the house is kept by tests: sizes, imports, words."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path
    for path in ROOT.rglob("*.py")
    if not {".venv", "data", ".git"} & set(path.relative_to(ROOT).parts) and "weights" not in path.parts
)
OURS = [path for path in SOURCES if "tests" not in path.relative_to(ROOT).parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", OURS, ids=name)
def test_no_file_is_longer_than_350_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 350


@pytest.mark.parametrize("path", OURS, ids=name)
def test_constructors_take_at_most_five_collaborators(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            assert len(node.args.args) - 1 <= 5, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", OURS, ids=name)
def test_public_things_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree) or not tree.body, "the module itself"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            if path.parts[-2] == "versions":
                continue  # a migration's functions are named by Alembic
            nested = any(node in ast.walk(other) for other in ast.walk(tree) if other is not node and _function(other))
            assert nested or ast.get_docstring(node), f"{name(path)}:{node.lineno} {node.name}"


def _function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


STARTED = ("main", "bot.compose", "bot.front_door", "engine.engine", "adapters.console.server")


@pytest.mark.parametrize("module", [*STARTED, "adapters.discord.opening", "adapters.slack.opening"])
def test_it_can_be_imported_and_loads_no_torch(module: str) -> None:
    code = (
        f"import sys, {module}; print([name for name in ('torch', 'diffusers', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_readme_draws_the_tree_as_it_is() -> None:
    readme = (ROOT / "README.md").read_text()
    block = re.search(r"```text\n(.*?)```", readme, re.DOTALL)
    assert block, "the README holds a drawing of the tree"
    names = re.findall(r"^([\w./-]+)", block[1], re.MULTILINE)
    assert len(names) >= 8
    for each in names:
        assert (ROOT / each).exists(), each


def test_every_setting_is_explained() -> None:
    from settings import DiscordSettings, Settings, SlackSettings

    example = (ROOT / ".env.example").read_text()
    explained = set(re.findall(r"^#?((?:SEXTANT|DISCORD|SLACK)_\w+)=", example, re.MULTILINE))
    kinds: dict[str, type[BaseSettings]] = {"SEXTANT": Settings, "DISCORD": DiscordSettings, "SLACK": SlackSettings}
    assert explained == {f"{prefix}_{name.upper()}" for prefix, kind in kinds.items() for name in kind.model_fields}
