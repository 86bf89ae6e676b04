"""Lies about how a run ended: it continued after a fault, stopped without a reason, or failed differently.

The circuit cannot object when a run is cut off. The verifier has to check how the run ended.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from assurance.corpus import tour
from assurance.forgery import Forgery
from assurance.injection import (
    Lie,
    LyingMachine,
    Told,
    circuit_objections,
    objections,
    tell,
    verifier_objection,
)
from assurance.places import HEAP
from assurance.program_builder import ProgramBuilder
from assurance.report import explain, explain_told
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Format, by_mnemonic, opcode
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.vm.faults import Fault
from solproof.vm.limits import FRAME_STRIDES
from solproof.vm.machine import HALT
from tests.support.executions import with_run
from tests.support.fault_cases import CASES, VERSIONS, given, runs

METER = "ExceededMaxInstructions"
EXIT = Instruction(by_mnemonic("EXIT").code)
METERS = (METER, "ComputationalBudgetExceeded")


# WENT ON


def go_on(liar: LyingMachine, pc: int) -> int:
    """Execute the instruction as if it had no fault."""
    try:
        return liar.true_step(pc)
    except Fault as fault:
        if pc == liar.program.slots:
            liar.recorder.pc.pop()
            liar.states.pop()
            return 0
        return _without(fault, liar, pc)


def _without(fault: Fault, liar: LyingMachine, pc: int) -> int:
    recorder, registers, instruction = liar.recorder, liar.registers, liar.program.instruction(pc)
    row = opcode(instruction.code, liar.program.version)
    calls = fault.name in ("CallDepthExceeded", "CallOutsideTextSegment")
    value = 0
    if row is not None and row.format in (Format.LOAD, Format.STORE_REGISTER, Format.STORE_IMMEDIATE):
        is_load = row.format is Format.LOAD
        base = registers[instruction.source if is_load else instruction.destination]
        recorder.address.append((base + instruction.offset) % 2**64)
        recorder.first_word.append(0)
        recorder.second_word.append(0)
        if is_load:
            registers[instruction.destination] = 0
        elif row.format is Format.STORE_REGISTER:
            value = registers[instruction.source]
        else:
            value = instruction.immediate % 2**64
    elif row is not None and row.format is Format.REGISTER_REGISTER:
        registers[instruction.destination] = 0
    elif recorder.events and recorder.events[-1].clk == len(recorder.pc):
        registers[0] = 0
    if calls:
        return _enter(liar, pc, (pc + 1) % liar.program.slots)
    recorder.value.append(value)
    return pc + 1


def _enter(liar: LyingMachine, pc: int, target: int) -> int:
    liar.recorder.value.append(0)
    liar.recorder.frames.extend(liar.registers[6:11])
    liar.frames.append((*liar.registers[6:11], pc + 1, len(liar.recorder.pc)))
    liar.registers[10] += FRAME_STRIDES[liar.program.version]
    return target


def about(told: Told, inputs: ExecutionInput) -> Told:
    """The same run, claimed to be a run on another input."""
    execution = told.execution
    return Told(replace(execution, input=inputs), told.states)


@pytest.mark.parametrize(("name", "version"), [run for run in runs() if CASES[run[0]].fault not in METERS])
def test_went_on_after_a_fault(name: str, version: int) -> None:
    inputs = replace(given(name, version), parameters=Parameters(compute_unit_limit=2000))
    true = tell(inputs).execution.run
    assert true.fault is not None
    told = tell(inputs, go_on, true.final.clk)
    for as_found in (False, True):
        report = explain_told(told, tell(inputs), as_found=as_found)
        assert objections(told, as_found=as_found) != set(), report


@pytest.mark.parametrize(("name", "version"), [run for run in runs() if CASES[run[0]].fault in METERS])
@pytest.mark.parametrize("more", [100, 1000])
def test_went_on_beyond_the_limit(name: str, version: int, more: int) -> None:
    inputs = given(name, version)
    limit = inputs.parameters.compute_unit_limit
    told = tell(replace(inputs, parameters=Parameters(compute_unit_limit=limit + more)))
    lie = about(told, inputs)
    names, forgery = circuit_objections(lie)
    assert names == set(), explain(forgery)
    assert verifier_objection(lie, forgery) != ""


def test_no_limit_but_its_own() -> None:
    """Run calls that chips prove, with events between them. Then claim each run under other limits.

    A claim is accepted exactly if it is true under that limit. A call cannot be stopped before it is paid
    for, or after. Neither half of the meter can be left out.
    """
    calls = [("sol_memset_", 3000), ("sol_log_compute_units_", 0), ("sol_memcpy_", 1), ("sol_memset_", 5000)]
    builder = ProgramBuilder()
    for name, length in calls:
        for register, value in ((1, HEAP), (2, HEAP + 0x1800), (3, length)):
            builder.constant(register, value)
        builder.syscall(name)
    builder.syscall("sol_log_compute_units_")
    builder.exit()
    inputs = ExecutionInput(builder.code(), bytes(32), (), b"", program_format=RawFormat(0))
    spent = tell(inputs).execution.run.compute_units
    runs: dict[bytes, tuple[Told, Forgery]] = {}
    claims = {}
    for limit in range(1, spent + 3):
        told = tell(replace(inputs, parameters=Parameters(compute_unit_limit=limit)))
        forgery = told.witness()
        claims[limit] = told.claim(forgery).to_bytes()
        runs.setdefault(claims[limit], (told, forgery))
    faults = [told.claim(forgery).frames[0].fault for told, forgery in runs.values()]
    assert faults.count("ComputationalBudgetExceeded") == 5
    # Each run is claimed under the limits where another run begins, just below them, and under the last
    # limit.
    edges = [limit for limit in claims if claims[limit] != claims.get(limit - 1)]
    for limit in {*edges, *(edge - 1 for edge in edges[1:]), spent + 2}:
        for claim, (told, forgery) in runs.items():
            changed = replace(told.execution.input, parameters=Parameters(compute_unit_limit=limit))
            lie = about(told, changed)
            assert (verifier_objection(lie, forgery) == "") == (claims[limit] == claim)


# STOPPED


def stop(name: str | None) -> Lie:
    """A fault that did not happen, or an exit of the program, before the instruction has done anything."""

    def lie(liar: LyingMachine, pc: int) -> int:
        if name is None:
            return HALT
        if name == METER:
            liar.recorder.pc.pop()
            liar.states.pop()
            liar.limit = 0
            return pc
        raise Fault(name, name)

    return lie


def fail(name: str) -> Lie:
    """A fault of a syscall that in truth returned."""

    def lie(liar: LyingMachine, pc: int) -> int:
        liar.true_step(pc)
        liar.recorder.events[-1] = replace(liar.recorder.events[-1], result=0)
        raise Fault(name, name)

    return lie


ENDINGS = (None, *sorted({case.fault for case in CASES.values()}))
STEPS = 8


def _said(told: Told, *, is_checked: bool) -> str:
    """The verifier's objection to a run that the circuit accepts."""
    if not is_checked:
        return verifier_objection(told, told.witness())
    names, forgery = circuit_objections(told)
    assert names == set(), explain(forgery)
    return verifier_objection(told, forgery)


