"""Every way in which a program can be stopped is proven, and none that did not happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from solproof.errors import ProofRejected, Rejection
from solproof.proving.prove import prove_execution
from solproof.runtime.execute import Execution, execute
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.statement.claim import Claim
from solproof.statement.proof_file import ProofFile
from solproof.verifying.verify import verify
from tests.runtime.elf_builder import (
    Op,
    Part,
    build_elf,
    call,
    leave,
    load,
    load_immediate,
    store,
    write_memory,
)

VERSIONS = (0, 1, 2, 3)
STACK, HEAP, INPUT = 0x2_0000_0000, 0x3_0000_0000, 0x4_0000_0000
HEAP_END = HEAP + 32 * 1024
TEXT_OFFSET = 64 + 3 * 56
Body = Callable[[int], list[Part]]


def set_to(register: int, value: int) -> Op:
    """A small constant."""
    return Op("MOV64_IMM", register, immediate=value)


def text_address(version: int) -> int:
    """Where the text of our ELF files starts."""
    return (1 << 32) + (0 if version >= 3 else TEXT_OFFSET)


def at(address: int, part: Op) -> Body:
    """An access through r1."""
    return lambda _: [load_immediate(1, address), part, leave()]


def by_register(slot: int) -> Body:
    """A call of the slot by its address."""
    return lambda version: [
        load_immediate(1, (text_address(version) + 8 * slot) % 2**64),
        Op("CALL_REG", source=1),
        leave(),
    ]


def by_syscall(name: str, *arguments: int, memory: dict[int, bytes] | None = None) -> Body:
    """A syscall that fails, after one that does not."""
    return lambda _: [
        *write_memory(memory or {}),
        *call("sol_log_64_", (1, 2, 3, 4, 5)),
        *call(name, arguments),
        leave(),
    ]


@dataclass(frozen=True)
class Case:
    """A program that is stopped, the name of the fault, and the versions that it happens in."""

    body: Body
    fault: str
    error: str = "ProgramFailedToComplete"
    versions: tuple[int, ...] = VERSIONS
    limit: int = 1_400_000


RECURSE = Op("CALL_IMM", source=1, immediate=-2)
DOWN = (0, 3)

CASES = {
    "division by zero": Case(lambda _: [set_to(3, 9), Op("DIV64_REG", 3, 4), leave()], "DivideByZero"),
    "remainder by a low half of zero": Case(
        lambda _: [load_immediate(4, 1 << 40), Op("MOD32_REG", 3, 4), leave()], "DivideByZero"
    ),
    "signed division that overflows": Case(
        lambda _: [load_immediate(3, 1 << 63), set_to(4, -1), Op("SDIV64_REG", 3, 4), leave()],
        "DivideOverflow",
        versions=(2,),
    ),
    "signed remainder that overflows": Case(
        lambda _: [load_immediate(3, 1 << 31), Op("SREM32_IMM", 3, immediate=-1), leave()],
        "DivideOverflow",
        versions=(2,),
    ),
    "load from nowhere": Case(at(5 << 32, load(0, 1)), "AccessViolation"),
    "load below the input": Case(at(INPUT, load(0, 1, -1, "B")), "AccessViolation"),
    "load across the end of the heap": Case(at(HEAP_END - 7, load(0, 1)), "AccessViolation"),
    "load of the last word and a byte": Case(at(HEAP_END - 3, load(0, 1, 0, "W")), "AccessViolation"),
    "store across the end of the heap": Case(at(HEAP_END - 1, store(1, 2, 0, "H")), "AccessViolation"),
    "store to the image": Case(
        lambda version: at(0 if version >= 3 else text_address(version), store(1, 2, 0, "B"))(version),
        "AccessViolation",
    ),
    "load from text that cannot be read": Case(at(1 << 32, load(0, 1)), "AccessViolation", versions=(3,)),
    "load from address 0": Case(at(0, load(0, 1)), "AccessViolation", versions=(0, 1, 2)),
    "load across the end of the read-only data": Case(at(9, load(0, 1)), "AccessViolation", versions=(3,)),
    "load around the address space": Case(at(2**64 - 4, load(0, 1)), "AccessViolation"),
    "load from a hole of the stack": Case(
        at(STACK + 0x1000, load(0, 1)), "StackAccessViolation", versions=(0,)
    ),
    "store to the end of a frame's hole": Case(
        lambda _: [store(10, 2), leave()], "StackAccessViolation", versions=(0,)
    ),
    "store beyond the stack": Case(at(STACK + 0x40000, store(1, 2)), "StackAccessViolation", versions=(3,)),
    "store beyond a stack without frames": Case(
        at(STACK + 0x40000, store(1, 2)), "AccessViolation", versions=(1, 2)
    ),
    "load below the stack": Case(at(STACK - 8, load(0, 1)), "StackAccessViolation", versions=DOWN),
    "recursion": Case(lambda _: [set_to(3, 1), RECURSE, leave()], "CallDepthExceeded"),
    "call below the text": Case(by_register(-1), "CallOutsideTextSegment"),
    "call of the end of the text": Case(by_register(4), "CallOutsideTextSegment"),
    "call deep and outside": Case(
        lambda version: [
            load_immediate(1, text_address(version) + 8 * 4),
            Op("CALL_REG", source=1),
            leave(),
            load_immediate(1, 7),
            Op("CALL_REG", source=1),
        ],
        "CallOutsideTextSegment",
    ),
    "end of the text": Case(lambda _: [set_to(3, 1)], "ExecutionOverrun"),
    "second slot of an lddw": Case(by_register(1), "UnsupportedInstruction", versions=(0, 1, 3)),
    "an unknown call": Case(lambda _: ["sol_of_our_own", leave()], "UnsupportedInstruction"),
    "an endless loop": Case(
        lambda _: [set_to(3, 1), Op("JA", offset=-1)], "ExceededMaxInstructions", limit=200
    ),
    "a budget of one less": Case(
        lambda _: [set_to(3, 1), set_to(4, 1), leave()], "ExceededMaxInstructions", limit=2
    ),
    "a budget of nothing": Case(lambda _: [leave()], "ExceededMaxInstructions", limit=0),
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


def proven(execution: Execution) -> ProofFile:
    return ProofFile.from_bytes(prove_execution(execution).data)


@pytest.mark.parametrize(("name", "version"), list(runs()))
def test_faults_are_proven(name: str, version: int) -> None:
    """The verdict is what the runtime reports, from the proof, the program and the input alone."""
    case, execution = CASES[name], execute(given(name, version))
    fault = execution.run.fault
    assert fault is not None
    assert (fault.name, execution.output.error) == (case.fault, case.error)
    file = proven(execution)
    claim = Claim.from_bytes(file.claim)
    assert (claim.fault, claim.final.pc, claim.exit_code) == (case.fault, execution.run.pc, None)
    assert verify(file.to_bytes(), execution.input).output == execution.output


def other_claims(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """The claim of a run that was stopped, with one thing changed."""
    final = claim.final
    yield "no fault", replace(claim, fault="")
    yield "another fault", replace(claim, fault="DivideByZero" if claim.fault != "DivideByZero" else "Panic")
    for field, values in {
        "clk": (final.clk + 1, final.clk - 1),
        "pc": (final.pc + 1, max(final.pc - 1, 0) if final.pc else 2),
        "open_call": (final.open_call + 1,),
        "depth": (final.depth + 1, final.depth - 1 if final.depth else 62),
    }.items():
        for value in values:
            changed = replace(final, **{field: value})  # type: ignore[arg-type]
            yield f"{field} {value}", replace(claim, final=changed)
    for number in range(11):
        registers = list(final.registers)
        registers[number] ^= 1 << 3
        yield f"r{number}", replace(claim, final=replace(final, registers=tuple(registers)))
    if claim.events:
        yield "an event less", replace(claim, events=claim.events[:-1])
        last = claim.events[-1]
        yield "a result", replace(claim, events=(*claim.events[:-1], replace(last, result=last.result ^ 1)))
        for word in last.words[:2]:
            lied = tuple(
                replace(other, old=other.old ^ 1) if other is word else other for other in last.words
            )
            yield "a word", replace(claim, events=(*claim.events[:-1], replace(last, words=lied)))


@pytest.mark.parametrize("name", CASES)
def test_no_other_fault_is_proven(name: str) -> None:
    execution = execute(given(name, CASES[name].versions[-1]))
    file = proven(execution)
    for what, claim in other_claims(Claim.from_bytes(file.claim)):
        with pytest.raises(ProofRejected):
            verify(replace(file, claim=claim.to_bytes()).to_bytes(), execution.input)
            pytest.fail(what)


def test_stopping_early() -> None:
    """A run that is cut off before its end is neither an exit nor a fault."""
    elf = build_elf([set_to(0, 5), set_to(3, 1), set_to(4, 1), leave()])
    inputs = ExecutionInput(elf, bytes(32), (), b"", Parameters(compute_unit_limit=1000))
    short = execute(replace(inputs, parameters=Parameters(compute_unit_limit=2)))
    assert short.output.error_message == "exceeded CUs meter at BPF instruction"
    lie = replace(short, input=inputs)
    for fault in (short.run.fault, None):
        file = proven(replace(lie, run=replace(short.run, fault=fault)))
        with pytest.raises(ProofRejected) as caught:
            verify(file.to_bytes(), inputs)
        assert caught.value.reason is Rejection.NO_ENDING
        assert str(caught.value) == "the run does not end at pc 2: the instruction there leads to a next one"


def test_a_limit_that_is_not_reached() -> None:
    """The verifier counts compute units itself."""
    elf = build_elf([*call("sol_log_64_", (1, 2, 3, 4, 5)), set_to(0, 0), leave()])
    inputs = ExecutionInput(elf, bytes(32), (), b"", Parameters(compute_unit_limit=107))
    execution = execute(inputs)
    assert execution.output.error_message == "exceeded CUs meter at BPF instruction"
    verdict = verify(prove_execution(execution).data, inputs)
    assert (verdict.output.compute_units, verdict.output.instructions) == (107, 7)
    assert verdict.output == execution.output
    enough = replace(inputs, parameters=Parameters(compute_unit_limit=108))
    assert execute(enough).output.success
    data = prove_execution(replace(execution, input=enough)).data
    with pytest.raises(ProofRejected, match="ExceededMaxInstructions, it ended with an exit") as caught:
        verify(data, enough)
    assert caught.value.reason is Rejection.OUTCOME
