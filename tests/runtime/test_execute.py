"""Whole instructions, against LiteSVM: outcome, error, compute units, log, return data, accounts."""

from __future__ import annotations

import random
import struct
from collections.abc import Mapping
from dataclasses import replace

import pytest

from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.serialization import serialize
from solproof.vm.limits import INPUT_START
from tests.support.elf_builder import build_elf, call, text_address, write_memory
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.syscall_harness import replay

PROGRAM, STRANGER = bytes([4]) * 32, bytes([5]) * 32
OWNED, READ_ONLY, FOREIGN, FOREIGN_READ_ONLY = range(4)
RICH = 10**10


Change = tuple[int, str, int, bytes]
"""Position of the account, field of its record, bytes after the field's start, content."""


def scene(
    *changes: Change, data: bytes = b"12345678", loader: Loader = Loader.V3, version: int = 0
) -> ExecutionInput:
    """Four accounts and a duplicate, and a program that makes these changes to their records."""
    kinds = [(PROGRAM, True), (PROGRAM, False), (STRANGER, True), (STRANGER, False)]
    entries = [
        InstructionAccount(Account(bytes([10 + number]) * 32, owner, RICH, data), is_writable=writable)
        for number, (owner, writable) in enumerate(kinds)
    ]
    accounts = (*entries, entries[OWNED])
    serialized = serialize(accounts, b"", PROGRAM, loader)
    writes: dict[int, bytes] = {}
    for position, field, plus, content in changes:
        record = serialized.records[position]
        assert record is not None
        writes[INPUT_START + record + getattr(serialized.fields, field) + plus] = content
    return ExecutionInput(program(writes, version), PROGRAM, accounts, b"", Parameters(loader=loader))


def program(writes: Mapping[int, bytes], version: int = 0) -> bytes:
    return build_elf([*write_memory(writes), "lddw r0, 0; exit"], version)


def lamports(position: int, difference: int) -> Change:
    return position, "lamports", 0, struct.pack("<Q", RICH + difference)


def length(position: int, value: int) -> Change:
    return position, "data_length", 0, struct.pack("<Q", value)


def data(position: int, content: bytes) -> Change:
    return position, "data", 0, content


def owner(position: int, value: bytes) -> Change:
    return position, "owner", 0, value


# ACCOUNT RULES


@pytest.mark.parametrize(
    ("modified", "changes"),
    [
        (0, []),
        (0, [lamports(OWNED, 0)]),
        (2, [lamports(OWNED, -40), lamports(FOREIGN, 40)]),
        (1, [data(OWNED, b"x")]),
        (1, [length(OWNED, 8 + 10_240)]),
        (1, [length(OWNED, 3)]),
        (1, [length(OWNED, 0)]),
        (1, [data(OWNED, bytes(8)), owner(OWNED, STRANGER)]),
        (1, [length(OWNED, 0), owner(OWNED, STRANGER)]),
        (0, [data(READ_ONLY, b"12345678beyond the data")]),
        (0, [(READ_ONLY, "owner", -40, b"\xff\1\1\1flag" + bytes(32))]),
    ],
)
def test_allowed_changes(modified: int, changes: list[Change]) -> None:
    execution = assert_like_litesvm(scene(*changes))
    assert execution.output.success
    assert execution.output.accounts_modified == modified


@pytest.mark.parametrize(
    ("error", "changes"),
    [
        ("ExternalAccountLamportSpend", [lamports(FOREIGN, -1), lamports(OWNED, 1)]),
        ("ExternalAccountLamportSpend", [lamports(FOREIGN_READ_ONLY, -1)]),
        ("ReadonlyLamportChange", [lamports(READ_ONLY, -1)]),
        ("ReadonlyLamportChange", [lamports(FOREIGN_READ_ONLY, 1)]),
        ("InvalidRealloc", [length(OWNED, 8 + 10_241)]),
        ("InvalidRealloc", [length(FOREIGN_READ_ONLY, 2**64 - 1)]),
        ("AccountDataSizeChanged", [length(FOREIGN, 7)]),
        ("AccountDataSizeChanged", [length(FOREIGN_READ_ONLY, 9)]),
        ("ReadonlyDataModified", [length(READ_ONLY, 7)]),
        ("ReadonlyDataModified", [data(READ_ONLY, b"x")]),
        ("ReadonlyDataModified", [data(FOREIGN_READ_ONLY, b"x")]),
        ("ExternalAccountDataModified", [data(FOREIGN, b"x")]),
        ("ModifiedProgramId", [owner(OWNED, STRANGER)]),
        ("ModifiedProgramId", [owner(FOREIGN, PROGRAM)]),
        ("ModifiedProgramId", [owner(READ_ONLY, STRANGER)]),
        ("ModifiedProgramId", [owner(FOREIGN_READ_ONLY, PROGRAM)]),
        ("UnbalancedInstruction", [lamports(OWNED, 1)]),
        ("UnbalancedInstruction", [lamports(OWNED, -1)]),
        ("UnbalancedInstruction", [lamports(FOREIGN, 1)]),
        # Several changes: the error that the runtime reports shows the order of its checks.
        ("ReadonlyLamportChange", [data(READ_ONLY, b"x"), lamports(READ_ONLY, 1)]),
        ("ReadonlyDataModified", [data(READ_ONLY, b"x"), lamports(FOREIGN, -1)]),
        ("InvalidRealloc", [length(OWNED, 2**63), lamports(OWNED, -1)]),
        ("ReadonlyDataModified", [data(READ_ONLY, b"x"), owner(READ_ONLY, STRANGER)]),
    ],
)
def test_refused_changes(error: str, changes: list[Change]) -> None:
    execution = assert_like_litesvm(scene(*changes))
    assert execution.output.error == error
    assert execution.output.exit_code == 0
    assert execution.output.accounts_modified == 0


