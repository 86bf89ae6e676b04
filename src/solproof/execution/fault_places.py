"""Where faults stopped the frames of an execution: the instruction, the open calls and the registers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from solproof.isa.disassemble import Names, disassemble_instruction
from solproof.isa.instruction import slots_with
from solproof.isa.opcodes import by_mnemonic
from solproof.program.calls import resolve_call
from solproof.program.names import FunctionNames
from solproof.program.program import Program
from solproof.program.source_lines import SourceLine
from solproof.program.symbols import SymbolFiles, Symbols
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.representation import short_repr
from solproof.runtime.invoke import Frame
from solproof.vm.trace import Run


@dataclass(frozen=True, slots=True)
class CallSite:
    """A function that had not returned, and the slot in it: of its open call, or of the last instruction.

    function: its name in the file, or `function_N` with its first slot.
    source: the source line of the slot, if it is known.
    """

    function: str
    pc: int
    source: SourceLine | None = None

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class FaultPlace:
    """Where a fault stopped a frame.

    frame: the number of the frame in its execution, from 1.
    fault, message: as in the result of an instruction.
    instruction: the instruction at `pc` in assembly, None if `pc` is the end of the program. If no compute
        units were left, it was not executed.
    stack: the open functions, the innermost first. The slot of the first is `pc`.
    registers: r0 to r10 before the instruction.
    """

    frame: int
    program_id: bytes
    fault: str
    message: str
    pc: int
    instruction: str | None
    stack: tuple[CallSite, ...]
    registers: tuple[int, ...]

    __repr__ = short_repr


def fault_places(frames: Sequence[Frame[Run]], symbols: SymbolFiles | None = None) -> tuple[FaultPlace, ...]:
    """The places of all frames that a fault stopped, in the order in which the frames began.

    symbols: files with the symbols of programs. Raises `InputError` if one of them fits no program that ran.
    """
    if symbols is None:
        symbols = SymbolFiles()
    symbols.check(frame.invocation.executable.file for frame in frames)
    return tuple(
        _place(number, frame, symbols)
        for number, frame in enumerate(frames, start=1)
        if frame.outcome.fault is not None
    )


def _place(number: int, frame: Frame[Run], files: SymbolFiles) -> FaultPlace:
    run, executable = frame.outcome, frame.invocation.executable
    fault, program = run.fault, executable.program
    assert fault is not None
    symbols = files.of(executable.file, program)
    return FaultPlace(
        frame=number,
        program_id=frame.invocation.program_id,
        fault=fault.name,
        message=fault.message,
        pc=run.pc,
        instruction=_instruction(program, run.pc, symbols.names),
        stack=_stack(program, (*run.open_calls, run.pc), symbols),
        registers=run.final.registers,
    )


def _instruction(program: Program, pc: int, names: FunctionNames) -> str | None:
    if pc >= program.slots:
        return None
    labels = {start: names.at(start) for start in (program.entry, *program.functions.values())}
    return disassemble_instruction(
        program.instruction(pc),
        pc,
        program.version,
        second=program.instruction(pc + 1) if pc + 1 < program.slots else None,
        names=Names(labels, program.functions, SYSCALL_NAMES),
    )


def _stack(program: Program, sites: Sequence[int], symbols: Symbols) -> tuple[CallSite, ...]:
    """The function of each site. The first belongs to the entry, and each other to what the one before calls.

    The target of a call by register is not in the program. Then the function is the last one that starts
    before the site.
    """
    start = program.entry
    found: list[CallSite] = []
    starts: list[int] = []
    for position, pc in enumerate(sites):
        found.append(CallSite(symbols.names.at(start), pc, symbols.lines.at(pc)))
        if position + 1 < len(sites):
            target = _target(program, pc)
            if target is None:
                starts = starts or sorted(_starts(program, symbols.names))
                target = starts[max(bisect_right(starts, sites[position + 1]) - 1, 0)]
            start = target
    return tuple(reversed(found))


def _starts(program: Program, names: FunctionNames) -> set[int]:
    """Where functions start, as far as the program and its file tell."""
    called = (_target(program, pc) for pc in slots_with(by_mnemonic("CALL_IMM").code, program.text))
    named = (function.start for function in names.functions)
    return {program.entry, *program.functions.values(), *named, *(pc for pc in called if pc is not None)}


def _target(program: Program, pc: int) -> int | None:
    """The first slot of the function that the `call` at a slot calls. None for any other instruction."""
    instruction = program.instruction(pc)
    if instruction.code != by_mnemonic("CALL_IMM").code:
        return None
    call = resolve_call(program, pc, instruction, SYSCALL_NAMES)
    return None if call is None or call.is_syscall else call.target
