"""Targets: ELF files, raw bytecode and assembly, up to the end of a short run."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

import solproof.program.elf as elf_loader
from solproof.circuit.program_table import program_table
from solproof.demo.scenario import transfer
from solproof.errors import InputError, ProgramError, UnsupportedError
from solproof.execution.execute import execute
from solproof.isa.assemble import assemble
from solproof.isa.listing import source_of
from solproof.isa.opcodes import VERSIONS
from solproof.program.bytecode_verifier import verify
from solproof.program.disassembly import disassemble_elf, disassemble_raw
from solproof.program.elf_writer import write_elf, write_raw
from solproof.program.program import Program
from solproof.program.raw import load_raw
from solproof.runtime.features import MAINNET
from solproof.runtime.single_instruction import prepare
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.statement.ending import ending
from solproof.statement.replay import replay
from solproof.vm.memory import DEFAULT_HEAP_SIZE
from tests.fuzz.target import MEBIBYTE, Target, outcome
from tests.support.elf_builder import build_elf, call
from tests.support.elf_files import small_elf, small_strict_elf
from tests.support.loader_reference import as_load_error, as_loaded, assert_like_reference
from tests.support.replays import replay_memory

NEWEST_VERSION = VERSIONS[-1]
COMPUTE_UNITS = 700
LISTED_SLOTS = 4096
STACK, HEAP, INPUT = 0x2_0000_0000, 0x3_0000_0000, 0x4_0000_0000
RAW_HEADER = struct.Struct("<BH")
"""The version and the entry, before the bytes of raw bytecode."""
WORDS = (
    b".text\0",
    b".rodata\0",
    b".data.rel.ro\0",
    b".dynsym\0",
    b".dynstr\0",
    b".rel.dyn\0",
    b".bss\0",
    b"entrypoint\0",
    b"sol_log_\0",
    b"sol_memcpy_\0",
    *(struct.pack("<Q", address) for address in (1 << 32, STACK, HEAP, INPUT, 1 << 63, (1 << 64) - 8)),
    *(struct.pack("<I", key) for key in list(registry(MAINNET))[:24]),
    *(bytes([code, 0x21, 0, 0, 1, 0, 0, 0]) for code in (0x05, 0x07, 0x18, 0x79, 0x7B, 0x85, 0x8D, 0x95)),
)


def read_elf(data: bytes) -> str:
    """Load the file like the reference, then examine the program. Even some refused files have listings."""
    verdict = assert_like_reference(data, NEWEST_VERSION)
    with suppress(ProgramError):
        disassemble_elf(data)
    try:
        program = elf_loader.load(data, NEWEST_VERSION)
        verify(program)
    except ProgramError as error:
        assert as_load_error(error) == verdict
        return outcome(error)
    assert as_loaded(program) == verdict
    return examine(program)


def read_raw(data: bytes) -> str:
    """The input is a header with version and entry, and a text."""
    if len(data) < RAW_HEADER.size:
        return "no header"
    (version, entry), text = RAW_HEADER.unpack_from(data), data[RAW_HEADER.size :]
    try:
        program = load_raw(text, version, entry)
        again = assemble(source_of(disassemble_raw(text, version, entry).lines), version)
        assert (write_raw(again), again.entry) == (text, entry)
        verify(program)
    except ProgramError as error:
        return outcome(error)
    return examine(program)


def read_assembly(data: bytes) -> str:
    """The input is a byte for the version, and a source. Disassembling its assembly gives the same bytes."""
    if not data:
        return "no version"
    version, source = data[0] % len(VERSIONS), data[1:].decode(errors="replace")
    try:
        assembly = assemble(source, version)
        raw, elf = write_raw(assembly), write_elf(assembly)
    except InputError as error:
        return outcome(error)
    if assembly.slots > LISTED_SLOTS:
        return f"V{version} filled"
    found, listed = disassemble_raw(raw, version, assembly.entry), disassemble_elf(elf)
    assert (found.text, listed.entry) == (raw, assembly.entry)
    assert write_raw(assemble(source_of(found.lines), version)) == raw
    with suppress(ProgramError):  # the bytes of a .fill need not load
        assert elf_loader.load(elf, NEWEST_VERSION).entry == assembly.entry
    return f"V{version} {min(assembly.slots, 8)}"


def examine(program: Program) -> str:
    """Encode the program and run it. A verifier that knows only the public part must see the same ending."""
    program_table(program, registry(MAINNET).keys(), np.arange(program.slots))
    given = transfer(b"")
    parameters = replace(given.parameters, compute_unit_limit=COMPUTE_UNITS)
    try:
        execution = execute(replace(given, parameters=parameters), program)
    except UnsupportedError as error:
        return outcome(error)
    ran, invocation = execution.run, prepare(execution.input, program)
    context = SyscallContext(invocation)
    memory = replay_memory(invocation, ran.trace.events)
    replayed = replay(ran.trace.events, invocation, context, memory, ran.final.clk)
    fault = ending(invocation, ran.final, replayed, context)
    ended = None if ran.fault is None else ran.fault.name
    assert ended == (None if fault is None else fault.name)
    assert ran.compute_units <= COMPUTE_UNITS
    return f"V{program.version} {ended or 'exit'}"


# SEEDS


def elf_seeds() -> Sequence[bytes]:
    """Files of every version, files with everything that the loaders read, and runs with many endings."""
    small = [small_elf(version).data for version in (0, 1, 2)]
    strict = [small_strict_elf(version).data for version in (3, 4)]
    built = [build_elf(body(), version) for version in (0, 1, 2, 3) for body in BODIES]
    return [*small, *strict, *built]


def raw_seeds() -> Sequence[bytes]:
    """The texts of the ELF seeds, in every version."""
    texts = {elf_loader.load(elf, NEWEST_VERSION).text for elf in elf_seeds()}
    return [RAW_HEADER.pack(version, 0) + text for version in VERSIONS for text in sorted(texts)]


def assembly_seeds() -> Sequence[bytes]:
    """The disassembler's listings of the ELF seeds, and a source with every directive."""
    listed = [disassemble_elf(elf) for elf in elf_seeds()]
    sources = [bytes([found.version]) + source_of(found.lines).encode() for found in listed]
    directives = b"""# comment // comment
        .equ LENGTH, 5
        .rodata
        greeting: .ascii "hello\\n\\x41" .byte 1, 0x2 .quad -1, LENGTH
        .text
        say: mov64 r2, LENGTH syscall sol_log_
        .fill 2, 0x95
        entrypoint: mov32 r1, greeting jeq r1, -LENGTH, entrypoint ja +1
        stxw [r10-0x4], r3 be64 r3 call say exit"""
    return [*sources, *(bytes([version]) + directives for version in VERSIONS)]


