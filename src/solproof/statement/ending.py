"""How a run ended, by the rules of the machine itself.

The circuit proves the state of the machine before its last instruction. Everything in this state except the
memory is public. The verifier executes that one instruction with the machine's own code, and it must exit the
program or fail. So the same few lines prove every fault of the machine, and a prover can claim only faults
that the machine raises. No content of the memory is needed. A memory access fails because of its address
alone, and the failure of a syscall depends only on the words that its event lists.
"""

from __future__ import annotations

from collections.abc import Container

from solproof.errors import ProofRejected, Rejection
from solproof.isa.opcodes import Action, opcode
from solproof.program.calls import resolve_call
from solproof.program.program import Program
from solproof.runtime.invocation import Invocation
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.statement.replay import Replay
from solproof.vm.faults import Fault, exceeded_max_instructions
from solproof.vm.limits import MAXIMUM_CALL_DEPTH
from solproof.vm.machine import HALT, Machine
from solproof.vm.memory import Layout
from solproof.vm.trace import FinalState, Recorder, SyscallEvent
from solproof.vm.word_accesses import WordAccesses


def ending(
    invocation: Invocation, final: FinalState, replay: Replay, context: SyscallContext
) -> Fault | None:
    """The fault that ended a run with this final state, or None if the program exited.

    Raises `ProofRejected` if the machine would have continued, or would have stopped earlier.
    """
    program, limit = invocation.program, invocation.compute_unit_limit
    if final.pc > program.slots or final.depth >= MAXIMUM_CALL_DEPTH:
        raise ProofRejected(
            Rejection.FINAL_STATE,
            f"the claim's final state is not one of the machine: pc {final.pc} of {program.slots}, "
            f"{final.depth} open calls",
        )
    if final.pc == program.slots and final.depth and final.open_call >= final.steps:
        # A call must lead to a slot of the program. For other calls the circuit shows this, because an
        # instruction runs at the target. Here no instruction has run there.
        raise ProofRejected(
            Rejection.FINAL_CALL,
            f"the claim's final state is not one of the machine: a call of pc {final.pc}",
        )
    if replay.failing is None and final.steps + replay.compute_units == limit:
        return exceeded_max_instructions()
    if final.clk + replay.compute_units > limit:
        raise ProofRejected(
            Rejection.COMPUTE_UNITS,
            f"the run takes {final.clk + replay.compute_units} compute units, the limit is {limit}",
        )
    key = _called_syscall(program, final.pc, registry(context.features))
    if replay.failing is not None:
        _check_failing(replay.failing, key, final)
        return replay.fault
    if key is not None:
        raise ProofRejected(
            Rejection.LAST_EVENT_MISSING,
            f"the last instruction, at pc {final.pc}, calls a syscall that no event lists",
        )
    return _execute(invocation, final, context)


def _called_syscall(program: Program, pc: int, syscalls: Container[int]) -> int | None:
    """The hash of the syscall that the instruction at a pc calls, or None if it calls no syscall."""
    if pc == program.slots:
        return None
    instruction = program.instruction(pc)
    row = opcode(instruction.code, program.version)
    if row is None or row.action is not Action.CALL:
        return None
    call = resolve_call(program, pc, instruction, syscalls)
    return call.target if call is not None and call.is_syscall else None


def _check_failing(event: SyscallEvent, key: int | None, final: FinalState) -> None:
    where = f"the event at the last instruction (clk {event.clk})"
    if event.key != key:
        raise ProofRejected(
            Rejection.LAST_EVENT_SYSCALL,
            f"{where}: the instruction at pc {final.pc} does not call {event.key:#010x}",
        )
    if event.arguments != final.registers[1:6]:
        raise ProofRejected(
            Rejection.LAST_EVENT_ARGUMENTS, f"{where}: its arguments are not r1 to r5 of the final state"
        )


def _execute(invocation: Invocation, final: FinalState, context: SyscallContext) -> Fault | None:
    memory, recorder = _Addresses(invocation.layout), Recorder()
    recorder.pc.append(final.pc)
    machine = Machine(
        invocation.program,
        memory,
        recorder,
        final.registers,
        context=context,
        syscalls=registry(context.features),
        compute_unit_limit=0,
    )
    machine.frames.extend([(0,) * 7] * final.depth)
    try:
        if machine.operations[final.pc]() == HALT:
            return None
    except Fault as fault:
        return fault
    except _Allowed:
        pass
    finally:
        # The operations refer to their list, so the frame's memory would stay until a garbage collection.
        machine.operations.clear()
    raise ProofRejected(
        Rejection.NO_ENDING,
        f"the run does not end at pc {final.pc}: the instruction there leads to a next one",
    )


class _Allowed(Exception):
    """The memory access of the last instruction is valid."""


class _Addresses:
    """A memory without content. Every access raises its fault, or `_Allowed` if it is valid."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def load(self, address: int, size: int) -> int:
        self.layout.locate(address, size, write=False)
        raise _Allowed

    def store(self, address: int, size: int, _: int) -> None:
        self.layout.locate(address, size, write=True)
        raise _Allowed

    def begin_syscall(self) -> None:
        raise AssertionError("no syscall runs here")

    def end_syscall(self) -> WordAccesses:
        raise AssertionError("no syscall runs here")
