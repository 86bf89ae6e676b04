"""The machine: one closure per instruction, a meter, a call stack, and a recorder.

The rules are those of the interpreter of solana-sbpf 0.21 under Agave's mainnet configuration. An instruction
is counted before it executes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from solproof.isa import semantics
from solproof.isa.disassemble import callx_register
from solproof.isa.instruction import Instruction, wide_immediate
from solproof.isa.integers import MASK64
from solproof.isa.opcodes import Action, Form, Opcode, opcode
from solproof.program.calls import resolve_call
from solproof.program.program import Program
from solproof.vm import faults
from solproof.vm.faults import Fault, is_out_of_meter
from solproof.vm.limits import FRAME_STRIDES, MAXIMUM_CALL_DEPTH
from solproof.vm.memory import Layout, Memory, ReplayMemory
from solproof.vm.record_budget import RecordBudget
from solproof.vm.recorded_memory import RecordedMemory
from solproof.vm.trace import FinalState, Record, Recorder, Run, SyscallEvent, Trace
from solproof.vm.word_accesses import WordAccesses

HALT = -1
RELOAD_METER = -2

Operation = Callable[[], int]
"""Executes one instruction and returns the next pc, or a negative code."""


class SyscallContext(Protocol):
    """The state that a syscall works on. `remaining` counts the compute units that are left."""

    memory: Memory | ReplayMemory
    remaining: int


class Syscall(Protocol):
    """A function of the runtime that programs call by hash."""

    @property
    def name(self) -> str: ...

    @property
    def execute(self) -> Callable[..., int]: ...


class MachineMemory(Protocol):
    """The memory that loads, stores and syscalls work on."""

    def begin_syscall(self) -> None: ...

    def end_syscall(self) -> WordAccesses | None: ...

    def load(self, address: int, size: int) -> int: ...

    def store(self, address: int, size: int, value: int) -> None: ...


class Machine:
    """The state of one run. Use `run`."""

    def __init__(
        self,
        program: Program,
        memory: MachineMemory,
        recorder: Recorder,
        registers: Sequence[int],
        *,
        context: SyscallContext,
        syscalls: Mapping[int, Syscall],
        compute_unit_limit: int,
    ) -> None:
        self.program = program
        self.context = context
        self.syscalls = syscalls
        self.limit = compute_unit_limit
        self.recorder = recorder
        self.memory = memory
        self.registers = list(registers)
        self.frames: list[tuple[int, ...]] = []
        """For each open call: r6..r10 of the caller, the pc to return to, and the clk of the call."""
        self.syscall_units = 0
        self.next_pc = program.entry
        """The pc at which the machine continues after a syscall, or the pc at which it has stopped."""
        self.operations = self._compile()

    def execute(self) -> Fault | None:
        """Run to the end. Returns the fault that ended the run, or None if the program exited."""
        record_pc, operations, pcs = self.recorder.pc.append, self.operations, self.recorder.pc
        pc = self.program.entry
        try:
            while True:
                for _ in range(self.limit - self.syscall_units - len(pcs)):
                    record_pc(pc)
                    pc = operations[pc]()
                    if pc < 0:
                        break
                else:
                    self.next_pc = pc
                    return faults.exceeded_max_instructions()
                if pc == HALT:
                    self.next_pc = pcs[-1]
                    return None
                pc = self.next_pc
        except Fault as fault:
            self.next_pc = pcs[-1]
            return fault

    # COMPILATION

    def _compile(self) -> list[Operation]:
        """The operation of each slot. It compiles itself when it first runs, because most slots never run."""
        program, pcs = self.program, self.recorder.pc

        def first_time() -> int:
            pc = pcs[-1]
            operations[pc] = self._operation(pc, program.instruction(pc))
            return operations[pc]()

        operations: list[Operation] = [first_time] * program.slots
        operations.append(_raising(faults.execution_overrun))
        return operations

    def _operation(self, pc: int, instruction: Instruction) -> Operation:
        row = opcode(instruction.code, self.program.version)
        if row is None:
            return _raising(faults.unsupported_instruction)
        match row.action:
            case Action.COMPUTE:
                return self._compute(pc, instruction, row)
            case Action.LOAD_IMMEDIATE:
                return self._load_immediate(pc, instruction)
            case Action.LOAD:
                return self._load(pc, instruction, row.size)
            case Action.STORE:
                return self._store(pc, instruction, row)
            case Action.JUMP if row.form is Form.NONE:
                return self._always(pc + 1 + instruction.offset)
            case Action.JUMP:
                return self._jump(pc, instruction, row)
            case Action.CALL:
                return self._call(pc, instruction)
            case Action.CALL_REGISTER:
                return self._call_register(pc, instruction)
            case Action.EXIT:
                return self._exit()

    def _compute(self, pc: int, instruction: Instruction, row: Opcode) -> Operation:
        registers, record = self.registers, self.recorder.value.append
        destination, source, after = instruction.destination, instruction.source, pc + 1
        function, immediate = semantics.binary(row, self.program.version), row.operand(instruction.immediate)

        def with_register() -> int:
            registers[destination] = value = function(registers[destination], registers[source])
            record(value)
            return after

        def with_immediate() -> int:
            registers[destination] = value = function(registers[destination], immediate)
            record(value)
            return after

        operation = with_register if row.form is Form.REGISTER else with_immediate
        if not row.is_division:
            return operation

        def checked() -> int:
            try:
                return operation()
            except ZeroDivisionError:
                raise faults.divide_by_zero() from None
            except OverflowError:
                raise faults.divide_overflow() from None

        return checked

    def _load_immediate(self, pc: int, instruction: Instruction) -> Operation:
        registers, record, after = self.registers, self.recorder.value.append, pc + 2
        value = wide_immediate(instruction, self.program.instruction(pc + 1))
        destination = instruction.destination

        def step() -> int:
            registers[destination] = value
            record(value)
            return after

        return step

    def _load(self, pc: int, instruction: Instruction, size: int) -> Operation:
        registers, record, load = self.registers, self.recorder.value.append, self.memory.load
        destination, source, offset, after = (
            instruction.destination,
            instruction.source,
            instruction.offset,
            pc + 1,
        )

        def step() -> int:
            registers[destination] = value = load((registers[source] + offset) & MASK64, size)
            record(value)
            return after

        return step

    def _store(self, pc: int, instruction: Instruction, row: Opcode) -> Operation:
        registers, record, store = self.registers, self.recorder.value.append, self.memory.store
        destination, source, offset, after = (
            instruction.destination,
            instruction.source,
            instruction.offset,
            pc + 1,
        )
        size, immediate = row.size, row.operand(instruction.immediate)

        def with_register() -> int:
            value = registers[source]
            store((registers[destination] + offset) & MASK64, size, value)
            record(value)
            return after

        def with_immediate() -> int:
            store((registers[destination] + offset) & MASK64, size, immediate)
            record(immediate)
            return after

        return with_register if row.form is Form.REGISTER else with_immediate

    def _always(self, target: int) -> Operation:
        record = self.recorder.value.append

        def step() -> int:
            record(0)
            return target

        return step

    def _jump(self, pc: int, instruction: Instruction, row: Opcode) -> Operation:
        registers, record = self.registers, self.recorder.value.append
        destination, source = instruction.destination, instruction.source
        target, after = pc + 1 + instruction.offset, pc + 1
        condition = semantics.condition(row, self.program.version)
        immediate = row.operand(instruction.immediate)

        def with_register() -> int:
            record(0)
            return target if condition(registers[destination], registers[source]) else after

        def with_immediate() -> int:
            record(0)
            return target if condition(registers[destination], immediate) else after

        return with_register if row.form is Form.REGISTER else with_immediate

    # CALLS

    def _exit(self) -> Operation:
        registers, record, frames = self.registers, self.recorder.value.append, self.frames

        def step() -> int:
            record(0)
            if not frames:
                return HALT
            *registers[6:11], target, _ = frames.pop()
            return target

        return step

    def _call(self, pc: int, instruction: Instruction) -> Operation:
        call = resolve_call(self.program, pc, instruction, self.syscalls)
        if call is None:
            return _raising(faults.unsupported_instruction)
        if call.is_syscall:
            return self._syscall(pc, call.target)
        return self._enter(pc, lambda: call.target)

    def _call_register(self, pc: int, instruction: Instruction) -> Operation:
        registers, text_address = self.registers, self.program.text_address
        register = callx_register(instruction, self.program.version)
        return self._enter(pc, lambda: ((registers[register] - text_address) & MASK64) // 8)

    def _enter(self, pc: int, destination: Callable[[], int]) -> Operation:
        record, record_frame = self.recorder.value.append, self.recorder.frames.extend
        registers, frames, slots, pcs = self.registers, self.frames, self.program.slots, self.recorder.pc
        stride, return_pc = FRAME_STRIDES[self.program.version], pc + 1

        def step() -> int:
            target = destination()
            if len(frames) == MAXIMUM_CALL_DEPTH - 1:
                raise faults.call_depth_exceeded()
            if target >= slots:
                raise faults.call_outside_text_segment()
            record(0)
            saved = registers[6:11]
            record_frame(saved)
            frames.append((*saved, return_pc, len(pcs)))
            registers[10] += stride
            return target

        return step

    def _syscall(self, pc: int, key: int) -> Operation:
        registers, recorder, memory, context = self.registers, self.recorder, self.memory, self.context
        syscall = self.syscalls[key]

        def step() -> int:
            clk = len(recorder.pc)
            first, second, third, fourth, fifth = registers[1:6]
            context.remaining = available = self.limit - self.syscall_units - clk
            memory.begin_syscall()
            fault, result = None, 0
            try:
                result = syscall.execute(context, first, second, third, fourth, fifth)
            except Fault as raised:
                fault = raised
            words = memory.end_syscall()
            arguments = (first, second, third, fourth, fifth)
            units = available - context.remaining
            self.syscall_units += units
            if words is not None:
                recorder.events.append(SyscallEvent(clk, key, arguments, result, units, words))
            if fault is not None:
                raise fault
            registers[0] = result
            recorder.value.append(result)
            self.next_pc = pc + 1
            return RELOAD_METER

        return step


def _raising(fault: Callable[[], Fault]) -> Operation:
    def step() -> int:
        raise fault()

    return step


def run(
    program: Program,
    layout: Layout,
    registers: tuple[int, ...],
    input_region: bytes,
    context: SyscallContext,
    syscalls: Mapping[int, Syscall],
    *,
    compute_unit_limit: int,
    budget: RecordBudget | None = None,
) -> tuple[Run, bytes]:
    """Run a program on a serialized input. The result is the run, and the input region after it.

    registers: r0..r10 before the first instruction. A fault is a result, which the run has as `fault`.
    budget: the memory that the record may take. Without a budget the run is not recorded.
    Raises `UnsupportedError` if the program calls a syscall that solproof does not have yet, and
    `NotEnoughMemory` if the record exceeds its budget.
    """
    recorder = Recorder()
    context.memory = memory = RecordedMemory(layout, program.image, input_region, recorder, budget)
    machine = Machine(
        program,
        memory,
        recorder,
        registers,
        context=context,
        syscalls=syscalls,
        compute_unit_limit=compute_unit_limit,
    )
    fault = machine.execute()
    instructions = len(recorder.pc)
    final = FinalState(
        clk=instructions + is_out_of_meter(fault),
        pc=machine.next_pc,
        registers=tuple(machine.registers),
        open_call=machine.frames[-1][-1] if machine.frames else 0,
        depth=len(machine.frames),
    )
    after = memory.input_region()
    outcome = Run(
        program=program,
        layout=layout,
        registers=registers,
        compute_unit_limit=compute_unit_limit,
        fault=fault,
        final=final,
        instructions=instructions,
        compute_units=min(instructions + machine.syscall_units, compute_unit_limit),
        open_calls=tuple(return_pc - 1 for *_, return_pc, _ in machine.frames),
        record=None if budget is None else Record(Trace.of(recorder), after),
    )
    return outcome, after
