"""The order of the packages: each imports only packages that stand above it in one list.

The list is the one in docs/architecture.md. Imports are read from the syntax trees, so imports inside
functions and imports for types count as well.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/solproof"
ORDER = (
    "errors",
    "exit_status",
    "display",
    "representation",
    "arguments",
    "host",
    "isa",
    "air",
    "backend",
    "program",
    "linker",
    "vm",
    "runtime",
    "execution",
    "interfaces",
    "formats",
    "rpc",
    "accesses",
    "circuit",
    "statement",
    "proving",
    "verifying",
    "tracing",
    "profile",
    "coverage",
    "graph",
    "estimation",
    "oracle",
    "explorer",
    "demo",
    "zisk",
    "reference",
    "doctor",
    "testing",
    "cli",
)
FACADE = {"", "__main__"}
"""`solproof`, which names the public parts of every package, and the entry of `python -m solproof`."""

MODULES = {
    path.relative_to(PACKAGE)
    .with_suffix("")
    .as_posix()
    .removesuffix("__init__")
    .strip("/")
    .replace("/", "."): path
    for path in PACKAGE.rglob("*.py")
    if path.parent.name != "_native"
}


def imports(path: Path) -> Iterator[str]:
    """The modules of solproof that a module imports, without the leading `solproof.`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "solproof":
                yield _module(name.removeprefix("solproof").strip("."))


def _module(name: str) -> str:
    """The module that contains a dotted name: `vm.machine.run` is in `vm.machine`."""
    native = re.match(r"_native(\.\w+)?", name)
    if native:
        return native.group()
    while name not in MODULES:
        name = name.rpartition(".")[0]
    return name


IMPORTS = {module: frozenset(imports(path)) for module, path in MODULES.items()}


def package(module: str) -> str:
    return module.partition(".")[0]


def reached(start: str) -> set[str]:
    """Every module that the modules of a package import, directly or indirectly."""
    found: set[str] = set()
    waiting = [module for module in MODULES if package(module) == start]
    while waiting:
        for module in IMPORTS.get(waiting.pop(), ()):
            if module not in found and module not in FACADE:
                found.add(module)
                waiting.append(module)
    return found


@pytest.mark.parametrize("module", sorted(set(MODULES) - FACADE))
def test_imports_stand_above(module: str) -> None:
    own = package(module)
    position = ORDER.index(own)
    below = {
        name
        for name in IMPORTS[module] - FACADE
        if package(name) not in (own, "_native") and ORDER.index(package(name)) > position
    }
    assert not below, f"{module} imports {', '.join(sorted(below))}, which stands below {own}"


def test_every_package_is_in_the_order() -> None:
    assert {package(module) for module in MODULES} - FACADE == set(ORDER)


def test_the_verifier_never_reaches_the_prover() -> None:
    assert not {module for module in reached("verifying") if package(module) == "proving"}


def test_the_runtime_reaches_no_machine() -> None:
    """It runs frames only through an executor."""
    assert not reached("runtime") & {"vm.machine", "vm.trace"}
    assert "vm.machine" in reached("execution")


@pytest.mark.parametrize(
    ("native", "allowed"),
    [("_native.prover", "backend"), ("_native.primitives", "runtime"), ("_native.processor", "doctor")],
)
def test_only_one_package_imports_each_native_module(native: str, allowed: str) -> None:
    users = {module for module, names in IMPORTS.items() if native in names}
    assert users, f"nothing imports {native}"
    assert {module for module in users if not f"{module}.".startswith(f"{allowed}.")} == set()


def test_no_module_cycles() -> None:
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"a cycle of imports: {' -> '.join((*path[path.index(module) :], module))}"
        if module in done:
            return
        for name in sorted(IMPORTS.get(module, frozenset()) - FACADE):
            # A package that contains the module is not a cycle.
            if not f"{module}.".startswith(f"{name}."):
                visit(name, (*path, module))
        done.add(module)

    for module in MODULES:
        visit(module, ())


def test_the_machine_loads_no_circuit() -> None:
    """Running a program needs neither the constraint system nor a native module."""
    code = (
        "import sys, solproof.vm.machine; print(*sorted(name for name in sys.modules if 'solproof' in name))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {package(name.removeprefix("solproof").strip(".")) for name in output.split()}
    assert loaded <= {"", "errors", "display", "representation", "isa", "program", "vm"}


def test_the_order_is_documented() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = [
        name
        for row in re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
        for name in re.findall(r"`(\w+)(?:\.py)?`", row)
    ]
    assert [name for name in rows if name in ORDER] == list(ORDER)
