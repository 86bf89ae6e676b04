"""The text that a failing soundness test prints: rows with columns and values, and the rules that object."""

from __future__ import annotations

from assurance.forgery import Forgery
from assurance.injection import LyingMachine, tell
from assurance.mutation import Subject, provided
from assurance.programs import asm
from assurance.report import describe, describe_subject, describe_subjects, explain, explain_told
from assurance.runs import run
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import ExecutionInput

SUM = asm("lddw r1, 5; lddw r2, 7; add64 r1, r2; exit")


def wrong_sum() -> Forgery:
    lie = Forgery.of(run(SUM))
    lie.row("add")["c_0"] = 13
    lie.row("registers", 1).claim("last_0", 13)
    return lie


ROW = """\
add, row 0, pc 4
    invocation  = 1
    is_real     = 1
    clk         = 3
    pc          = 4
    is_register = 1
    a_index     = 1
    a_0         = 5
    a_before    = 3
    b_index     = 2
    b_0         = 7
    b_before    = 5
    c_0         = 13
    the other 9 columns are 0"""

REGISTER = """\
changed: registers, row 1
    invocation = 1
    is_real    = 1
    index      = 1
    first_2    = 4
    last_0     = 13  (true: 12)
    time       = 7
    the other 6 columns are 0"""

EXPLANATION = """\
changed: add, row 0, pc 4: add64 r1, r2
    invocation  = 1
    is_real     = 1
    clk         = 3
    pc          = 4
    is_register = 1
    a_index     = 1
    a_0         = 5
    a_before    = 3
    b_index     = 2
    b_0         = 7
    b_before    = 5
    c_0         = 13  (true: 12)
    the other 9 columns are 0
changed: registers, row 1
    invocation = 1
    is_real    = 1
    index      = 1
    first_2    = 4
    last_0     = 13  (true: 12)
    time       = 7
    the other 6 columns are 0
objections: 4
add row 0 of invocation 1 (pc 4): carry out of limb 0 is 0 or 1: expected 0, got 1056997632
add row 0 of invocation 1 (pc 4): carry out of limb 1 is 0 or 1: expected 0, got 532644096
add row 0 of invocation 1 (pc 4): carry out of limb 2 is 0 or 1: expected 0, got 260160770
add row 0 of invocation 1 (pc 4): carry out of limb 3 is 0 or 1: expected 0, got 403587966"""


def test_a_row() -> None:
    assert describe(wrong_sum().tables("add")[0], 0) == ROW


def test_a_row_shows_the_instruction_of_its_own_frame() -> None:
    lie = Forgery.of(run(SUM), run(asm("mov64 r1, 1; mov64 r2, 2; add64 r2, r1; exit")))
    titles = [
        describe(row.instance, row.row, programs=lie.programs).splitlines()[0]
        for row in (lie.find("add", invocation=1), lie.find("add", invocation=2))
    ]
    assert titles == ["add, row 0, pc 4: add64 r1, r2", "add, row 1, pc 2: add64 r2, r1"]


def test_a_lie_and_what_objects() -> None:
    assert explain(wrong_sum()) == EXPLANATION


def test_a_sampled_row() -> None:
    lie = Forgery.of(run(SUM))
    subject = Subject(lie.tables("add")[0], 0, provided(lie.instances))
    changed = subject.cells.copy()
    changed[subject.chip.index("c_0")] = -1
    row, *noticed = describe_subject(subject, changed).rsplit("\n", 5)
    assert row == ROW.replace("c_0         = 13", "c_0         = -1  (true: 12)")
    assert noticed == [
        *(f"noticed by: carry out of limb {limb} is 0 or 1" for limb in range(4)),
        "noticed by: limb 0 of c is below 2^16",
    ]
    true = describe_subject(subject, subject.cells)
    assert true == ROW.replace("= 13", "= 12") + "\nno rule of the chip notices it"
    assert describe_subjects(subject, subject.cells[None]) == true


def add_one(liar: LyingMachine, pc: int) -> int:
    next_pc = liar.true_step(pc)
    liar.registers[1] += 1
    return next_pc


def test_a_lying_run() -> None:
    given = ExecutionInput(SUM.text, bytes(32), (), b"", program_format=RawFormat())
    assert explain_told(tell(given, add_one, 3), tell(given)) == REGISTER
