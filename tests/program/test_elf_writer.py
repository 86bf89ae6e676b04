"""ELF files and raw bytecode of assembled programs: the reference loads them, and LiteSVM runs them."""

from __future__ import annotations

import pytest

from solproof.errors import ProgramError
from solproof.isa.assemble import assemble
from solproof.isa.instruction import decode_program
from solproof.isa.integers import signed32
from solproof.isa.opcodes import VERSIONS
from solproof.program.disassembly import disassemble_elf
from solproof.program.elf import load
from solproof.program.elf_writer import write_elf, write_raw
from solproof.program.raw import load_raw
from solproof.program.syscall_names import NAMES, SYSCALL_HASHES, function_hash
from solproof.runtime.execution_input import ExecutionInput
from tests.support.litesvm_oracle import litesvm_result
from tests.support.oracle.oracle import LoadedProgram, oracle

MAINNET_VERSIONS = (0, 1, 2, 3)


def program(version: int) -> str:
    """A program that logs a text, loads 42 in a function, and subtracts 42 by a function pointer."""
    address = "mov32 {0}, {1}\nhor64 {0}, {1}" if version == 2 else "lddw {0}, {1}"
    return f"""
    .rodata
        .byte 1
    greeting: .ascii "hello, V{version}"
    answer: .quad 42
    .text
    load_answer:
        ldxdw r0, [r1]
        exit
    subtract:
        mov64 r0, r1
        sub64 r0, r2
        exit
    entrypoint:
        {address.format("r1", "greeting")}
        mov64 r2, 9
        syscall sol_log_
        {address.format("r1", "answer")}
        call load_answer
        mov64 r1, r0
        mov64 r2, 42
        {address.format("r3", "subtract")}
        callx r3
        exit
    """


@pytest.mark.parametrize("version", MAINNET_VERSIONS)
def test_litesvm_runs_it(version: int) -> None:
    elf = write_elf(assemble(program(version), version))
    result = litesvm_result(ExecutionInput(elf, bytes([9] * 32), (), b""))
    assert result.success, result
    assert f"Program log: hello, V{version}" in result.logs
    # 15 instructions, and 100 for the log. V2 needs two instructions to load an address.
    assert result.compute_units == 115 + 3 * (version == 2)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_reference_loads_it(version: int) -> None:
    assembly = assemble(program(version), version)
    elf = write_elf(assembly)
    ours = load(elf, newest_version=4)
    if version in MAINNET_VERSIONS:
        theirs = oracle().load(elf, NAMES)
        assert isinstance(theirs, LoadedProgram), theirs
        assert (theirs.text, theirs.image, theirs.entry) == (ours.text, ours.image, ours.entry)
        assert (theirs.text_address, theirs.image_address) == (ours.text_address, ours.image_address)
    assert (ours.version, ours.entry) == (version, assembly.entry)
    if version >= 3:
        assert ours.text == assembly.text
        assert ours.image == assembly.data + bytes(-len(assembly.data) % 8)
        return
    assert ours.image.endswith(ours.text + assembly.data)
    for pc, (after, before) in enumerate(
        zip(decode_program(ours.text), decode_program(assembly.text), strict=True)
    ):
        if pc in assembly.calls:
            assert after.immediate == signed32(function_hash(assembly.calls[pc]))
        elif pc in assembly.syscalls:
            assert after.immediate == before.immediate == signed32(SYSCALL_HASHES["sol_log_"])
        elif before != after:  # an address, moved up by the start of the text
            assert pc in assembly.addresses
            assert after.immediate - before.immediate == ours.text_address - 0x1_0000_0000


def test_a_function_that_calls_itself_at_once() -> None:
    """Its distance is -1, which marks a relocation."""
    assembly = assemble("exit\nfunction_1: call function_1\nexit", 0)
    elf = write_elf(assembly)
    program = load(elf)
    assert decode_program(program.text)[1].immediate == signed32(function_hash(1))
    theirs = oracle().load(elf, NAMES)
    assert isinstance(theirs, LoadedProgram)
    assert (theirs.text, theirs.functions) == (program.text, dict(program.functions))
    assert disassemble_elf(elf).lines[1].statement == "call function_1"
    with pytest.raises(ProgramError) as caught:
        write_raw(assembly)
    assert str(caught.value) == "the call at pc 1 calls itself, which raw bytecode of V0 cannot express"
    assert load(write_elf(assemble("f: call f", 3))).text == assemble("f: call f", 3).text


@pytest.mark.parametrize("version", MAINNET_VERSIONS)
def test_without_data_and_relocations(version: int) -> None:
    elf = write_elf(assemble("exit\nentrypoint: mov64 r0, 0\nexit", version))
    theirs = oracle().load(elf, NAMES)
    assert isinstance(theirs, LoadedProgram), theirs
    assert theirs.entry == 1
    assert litesvm_result(ExecutionInput(elf, bytes([9] * 32), (), b"")).success


@pytest.mark.parametrize("version", VERSIONS)
def test_raw_bytecode_means_the_same(version: int) -> None:
    source = "f: syscall abort\nentrypoint: call f\ncall g\nexit\ng: ja f"
    assembly = assemble(source, version)
    raw = load_raw(write_raw(assembly), version, assembly.entry)
    elf = load(write_elf(assembly), newest_version=4)
    assert dict(raw.functions) == dict(elf.functions)
    # Before V3, the machine ignores the source field of a call.
    codes = [
        [(slot.code, slot.offset, slot.immediate) for slot in decode_program(p.text)] for p in (raw, elf)
    ]
    assert codes[0] == codes[1]


def test_syscalls_by_number_get_their_name() -> None:
    by_number = write_elf(assemble("syscall 0x207559bd\nexit", 0))
    assert by_number == write_elf(assemble("syscall sol_log_\nexit", 0))


@pytest.mark.parametrize(
    ("source", "version", "message"),
    [
        ("", 3, "the program has no instruction, expected at least one, such as exit"),
        ("exit\nentrypoint:", 0, "the entrypoint is slot 1, expected one of the 1 slots of the text"),
        (
            "syscall 7\nexit",
            1,
            "the syscall at pc 0 has the unknown hash 0x00000007, expected a name: "
            "ELF files of V1 call syscalls by name",
        ),
        (
            f"syscall {'a' * 64}\nexit",
            0,
            f"syscall {'a' * 64}: its name has 64 bytes, expected at most 63",
        ),
        (
            ".fill 1310720, 0x95",
            3,
            "the ELF file has 10485880 bytes, expected at most 10485760, the largest account",
        ),
    ],
)
def test_programs_that_no_file_holds(source: str, version: int, message: str) -> None:
    with pytest.raises(ProgramError) as caught:
        write_elf(assemble(source, version))
    assert str(caught.value) == message


def test_raw_bytecode_has_no_data() -> None:
    with pytest.raises(ProgramError) as caught:
        write_raw(assemble("exit\n.rodata\n.byte 1", 3))
    assert str(caught.value) == ("the program has 1 bytes in .rodata, but raw bytecode holds only text")
