"""Where the lines of a log were written, for real transactions and for single instructions."""

from __future__ import annotations

from solproof.demo.programs import classic_token
from solproof.demo.scenario import transfer
from solproof.execution.execute import Execution, execute
from solproof.execution.execute_transaction import TransactionExecution
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.tracing.log_places import LogPlace, Writer, log_places
from solproof.tracing.timeline import timeline
from tests.support.elf_builder import build_elf, call
from tests.support.frame_trees import associated_token, builtins, refused


def places(execution: Execution | TransactionExecution) -> tuple[LogPlace, ...]:
    return log_places(timeline(execution), execution.output.logs)


def test_a_token_transfer() -> None:
    execution = execute(transfer(classic_token()))
    step = next(event.clk - 1 for event in execution.run.trace.events)
    assert execution.output.logs[1] == "Program log: Instruction: Transfer"
    assert places(execution) == (
        LogPlace(Writer.BEGIN, 0),
        LogPlace(Writer.STEP, 0, step),
        LogPlace(Writer.END, 0),
        LogPlace(Writer.END, 0),
    )


def test_every_line_of_a_program_is_at_the_syscall_that_wrote_it() -> None:
    """Lines of frames that are called are at the steps of these frames, not at the call."""
    execution = associated_token().execution
    found = timeline(execution)
    for line, place in zip(execution.output.logs, places(execution), strict=True):
        assert (place.step is not None) == line.startswith("Program log: ")
        if place.step is not None:
            frame = found.instructions[place.instruction].frame
            assert frame is not None
            columns = found.columns(frame)
            event = next(event for event in columns.trace.events if event.clk - 1 == place.step)
            assert columns.syscall_names[event.key] == "sol_log_"
        elif " invoke [" in line:
            assert place.writer is Writer.BEGIN
        else:
            assert place.writer is Writer.END
    programs = [record.program_id for record in found.instructions]
    assert len(programs) == len([place for place in places(execution) if place.writer is Writer.BEGIN])


def test_lines_of_a_builtin_program() -> None:
    execution = builtins().execution
    writers = [place.writer for place in places(execution)]
    assert execution.output.logs[3].startswith("Transfer: insufficient lamports ")
    assert writers == [
        *(Writer.BEGIN, Writer.END),
        *(Writer.BEGIN, Writer.BUILTIN, Writer.END),
    ]


def test_a_call_that_is_refused_writes_its_line_at_the_call() -> None:
    execution = refused().execution
    found = dict(zip(execution.output.logs, places(execution), strict=True))
    line = next(line for line in found if line.startswith("Unknown program "))
    assert found[line] == LogPlace(Writer.STEP, 0, timeline(execution).columns(0).steps - 1)


def test_a_truncated_log() -> None:
    """The lines that do not fit have no place, and those after them keep theirs."""
    body = call("sol_log_64_", (2**64 - 1,) * 5)
    elf = build_elf([*(body * 120), *call("sol_log_compute_units_", ()), "mov64 r0, 0; exit"])
    execution = execute(ExecutionInput(elf, bytes(32), (), b"", Parameters(compute_unit_limit=200_000)))
    logs, found = execution.output.logs, places(execution)
    cut = logs.index("Log truncated")
    steps = [event.clk - 1 for event in execution.run.trace.events]
    assert cut < 120
    assert [place.step for place in found[1:cut]] == steps[: cut - 1]
    assert found[cut] == LogPlace(Writer.STEP, 0, steps[cut - 1])
    remaining = next(line for line in logs if line.startswith("Program consumption: "))
    assert found[logs.index(remaining)] == LogPlace(Writer.STEP, 0, steps[-1])
