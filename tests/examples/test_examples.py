"""examples: the output of the scripts is in their README, and the notebook has the output of its cells.

`python -m tests.examples.test_examples` runs the cells and stores new outputs.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
from contextlib import redirect_stdout
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import solproof
from solproof.demo import programs, scenario
from tests.support.sessions import assert_shown, run_session, steps_of

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
README = (EXAMPLES / "README.md").read_text()
STEPS = steps_of("".join(re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)))
NOTEBOOK = EXAMPLES / "tour.ipynb"


@pytest.mark.slow
@pytest.mark.parametrize(("command", "shown"), STEPS, ids=[command for command, _ in STEPS])
def test_script(command: str, shown: str, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "examples").symlink_to(EXAMPLES)
    (printed,) = run_session([command], tmp_path, {"PYTHONPATH": str(ROOT / "src")})
    assert_shown(printed, shown, command)


def test_every_example_is_listed_and_run() -> None:
    files = {path.name for path in EXAMPLES.iterdir() if path.suffix in (".py", ".ipynb", ".c")}
    assert set(re.findall(r"^\| \[(.+?)\]\(\1\)", README, re.MULTILINE)) == files
    assert {Path(command.split()[-1]).name for command, _ in STEPS} == files - {NOTEBOOK.name, "vault.c"}
    assert all((EXAMPLES / link).exists() for link in re.findall(r"\]\((.+?)\)", README))


def test_scripts_are_short_and_say_how_to_run_them() -> None:
    for path in EXAMPLES.glob("*.py"):
        text = path.read_text()
        assert text.count("\n") <= 60, path.name
        assert f"\n    .venv/bin/python examples/{path.name}\n" in text


def test_the_scene_is_the_transfer_of_the_demo(tmp_path: Path) -> None:
    """It fits its schema, and changes the token accounts as LiteSVM does."""
    scene = json.loads((EXAMPLES / "token_transfer.json").read_text())
    schema = files("solproof.formats").joinpath("scene.schema.json").read_text("utf-8")
    Draft202012Validator(json.loads(schema)).validate(scene)
    assert set(scene["programs"].values()) == {"../demo/p_token.so"}
    for name in ("demo", "examples"):
        (tmp_path / name).mkdir()
    (tmp_path / "demo/p_token.so").write_bytes(programs.p_token())
    output = solproof.run(solproof.scene_from_json(json.dumps(scene), tmp_path / "examples")).output
    theirs = scenario.run_token_instruction(scenario.transfer(programs.p_token()), classic_token=False)
    after = {account.key: account.data for account in output.accounts}
    assert output.success
    for account in theirs.accounts[:2]:
        assert after[account.key] == account.data


# NOTEBOOK


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells with code, in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run_cell(cell: dict[str, Any], names: dict[str, object], number: int) -> list[dict[str, Any]]:
    """Run a cell like a notebook. Returns its outputs: the printed text, and the last expression."""
    tree = ast.parse("".join(cell["source"]))
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with redirect_stdout(printed):
        exec(compile(tree, NOTEBOOK.name, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        lines = printed.getvalue().splitlines(keepends=True)
        outputs.append({"name": "stdout", "output_type": "stream", "text": lines})
    if value is not None:
        html, plain = (text.splitlines(keepends=True) for text in (value._repr_html_(), repr(value)))
        outputs.append(
            {
                "data": {"text/html": html, "text/plain": plain},
                "execution_count": number,
                "metadata": {},
                "output_type": "execute_result",
            }
        )
    return outputs


def test_notebook() -> None:
    names: dict[str, object] = {}
    cells = code_cells(json.loads(NOTEBOOK.read_text()))
    assert len(cells) >= 5
    for number, cell in enumerate(cells, start=1):
        assert cell["execution_count"] == number
        assert run_cell(cell, names, number) == cell["outputs"], "".join(cell["source"])


def write_outputs() -> None:
    """Run the cells, and store their outputs in the notebook."""
    notebook, names = json.loads(NOTEBOOK.read_text()), dict[str, object]()
    for number, cell in enumerate(code_cells(notebook), start=1):
        cell |= {"execution_count": number, "outputs": run_cell(cell, names, number)}
    NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write_outputs()