def test_changes_of_a_program_that_fails_are_dropped() -> None:
    given = scene(data(OWNED, b"x"))
    failing = build_elf([*write_memory({INPUT_START + 96: b"x"}), "lddw r0, 7; exit"])
    execution = assert_like_litesvm(replace(given, program=failing))
    assert execution.output.error == "Custom(7)"
    assert execution.output.accounts_modified == 0


# COMPUTE UNITS AND LIMITS


@pytest.mark.parametrize("limit", range(4))
def test_meter(limit: int) -> None:
    elf = build_elf("lddw r0, 0; lddw r1, 0; exit")
    given = ExecutionInput(elf, PROGRAM, (), b"", Parameters(compute_unit_limit=limit))
    execution = assert_like_litesvm(given)
    assert execution.output.success == (limit >= 3)
    assert execution.output.compute_units == limit


@pytest.mark.parametrize("limit", [100, 101, 102, 103, 104, 201, 202, 203, 204, 205, 206])
def test_meter_around_syscalls(limit: int) -> None:
    elf = build_elf("syscall sol_log_64_; syscall sol_log_64_; lddw r0, 0; exit")
    given = ExecutionInput(elf, PROGRAM, (), b"", Parameters(compute_unit_limit=limit))
    assert assert_like_litesvm(given).output.success == (limit >= 204)


@pytest.mark.parametrize("heap_size", [32_768, 33_792, 65_536, 262_144])
def test_heap(heap_size: int) -> None:
    last = 0x3_0000_0000 + heap_size - 8
    for address, success in ((last, True), (last + 1, False)):
        given = ExecutionInput(
            program({address: b"8 bytes."}), PROGRAM, (), b"", Parameters(heap_size=heap_size)
        )
        assert assert_like_litesvm(given).output.success == success


def test_heap_is_paid_before_the_program_starts() -> None:
    elf = build_elf("lddw r0, 0; exit")
    for limit, success in ((57, False), (58, True)):
        parameters = Parameters(compute_unit_limit=limit, heap_size=262_144)
        execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, (), b"", parameters))
        assert execution.output.success == success


# FAULTS


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("divide by zero at BPF instruction", ["div64 r1, r3"]),
        ("exceeded CUs meter at BPF instruction", ["ja -1"]),
        ("unsupported BPF instruction", ["syscall no_such_function"]),
        (
            "callx attempted to call outside of the text segment",
            ["lddw r3, 8; callx r3"],
        ),
        ("exceeded max BPF to BPF call depth", []),
    ],
)
def test_faults(message: str, parts: list[str]) -> None:
    if not parts:  # callx to the start of the text, again and again
        parts = [f"lddw r3, {text_address(0)}; callx r3"]
    elf = build_elf([*parts, "exit"])
    parameters = Parameters(compute_unit_limit=1000)
    execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, (), b"", parameters))
    assert execution.output.error == "ProgramFailedToComplete"
    assert execution.output.exit_code is None
    assert execution.output.error_message == message


def test_running_past_the_end() -> None:
    elf = build_elf("lddw r0, 0")
    execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, (), b""))
    assert execution.output.error_message == (
        "attempted to execute past the end of the text segment at BPF instruction"
    )
    assert (execution.output.instructions, execution.output.compute_units) == (2, 2)


@pytest.mark.parametrize(
    "address",
    [
        0,
        0x1_0000_0000,
        0x2_0000_0000,
        0x2_0000_0FFC,
        0x2_0000_1000,
        0x3_0000_7FF9,
        0x4_0000_0000,
        0x5_0000_0000,
    ],
    ids=hex,
)
def test_stores_by_region(address: int) -> None:
    assert_like_litesvm(ExecutionInput(program({address: b"12345678"}), PROGRAM, (), b""))


# LOGS AND RETURN DATA


