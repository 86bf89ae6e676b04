"""Every way in which a program can be stopped is proven. A fault that did not happen is never accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from solproof.errors import ProofRejected, Rejection
from solproof.execution.execute import Execution, execute
from solproof.proving.prove import prove_execution
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.statement.claim import Claim, FrameClaim
from solproof.statement.proof_file import ProofFile
from solproof.verifying.verify import verify
from solproof.vm.word_accesses import WordAccesses
from tests.support.elf_builder import build_elf, call
from tests.support.executions import with_run
from tests.support.fault_cases import CASES, given, runs


def proven(execution: Execution) -> ProofFile:
    return ProofFile.from_bytes(prove_execution(execution).data)


@pytest.mark.parametrize(("name", "version"), list(runs()))
def test_faults_are_proven(name: str, version: int) -> None:
    """The verdict is the runtime's outcome, computed only from the proof, the program and the input."""
    case, execution = CASES[name], execute(given(name, version))
    fault = execution.run.fault
    assert fault is not None
    assert (fault.name, execution.output.error) == (case.fault, case.error)
    file = proven(execution)
    (frame,) = Claim.from_bytes(file.claim).frames
    assert (frame.fault, frame.final.pc) == (case.fault, execution.run.pc)
    assert verify(file.to_bytes(), execution.input).output == execution.output


def other_claims(claim: FrameClaim) -> Iterator[tuple[str, FrameClaim]]:
    """The claim of a frame that was stopped, with one thing changed."""
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
        yield "one event fewer", replace(claim, events=claim.events[:-1])
        last = claim.events[-1]
        yield "a result", replace(claim, events=(*claim.events[:-1], replace(last, result=last.result ^ 1)))
        words = tuple(last.words)
        for position, word in enumerate(words[:2]):
            lied = [*words[:position], replace(word, old=word.old ^ 1), *words[position + 1 :]]
            changed_event = replace(last, words=WordAccesses.of(lied))
            yield "a word", replace(claim, events=(*claim.events[:-1], changed_event))


@pytest.mark.parametrize("name", CASES)
def test_no_other_fault_is_proven(name: str) -> None:
    execution = execute(given(name, CASES[name].versions[-1]))
    file = proven(execution)
    (frame,) = Claim.from_bytes(file.claim).frames
    for what, lie in other_claims(frame):
        with pytest.raises(ProofRejected):
            verify(replace(file, claim=Claim((lie,)).to_bytes()).to_bytes(), execution.input)
            pytest.fail(what)


def test_stopping_early() -> None:
    """A run that is cut off before its end is neither an exit nor a fault."""
    elf = build_elf("mov64 r0, 5; mov64 r3, 1; mov64 r4, 1; exit")
    inputs = ExecutionInput(elf, bytes(32), (), b"", Parameters(compute_unit_limit=1000))
    short = execute(replace(inputs, parameters=Parameters(compute_unit_limit=2)))
    assert short.output.error_message == "exceeded CUs meter at BPF instruction"
    lie = replace(short, input=inputs)
    for fault in (short.run.fault, None):
        file = proven(with_run(lie, replace(short.run, fault=fault)))
        with pytest.raises(ProofRejected) as caught:
            verify(file.to_bytes(), inputs)
        assert caught.value.reason is Rejection.NO_ENDING
        assert str(caught.value) == "the run does not end at pc 2: the instruction there leads to a next one"


def test_a_limit_that_is_not_reached() -> None:
    """The verifier counts compute units itself."""
    elf = build_elf([*call("sol_log_64_", (1, 2, 3, 4, 5)), "mov64 r0, 0; exit"])
    inputs = ExecutionInput(elf, bytes(32), (), b"", Parameters(compute_unit_limit=107))
    execution = execute(inputs)
    assert execution.output.error_message == "exceeded CUs meter at BPF instruction"
    verdict = verify(prove_execution(execution).data, inputs)
    assert (verdict.output.compute_units, verdict.output.instructions) == (107, 7)
    assert verdict.output == execution.output
    enough = replace(inputs, parameters=Parameters(compute_unit_limit=108))
    assert execute(enough).output.success
    lie = replace(execution, input=enough)
    data = prove_execution(lie).data
    with pytest.raises(ProofRejected, match="ExceededMaxInstructions, it ended with an exit") as caught:
        verify(data, enough)
    assert caught.value.reason is Rejection.OUTCOME
