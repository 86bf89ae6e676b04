"""Runs programs in the machine and in the reference machine, compares every step, and checks the witness.

The registers of each step are rebuilt from the recorded trace. So the comparison covers the data that the
witness is made of.
"""

from __future__ import annotations

import numpy as np

from assurance.runs import INSTRUCTION_DATA, LIMIT, State, run, table_of, witness_of
from solproof.accesses.program import FamilyCode
from solproof.air.check import check
from solproof.program.program import Program
from solproof.program.syscall_names import ENTRYPOINT_HASH
from solproof.proving.witness import Witness
from solproof.vm.limits import FRAME_STRIDES
from solproof.vm.memory import DEFAULT_HEAP_SIZE
from solproof.vm.trace import Run
from tests.support.elf_files import strict_elf
from tests.support.oracle.oracle import OracleRun, Text, oracle


def states(outcome: Run) -> list[State]:
    """The registers and the pc before each instruction, according to the trace."""
    table, trace = table_of(outcome.program), outcome.trace
    registers = list(outcome.registers)
    frames: list[list[int]] = []
    syscalls = {event.clk: event.result for event in trace.events}
    rows: list[State] = []
    codes, destinations = table.code.tolist(), table.destination.tolist()
    writes, values = table.writes_destination.tolist(), trace.value.tolist()
    for step, pc in enumerate(trace.pc.tolist()):
        rows.append((*registers, pc))
        code = codes[pc] if pc < len(codes) else 0
        if step == len(values):
            break  # the instruction that a fault stopped
        if code in (FamilyCode.CALL, FamilyCode.CALL_REGISTER):
            frames.append(registers[6:11])
            registers[10] += FRAME_STRIDES[outcome.program.version]
        elif code == FamilyCode.EXIT and frames:
            registers[6:11] = frames.pop()
        elif code == FamilyCode.SYSCALL:
            registers[0] = syscalls.get(step + 1, registers[0])
        elif code and writes[pc]:
            registers[destinations[pc]] = values[step]
    return rows


def ask_oracle(
    program: Program,
    input_region: bytes = b"",
    *,
    limit: int = LIMIT,
    heap_size: int = DEFAULT_HEAP_SIZE,
    instruction_data: int = INSTRUCTION_DATA,
) -> OracleRun:
    """Run the same in the reference machine. `instruction_data` is an address, the value of r2."""
    code: Text | bytes
    if program.version >= 3:
        # The reference would make bare instructions readable. In a file the text is not, and the image is
        # separate.
        code = strict_elf(
            program.text, program.image or None, version=program.version, entry=program.entry
        ).data
    else:
        # The entry has its own name, by which the reference finds it.
        functions = {key: pc for key, pc in program.functions.items() if key != ENTRYPOINT_HASH}
        code = Text(program.text, program.version, program.entry, functions)
    registers = {2: instruction_data}
    return oracle().run(code, input_region, heap=heap_size, budget=limit, trace=True, registers=registers)


def assert_like_oracle(
    program: Program, input_region: bytes = b"", *, limit: int = LIMIT, heap_size: int = DEFAULT_HEAP_SIZE
) -> Run:
    """Assert that both machines agree on the result, the count, the input afterwards, and all registers."""
    ours = run(program, input_region, limit=limit, heap_size=heap_size)
    assert_equal(ours, ask_oracle(program, input_region, limit=limit, heap_size=heap_size))
    return ours


def assert_equal(ours: Run, theirs: OracleRun) -> None:
    """Assert that two runs of the same program on the same input are equal in everything."""
    if ours.fault is None:
        _compare("result", f"Ok({ours.r0})", theirs.result)
    else:
        _compare("fault", ours.fault.name, theirs.result.removeprefix("Err(").partition("(")[0].rstrip(")"))
        _compare("message", str(ours.fault), theirs.error)
    _compare("instructions", ours.instructions, theirs.instructions)
    mine = states(ours)
    # If a fault happens before the instruction is fetched, the reference's trace has no row for it.
    missing = len(mine) - len(theirs.trace)
    assert missing in ((0,) if ours.fault is None else (0, 1)), f"{missing} steps more than the reference"
    for step, (state, expected) in enumerate(zip(mine, theirs.trace, strict=False)):
        _compare(f"r0 to r10 and pc at step {step}", state, expected)
    _compare("input region", ours.input_region.hex(), theirs.input.hex())


def _compare(what: str, got: object, expected: object) -> None:
    assert got == expected, f"{what}: {got}, expected {expected}"


def assert_checked(outcome: Run) -> Witness:
    """Assert that every constraint and every bus of the run's witness holds."""
    witness = witness_of(outcome)
    assert [str(failure) for failure in check(witness.instances)] == []
    return witness


def rows_of(witness: Witness, chip: str) -> int:
    """How many rows of a chip execute an instruction."""
    return sum(
        int(np.count_nonzero(instance.main[:, instance.chip.index("is_real")]))
        for instance in witness.instances
        if instance.chip.name == chip
    )


def assert_conforms(
    program: Program, input_region: bytes = b"", *, heap_size: int = DEFAULT_HEAP_SIZE
) -> Witness:
    """Assert that the run equals the reference's at every step, and that its witness can be proven."""
    return assert_checked(assert_like_oracle(program, input_region, heap_size=heap_size))