def _computes() -> list[str]:
    return [
        "lddw r1, 0x123456789ABC; add64 r1, r2; sub64 r1, 3; xor64 r1, r2; lsh64 r1, 3",
        "arsh32 r1, 3; mov32 r1, 3; or64 r1, 3; exit",
    ]


def _loops() -> list[str]:
    return [
        "mov64 r1, 5; add64 r1, -1; jne r1, 0, -2; exit",
    ]


def _touches_memory() -> list[str]:
    parts: list[str] = []
    for address in (STACK + 64, HEAP + 8, INPUT):
        parts += [f"lddw r2, {address}; ldxdw r3, [r2]; stxdw [r2+3], r3; ldxh r4, [r2+1]"]
    return [*parts, f"lddw r2, {HEAP + DEFAULT_HEAP_SIZE - 4}; ldxdw r3, [r2]; exit"]


def _calls_syscalls() -> list[str]:
    return [
        *call("sol_log_", (INPUT + 8, 5)),
        *call("sol_memcpy_", (HEAP, INPUT, 16)),
        *call("sol_set_return_data", (HEAP, 8)),
        *call("sol_get_clock_sysvar", (HEAP + 64,)),
        "mov64 r0, r1; exit",
    ]


def _calls_registers() -> list[str]:
    return [f"lddw r1, {1 << 32}; callx r1; exit"]


BODIES = (_computes, _loops, _touches_memory, _calls_syscalls, _calls_registers)

SOURCE_WORDS = (
    *(b".fill 100000000, 0", b".fill 1310719, 0", b".fill 65536, 0x95", b'.ascii "\\x4'),
    *(b".rodata", b".text", b".equ N, ", b".quad ", b"lddw r1, ", b"callx r3", b"hor64 r1, ", b"syscall -1"),
    *(b"ldxdw r1, [r10-0x8]", b"add64 r10, 64", b"0x" + b"f" * 16, b"-" + b"9" * 5000, b"label:\n"),
    *(b"-0x8000000000000000", b"\xe2\x80\xa8", b"\0"),
)
TARGETS = (
    Target("elf", elf_seeds, read_elf, longest=4096, seconds=1.0, memory=8 * MEBIBYTE, words=WORDS),
    Target("raw", raw_seeds, read_raw, longest=1024, seconds=1.0, memory=8 * MEBIBYTE, words=WORDS),
    Target("assembly", assembly_seeds, read_assembly, 2048, 5.0, 128 * MEBIBYTE, SOURCE_WORDS),
)
