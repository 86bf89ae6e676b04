"""Fault injection: one step of a run is executed differently, and a consistent witness is made of the rest.

The kinds of faults are those of Arguzz (arXiv 2509.10819). They change the pc before or after an instruction,
the instruction word, a condition, a result, a value that is loaded or stored, or a register or a word of
memory before or after the instruction. Or an instruction is executed twice, is skipped, or writes elsewhere.
The programs are random programs of every version, a program that makes calls and syscalls, and a V0 program
that calls a V3 program twice. There the lie is told in any of the three frames.
SOLPROOF_INJECTIONS is the number of lies of each kind.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random

import pytest

from assurance.corpus import tour
from assurance.injection import Lie, LyingMachine, Told, objections, same, tell
from assurance.places import HEAP
from assurance.report import explain_told
from assurance.runs import table_of
from solproof.accesses.program import FamilyCode
from solproof.formats.program_files import program_account
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import OPCODES, Format, Opcode, opcode
from solproof.runtime.accounts import InstructionAccount
from solproof.runtime.execution_input import ExecutionInput
from solproof.vm.machine import HALT
from solproof.vm.word_accesses import WordAccesses
from tests.differential.cases import random_case
from tests.differential.source import Source
from tests.support.elf_builder import build_elf, call, write_memory
from tests.support.invocations import c_invocation

VERSIONS = (0, 1, 2, 3)
LIES_OF_A_KIND = int(os.environ.get("SOLPROOF_INJECTIONS", "10"))
LONGEST_RUN = 200
PROGRAMS = 300
SEED = os.environ.get("SOLPROOF_INJECTIONS_SEED", "1")

COMPUTING = (
    Format.REGISTER,
    Format.REGISTER_IMMEDIATE,
    Format.REGISTER_REGISTER,
    Format.ENDIAN,
    Format.LOAD_DOUBLE_IMMEDIATE,
)
CONDITIONAL = (Format.JUMP_IMMEDIATE, Format.JUMP_REGISTER)
STORES = (Format.STORE_IMMEDIATE, Format.STORE_REGISTER)
ANY = tuple(Format)


def instruction_at(liar: LyingMachine, pc: int) -> tuple[Instruction, Opcode]:
    instruction = liar.program.instruction(pc)
    row = opcode(instruction.code, liar.program.version)
    assert row is not None
    return instruction, row


# PC


def pc_before(liar: LyingMachine, pc: int) -> int:
    """Another instruction is executed, at another pc."""
    liar.recorder.pc[-1] = other = liar.another_slot(pc)
    return liar.true_step(other)


def pc_after(liar: LyingMachine, pc: int) -> int:
    """Another instruction follows."""
    next_pc = liar.true_step(pc)
    return next_pc if next_pc == HALT else liar.another_slot(next_pc)


def skipped(liar: LyingMachine, pc: int) -> int:
    """The instruction is not executed at all."""
    liar.recorder.pc.pop()
    liar.states.pop()
    _, row = instruction_at(liar, pc)
    return pc + 1 + (row.format is Format.LOAD_DOUBLE_IMMEDIATE)


def executed_twice(liar: LyingMachine, pc: int) -> int:
    """The instruction is executed again."""
    next_pc = liar.true_step(pc)
    if next_pc == HALT:
        return next_pc
    liar.recorder.pc.append(pc)
    liar.states.append(tuple(liar.registers))
    return liar.true_step(pc)


def condition(liar: LyingMachine, pc: int) -> int:
    """A jump is taken although its condition is false, or the reverse."""
    target = pc + 1 + instruction_at(liar, pc)[0].offset
    return pc + 1 if liar.true_step(pc) == target else target


# THE INSTRUCTION WORD


def word(liar: LyingMachine, pc: int) -> int:
    """The instruction is executed with another field, or with another opcode of the same shape."""
    instruction, row = instruction_at(liar, pc)
    random, slots, version = liar.random, liar.program.slots, liar.program.version
    alike = [each.code for each in OPCODES if version in each.versions and each.format is row.format]
    changes: list[Instruction] = [
        replace(instruction, code=random.choice(alike)),
        replace(instruction, destination=random.randrange(10)),
        replace(instruction, source=random.randrange(11)),
    ]
    if row.format is Format.ENDIAN:
        changes.append(replace(instruction, immediate=random.choice([16, 32, 64])))
    elif row.format is not Format.LOAD_DOUBLE_IMMEDIATE:
        changes += [replace(instruction, immediate=instruction.immediate ^ 1 << bit) for bit in (0, 3)]
    if row.format in (Format.JUMP, *CONDITIONAL):
        changes.append(replace(instruction, offset=random.randrange(slots) - pc - 1))
    elif row.format in (Format.LOAD, *STORES):
        changes += [replace(instruction, offset=instruction.offset ^ bit) for bit in (1, 8)]
    if row.format is Format.CALL_REGISTER:
        other = {"immediate": instruction.immediate ^ 1, "source": instruction.source ^ 1}
        changes = [replace(instruction, destination=instruction.destination ^ 1, **other)]
    liar.operations[pc] = liar._operation(pc, random.choice(changes))
    try:
        return liar.true_step(pc)
    finally:
        liar.operations[pc] = liar._operation(pc, instruction)


# RESULTS


def _put(liar: LyingMachine, register: int, value: int) -> None:
    liar.registers[register] = liar.recorder.value[-1] = value


def result(liar: LyingMachine, pc: int) -> int:
    """Another value is written."""
    next_pc = liar.true_step(pc)
    destination = instruction_at(liar, pc)[0].destination
    _put(liar, destination, liar.another_value(liar.registers[destination]))
    return next_pc


def destination(liar: LyingMachine, pc: int) -> int:
    """The value is written to another register."""
    register = instruction_at(liar, pc)[0].destination
    before, other = liar.registers[register], liar.random.choice([n for n in range(10) if n != register])
    next_pc = liar.true_step(pc)
    liar.registers[other], liar.registers[register] = liar.registers[register], before
    return next_pc


def no_effect(liar: LyingMachine, pc: int) -> int:
    """Nothing is written."""
    register = instruction_at(liar, pc)[0].destination
    before = liar.registers[register]
    next_pc = liar.true_step(pc)
    _put(liar, register, before)
    return next_pc


def effect_twice(liar: LyingMachine, pc: int) -> int:
    """The value is computed again from the written value, in the same instruction."""
    liar.true_step(pc)
    next_pc = liar.true_step(pc)
    liar.recorder.value.pop(-2)
    return next_pc


# MEMORY


def _accessed(liar: LyingMachine, pc: int) -> tuple[int, int, int]:
    """The address of an executed load or store, the number of one of its bytes, and a bit of a byte."""
    row = instruction_at(liar, pc)[1]
    return liar.recorder.address[-1], liar.random.randrange(row.size), 1 << liar.random.randrange(8)


def _flip(liar: LyingMachine, address: int, bits: int) -> None:
    region, offset = liar.memory.layout.locate(address, 1, write=False)  # type: ignore[attr-defined]
    liar.memory.data[region][offset] ^= bits  # type: ignore[attr-defined]


def loaded_value(liar: LyingMachine, pc: int) -> int:
    """A load returns a value that its word does not hold."""
    next_pc = liar.true_step(pc)
    _, byte, bits = _accessed(liar, pc)
    register = instruction_at(liar, pc)[0].destination
    _put(liar, register, liar.registers[register] ^ bits << 8 * byte)
    return next_pc


def loaded_word(liar: LyingMachine, pc: int) -> int:
    """A load finds a word that memory does not hold."""
    next_pc = liar.true_step(pc)
    address, byte, bits = _accessed(liar, pc)
    position = address % 8 + byte
    words = liar.recorder.first_word if position < 8 else liar.recorder.second_word
    words[-1] ^= bits << 8 * (position % 8)
    register = instruction_at(liar, pc)[0].destination
    _put(liar, register, liar.registers[register] ^ bits << 8 * byte)
    return next_pc


def stored_value(liar: LyingMachine, pc: int) -> int:
    """Memory gets a value that the register does not hold."""
    next_pc = liar.true_step(pc)
    address, _, bits = _accessed(liar, pc)
    _flip(liar, address, bits)
    liar.recorder.value[-1] ^= bits
    return next_pc


def not_stored(liar: LyingMachine, pc: int) -> int:
    """Memory stays as it was."""
    data = {region: bytes(content) for region, content in liar.memory.data.items()}  # type: ignore[attr-defined]
    next_pc = liar.true_step(pc)
    for region, content in data.items():
        liar.memory.data[region][:] = content  # type: ignore[attr-defined]
    return next_pc


# STATE BEFORE AND AFTER


def register_before(liar: LyingMachine, pc: int) -> int:
    """A register changes before the instruction."""
    instruction, _ = instruction_at(liar, pc)
    register = liar.random.choice([instruction.destination, instruction.source, liar.random.randrange(11)])
    liar.registers[register] = liar.another_value(liar.registers[register], 60)
    liar.states[-1] = tuple(liar.registers)
    return liar.true_step(pc)


def register_after(liar: LyingMachine, pc: int) -> int:
    """A register changes after the instruction."""
    next_pc = liar.true_step(pc)
    register = liar.random.randrange(11)
    liar.registers[register] = liar.another_value(liar.registers[register], 60)
    return next_pc


def memory_before(liar: LyingMachine, pc: int) -> int:
    """A byte changes before it is accessed."""
    instruction, row = instruction_at(liar, pc)
    base = instruction.source if row.format is Format.LOAD else instruction.destination
    _flip(liar, (liar.registers[base] + instruction.offset) % 2**64, 1 << liar.random.randrange(8))
    return liar.true_step(pc)


def memory_after(liar: LyingMachine, pc: int) -> int:
    """A byte changes after it was accessed."""
    next_pc = liar.true_step(pc)
    address, _, bits = _accessed(liar, pc)
    _flip(liar, address, bits)
    return next_pc


# CALLS AND SYSCALLS


def frame(liar: LyingMachine, pc: int) -> int:
    """A call moves r10 by another distance."""
    next_pc = liar.true_step(pc)
    liar.registers[10] += liar.random.choice([8, 64, -0x1000, 0x1000, 0x2000, -0x2000])
    return next_pc


def given_back(liar: LyingMachine, pc: int) -> int:
    """An exit restores one of r6 to r10 with another value."""
    next_pc = liar.true_step(pc)
    register = liar.random.randrange(6, 11)
    liar.registers[register] = liar.another_value(liar.registers[register], 60)
    return next_pc


def syscall_result(liar: LyingMachine, pc: int) -> int:
    """A syscall returns another value."""
    next_pc = liar.true_step(pc)
    _put(liar, 0, liar.another_value(liar.registers[0]))
    liar.recorder.events[-1] = replace(liar.recorder.events[-1], result=liar.registers[0])
    return next_pc


def syscall_memory(liar: LyingMachine, pc: int) -> int:
    """A syscall leaves another byte in a word that it touches."""
    next_pc = liar.true_step(pc)
    event = liar.recorder.events[-1]
    if not event.words:
        return next_pc
    at = liar.random.randrange(len(event.words))
    touched = event.words[at]
    _flip(liar, touched.region << 32 | touched.index * 8, 1)
    words = list(event.words)
    words[at] = replace(touched, new=touched.new ^ 1)
    liar.recorder.events[-1] = replace(event, words=WordAccesses.of(words))
    return next_pc


def syscall_word(liar: LyingMachine, pc: int) -> int:
    """A syscall finds another byte in a word that it touches."""
    next_pc = liar.true_step(pc)
    event = liar.recorder.events[-1]
    changed = [replace(each, old=each.old ^ 1) for each in event.words]
    liar.recorder.events[-1] = replace(event, words=WordAccesses.of(changed))
    return next_pc


def syscall_argument(liar: LyingMachine, pc: int) -> int:
    """The event has an argument that the program did not give."""
    next_pc = liar.true_step(pc)
    event = liar.recorder.events[-1]
    arguments = list(event.arguments)
    at = liar.random.randrange(5)
    arguments[at] = liar.another_value(arguments[at])
    first, second, third, fourth, fifth = arguments
    changed = replace(event, arguments=(first, second, third, fourth, fifth))
    liar.recorder.events[-1] = changed
    return next_pc


def syscall_forgotten(liar: LyingMachine, pc: int) -> int:
    """A syscall leaves no event."""
    next_pc = liar.true_step(pc)
    liar.recorder.events.pop()
    return next_pc


# THE TABLE


@dataclass(frozen=True)
class Kind:
    """A kind of lie, and the instructions to which it applies."""

    lie: Lie
    formats: tuple[Format, ...]
    is_syscall: bool | None = None
    """Whether it applies only to syscalls (True), only to other instructions (False), or to both (None)."""


KINDS = {
    "pc before": Kind(pc_before, ANY),
    "pc after": Kind(pc_after, ANY),
    "instruction word": Kind(word, tuple(each for each in ANY if each is not Format.EXIT)),
    "condition": Kind(condition, CONDITIONAL),
    "result": Kind(result, COMPUTING),
    "result not written": Kind(no_effect, COMPUTING),
    "result computed twice": Kind(effect_twice, COMPUTING),
    "other destination": Kind(destination, (*COMPUTING, Format.LOAD)),
    "loaded value": Kind(loaded_value, (Format.LOAD,)),
    "loaded word": Kind(loaded_word, (Format.LOAD,)),
    "stored value": Kind(stored_value, STORES),
    "not stored": Kind(not_stored, STORES),
    "register before": Kind(register_before, ANY),
    "register after": Kind(register_after, ANY),
    "memory before": Kind(memory_before, (Format.LOAD, *STORES)),
    "memory after": Kind(memory_after, (Format.LOAD, *STORES)),
    "executed twice": Kind(executed_twice, ANY),
    "skipped": Kind(skipped, ANY),
    "frame of a call": Kind(frame, (Format.CALL_IMMEDIATE, Format.CALL_REGISTER), is_syscall=False),
    "registers given back": Kind(given_back, (Format.EXIT,)),
    "result of a syscall": Kind(syscall_result, (Format.CALL_IMMEDIATE,), is_syscall=True),
    "memory after a syscall": Kind(syscall_memory, (Format.CALL_IMMEDIATE,), is_syscall=True),
    "memory before a syscall": Kind(syscall_word, (Format.CALL_IMMEDIATE,), is_syscall=True),
    "argument of a syscall": Kind(syscall_argument, (Format.CALL_IMMEDIATE,), is_syscall=True),
    "forgotten syscall": Kind(syscall_forgotten, (Format.CALL_IMMEDIATE,), is_syscall=True),
}


# THE RUNS


@dataclass(frozen=True)
class Site:
    """An instruction of a run at which a lie can be told."""

    true: Told = field(repr=False)
    frame: int
    clk: int
    version: int
    format: Format
    family: str


@cache
def sites() -> list[Site]:
    """Every instruction of random programs of each version, except the last of each run.

    Each version has about as many programs.
    """
    source = Source.seeded(Random(f"injection {SEED}"))
    found = [random_case(source) for _ in range(PROGRAMS)]
    inputs = [two_calls(), *(tour(version) for version in VERSIONS)]
    inputs += [case.given for case in found if case.version in VERSIONS]
    return [site for given in inputs for site in _sites(tell(given))]


def two_calls() -> ExecutionInput:
    """A V0 program that calls a V3 program twice. All three frames use stack, heap and input."""
    memory = f"""
        mov64 r6, r1
        mov64 r7, 3
        call sum
        lddw r1, {HEAP + 0x1005}
        stxdw [r1], r7
        ldxdw r2, [r1+2]
        ldxw r3, [r6+3]
        lddw r4, 0x100000000
        stxh [r10-3], r3
        mov64 r2, r6
        mov64 r3, 12
        syscall sol_memcpy_
    """
    function = "exit; sum: stxb [r10-9], r7; ldxb r8, [r10-9]; add64 r7, r8; jlt r7, 20, sum; exit"
    called = build_elf(
        [memory, "mov64 r1, r6; mov64 r2, 5; syscall sol_set_return_data; mov64 r0, 0", function], 3
    )
    caller, callee = bytes([21]) * 32, bytes([22]) * 32
    invocation = c_invocation(HEAP, callee, b"hello")
    invoke = call("sol_invoke_signed_c", invocation.arguments)
    program = build_elf([memory, *write_memory(invocation.memory), *invoke, *invoke, function])
    accounts = (InstructionAccount(program_account(callee)),)
    return ExecutionInput(program, caller, accounts, b"", programs=((callee, called),))


def _sites(told: Told) -> Iterator[Site]:
    frames = told.execution.frames
    for number, each in enumerate(frames):
        run = each.outcome
        if run.final.steps > LONGEST_RUN:
            return
        codes = table_of(run.program).code
        for clk, pc in enumerate(run.trace.pc[: run.final.steps].tolist(), 1):
            row = opcode(run.program.instruction(pc).code, run.program.version)
            assert row is not None
            yield Site(told, number, clk, run.program.version, row.format, FamilyCode(int(codes[pc])).name)


def chosen(kind: Kind, random: Random) -> Iterator[Site]:
    """Sites for a kind of lie. Each family, version and frame has its turn as long as there are any."""
    groups: dict[tuple[str, int, int], list[Site]] = {}
    for site in sites():
        is_syscall = site.family == FamilyCode.SYSCALL.name
        if site.format in kind.formats and kind.is_syscall in (None, is_syscall):
            groups.setdefault((site.family, site.version, site.frame), []).append(site)
    order = sorted(groups)
    random.shuffle(order)
    for group in itertools.cycle(order):
        yield random.choice(groups[group])


@pytest.mark.parametrize("name", KINDS)
def test_injected(name: str) -> None:
    """A run that differs from the true one is rejected, whichever row has to carry the lie."""
    kind, random = KINDS[name], Random(f"{SEED} {name}")
    told = tried = 0
    judges: Counter[str] = Counter()
    for site in chosen(kind, random):
        tried += 1
        assert tried < 20 * LIES_OF_A_KIND, f"{told} of {tried} attempts were lies"
        run = tell(site.true.execution.input, kind.lie, site.clk, tried, site.frame)
        lies = [as_found for as_found in (False, True) if not same(run, site.true, as_found=as_found)]
        if not lies:
            continue
        told += 1
        for as_found in lies:
            names = objections(run, as_found=as_found)
            report = f"{name}: {site}, seed {tried}, as found: {as_found}"
            assert names, f"{report}\n{explain_told(run, site.true, as_found=as_found)}"
            judges.update({each.split(":")[0] for each in names})
        if told == LIES_OF_A_KIND:
            break
    print(f"{name}: {told} lies in {tried} attempts, rejected by {dict(judges.most_common())}")
