"""Facts of opcodes are read from their rows. No module parses mnemonics or compares them with literals.

The modules are read as syntax trees. Only `isa/opcodes.py` may know how a name is made, because it makes it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from solproof.isa.opcodes import OPCODES

ROOT = Path(__file__).resolve().parents[2]
TABLE = "src/solproof/isa/opcodes.py"
MODULES = sorted(
    name
    for folder in ("src/solproof", "guest")
    for path in (ROOT / folder).rglob("*.py")
    if (name := path.relative_to(ROOT).as_posix()) != TABLE
)
NAMES = {name for row in OPCODES for name in (row.mnemonic, row.stem)}
FORMS = {"IMM", "REG", "_IMM", "_REG"}
CARRIERS = {"mnemonic", "stem"}
"""Names of variables and attributes that hold the name of an opcode."""

TAKING_APART = {
    *("startswith", "endswith", "partition", "rpartition", "split", "rsplit"),
    *("removeprefix", "removesuffix", "replace", "find", "index"),
}


def parsing(source: str) -> list[str]:
    """The expressions of a module that parse the name of an opcode."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(source)) if _is_parsing(node)]


def _is_parsing(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str(value)):
            return value in FORMS
        case ast.Call(func=ast.Attribute(value=text, attr=method)) if method in TAKING_APART:
            return _carries(text) or any(value in NAMES for each in node.args for value in _literals(each))
        case ast.Subscript(value=text):
            return _carries(text)
        case ast.Compare():
            sides = [node.left, *node.comparators]
            literals = [value for side in sides for value in _literals(side)]
            return any(value in NAMES for value in literals) or (bool(literals) and any(map(_carries, sides)))
        case ast.MatchValue(value=text):
            return any(value in NAMES for value in _literals(text))
    return False


def _carries(node: ast.expr) -> bool:
    """Whether a variable or an attribute holds the name of an opcode, in upper or lower case."""
    match node:
        case ast.Call(func=ast.Attribute(value=text, attr="lower" | "upper")):
            return _carries(text)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in CARRIERS
    return False


def _literals(node: ast.expr) -> Iterator[str]:
    """The strings of a literal or of a collection of literals."""
    match node:
        case ast.Constant(value=str(value)):
            yield value
        case ast.Tuple(elts=elements) | ast.Set(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from _literals(element)


@pytest.mark.parametrize("module", MODULES)
def test_no_module_takes_mnemonics_apart(module: str) -> None:
    assert parsing((ROOT / module).read_text(encoding="utf-8")) == []


def test_the_table_makes_the_names() -> None:
    assert parsing((ROOT / TABLE).read_text(encoding="utf-8")) == ["'_IMM'", "'_REG'"]


@pytest.mark.parametrize(
    "source",
    [
        'name.rpartition("_REG")',
        'mnemonic.rpartition("_")[0]',
        'row.mnemonic.startswith(("LD_", "ST_"))',
        "row.mnemonic.lower().split('_')",
        'mnemonic.endswith("_REG")',
        'form == "REG"',
        'name == "LD_DW_IMM"',
        'row.mnemonic == "CALL_IMM"',
        'row.mnemonic in ("NEG32", "NEG64")',
        '"SH" in row.mnemonic',
        "mnemonic[:2]",
        'name.startswith("JSET64")',
        "match name:\n    case 'EXIT':\n        pass",
    ],
)
def test_what_is_noticed(source: str) -> None:
    assert parsing(source)


@pytest.mark.parametrize(
    "source",
    ['by_mnemonic("CALL_IMM")', "row.mnemonic == text.upper()", 'MODES = {"ADD32": 1}', "MODES[row.stem]"],
)
def test_what_is_allowed(source: str) -> None:
    assert parsing(source) == []
