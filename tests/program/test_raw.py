"""Raw bytecode means the same as the text of an ELF file. Also every error with its message."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest

from solproof.errors import InputError, ProgramError
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import OPCODES, VERSIONS
from solproof.program.bytecode_verifier import load_program, verify
from solproof.program.elf import load
from solproof.program.errors import ElfError, VerifierError
from solproof.program.program import Program
from solproof.program.raw import RawFormat, load_raw
from solproof.program.syscall_names import ENTRYPOINT_HASH, NAMES, SYSCALL_HASHES, function_hash
from tests.support.elf_builder import TEXT_OFFSET, build_elf
from tests.support.elf_files import strict_elf
from tests.support.loader_reference import as_load_error, as_loaded
from tests.support.oracle.oracle import LoadedProgram, LoadError, Text, oracle
from tests.support.random_instructions import EXIT, encode, random_instruction

TEXT_ADDRESS = 0x1_0000_0000
WIDE, SECOND = Instruction(0x18, 1, immediate=3), Instruction(0)


def signed(key: int) -> int:
    return key - (1 << 32) * (key >> 31)


def call(immediate: int, source: int = 0) -> Instruction:
    return Instruction(0x85, source=source, immediate=immediate)


def syscall(name: str) -> Instruction:
    return call(signed(SYSCALL_HASHES[name]))


def elf_of(text: bytes, version: int, entry: int) -> bytes:
    """The ELF file that is equivalent to raw bytecode of V0 to V2: text at address 0, syscalls relocated."""
    parts = []
    for at in range(0, len(text), 8):
        content = text[at : at + 8]
        names = [name for name in NAMES if Instruction.decode(content) == syscall(name)]
        slot = f".fill 1, {int.from_bytes(content, 'little')}"
        parts.append(f"syscall {names[0]}" if names else slot)
    data = bytearray(build_elf(parts))
    data[24:32] = (8 * entry).to_bytes(8, "little")
    data[48:52] = version.to_bytes(4, "little")
    sections = int.from_bytes(data[40:48], "little")
    address = sections + 64 + 16
    assert int.from_bytes(data[address : address + 8], "little") == TEXT_OFFSET
    data[address : address + 8] = bytes(8)
    return bytes(data)


# POSITIVE


@pytest.mark.parametrize("version", [0, 1, 2])
def test_calls_before_v3(version: int) -> None:
    text = encode(
        EXIT,
        syscall("sol_log_"),
        call(-3),  # to 0
        call(-1),
        call(-5, source=1),  # to 0 again
        call(0, source=1),  # to 6
        EXIT,
    )
    program = load_raw(text, version, 1)
    zero, six = function_hash(0), function_hash(6)
    assert program == Program(
        version=version,
        text=encode(
            EXIT,
            syscall("sol_log_"),
            call(signed(zero)),
            call(-1),
            call(signed(zero), source=1),
            call(signed(six), source=1),
            EXIT,
        ),
        text_address=TEXT_ADDRESS,
        image=program.text,
        image_address=TEXT_ADDRESS,
        entry=1,
        functions={zero: 0, six: 6, ENTRYPOINT_HASH: 1},
        file_sha256=sha256(text).digest(),
    )
    as_elf = load(elf_of(text, version, 1))
    assert _comparable(as_elf) == _comparable(program)


@pytest.mark.parametrize("version", [3, 4])
def test_nothing_is_rewritten_from_v3(version: int) -> None:
    text = encode(syscall("sol_log_"), call(1000, source=1), call(-1), EXIT)
    assert load_raw(text, version, 3) == Program(
        version=version,
        text=text,
        text_address=TEXT_ADDRESS,
        image=b"",
        image_address=0,
        entry=3,
        functions={},
        file_sha256=sha256(text).digest(),
    )


def test_a_syscall_with_a_source_field_is_a_distance() -> None:
    hidden = replace(syscall("sol_log_"), source=1)
    with pytest.raises(ProgramError, match=r"^ElfError::RelativeJumpOutOfBounds: "):
        load_raw(encode(hidden, EXIT))


def test_defaults() -> None:
    program = load_raw(encode(EXIT))
    assert (program.version, program.entry) == (0, 0)
    assert load_program(encode(EXIT), RawFormat()) == program


@pytest.mark.parametrize("version", VERSIONS)
def test_random_texts_are_those_of_an_elf_file(version: int) -> None:
    random, refused = Random(version), 0
    rows = [row for row in OPCODES if version in row.versions and row.mnemonic != "CALL_IMM"]
    for _ in range(300):
        slots: list[Instruction] = []
        while len(slots) < random.randrange(1, 12):
            kind = random.random()
            if kind < 0.2:
                slots.append(call(random.randrange(-6, 7), random.choice((0, 1))))
            elif kind < 0.3:
                slots.append(syscall(random.choice(NAMES)))
            else:
                row = random.choice(rows)
                slots.append(random_instruction(row, version, random, range(-6, 6)))
                slots += [SECOND] if row.mnemonic == "LD_DW_IMM" else []
        text = encode(*slots)
        entry = random.choice([pc for pc, slot in enumerate(slots) if slot != SECOND])
        ours = _verdict(text, version, entry)
        if version >= 3:
            elf = strict_elf(text, None, version=version, entry=entry).data
        else:
            elf = elf_of(text, version, entry)
        theirs = oracle().load(elf, NAMES, newest_version=4)
        refused += isinstance(ours, LoadError)
        if isinstance(ours, LoadError) or isinstance(theirs, LoadError):
            assert ours == theirs
            continue
        if version >= 3:
            assert as_loaded(ours) == theirs
        else:
            assert _comparable(ours) == _comparable(theirs)
    assert 0 < refused < 290


def _verdict(text: bytes, version: int, entry: int) -> Program | LoadError:
    try:
        return load_program(text, RawFormat(version, entry))
    except ProgramError as error:
        return as_load_error(error)


def _comparable(program: Program | LoadedProgram) -> LoadedProgram:
    """A program with the source field of its calls cleared.

    `build_elf` sets it to 1, as compilers do. Before V3, it has no meaning once a program is loaded.
    """
    loaded = as_loaded(program) if isinstance(program, Program) else program
    return replace(loaded, text=_without_sources(loaded.text), image=_without_sources(loaded.image))


def _without_sources(text: bytes) -> bytes:
    slots = [Instruction.decode(text[at : at + 8]) for at in range(0, len(text), 8)]
    return encode(*(replace(slot, source=0) if slot.code == 0x85 else slot for slot in slots))


def test_verify_runs_on_it() -> None:
    with pytest.raises(VerifierError) as caught:
        load_program(encode(WIDE, SECOND, EXIT), RawFormat(version=2))
    assert str(caught.value) == (
        "VerifierError::UnknownOpCode: unknown eBPF opcode 0x18 (insn #0) "
        "(`unknown opcode=0x18`: expected an opcode of sBPF V2)"
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_the_oracle_runs_what_was_loaded(version: int) -> None:
    """A forward call of a function that returns 7, in every version."""
    text = encode(call(1, source=1), EXIT, Instruction(0xB7, immediate=7), EXIT)
    program = load_raw(text, version)
    verify(program)
    loaded = Text(program.text, version, program.entry, {k: v for k, v in program.functions.items() if v})
    assert oracle().run(loaded).result == "Ok(7)"


@pytest.mark.parametrize("version", VERSIONS)
def test_entries_after_wide_loads(version: int) -> None:
    """Two `lddw` codes are one instruction, except in V2, which does not have them."""
    for wide in range(6):
        text = encode(*[WIDE] * wide, EXIT)
        if wide % 2 and version != 2:
            with pytest.raises(ElfError, match="InvalidEntrypoint"):
                load_raw(text, version, wide)
        else:
            assert load_raw(text, version, wide).entry == wide


# NEGATIVE


@pytest.mark.parametrize(
    ("text", "version", "entry", "message"),
    [
        (
            b"1234567",
            0,
            0,
            "VerifierError::ProgramLengthNotMultiple: program length must be a multiple of 8 octets "
            "(the raw bytecode has 7 bytes)",
        ),
        (
            b"",
            3,
            0,
            "VerifierError::NoProgram: no program set, call prog_set() to load one "
            "(the raw bytecode is empty)",
        ),
        (
            encode(EXIT, EXIT),
            0,
            2,
            "ElfError::EntrypointOutOfBounds: Entrypoint out of bounds "
            "(the entry is slot 2, expected 0 to 1)",
        ),
        (
            encode(EXIT),
            4,
            -1,
            "ElfError::EntrypointOutOfBounds: Entrypoint out of bounds "
            "(the entry is slot -1, expected 0 to 0)",
        ),
        (
            encode(EXIT, WIDE, SECOND, EXIT),
            0,
            2,
            "ElfError::InvalidEntrypoint: Invalid entrypoint (slot 2 is the second slot of the lddw at 1)",
        ),
        (
            encode(WIDE, WIDE, EXIT),
            3,
            1,
            "ElfError::InvalidEntrypoint: Invalid entrypoint (slot 1 is the second slot of the lddw at 0)",
        ),
        (
            encode(EXIT, call(1)),
            2,
            0,
            "ElfError::RelativeJumpOutOfBounds: Relative jump out of bounds at instruction #1 "
            "(the call goes to slot 3, expected 0 to 1)",
        ),
        (
            encode(EXIT),
            5,
            0,
            "ElfError::UnsupportedSBPFVersion: Detected sbpf_version required by the executable which are "
            "not enabled (the version is 5, expected 0 to 4)",
        ),
    ],
)
def test_refusals(text: bytes, version: int, entry: int, message: str) -> None:
    with pytest.raises(ProgramError) as caught:
        load_raw(text, version, entry)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("version", "entry", "message"),
    [
        (5, 0, "program_format.version: expected 0 to 4, got 5"),
        (-1, 0, "program_format.version: expected 0 to 4, got -1"),
        (0, -1, "program_format.entry: expected 0 to 18446744073709551615, got -1"),
        (0, 1 << 64, "program_format.entry: expected 0 to 18446744073709551615, got 18446744073709551616"),
    ],
)
def test_formats_that_do_not_exist(version: int, entry: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        RawFormat(version, entry)
    assert str(caught.value) == message
