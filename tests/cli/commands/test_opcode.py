"""`solproof opcode`: every opcode has all its parts, and each place exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from solproof.isa.opcodes import OPCODES, Opcode, by_mnemonic
from solproof.reference.opcodes import describe
from tests.cli.conftest import Command

ROOT = Path(__file__).resolve().parents[3]
PARTS = ["defined", "encoded", "executed", "constrained", "filled", "tested"]


@pytest.mark.parametrize("row", OPCODES, ids=lambda row: row.mnemonic)
def test_every_opcode_has_every_part(row: Opcode) -> None:
    fields = describe(row)
    assert [*fields["places"]] == PARTS
    for part, places in fields["places"].items():
        assert places, f"{row.mnemonic} is not {part} anywhere"
        for place in places:
            path, _, line = place.split(" ")[0].partition(":")
            source = (ROOT / path).read_text()
            assert not line or 1 <= int(line) <= source.count("\n"), place
    for chip in fields["chips"]:
        assert chip["constraints"] and chip["columns"]
        assert max(item["degree"] for item in chip["constraints"]) <= 3
        assert chip["cells_per_row"]["main"] == len(chip["columns"])
        assert chip["cells_per_row"]["auxiliary"] > 0


def test_places_are_those_of_the_opcode() -> None:
    places = describe(by_mnemonic("ADD64_REG"))["places"]
    expected = {
        "defined": '(0x0F, "ADD", 64, Form.REGISTER',
        "encoded": "def encode_add",
        "executed": '"ADD64": lambda',
        "constrained": 'Chip("add"',
        "filled": "def fill_add",
    }
    for part, text in expected.items():
        path, _, line = places[part][0].split(" ")[0].partition(":")
        assert text in (ROOT / path).read_text().splitlines()[int(line) - 1]
    assert places["tested"] == ["tests/circuit/instructions/test_arithmetic.py"]


def test_v2_has_a_rule_of_its_own() -> None:
    places = describe(by_mnemonic("SUB64_IMM"))["places"]["executed"]
    lines = [
        (ROOT / path).read_text().splitlines()[int(line) - 1]
        for path, line in (place.split(":") for place in places)
    ]
    assert [line.strip() for line in lines] == [
        '"SUB64": lambda a, b: (a - b) & MASK64,',
        '"REVERSE_SUB64": lambda a, b: (b - a) & MASK64,',
    ]


def test_lines(command: Command) -> None:
    result = command("opcode", "0x0f")
    assert (result.status, result.errors) == (0, "")
    lines = result.output.splitlines()
    assert lines[:4] == [
        "0x0f  ADD64_REG",
        "versions       V0, V1, V2, V3, V4",
        "operands       destination, source",
        "compute units  1",
    ]
    assert "  constraints, with their degrees" in lines
    assert "    2  carry out of limb 0 is 0 or 1" in lines


@pytest.mark.parametrize("text", ["0x0f", "15", "ADD64_REG", "add64_reg"])
def test_code_or_mnemonic(text: str, command: Command) -> None:
    (found,) = command("opcode", text, "--json").fields["opcodes"]
    assert (found["mnemonic"], found["code"]) == ("ADD64_REG", "0x0f")


def test_a_code_with_two_meanings(command: Command) -> None:
    found = command("opcode", "0x27", "--json").fields["opcodes"]
    assert [(row["mnemonic"], row["versions"]) for row in found] == [
        ("MUL64_IMM", [0, 1, 3, 4]),
        ("ST_1B_IMM", [2]),
    ]
    chips = [[chip["name"] for chip in row["chips"]] for row in found]
    assert chips == [["multiply"], ["store", "store_narrow", "store_unaligned"]]


def test_name_in_assembly(command: Command) -> None:
    found = command("opcode", "add64", "--json").fields["opcodes"]
    assert [row["mnemonic"] for row in found] == ["ADD64_IMM", "ADD64_REG"]
    (jump,) = command("opcode", "ja", "--json").fields["opcodes"]
    assert jump["mnemonic"] == "JA"


def test_exit_is_half_of_a_call(command: Command) -> None:
    """At the end of a run, the verifier executes the exit."""
    (found,) = command("opcode", "EXIT", "--json").fields["opcodes"]
    assert [chip["name"] for chip in found["chips"]] == ["call"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0x300", "opcode 0x300: not an instruction of any sBPF version"),
        ("add", "opcode add: expected a number such as 0x0f, a mnemonic such as ADD64_REG or add64"),
    ],
)
def test_unknown(text: str, message: str, command: Command) -> None:
    result = command("opcode", text)
    assert (result.status, result.errors, result.output) == (2, f"error: {message}\n", "")
