"""The opcode table against the counts of the specification, a stored table, and the reference verifier."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import OPCODES, VERSIONS, Format, by_mnemonic, opcode
from tests.isa.samples import EXIT
from tests.oracle.oracle import LoadError, Text, oracle

COUNTS = {0: 91, 1: 91, 2: 100, 3: 113, 4: 113}


def test_counts() -> None:
    assert len(OPCODES) == 150
    assert len({row.mnemonic for row in OPCODES}) == 150
    assert len({row.code for row in OPCODES}) == 124
    by_version = {version: sum(version in row.versions for row in OPCODES) for version in VERSIONS}
    assert by_version == COUNTS
    assert Counter(tuple(sorted(row.versions)) for row in OPCODES) == {
        (0, 1, 2, 3, 4): 63,
        (0, 1, 3, 4): 28,
        (2,): 37,
        (3, 4): 22,
    }


def test_formats() -> None:
    assert Counter(row.format for row in OPCODES) == {
        Format.REGISTER: 2,
        Format.REGISTER_IMMEDIATE: 37,
        Format.REGISTER_REGISTER: 36,
        Format.ENDIAN: 2,
        Format.LOAD_DOUBLE_IMMEDIATE: 1,
        Format.LOAD: 8,
        Format.STORE_IMMEDIATE: 8,
        Format.STORE_REGISTER: 8,
        Format.JUMP: 1,
        Format.JUMP_IMMEDIATE: 22,
        Format.JUMP_REGISTER: 22,
        Format.CALL_IMMEDIATE: 1,
        Format.CALL_REGISTER: 1,
        Format.EXIT: 1,
    }


def test_a_code_has_one_meaning_in_a_version() -> None:
    meanings = Counter((row.code, version) for row in OPCODES for version in row.versions)
    assert set(meanings.values()) == {1}


@pytest.mark.parametrize("version", VERSIONS)
def test_lookup_by_code(version: int) -> None:
    found = {row for code in range(256) if (row := opcode(code, version)) is not None}
    assert found == {row for row in OPCODES if version in row.versions}


def test_a_code_changes_its_meaning_with_the_version() -> None:
    names = [row.mnemonic for version in VERSIONS if (row := opcode(0x27, version)) is not None]
    assert names == ["MUL64_IMM", "MUL64_IMM", "ST_1B_IMM", "MUL64_IMM", "MUL64_IMM"]
    assert opcode(0x18, 2) is None


def test_lookup_by_mnemonic() -> None:
    assert all(by_mnemonic(row.mnemonic) is row for row in OPCODES)
    with pytest.raises(KeyError, match=r"^'ADD128_REG'$"):
        by_mnemonic("ADD128_REG")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_reference_verifier_knows_the_same_codes(version: int) -> None:
    known = set()
    for code in range(256):
        # Immediate 16 suits shifts and byte swaps, 9 names a register, offset 0 jumps to the exit.
        immediate = 9 if code == 0x8D else 16
        slots = [Instruction(code, immediate=immediate).encode()] + [bytes(8)] * (
            code == 0x18 and version != 2
        )
        answer = oracle().load(Text(b"".join([*slots, EXIT.encode()]), version))
        if isinstance(answer, LoadError):
            assert (answer.kind, answer.name) == ("VerifierError", "UnknownOpCode")
        else:
            known.add(code)
    assert known == {row.code for row in OPCODES if version in row.versions}
    assert len(known) == COUNTS[version]


def test_stored_table() -> None:
    shared = os.environ.get("SOLPROOF_SHARED")
    path = Path(shared or "") / "conformance" / "opcodes.json"
    if not shared or not path.exists():
        pytest.skip("SOLPROOF_SHARED does not name a folder with conformance/opcodes.json")
    stored = {
        (int(code), int(version), name)
        for code, names in json.loads(path.read_text()).items()
        for version, name in names.items()
    }
    assert stored == {(row.code, version, row.mnemonic) for row in OPCODES for version in row.versions}