def test_log_is_truncated_as_the_runtime_does() -> None:
    heap = 0x3_0000_0000
    lines = [
        *call("sol_memset_", (heap, ord("a"), 9000)),
        *call("sol_log_", (heap, 9000)),
        *call("sol_log_", (heap, 2000)),
        *call("sol_log_", (heap, 10)),
        *call("sol_log_", (heap, 3000)),
        *call("sol_log_", (heap, 600)),
    ]
    elf = build_elf([*lines, "lddw r0, 0; exit"])
    execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, (), b""))
    assert execution.output.logs.count("Log truncated") == 1


def test_return_data_survives_failure() -> None:
    elf = build_elf(
        [
            *write_memory({0x3_0000_0000: b"result"}),
            *call("sol_set_return_data", (0x3_0000_0000, 6)),
            "lddw r0, 9; exit",
        ]
    )
    execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, (), b""))
    assert execution.output.return_data == (PROGRAM, b"result")


# LOADERS


@pytest.mark.parametrize("loader", Loader)
def test_every_loader(loader: Loader) -> None:
    given = scene(lamports(OWNED, -40), lamports(FOREIGN, 40), data(OWNED, b"other"), loader=loader)
    assert assert_like_litesvm(given).output.accounts_modified == 2


@pytest.mark.parametrize(
    ("error", "changes"),
    [
        ("ExternalAccountLamportSpend", [lamports(FOREIGN, -1), lamports(OWNED, 1)]),
        ("ReadonlyLamportChange", [lamports(READ_ONLY, -1)]),
        ("ReadonlyLamportChange", [lamports(FOREIGN_READ_ONLY, 1), data(OWNED, b"x")]),
        ("ReadonlyDataModified", [data(READ_ONLY, b"x")]),
        ("ReadonlyDataModified", [data(FOREIGN_READ_ONLY, b"x"), lamports(OWNED, 1)]),
        ("ExternalAccountDataModified", [data(FOREIGN, b"x")]),
        ("UnbalancedInstruction", [lamports(OWNED, 1)]),
        (None, [(OWNED, "data", -8, bytes(8))]),  # the length
        (None, [(OWNED, "data", 8, STRANGER)]),  # the owner
        (None, [(READ_ONLY, "data", 40, bytes(9))]),  # the executable flag and the rent epoch
        (None, [(READ_ONLY, "lamports", -35, bytes(35))]),
    ],
)
def test_changes_under_loader_v1(error: str | None, changes: list[Change]) -> None:
    assert assert_like_litesvm(scene(*changes, loader=Loader.V1)).output.error == error


@pytest.mark.parametrize("loader", Loader)
@pytest.mark.parametrize("seed", range(40))
def test_random_changes(seed: int, loader: Loader) -> None:
    """One to three changes anywhere in the records, small enough that every account stays rent-exempt."""
    source = random.Random(seed)
    content = source.randbytes(source.choice([0, 3, 8, 13]))
    changes: list[Change] = []
    for _ in range(source.randrange(1, 4)):
        position = source.randrange(4)
        difference = source.choice([-2, -1, 0, 1, 2])
        choices = [
            lamports(position, difference),
            data(position, source.randbytes(len(content))),
            data(position, bytes(len(content))),
            (position, "data", source.randrange(-88, len(content) + 60), source.randbytes(1)),
        ]
        if loader is not Loader.V1:
            choices.append(
                length(position, source.choice([0, 1, max(0, len(content) + difference), 5000, 20_000]))
            )
            choices.append(owner(position, source.choice([PROGRAM, STRANGER])))
        changes.append(source.choice(choices))
    assert_like_litesvm(scene(*changes, data=content, loader=loader))


def test_a_write_past_the_input_of_loader_v1() -> None:
    given = scene(loader=Loader.V1)
    region = serialize(given.accounts, b"", PROGRAM, Loader.V1).region
    assert len(region) % 8 != 0
    for address, success in ((len(region) - 8, True), (len(region) - 7, False)):
        elf = program({INPUT_START + address: b"8 bytes."})
        assert assert_like_litesvm(replace(given, program=elf)).output.success == success


@pytest.mark.parametrize("loader", Loader)
def test_alignment_is_not_checked_under_loader_v1(loader: Loader) -> None:
    """A comparison and slices, at odd addresses."""
    heap = 0x3_0000_0000
    for name, arguments in (
        ("sol_memcmp_", (heap, heap + 9, 3, heap + 2)),
        ("sol_log_data", (heap + 4, 2)),
    ):
        parts = [*call(name, arguments), *call("sol_set_return_data", (heap, 100)), "lddw r0, 0"]
        given = ExecutionInput(build_elf([*parts, "exit"]), PROGRAM, (), b"", Parameters(loader=loader))
        execution = assert_like_litesvm(given)
        fault = execution.run.fault
        assert (fault is None) == (loader is Loader.V1)
        assert fault is None or fault.name == "UnalignedPointer"
        replay(execution)


# REFUSALS


def test_syscall_that_is_off_on_mainnet_is_no_instruction() -> None:
    elf = build_elf("syscall sol_remaining_compute_units; exit")
    execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, (), b""))
    assert execution.output.error == "ProgramFailedToComplete"
