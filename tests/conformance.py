"""Runs programs in the machine and in the reference machine, compares every step, and checks the witness.

The registers of each step are rebuilt from the recorded trace, so that what is compared is what the
witness is made of.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.program import FamilyCode, ProgramTable
from solproof.air.check import check
from solproof.circuit.program_table import program_table
from solproof.circuit.registry import CIRCUIT
from solproof.circuit.table import Columns
from solproof.program.program import Program
from solproof.program.syscall_names import ENTRYPOINT_HASH
from solproof.proving.witness import Witness, build_witness
from solproof.runtime.features import MAINNET
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.runtime.sysvars import Sysvars
from solproof.vm.limits import FRAME_STRIDES, initial_registers
from solproof.vm.machine import run as run_machine
from solproof.vm.memory import DEFAULT_HEAP_SIZE, Layout
from solproof.vm.trace import Run
from tests.oracle.oracle import OracleRun, Text, oracle
from tests.program.elf_files import strict_elf

PROGRAM_ID = bytes([7]) * 32
LIMIT = 1_400_000
INSTRUCTION_DATA = 0x4_0000_0008

State = tuple[int, ...]
"""r0 to r10 and the pc, before an instruction."""


@lru_cache(maxsize=8)
def table_of(program: Program) -> ProgramTable:
    """The program table, with all syscalls known."""
    return program_table(program, registry(MAINNET).keys())


def run(
    program: Program,
    input_region: bytes = b"",
    *,
    limit: int = LIMIT,
    heap_size: int = DEFAULT_HEAP_SIZE,
    context: SyscallContext | None = None,
) -> Run:
    """Run a program in the machine."""
    context = context or SyscallContext(PROGRAM_ID, Sysvars())
    return run_machine(
        program,
        Layout(program.version, len(program.image), heap_size, len(input_region)),
        initial_registers(program.version, INSTRUCTION_DATA),
        input_region,
        context,
        registry(MAINNET),
        compute_unit_limit=limit,
    )


def states(outcome: Run) -> list[State]:
    """The registers and the pc before each instruction, as the trace tells them."""
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
    """Run the same in the reference machine; `instruction_data` is an address, the value of r2."""
    code: Text | bytes
    if program.version >= 3:
        # Bare instructions would be readable there; in a file the text is not, and the image is its own.
        code = strict_elf(
            program.text, program.image or None, version=program.version, entry=program.entry
        ).data
    else:
        # The entry has a name of its own, by which the reference finds it.
        functions = {key: pc for key, pc in program.functions.items() if key != ENTRYPOINT_HASH}
        code = Text(program.text, program.version, program.entry, functions)
    registers = {2: instruction_data}
    return oracle().run(code, input_region, heap=heap_size, budget=limit, trace=True, registers=registers)


def assert_like_oracle(
    program: Program, input_region: bytes = b"", *, limit: int = LIMIT, heap_size: int = DEFAULT_HEAP_SIZE
) -> Run:
    """Run in both machines: result, count, the input afterwards, and registers at every step are equal."""
    ours = run(program, input_region, limit=limit, heap_size=heap_size)
    assert_equal(ours, ask_oracle(program, input_region, limit=limit, heap_size=heap_size))
    return ours


def assert_equal(ours: Run, theirs: OracleRun) -> None:
    """Two runs of the same program on the same input are equal in everything."""
    if ours.fault is None:
        _compare("result", f"Ok({ours.r0})", theirs.result)
    else:
        _compare("fault", ours.fault.name, theirs.result.removeprefix("Err(").partition("(")[0].rstrip(")"))
        _compare("message", str(ours.fault), theirs.error)
    _compare("instructions", ours.instructions, theirs.instructions)
    mine = states(ours)
    # A fault that strikes before the instruction is fetched leaves no row in the reference's trace.
    missing = len(mine) - len(theirs.trace)
    assert missing in ((0,) if ours.fault is None else (0, 1)), f"{missing} steps more than the reference"
    for step, (state, expected) in enumerate(zip(mine, theirs.trace, strict=False)):
        _compare(f"r0 to r10 and pc at step {step}", state, expected)
    _compare("input region", ours.input_region.hex(), theirs.input.hex())


def _compare(what: str, got: object, expected: object) -> None:
    assert got == expected, f"{what}: {got}, expected {expected}"


@lru_cache(maxsize=8)
def _columns_of(program: Program) -> dict[int, Columns]:
    return CIRCUIT.preprocessed(program, table_of(program))


def witness_of(outcome: Run) -> Witness:
    """The tables of a run."""
    return build_witness(CIRCUIT, AccessLog(outcome, table_of(outcome.program)), _columns_of(outcome.program))


def assert_checked(outcome: Run) -> Witness:
    """Every constraint and every bus of the run's witness holds."""
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
    """The run equals the reference's at every step, and its witness can be proven."""
    return assert_checked(assert_like_oracle(program, input_region, heap_size=heap_size))
