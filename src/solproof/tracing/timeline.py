"""One timeline across programs: what the frames of an execution and the runtime around them did, in order.

The timeline is a list of entries. An entry of steps stands for consecutive steps of one frame, so the list is
short, and the traces of the frames stay arrays. All other entries are one step of the runtime each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from solproof.errors import InputError
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.execution.run import check_execution_type
from solproof.interfaces.registry import BUILTIN
from solproof.program.symbols import SymbolFiles
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.representation import described, short_repr
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.instruction_error import InstructionError
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.invoke import Frame
from solproof.tracing.columns import Columns
from solproof.vm.trace import Run

UNKNOWN = "unknown instruction"
INVOKE_NAMES = ("sol_invoke_signed_c", "sol_invoke_signed_rust")
INVOKE_KEYS = frozenset(key for key, name in SYSCALL_NAMES.items() if name in INVOKE_NAMES)


@dataclass(frozen=True, slots=True)
class AccountChange:
    """An account whose lamports, owner or data changed."""

    before: Account
    after: Account

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class Begin:
    """An instruction begins: it is on the stack of invocations now.

    instruction: its position among the records of the execution. Every entry has this field.
    """

    kind: ClassVar = "begin"
    instruction: int


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps `start` to `end` - 1 of a frame. A step that calls another program is not among them."""

    kind: ClassVar = "steps"
    instruction: int
    frame: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Invoke:
    """A step of a frame calls another program: the runtime carries the caller's changes to the transaction.

    step: the step of the frame. It ends with the entry `Return`.
    callee: the instruction that is called, None if the call failed before that.
    accounts: the addresses of the accounts that the caller and the callee share, without executable accounts.
    changes: what the caller had changed of these accounts, and the transaction did not know yet.
    """

    kind: ClassVar = "invoke"
    instruction: int
    frame: int
    step: int
    callee: int | None
    accounts: tuple[bytes, ...]
    changes: tuple[AccountChange, ...]

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class Return:
    """The callee has succeeded: the runtime carries what it left to the caller's memory, and the step ends.

    accounts: the addresses of the writable accounts that are refreshed in the caller's memory.
    changes: what the callee changed of these accounts.
    """

    kind: ClassVar = "return"
    instruction: int
    frame: int
    step: int
    callee: int
    accounts: tuple[bytes, ...]
    changes: tuple[AccountChange, ...]

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class Builtin:
    """A program of the runtime runs.

    program: its name.
    operation: what the instruction asks for, as a variant of the program's interface.
    changes: the accounts that it changed. If it failed, nothing of this is committed.
    """

    kind: ClassVar = "builtin"
    instruction: int
    program: str
    operation: str
    changes: tuple[AccountChange, ...]

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A program of a frame returned 0: the runtime carries its changes from its memory to the transaction."""

    kind: ClassVar = "read back"
    instruction: int
    frame: int
    changes: tuple[AccountChange, ...]

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class End:
    """An instruction ends.

    error: None if it succeeded.
    compute_units: what it and everything below it took.
    """

    kind: ClassVar = "end"
    instruction: int
    error: InstructionError | None
    compute_units: int


Entry: TypeAlias = Begin | Steps | Invoke | Return | Builtin | ReadBack | End


class Timeline:
    """The entries of an execution in order, and what they refer to.

    instructions: every instruction that was called, in the order of the calls.
    frames: the frames of sBPF programs, in the order in which they began.
    symbols: where the names of functions and the source lines come from.
    """

    def __init__(
        self,
        instructions: tuple[InstructionRecord, ...],
        frames: tuple[Frame[Run], ...],
        symbols: SymbolFiles | None = None,
    ) -> None:
        self.instructions = instructions
        self.frames = frames
        self.symbols = symbols or SymbolFiles()
        self._columns: dict[int, Columns] = {}

    def __repr__(self) -> str:
        return described(self, {"instructions": self.instructions, "frames": self.frames})

    # THE TREE

    @cached_property
    def callees(self) -> Mapping[int | None, Sequence[int]]:
        """The instructions that each instruction called, in order. The top level has the key None."""
        found: dict[int | None, list[int]] = {None: []}
        for number, record in enumerate(self.instructions):
            found[number] = []
            found[record.caller].append(number)
        return found

    @cached_property
    def instruction_of_frame(self) -> tuple[int, ...]:
        """The instruction that each frame ran for."""
        frames = {
            record.frame: number
            for number, record in enumerate(self.instructions)
            if record.frame is not None
        }
        return tuple(frames[frame] for frame in range(len(self.frames)))

    def columns(self, frame: int) -> Columns:
        """The steps of a frame as arrays, with the names of its program."""
        if frame not in self._columns:
            self._columns[frame] = Columns.of_frame(self.frames[frame], self.symbols)
        return self._columns[frame]

    def callee_of_step(self, frame: int) -> Mapping[int, int | None]:
        """The steps of a frame that call other programs, and the instructions that they called.

        Only the last of these steps can have no instruction: then the call failed before it.
        """
        callees = iter(self.callees[self.instruction_of_frame[frame]])
        events = self.frames[frame].outcome.trace.events
        return {event.clk - 1: next(callees, None) for event in events if event.key in INVOKE_KEYS}

    # THE ENTRIES

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries in order."""
        return tuple(_Walk(self).instructions(None))

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The position of each entry on the timeline, and the length of the timeline: [entries + 1].

        A step of a frame takes one position, and so does every other entry.
        """
        lengths = [entry.end - entry.start if isinstance(entry, Steps) else 1 for entry in self.entries]
        return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def at(self, position: int) -> tuple[int, int | None]:
        """The number of the entry at a position, and the step of its frame that is there, if it is a step."""
        if not 0 <= position < len(self):
            raise IndexError(f"position {position} is outside the timeline, expected 0 to {len(self) - 1}")
        number = int(np.searchsorted(self.starts, position, side="right")) - 1
        entry = self.entries[number]
        if isinstance(entry, Steps):
            return number, entry.start + position - int(self.starts[number])
        return number, entry.step if isinstance(entry, (Invoke, Return)) else None


def timeline(execution: Execution | TransactionExecution, symbols: SymbolFiles | None = None) -> Timeline:
    """The timeline of an instruction or of a transaction.

    for entry in solproof.timeline(execution).entries:
        print(entry.kind, entry.instruction)

    symbols: files with the symbols of programs. Raises `InputError` if one of them fits no program that ran.
    """
    check_execution_type(execution)
    instructions = (
        execution.instructions if isinstance(execution, Execution) else execution.output.instructions
    )
    if symbols is not None:
        symbols.check(frame.invocation.executable.file for frame in execution.frames)
    return Timeline(instructions, execution.frames, symbols)


def single_frame(execution: Execution | TransactionExecution, frame: int | None = None) -> int | None:
    """The only frame that a trace is about, or None if it is about all frames and the runtime around them.

    frame: the frame that is asked for. Raises `InputError` if there is no such frame. Without it, only the
        trace of an instruction that called no other program is about one frame.
    """
    count = len(execution.frames)
    if frame is not None and not 0 <= frame < count:
        known = f"0 to {count - 1}" if count else "none, because no sBPF program ran"
        raise InputError(f"frame: expected {known}, got {frame}")
    if frame is None and isinstance(execution, Execution) and len(execution.instructions) == 1:
        return 0
    return frame


def builtin_name(record: InstructionRecord) -> tuple[str, str]:
    """The name of a program of the runtime, and what an instruction asks it for."""
    interface = BUILTIN.of(record.program_id)
    if interface is None:
        return address_text(record.program_id), UNKNOWN
    decoded = interface.decode_instruction(record.data)
    return interface.name, UNKNOWN if decoded is None else decoded.name


class _Walk:
    """Goes through the call tree. `known` holds the latest state of each account in the transaction."""

    def __init__(self, of: Timeline) -> None:
        self.timeline = of
        self.known: dict[bytes, Account] = {}

    def instructions(self, caller: int | None) -> Iterator[Entry]:
        for number in self.timeline.callees[caller]:
            yield from self.instruction(number)

    def instruction(self, number: int) -> Iterator[Entry]:
        record = self.timeline.instructions[number]
        yield Begin(number)
        self.learn(record.accounts_before)
        if record.frame is not None:
            yield from self.frame(number, record.frame)
            outcome = self.timeline.frames[record.frame].outcome
            if outcome.fault is None and outcome.r0 == 0:
                yield ReadBack(number, record.frame, self.learn(record.accounts_after))
        else:
            yield from self.instructions(number)
            if BUILTIN.of(record.program_id) is not None:
                yield Builtin(number, *builtin_name(record), self.learn(record.accounts_after))
        yield End(number, record.error, record.compute_units)

    def frame(self, number: int, frame: int) -> Iterator[Entry]:
        run = self.timeline.frames[frame].outcome
        calls = self.timeline.callee_of_step(frame)
        for before, step in pairwise([-1, *calls, run.instructions]):
            if before + 1 < step:
                yield Steps(number, frame, before + 1, step)
            if step < run.instructions:
                yield from self.call(number, frame, step, calls[step])

    def call(self, number: int, frame: int, step: int, callee: int | None) -> Iterator[Entry]:
        if callee is None:
            yield Invoke(number, frame, step, None, (), ())
            return
        record = self.timeline.instructions[callee]
        shared = [account for account in record.accounts_before if not account.executable]
        keys = tuple(account.key for account in shared)
        yield Invoke(number, frame, step, callee, keys, self.learn(shared))
        yield from self.instruction(callee)
        if step < len(self.timeline.frames[frame].outcome.trace.value):
            writable = {account.key for account in record.accounts if account.is_writable}
            refreshed = tuple(key for key in keys if key in writable)
            changes = changed(record.accounts_before, record.accounts_after)
            yield Return(number, frame, step, callee, refreshed, changes)

    def learn(self, states: Sequence[Account]) -> tuple[AccountChange, ...]:
        """Take new states, and return what is different from those known before."""
        before = [self.known.get(account.key, account) for account in states]
        self.known.update({account.key: account for account in states})
        return changed(before, states)


def changed(before: Sequence[Account], after: Sequence[Account]) -> tuple[AccountChange, ...]:
    """What is different between two states of the same accounts in the same order."""
    return tuple(
        AccountChange(old, new)
        for old, new in zip(before, after, strict=True)
        if (old.lamports, old.owner, old.data) != (new.lamports, new.owner, new.data)
    )
