"""The pages of docs/reference match the code, and they are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from solproof.isa import semantics
from solproof.isa.meanings import meanings, rule_of
from solproof.isa.mnemonics import ROWS
from solproof.isa.opcodes import OPCODES, VERSIONS, Action, Form, Immediate, Opcode, opcode
from solproof.reference.__main__ import main
from solproof.reference.markdown import COMMAND
from solproof.reference.pages import PAGES

FOLDER = Path(__file__).resolve().parents[2] / "docs/reference"


def cells(page: str, columns: int) -> list[list[str]]:
    """The rows of all tables of a page that have this number of columns, including the headings."""
    rows = [line[2:-2].split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return [row for row in rows if len(row) == columns]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), f"run `{COMMAND}`"


def test_the_command_writes_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["reference", str(tmp_path / "reference")])
    main()
    assert {path.name for path in (tmp_path / "reference").iterdir()} == set(PAGES)
    assert {path.name for path in FOLDER.glob("*.md")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_tables_have_as_many_cells_as_their_heads(name: str) -> None:
    width = 0
    for line in PAGES[name]().splitlines():
        found = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (width and found) or found == width, line
        width = found


# OPCODES


def test_every_opcode_of_every_version_is_on_the_page() -> None:
    rows = [row for row in cells(PAGES["opcodes.md"](), 10) if row[0].startswith("0x")]
    found = sorted(
        (int(row[0], 16), int(version.removeprefix("V"))) for row in rows for version in row[3].split(", ")
    )
    assert found == sorted((row.code, version) for row in OPCODES for version in row.versions)
    for row in rows:
        entry = opcode(int(row[0], 16), int(row[3][1]))
        assert entry is not None
        assert row[1] == entry.mnemonic


def test_every_name_of_the_assembler_is_on_the_page() -> None:
    names = {name for row in cells(PAGES["opcodes.md"](), 10) for name in row[2].split(", ")}
    assert names == {*ROWS, "assembler", "syscall"}


@pytest.mark.parametrize("row", OPCODES, ids=lambda row: row.mnemonic)
def test_meanings_differ_where_the_machine_does(row: Opcode) -> None:
    by_version = {version: text for versions, text in meanings(row).items() for version in versions}
    assert sum(map(len, meanings(row))) == len(by_version)
    assert by_version.keys() == row.versions
    if row.action is not Action.COMPUTE:
        return
    functions = {version: semantics.binary(row, version) for version in row.versions}
    for version in row.versions:
        for other in row.versions:
            assert (by_version[version] == by_version[other]) == (functions[version] is functions[other])
    if len(meanings(row)) > 1:
        assert rule_of(row) == "SIMD-0174"


def test_forms_differ_where_the_machine_does() -> None:
    """Only V2 has operations whose immediate form computes something other than the register form."""
    for version in VERSIONS:
        texts = {
            row: next(each for versions, each in meanings(row).items() if version in versions)
            for row in OPCODES
            if version in row.versions and row.action in (Action.COMPUTE, Action.JUMP)
        }
        registers = {row.stem: row for row in texts if row.form is Form.REGISTER}
        for row, text in texts.items():
            other = registers.get(row.stem)
            if row.form is not Form.IMMEDIATE or other is None:
                continue
            same = text.replace("src", "b") == texts[other].replace("src", "b")
            if row.action is Action.JUMP:
                assert same
            else:
                is_same_function = semantics.binary(row, version) is semantics.binary(other, version)
                is_usual = row.immediate is Immediate.SIGN_EXTENDED
                assert same == (is_same_function and is_usual), row.mnemonic