@pytest.mark.parametrize("version", VERSIONS)
def test_stopped_without_a_fault(version: int) -> None:
    """A run that stops at any instruction, inside a call or not. These include exits from within a call."""
    inputs = tour(version)
    run = tell(inputs).execution.run
    assert run.fault is None
    pcs = run.trace.pc.tolist()
    exits = [clk for clk, pc in enumerate(pcs[:-1], 1) if run.program.instruction(pc) == EXIT]
    assert len(exits) == 5
    for clk in [*exits, *Random(version).sample(range(1, run.final.clk), STEPS)]:
        for ending in ENDINGS:
            told = tell(inputs, stop(ending), clk)
            assert _said(told, is_checked=ending in (None, METER)), f"V{version}, clk {clk}: {ending}"


@pytest.mark.parametrize("version", VERSIONS)
def test_failed_without_a_fault(version: int) -> None:
    """The last instruction is a syscall that returned and wrote its results."""
    inputs = tour(version)
    events = tell(inputs).execution.run.trace.events
    assert len(events) == 6
    for event in events:
        for ending in ENDINGS:
            if ending not in (None, METER):
                told = tell(inputs, fail(ending), event.clk)
                said = _said(told, is_checked=ending == "Abort")
                assert said.endswith("returns, so the instruction is not the last"), said


def test_another_ending_of_a_fault() -> None:
    """A run that is true until the fault. The fault then has another name, or becomes an exit."""
    for name, version in runs():
        true = tell(given(name, version)).execution
        for ending in ENDINGS:
            if true.run.fault is not None and ending == true.run.fault.name:
                continue
            lie = Told(
                with_run(true, replace(true.run, fault=None if ending is None else Fault(ending, ""))), []
            )
            assert verifier_objection(lie, lie.witness()) != "", f"{name}, V{version}: {ending}"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_call_of_the_end_of_the_text(version: int) -> None:
    """Such a call is CallOutsideTextSegment at the call, not ExecutionOverrun one instruction later."""
    inputs = given("call of the end of the text", version)
    true = tell(inputs).execution.run
    assert true.fault is not None
    slots = true.program.slots
    told = tell(inputs, lambda liar, pc: _enter(liar, pc, slots), true.final.clk)
    names, forgery = circuit_objections(told)
    assert names == set(), explain(forgery)
    reason = f"the claim's final state is not one of the machine: a call of pc {slots}"
    assert verifier_objection(told, forgery) == reason


def test_a_load_around_the_address_space() -> None:
    """A load of four bytes below address 2^64 and four bytes of the read-only data at 0.

    The carries fit, but the first word is missing.
    """
    inputs = given("load around the address space", 3)
    true = tell(inputs).execution.run
    word = int.from_bytes(true.program.image[:8], "little")

    def around(liar: LyingMachine, pc: int) -> int:
        next_pc = go_on(liar, pc)
        liar.recorder.second_word[-1] = word
        liar.registers[0] = liar.recorder.value[-1] = (word << 32) % 2**64
        return next_pc

    told = tell(inputs, around, true.final.clk)
    lie = told.witness()
    row = lie.row("load_unaligned")
    assert (row["address_carry_1"], row["address_carry_2"]) == (0, 0)
    row["address_carry_1"] = row["address_carry_2"] = row["reaches_second"] = 1
    row["available_first"], row["available_second"], row["available"], row["is_writable"] = 8, 8, 16, 0
    row["second_before"] = 0
    listed = lie.find("input", is_real=0)
    for name, value in {"invocation": 1, "is_real": 1, "tag": 8}.items():
        listed.claim(name, value)
    for name in ("first", "last"):
        listed.claim_word(name, word)
    listed["time"] = 2 * row["clk"]
    first = "load_unaligned: bus memory: {}: the first word: {}"
    assert lie.names() == {
        first.format("receive", "as last accessed"),
        first.format("send", "the new value"),
    }, explain(lie)
