"""docs/scene.md: its examples are scenes, and its tables list what the parser reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import TransactionMetadata

from solproof.formats.readable_instructions import LAYOUTS
from solproof.formats.scene_file import SCENE_FIELDS, parse_scene
from solproof.formats.transaction_text import MESSAGE_FIELDS
from solproof.runtime.cluster_accounts import BUILTIN_PROGRAMS
from tests.support.elf_files import small_elf
from tests.support.transaction_machine import machine_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/scene.md").read_text()
EXAMPLES = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SCHEMA: Any = json.loads((ROOT / "src/solproof/formats/scene.schema.json").read_text())


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == PAGE.count("```json") == 3


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples(tmp_path: Path, example: str) -> None:
    (tmp_path / "program.so").write_bytes(small_elf().data)
    Draft202012Validator(SCHEMA).validate(json.loads(example))
    assert parse_scene(example, tmp_path).transaction


def test_the_first_example_runs() -> None:
    scene = parse_scene(EXAMPLES[0])
    transaction = VersionedTransaction.from_bytes(scene.transaction)
    assert isinstance(machine_of(scene).send_transaction(transaction), TransactionMetadata)


def test_the_second_example_is_signed(tmp_path: Path) -> None:
    (tmp_path / "program.so").write_bytes(small_elf().data)
    scene = parse_scene(EXAMPLES[1], tmp_path)
    assert VersionedTransaction.from_bytes(scene.transaction).verify_with_results() == [True]
    assert len(scene.accounts) == 3


def tables(header: str) -> list[list[str]]:
    """The rows of each table with this header."""
    return [part.split("\n\n", 1)[0].splitlines()[1:] for part in PAGE.split(f"{header}\n")[1:]]


def quoted(text: str) -> list[str]:
    return re.findall(r"`(\w+)`", text)


def test_fields() -> None:
    """The table of the scene, then that of a readable message."""
    listed = [
        tuple(name for row in rows for name in quoted(row.split(" | ")[0]))
        for rows in tables("| field | value | if omitted |")
    ]
    assert listed == [SCENE_FIELDS, MESSAGE_FIELDS]


def test_instructions_by_name() -> None:
    (rows,) = tables("| program | instruction | fields |")
    assert [quoted(row) for row in rows] == [
        [program, name, *layout.fields]
        for program, layouts in LAYOUTS.items()
        for name, layout in layouts.items()
    ]


def test_names_of_builtin_programs() -> None:
    (listed,) = re.findall(r"name of a builtin program: (.*)\.$", PAGE, re.MULTILINE)
    assert quoted(listed) == list(BUILTIN_PROGRAMS)
