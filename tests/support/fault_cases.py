"""Programs that are stopped: one program for every fault, in every version that has the fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from solproof.runtime.execution_input import ExecutionInput, Parameters
from tests.support.elf_builder import build_elf, call, text_address, write_memory

VERSIONS = (0, 1, 2, 3)
STACK, HEAP, INPUT = 0x2_0000_0000, 0x3_0000_0000, 0x4_0000_0000
HEAP_END = HEAP + 32 * 1024
Body = Callable[[int], list[str]]


def at(address: int, access: str) -> Body:
    """An access through r1."""
    return lambda _: [f"lddw r1, {address}", access, "exit"]


def by_register(slot: int) -> Body:
    """A call of a slot by its address."""
    return lambda version: [
        f"lddw r1, {(text_address(version) + 8 * slot) % 2**64}; callx r1; exit",
    ]


def by_syscall(name: str, *arguments: int, memory: dict[int, bytes] | None = None) -> Body:
    """A syscall that fails, after a syscall that succeeds."""
    return lambda _: [
        *write_memory(memory or {}),
        *call("sol_log_64_", (1, 2, 3, 4, 5)),
        *call(name, arguments),
        "exit",
    ]


@dataclass(frozen=True)
class Case:
    """A program that is stopped, the name of its fault, and the versions in which it happens."""

    body: Body
    fault: str
    error: str = "ProgramFailedToComplete"
    versions: tuple[int, ...] = VERSIONS
    limit: int = 1_400_000


RECURSE = "call -2"
LOAD, STORE = "ldxdw r0, [r1]", "stxdw [r1], r2"
DOWN = (0, 3)
CASES = {
    "division by zero": Case(lambda _: ["mov64 r3, 9; div64 r3, r4; exit"], "DivideByZero"),
    "remainder by a low half of zero": Case(
        lambda _: [f"lddw r4, {1 << 40}; mod32 r3, r4; exit"], "DivideByZero"
    ),
    "signed division that overflows": Case(
        lambda _: [f"lddw r3, {1 << 63}; mov64 r4, -1; sdiv64 r3, r4; exit"],
        "DivideOverflow",
        versions=(2,),
    ),
    "signed remainder that overflows": Case(
        lambda _: [f"lddw r3, {1 << 31}; srem32 r3, -1; exit"],
        "DivideOverflow",
        versions=(2,),
    ),
    "load from nowhere": Case(at(5 << 32, LOAD), "AccessViolation"),
    "load below the input": Case(at(INPUT, "ldxb r0, [r1-1]"), "AccessViolation"),
    "load across the end of the heap": Case(at(HEAP_END - 7, LOAD), "AccessViolation"),
    "load of the last word and a byte": Case(at(HEAP_END - 3, "ldxw r0, [r1]"), "AccessViolation"),
    "store across the end of the heap": Case(at(HEAP_END - 1, "stxh [r1], r2"), "AccessViolation"),
    "store to the image": Case(
        lambda version: at(0 if version >= 3 else text_address(version), "stxb [r1], r2")(version),
        "AccessViolation",
    ),
    "load from text that cannot be read": Case(at(1 << 32, LOAD), "AccessViolation", versions=(3,)),
    "load from address 0": Case(at(0, LOAD), "AccessViolation", versions=(0, 1, 2)),
    "load across the end of the read-only data": Case(at(9, LOAD), "AccessViolation", versions=(3,)),
    "load around the address space": Case(at(2**64 - 4, LOAD), "AccessViolation"),
    "load from a hole of the stack": Case(at(STACK + 0x1000, LOAD), "StackAccessViolation", versions=(0,)),
    "store to the end of a frame's hole": Case(
        lambda _: ["stxdw [r10], r2; exit"], "StackAccessViolation", versions=(0,)
    ),
    "store beyond the stack": Case(at(STACK + 0x40000, STORE), "StackAccessViolation", versions=(3,)),
    "store beyond a stack without frames": Case(
        at(STACK + 0x40000, STORE), "AccessViolation", versions=(1, 2)
    ),
    "load below the stack": Case(at(STACK - 8, LOAD), "StackAccessViolation", versions=DOWN),
    "recursion": Case(lambda _: ["mov64 r3, 1", RECURSE, "exit"], "CallDepthExceeded"),
    "call below the text": Case(by_register(-1), "CallOutsideTextSegment"),
    "call of the end of the text": Case(by_register(4), "CallOutsideTextSegment"),
    "call deep and outside": Case(
        lambda version: [
            f"lddw r1, {text_address(version) + 8 * 4}; callx r1; exit; lddw r1, 7",
            "callx r1",
        ],
        "CallOutsideTextSegment",
    ),
    "end of the text": Case(lambda _: ["mov64 r3, 1"], "ExecutionOverrun"),
    "second slot of an lddw": Case(by_register(1), "UnsupportedInstruction", versions=(0, 1, 3)),
    "an unknown call": Case(lambda _: ["syscall sol_of_our_own; exit"], "UnsupportedInstruction"),
    "an endless loop": Case(lambda _: ["mov64 r3, 1; ja -1"], "ExceededMaxInstructions", limit=200),
    "a budget of one less": Case(
        lambda _: ["mov64 r3, 1; mov64 r4, 1; exit"], "ExceededMaxInstructions", limit=2
    ),
    "a budget of nothing": Case(lambda _: ["exit"], "ExceededMaxInstructions", limit=0),
    "a syscall takes the rest of the budget": Case(
        by_syscall("sol_log_64_", 1, 2), "ExceededMaxInstructions", versions=(0, 1, 3), limit=209
    ),
    "a syscall beyond the budget": Case(
        by_syscall("sol_log_64_", 1, 2),
        "ComputationalBudgetExceeded",
        "ComputationalBudgetExceeded",
        limit=150,
    ),
    "abort": Case(by_syscall("abort"), "Abort"),
    "panic": Case(by_syscall("sol_panic_", HEAP, 4, 11, 12, memory={HEAP: b"main"}), "Panic"),
    "a text that is none": Case(
        by_syscall("sol_log_", HEAP, 3, memory={HEAP: b"a\xff\xfe"}), "InvalidString"
    ),
    "an overlapping copy": Case(by_syscall("sol_memcpy_", HEAP, HEAP + 8, 16), "CopyOverlapping"),
    "a copy from nowhere": Case(by_syscall("sol_memcpy_", HEAP, 5 << 32, 16), "AccessViolation"),
    "a comparison to nowhere": Case(
        by_syscall("sol_memcmp_", HEAP, HEAP + 64, 16, 8, memory={HEAP: b"abcdefgh"}), "AccessViolation"
    ),
    "return data that is too long": Case(
        by_syscall("sol_set_return_data", INPUT, 1025), "ReturnDataTooLarge"
    ),
}


def runs() -> Iterator[tuple[str, int]]:
    for name, case in CASES.items():
        for version in case.versions:
            yield name, version


def given(name: str, version: int) -> ExecutionInput:
    """The input of a case."""
    case = CASES[name]
    elf = build_elf(case.body(version), version)
    return ExecutionInput(elf, bytes(32), (), b"\1\2\3", Parameters(compute_unit_limit=case.limit))
