"""Names of opcodes, and the operands that they take."""

from __future__ import annotations

import pytest

from solproof.isa.disassemble import assembly_name
from solproof.isa.mnemonics import OPERANDS, ROWS, fields_of, names_of
from solproof.isa.opcodes import OPCODES, VERSIONS, Format, by_mnemonic


def test_every_opcode_has_a_name_and_operands() -> None:
    assert {row for rows in ROWS.values() for row in rows} == set(OPCODES)
    assert set(OPERANDS) == set(Format)


def test_a_name_means_one_opcode_for_one_shape_of_operands() -> None:
    for name, rows in ROWS.items():
        for version in VERSIONS:
            shapes = [row.format for row in rows if version in row.versions]
            assert len(shapes) == len(set(shapes)), name


@pytest.mark.parametrize(
    ("mnemonic", "names"),
    [
        ("ADD64_IMM", ["add64", "add"]),
        ("ADD32_REG", ["add32"]),
        ("NEG64", ["neg64", "neg"]),
        ("UHMUL64_REG", ["uhmul64", "uhmul"]),
        ("HOR64_IMM", ["hor64", "hor"]),
        ("JEQ64_REG", ["jeq", "jeq64"]),
        ("JEQ32_IMM", ["jeq32"]),
        ("LD_4B_REG", ["ldxw"]),
        ("ST_DW_IMM", ["stdw"]),
        ("LE", ["le16", "le32", "le64"]),
        ("CALL_REG", ["callx"]),
    ],
)
def test_names(mnemonic: str, names: list[str]) -> None:
    row = by_mnemonic(mnemonic)
    assert list(names_of(row)) == names
    assert row.format is Format.ENDIAN or assembly_name(row) == names[0]


def test_fields() -> None:
    assert fields_of(by_mnemonic("ST_B_REG"), 0) == {"destination", "source", "offset"}
    assert fields_of(by_mnemonic("BE"), 0) == {"destination", "immediate"}
    assert fields_of(by_mnemonic("LD_DW_IMM"), 3) == {"destination", "immediate", "second"}
    fields = [fields_of(by_mnemonic("CALL_REG"), version) for version in VERSIONS]
    assert fields == [{"immediate"}, {"immediate"}, {"source"}, {"destination"}, {"destination"}]
