"""The rules of this folder: no test imports a test, and every helper has its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
FOLDERS = ("support", "differential", "fuzz", "vectors")
"""Where helper modules are: the common ones, and tools with their tests."""


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, and every name that it imports from a module."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            module = node.module or ""
            yield from (f"{module}.{each.name}" for each in node.names)


def is_test(path: Path) -> bool:
    return path.name.startswith("test_")


def modules() -> list[Path]:
    """Every Python file of this folder and of the benchmarks."""
    return sorted([*TESTS.rglob("*.py"), *TESTS.with_name("benches").rglob("*.py")])


def test_the_tools_import_no_test() -> None:
    files = sorted(TESTS.with_name("assurance").rglob("*.py"))
    assert len(files) > 10
    assert [path for path in files if any(name.startswith("tests") for name in imported(path))] == []


def test_no_test_is_imported() -> None:
    tests = [path.relative_to(TESTS.parent) for path in modules() if is_test(path)]
    names = {".".join(path.with_suffix("").parts) for path in tests}
    assert len(names) > 100
    found = {
        f"{path.relative_to(TESTS.parent)} imports {name}"
        for path in modules()
        for name in imported(path)
        if name in names or name.rpartition(".")[0] in names
    }
    assert found == set()


def test_helpers_have_their_places() -> None:
    """Fixtures are in a `conftest.py` beside their tests. Every other helper is in one of `FOLDERS`."""
    helpers = [path for path in TESTS.rglob("*.py") if not is_test(path) and path.name != "conftest.py"]
    assert [path for path in helpers if path.relative_to(TESTS).parts[0] not in FOLDERS] == []
