"""The timeline across the frames of an execution in the form that the page needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from solproof.explorer.account_data import describe_change
from solproof.interfaces.interface import value_text
from solproof.interfaces.registry import Interfaces
from solproof.runtime.accounts import address_text
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.program_ids import CONFIG_PROGRAM
from solproof.runtime.sysvars import ADDRESSES
from solproof.tracing.timeline import (
    Begin,
    Builtin,
    End,
    Entry,
    Invoke,
    ReadBack,
    Return,
    Steps,
    Timeline,
)

Fields = dict[str, Any]

NAMES: Mapping[str, str] = {address_text(CONFIG_PROGRAM): "config program"} | {
    address_text(address): f"{name.replace('_', ' ')} sysvar" for name, address in ADDRESSES.items()
}
"""The names of accounts without an interface, by address. Any other address stands for itself."""


def describe_instructions(records: Sequence[InstructionRecord], interfaces: Interfaces) -> list[Fields]:
    """Every instruction that was called, in the order of the calls."""
    return [
        _decoded(record, interfaces)
        | {
            "program": address_text(record.program_id),
            "index": record.index,
            "caller": record.caller,
            "height": record.height,
            "accounts": [
                [address_text(account.key), account.is_signer, account.is_writable]
                for account in record.accounts
            ],
            "data": record.data.hex(),
            "error": None
            if record.error is None
            else {
                "name": record.error.name,
                "message": record.error.message,
                "known": interfaces.error_name(record.program_id, record.error),
            },
            "compute_units": record.compute_units,
            "frame": record.frame,
        }
        for record in records
    ]


def _decoded(record: InstructionRecord, interfaces: Interfaces) -> Fields:
    """What an instruction means: its name, arguments as texts, and names of accounts."""
    keys = [account.key for account in record.accounts]
    decoded = interfaces.decode_instruction(record.program_id, record.data, keys)
    if decoded is None:
        return {"decoded": None}
    arguments = [[name, value_text(value)] for name, value in decoded.values.items()]
    roles = [name for name, _ in decoded.accounts]
    return {"decoded": {"name": decoded.name, "arguments": arguments, "roles": roles}}


def names_of(
    described: Sequence[Fields], accounts: Sequence[Fields], interfaces: Interfaces
) -> dict[str, str]:
    """The names of the addresses that described instructions and accounts mention."""
    names = dict(NAMES) | {
        address_text(address): one.name for one in interfaces.interfaces for address in one.addresses
    }
    mentioned = {instruction["program"] for instruction in described}
    mentioned |= {account[0] for instruction in described for account in instruction["accounts"]}
    mentioned |= {account["key"] for account in accounts}
    mentioned |= {owner for account in accounts for owner in account["owner"]}
    return {address: names[address] for address in sorted(mentioned & names.keys())}


def describe_timeline(
    timeline: Timeline, units_before: Sequence[int], interfaces: Interfaces
) -> list[Fields]:
    """The entries of a timeline.

    An entry of steps has its frame and the first and the last + 1 of its steps. Any other entry has the
    compute units that were consumed by then, and what it did. It also has the frame whose memory the page
    shows beside it, if a frame is open, and as its state the last step whose effect shows, or -1.
    A step that calls a program takes effect at the "return", or at the "end" of the caller if the callee
    failed. Both have the step.

    units_before: for each frame, the compute units that were consumed before its first step.
    """
    return list(_Description(timeline, units_before, interfaces).entries())


class _Description:
    """Goes along the entries, and follows the meter and the open frames."""

    def __init__(self, timeline: Timeline, units_before: Sequence[int], interfaces: Interfaces) -> None:
        self.timeline = timeline
        self.units_before = units_before
        self.interfaces = interfaces
        self.consumed = 0
        self.starts: dict[int, int] = {}  # what was consumed when each instruction began
        self.states: dict[int, int] = {}  # the last step of each frame whose effect shows
        self.calling: dict[int, int] = {}  # the step of each frame that waits for its callee

    def entries(self) -> Iterator[Fields]:
        for entry in self.timeline.entries:
            fields: Fields = {"kind": entry.kind, "instruction": entry.instruction}
            if isinstance(entry, Steps):
                self.take_steps(entry.frame, entry.end - 1)
                yield fields | {"frame": entry.frame, "start": entry.start, "end": entry.end}
                continue
            fields |= self.describe(entry)
            frame = self.frame_beside(entry.instruction)
            state = None if frame is None else self.states[frame]
            yield fields | {"frame": frame, "state": state, "units": self.consumed}

    def take_steps(self, frame: int, last: int) -> None:
        """Follow the steps of a frame up to one of them."""
        run = self.timeline.frames[frame].outcome
        syscalls = sum(event.compute_units for event in run.trace.events if event.clk <= last + 1)
        self.consumed = self.units_before[frame] + min(last + 1 + syscalls, run.compute_unit_limit)
        self.states[frame] = last

    def frame_beside(self, instruction: int | None) -> int | None:
        """The frame of an instruction. A builtin program has none, so it is that of its caller, if any."""
        while instruction is not None:
            record = self.timeline.instructions[instruction]
            if record.frame is not None:
                return record.frame
            instruction = record.caller
        return None

    def describe(self, entry: Entry) -> Fields:
        record = self.timeline.instructions[entry.instruction]
        if isinstance(entry, Begin):
            self.starts[entry.instruction] = self.consumed
            if record.frame is not None:
                self.consumed = self.units_before[record.frame]
                self.states[record.frame] = -1
            return {}
        if isinstance(entry, (Builtin, End)):
            self.consumed = self.starts[entry.instruction] + record.compute_units
        if isinstance(entry, Builtin):
            return {"changes": self.changes(entry), "program": entry.program, "operation": entry.operation}
        if isinstance(entry, ReadBack):
            return {"changes": self.changes(entry)}
        if isinstance(entry, (Invoke, Return)):
            return self.call(entry)
        step = None if record.frame is None else self.calling.pop(record.frame, None)
        if record.frame is None or step is None:
            return {}
        self.states[record.frame] = step
        return {"step": step}

    def call(self, entry: Invoke | Return) -> Fields:
        self.take_steps(entry.frame, entry.step)
        if isinstance(entry, Return):
            del self.calling[entry.frame]
        elif entry.callee is not None:
            self.consumed -= self.timeline.instructions[entry.callee].compute_units
            self.states[entry.frame] = entry.step - 1
            self.calling[entry.frame] = entry.step
        return {
            "step": entry.step,
            "callee": entry.callee,
            "accounts": [address_text(key) for key in entry.accounts],
            "changes": self.changes(entry),
        }

    def changes(self, entry: Invoke | Return | Builtin | ReadBack) -> list[Fields]:
        return [describe_change(change.before, change.after, self.interfaces) for change in entry.changes]
