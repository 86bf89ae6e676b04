"""Programs as source: it assembles to the same bytes, for any bytes, every opcode, and mainnet programs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solproof.errors import ProgramError
from solproof.isa.assemble import assemble
from solproof.isa.instruction import Instruction
from solproof.isa.listing import source_of
from solproof.isa.opcodes import OPCODES, VERSIONS, Format, Opcode
from solproof.program.disassembly import disassemble_elf, disassemble_raw
from solproof.program.elf_writer import write_elf, write_raw
from solproof.program.errors import ElfError
from solproof.program.syscall_names import NAMES, SYSCALL_HASHES
from tests.support.mainnet_programs import mainnet_programs
from tests.support.oracle.oracle import oracle
from tests.support.random_instructions import EXIT, encode, random_instruction

CODES = sorted({row.code for row in OPCODES})

slots = st.builds(
    Instruction,
    code=st.sampled_from(CODES) | st.sampled_from((0x18, 0x85, 0x8D, 0)) | st.integers(0, 255),
    destination=st.just(0) | st.integers(0, 15),
    source=st.sampled_from((0, 1)) | st.integers(0, 15),
    offset=st.sampled_from((0, 1, -1)) | st.integers(-(1 << 15), (1 << 15) - 1),
    immediate=st.sampled_from((0, -1, 16)) | st.integers(-8, 8) | st.integers(-(1 << 31), (1 << 31) - 1),
)


def reassembled(text: bytes, version: int, entry: int) -> tuple[bytes, int]:
    source = source_of(disassemble_raw(text, version, entry).lines)
    assembly = assemble(source, version)
    return write_raw(assembly), assembly.entry


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 4), st.lists(slots, min_size=1, max_size=20), st.data())
def test_any_slots(version: int, program: list[Instruction], data: st.DataObject) -> None:
    entry = data.draw(st.integers(0, len(program) - 1))
    text = encode(*program)
    assert reassembled(text, version, entry) == (text, entry)


@settings(deadline=None)
@given(st.integers(0, 4), st.binary(min_size=8, max_size=200))
def test_any_bytes(version: int, content: bytes) -> None:
    text = content[: len(content) // 8 * 8]
    assert reassembled(text, version, 0) == (text, 0)


@pytest.mark.parametrize(
    ("row", "version"),
    [
        pytest.param(row, version, id=f"{row.mnemonic}-V{version}")
        for row in OPCODES
        for version in sorted(row.versions)
    ],
)
def test_every_opcode_without_fill(row: Opcode, version: int) -> None:
    """An instruction whose unused fields are zero, as assemblers write it, is not printed as `.fill`."""
    random = Random(f"{row.mnemonic} {version}")
    for _ in range(20):
        made = assembled_form(random_instruction(row, version, random, range(-5, 4)), row, version)
        second = [Instruction(0, immediate=-7)] if row.format is Format.LOAD_DOUBLE_IMMEDIATE else []
        text = encode(*[EXIT] * 4, made, *second, *[EXIT] * 4)
        source = source_of(disassemble_raw(text, version).lines)
        assert ".fill" not in source
        assert write_raw(assemble(source, version)) == text
        if version >= 3:
            assert oracle().assemble(source, version) == (text, 0)


def assembled_form(instruction: Instruction, row: Opcode, version: int) -> Instruction:
    """The instruction with zeros where an assembler writes zeros. Calls get a target."""
    fields = {
        "destination": instruction.destination,
        "source": instruction.source,
        "offset": instruction.offset,
        "immediate": instruction.immediate,
    }
    kept: dict[Format, str] = {
        Format.REGISTER: "destination",
        Format.REGISTER_IMMEDIATE: "destination immediate",
        Format.REGISTER_REGISTER: "destination source",
        Format.ENDIAN: "destination immediate",
        Format.LOAD_DOUBLE_IMMEDIATE: "destination immediate",
        Format.LOAD: "destination source offset",
        Format.STORE_IMMEDIATE: "destination offset immediate",
        Format.STORE_REGISTER: "destination source offset",
        Format.JUMP: "offset",
        Format.JUMP_IMMEDIATE: "destination offset immediate",
        Format.JUMP_REGISTER: "destination source offset",
        Format.CALL_REGISTER: ("immediate", "immediate", "source", "destination", "destination")[version],
        Format.EXIT: "",
    }
    if row.format is Format.CALL_IMMEDIATE:
        if instruction.immediate % 2:
            return Instruction(row.code, source=1, immediate=instruction.immediate % 9 - 5 or 2)
        key = SYSCALL_HASHES[NAMES[instruction.immediate % len(NAMES)]]
        return Instruction(row.code, immediate=key - (key >> 31 << 32))
    names = kept[row.format].split()
    return Instruction(row.code, **{name: value for name, value in fields.items() if name in names})


@pytest.mark.parametrize("name", mainnet_programs())
def test_mainnet_programs(name: str) -> None:
    """Disassembling and assembling the text of the file, before relocation, gives the same bytes."""
    elf = mainnet_programs()[name]
    found = disassemble_elf(elf)
    source = source_of(found.lines)
    # Only one kind of slot needs a .fill: a call of a function that has a relocation and no distance.
    filled = [line.statement for line in found.lines if ".fill" in line.statement]
    assert filled in ([], [".fill 1, 0xffffffff00001085  # call custom_panic, by a relocation"])
    assembly = assemble(source, 0)
    again = disassemble_elf(write_elf(assembly))
    assert (again.text, again.entry, again.version) == (found.text, found.entry, 0)
    # Each call of this kind loses its relocation. Every other line is the same.
    assert [line.statement.partition("#")[0] for line in again.lines] == [
        line.statement.partition("#")[0] for line in found.lines
    ]


def test_names_of_a_mainnet_program() -> None:
    statements = [line.statement for line in disassemble_elf(mainnet_programs()["memo_v3"]).lines]
    assert sorted(line for line in statements if line.startswith(("call", "syscall"))) == [
        "call function_119",
        "call function_119",
        "syscall sol_log_",
        "syscall sol_log_",
        "syscall sol_log_",
        "syscall sol_log_pubkey",
        "syscall sol_memcpy_",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_calls_of_raw_bytecode(version: int) -> None:
    key = SYSCALL_HASHES["sol_log_"]
    text = encode(
        Instruction(0x85, source=1, immediate=2),
        Instruction(0x85, immediate=key),
        Instruction(0x85, immediate=77),
        EXIT,
    )
    statements = [line.statement for line in disassemble_raw(text, version).lines]
    unknown = "syscall 77" if version >= 3 else ".fill 1, 0x4d00000085  # syscall 77"
    assert statements == ["call function_3", "syscall sol_log_", unknown, "exit"]


def test_broken_files() -> None:
    elf = mainnet_programs()["memo_v3"]
    with pytest.raises(ElfError, match=r"^ElfError::ValueOutOfBounds: "):
        disassemble_elf(elf[:1000])
    renamed = elf.replace(b"\0.text\0", b"\0.code\0")
    with pytest.raises(ElfError) as caught:
        disassemble_elf(renamed)
    assert (caught.value.name, caught.value.detail) == (
        "NotOneTextSection",
        "0 sections are named .text, expected 1",
    )
    with pytest.raises(ProgramError, match=r"^the text has 9 bytes, expected a multiple of 8$"):
        disassemble_raw(bytes(9), 0)


def test_texts_of_the_upstream_tests() -> None:
    shared = os.environ.get("SOLPROOF_SHARED")
    path = Path(shared or "") / "conformance" / "upstream-asm.jsonl"
    if not shared or not path.exists():
        pytest.skip("SOLPROOF_SHARED does not name a folder with conformance/upstream-asm.jsonl")
    runs = {}
    for line in path.read_text().splitlines():
        run = json.loads(line)
        runs[run["text"], int(str(run["version"]).lstrip("V")), run["entry_pc"]] = run
    for text, version, entry in runs:
        assert reassembled(bytes.fromhex(text), version, entry) == (bytes.fromhex(text), entry)
    assert len(runs) > 100
