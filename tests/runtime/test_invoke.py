"""Instructions at every height: what is pushed, executed and popped, compared with LiteSVM."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from solproof.runtime.features import MAINNET
from solproof.runtime.instruction_error import TEXTS
from tests.support.puppet.invocation import Abi, Meta
from tests.support.puppet.program import Command
from tests.support.puppet.script import RESULT, Script, inline
from tests.support.puppet.stage import (
    CALLEE,
    CALLER,
    CHAIN,
    Frame,
    Mention,
    Puppet,
    consumption,
    data_lines,
    ending,
    owned,
    stage,
)
from tests.support.transaction_results import TransactionResult

DEEPER = MAINNET.changed(activate=["raise_cpi_nesting_limit_to_8"])
KEPT_METER = MAINNET.changed(deactivate=["deplete_cu_meter_on_vm_failure"])
ACCOUNT = bytes([7]) * 32
ACCOUNTS = {ACCOUNT: owned(CHAIN[0].key, bytes(8))}
NOTHING = inline(Script())
PAGE = 32 * 1024


def mentions() -> list[Mention]:
    return [Mention(each.key, is_writable=False) for each in (CALLER, *CHAIN)]


def chain(programs: Sequence[Puppet], *, bottom: Script | None = None) -> Frame:
    """A frame of the first program, which calls the second, and so on. The last runs a script."""
    rest = [dict.fromkeys(each.key for each in programs[level + 1 :]) for level in range(len(programs))]
    frames = [
        stage().frame(program, [Mention(key, is_writable=False) for key in keys], {})
        for program, keys in zip(programs, rest, strict=True)
    ]
    if bottom is not None:
        frames[-1].script = bottom
    for caller, callee in zip(frames[-2::-1], frames[:0:-1], strict=True):
        caller.call(callee)
    return frames[0]


def error_of(result: TransactionResult) -> object:
    return None if result.error is None else result.error["InstructionError"]


# DEPTH


@pytest.mark.parametrize("raised", [False, True])
@pytest.mark.parametrize("depth", [4, 5, 6, 8, 9, 10])
@pytest.mark.parametrize("itself", [False, True])
def test_depth(depth: int, raised: bool, itself: bool) -> None:
    """Five frames, or nine with a feature. A program that calls itself counts alike."""
    programs = [CALLER] * depth if itself else [CALLER, *CHAIN][:depth]
    features = DEEPER if raised else MAINNET
    result = stage(features).run({}, chain(programs))
    most = 9 if raised else 5
    assert error_of(result) == ([0, "CallDepth"] if depth > most else None)
    assert result.heights() == list(range(2, min(depth, most + 1) + 1))


def test_stack_height() -> None:
    script = Script()
    script.syscall("sol_get_stack_height", result=RESULT)
    script.log_result()
    for depth in range(1, 6):
        result = stage().run({}, chain([CALLER, *CHAIN][:depth], bottom=script))
        assert data_lines(result) == [[struct.pack("<Q", depth)]]


# REENTRANCY


@pytest.mark.parametrize(
    ("order", "allowed"),
    [
        ("aa", True),
        ("aab", True),
        ("aabb", True),
        ("aba", False),
        ("aaba", False),
        ("abba", False),
        ("abab", False),
        ("abca", False),
        ("abcb", False),
        ("abcc", True),
    ],
)
def test_reentrancy(order: str, allowed: bool) -> None:
    """A program may call itself, but not while another program runs above it."""
    programs = [CHAIN["abc".index(letter)] for letter in order]
    result = stage().run({}, chain(programs))
    assert error_of(result) == (None if allowed else [0, "ReentrancyNotAllowed"])
    if not allowed:
        refused = len(order) if order != "abab" else 3
        assert result.heights() == list(range(2, refused))


def test_reentrancy_comes_before_the_balance_and_the_depth() -> None:
    accounts = {ACCOUNT: owned(CHAIN[1].key, bytes(8))}
    everyone = [Mention(ACCOUNT), *mentions()]
    top, middle = (stage().frame(program, everyone, accounts) for program in CHAIN[:2])
    middle.script.add(middle.layout.accounts[ACCOUNT].lamports, -1)
    middle.invoke(CHAIN[0].key, [Meta(ACCOUNT, 0, 1)], NOTHING)
    top.call(middle)
    assert error_of(stage().run(accounts, top)) == [0, "ReentrancyNotAllowed"]
    assert error_of(stage().run({}, chain([*CHAIN[:5], CHAIN[0]]))) == [0, "ReentrancyNotAllowed"]


def test_the_balance_comes_before_the_depth() -> None:
    accounts = {ACCOUNT: owned(CHAIN[4].key, bytes(8))}
    everyone = [Mention(ACCOUNT), *mentions()]
    frames = [stage().frame(program, everyone, accounts) for program in CHAIN[:5]]
    frames[4].script.add(frames[4].layout.accounts[ACCOUNT].lamports, -1)
    frames[4].invoke(CHAIN[5].key, [Meta(ACCOUNT, 0, 1)], NOTHING)
    for caller, callee in zip(frames[-2::-1], frames[:0:-1], strict=True):
        caller.call(callee)
    assert error_of(stage().run(accounts, frames[0])) == [0, "UnbalancedInstruction"]


@pytest.mark.parametrize("below", [False, True])
def test_the_balance_is_checked_after_the_success(below: bool) -> None:
    """A callee that takes lamports logs its success, and its caller fails."""
    accounts = {ACCOUNT: owned(CALLEE.key, bytes(8))}
    everyone = [Mention(ACCOUNT), *mentions()]
    taking = stage().frame(CALLEE, everyone, accounts)
    taking.script.add(taking.layout.accounts[ACCOUNT].lamports, -1)
    given = taking
    if below:
        given = stage().frame(CALLER, everyone, accounts)
        given.call(taking)
    result = stage().run(accounts, given)
    assert error_of(result) == [0, "UnbalancedInstruction"]
    assert f"Program {Pubkey(CALLEE.key)} success" in result.logs
    assert ending(result) == (TEXTS["UnbalancedInstruction"] if below else "")


# THE TRACE


@pytest.mark.parametrize(
    ("first", "second", "failing"), [(62, 0, None), (63, 0, 1), (64, 0, 0), (61, 1, None), (61, 2, 1)]
)
def test_the_trace_has_64_instructions(first: int, second: int, failing: int | None) -> None:
    """Those of the top level that have not started do not count."""
    frames = []
    for count in (first, second):
        given = stage().frame(CALLER, [Mention(CALLEE.key, is_writable=False)], {})
        if count:
            given.invoke(CALLEE.key, [], NOTHING, repeat=count)
        frames.append(given)
    result = stage().run({}, *frames)
    expected = None if failing is None else [failing, "MaxInstructionTraceLengthExceeded"]
    assert error_of(result) == expected
    if failing == 1 and second == 0:
        assert not any("[1]" in line for line in result.logs[-2:]), "the push fails without a line"


def test_the_trace_comes_before_the_depth() -> None:
    for count, error in ((58, "MaxInstructionTraceLengthExceeded"), (57, "CallDepth")):
        filler = stage().frame(CALLER, mentions(), {})
        filler.invoke(CALLEE.key, [], NOTHING, repeat=count)
        assert error_of(stage().run({}, filler, chain(CHAIN[:6]))) == [1, error]


# THE METER AND THE HEAP


@pytest.mark.parametrize("pages", range(1, 9))
def test_every_frame_pays_for_its_heap(pages: int) -> None:
    """8 units for each page after the first. They are among the units that the caller has consumed."""
    entries = []
    for size in (1, pages):
        given = chain([CALLER, *CHAIN][:5])
        result = stage().run({}, given, limit=100_000, heap=size * PAGE)
        assert result.error is None
        entries.append(sorted(consumption(result), reverse=True))
    differences = [first - other for first, other in zip(*entries, strict=True)]
    assert differences == [8 * (pages - 1) * (below) for below in range(5)]


@pytest.mark.parametrize("below", [False, True])
def test_a_heap_that_cannot_be_paid(below: bool) -> None:
    def given() -> Frame:
        return chain([CALLER, CALLEE] if below else [CALLER])

    enough = stage().run({}, given(), limit=100_000, heap=8 * PAGE)
    entry = sorted(consumption(enough))[0]
    start = 100_000 - entry
    for missing in (0, 1, 55, 56, 57):
        result = stage().run({}, given(), limit=start + missing, heap=8 * PAGE)
        unpaid = "Failed to create SBF VM: Computational budget exceeded"
        assert (unpaid in result.logs) is (missing < 56)
        if missing < 56:
            assert error_of(result) == [2, "ProgramEnvironmentSetupFailure"]
            assert result.compute_units == start + missing


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.parametrize(
    "command",
    [
        (Command.DIVIDE, 1, 0),
        (Command.STORE_8, 0),
        (Command.RECURSE, 100),
        (Command.JUMP, 0),
        (Command.BURN, 2**40),
    ],
    ids=lambda command: command[0].name.lower(),
)
def test_a_fault_of_the_machine(command: tuple[int, ...], depth: int, keeps: bool) -> None:
    """It empties the meter, unless a feature is off. All callers have consumed everything, then."""
    script = Script()
    script.command(*command)
    features = KEPT_METER if keeps else MAINNET
    result = stage(features).run({}, chain([CALLER, *CHAIN][:depth], bottom=script), limit=20_000)
    assert error_of(result) == [1, "ProgramFailedToComplete"]
    assert ending(result) != ""
    if not keeps:
        assert result.compute_units == 20_000
        lines = [line.split() for line in result.logs if " consumed " in line]
        assert all(words[3] == words[5] for words in lines[1:])


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_a_fault_of_a_syscall(depth: int) -> None:
    """It leaves the meter as it is. The callers fail with the error that it becomes."""
    script = Script()
    script.syscall("abort")
    result = stage().run({}, chain([CALLER, *CHAIN][:depth], bottom=script))
    assert error_of(result) == [0, "ProgramFailedToComplete"]
    assert result.compute_units < 10_000
    assert [line.partition(" failed: ")[2] for line in result.logs if " failed: " in line] == [
        "SBF program panicked",
        *[TEXTS["ProgramFailedToComplete"]] * (depth - 1),
    ]


@pytest.mark.parametrize("code", [1, 0x1_0000_0000, 2 << 32, 26 << 32, 54 << 32, 99 << 32, 2**64 - 1])
def test_an_exit_code_goes_up(code: int) -> None:
    script = Script()
    script.exit(code)
    below = stage().run({}, chain([CALLER, *CHAIN[:3]], bottom=script))
    alone = stage().run({}, chain([CALLER], bottom=script))
    assert below.error == alone.error is not None


def test_the_budget_ends_anywhere_below() -> None:
    total = stage().run({}, chain([CALLER, *CHAIN[:2]]), limit=100_000).compute_units
    texts = {
        ending(stage().run({}, chain([CALLER, *CHAIN[:2]]), limit=limit))
        for limit in range(140, total + 2, 7)
    }
    assert len(texts) > 2


# RETURN DATA


def test_return_data_belong_to_the_last_program_that_ran() -> None:
    """The line names the program that logs, and every invocation clears what there was."""
    below = Script()
    below.return_data(b"below")
    given = stage().frame(CALLER, [Mention(CALLEE.key, is_writable=False)], {})
    given.script.return_data(b"before")
    given.invoke(CALLEE.key, [], NOTHING)
    given.script.syscall("sol_get_return_data", RESULT, 0, 0, result=RESULT)
    given.script.log_result()
    given.invoke(CALLEE.key, [], inline(below))
    given.script.syscall("sol_get_return_data", RESULT, 8, given.script.put(bytes(32)), result=0)
    given.script.log_result()
    result = stage().run({}, given)
    lines = [line for line in result.logs if line.startswith("Program return: ")]
    assert [line.split()[2] for line in lines] == [str(Pubkey(each.key)) for each in (CALLEE, CALLER)]
    assert data_lines(result) == [[bytes(8)], [b"below" + bytes(3)]]
    assert result.return_data == (CALLEE.key, b"below")


@pytest.mark.parametrize("fails", [True, False])
def test_return_data_of_a_failing_program(fails: bool) -> None:
    script = Script()
    script.return_data(b"last words")
    script.exit(int(fails))
    result = stage().run({}, chain([CALLER, CALLEE], bottom=script))
    assert sum(line.startswith("Program return: ") for line in result.logs) == 2


def test_a_builtin_clears_return_data() -> None:
    system = bytes(32)
    accounts = {ACCOUNT: owned(system)}
    given = stage().frame(
        CALLER, [Mention(ACCOUNT, is_signer=True), Mention(system, is_writable=False)], accounts
    )
    given.script.return_data(b"before")
    given.invoke(system, [Meta(ACCOUNT, 1, 1), Meta(ACCOUNT, 0, 1)], struct.pack("<IQ", 2, 5))
    result = stage().run(accounts, given)
    assert result.error is None
    assert result.return_data == (system, b"")


# LOGS


@pytest.mark.parametrize("length", [9_000, 9_700, 9_800, 10_240])
def test_all_frames_share_the_limit_of_the_log(length: int) -> None:
    below = Script()
    text = below.put(b"x" * min(length, 4_000))
    for _ in range(3):
        below.syscall("sol_log_", text, length // 3)
    below.syscall("sol_log_", text, 5)
    given = stage().frame(CALLER, [Mention(CALLEE.key, is_writable=False)], {})
    given.invoke(CALLEE.key, [], inline(below), repeat=2)
    given.script.syscall("sol_log_", given.script.put(b"end"), 3)
    result = stage().run({}, given)
    assert sum(line == "Log truncated" for line in result.logs) == 1


# SIBLINGS


def sibling(
    script: Script, index: int, data: int, accounts: int, *, place: tuple[int, int, int, int] | None = None
) -> None:
    """Ask for a sibling, and log the answer and everything that was written."""
    meta, program, content, metas = place or (
        script.put(struct.pack("<QQ", data, accounts)),
        script.put(bytes(32)),
        script.put(bytes(96)),
        script.put(bytes(34 * 6)),
    )
    script.syscall(
        "sol_get_processed_sibling_instruction", index, meta, program, content, metas, result=RESULT
    )
    script.log_data((RESULT, 8), (meta, 16), (program, 32), (content, 96), (metas, 34 * 6))


@pytest.mark.parametrize("index", [0, 1, 2, 3, 2**63, 2**64 - 1])
@pytest.mark.parametrize(("data", "accounts"), [(16, 1), (16, 2), (0, 0), (2**64 - 1, 0), (16, 2**63)])
def test_siblings_at_the_top(index: int, data: int, accounts: int) -> None:
    """The last instruction of three asks. Invoked instructions are no siblings of those at the top."""
    frames = [stage().frame(CALLER, [Mention(CALLEE.key, is_writable=False)], {}) for _ in range(3)]
    frames[0].invoke(CALLEE.key, [], NOTHING)
    sibling(frames[2].script, index, data, accounts)
    result = stage().run({}, *frames)
    ((found, lengths, *_),) = data_lines(result)
    assert found == struct.pack("<Q", index < 2)
    if index < 2:
        assert lengths == struct.pack("<QQ", 16, 2)


@pytest.mark.parametrize("index", [0, 1, 2, 3])
@pytest.mark.parametrize("accounts", [0, 2])
def test_siblings_below(index: int, accounts: int) -> None:
    """Siblings have the same caller. What other callers or the siblings themselves invoked does not count."""
    everyone = [Mention(ACCOUNT), *mentions()]
    given = stage().frame(CALLER, everyone, ACCOUNTS)
    asking, calling = Script(), stage().frame(CHAIN[1], everyone, ACCOUNTS)
    sibling(asking, index, len(NOTHING), accounts)
    calling.invoke(CHAIN[2].key, [], NOTHING)
    others = stage().frame(CALLER, everyone, ACCOUNTS)
    others.invoke(CHAIN[0].key, [Meta(ACCOUNT, 0, 1)], NOTHING)
    given.invoke(CHAIN[0].key, [Meta(ACCOUNT, 0, 1), Meta(CHAIN[3].key)], NOTHING)
    given.invoke(CHAIN[3].key, [Meta(ACCOUNT)] * accounts, NOTHING)
    given.call(calling)
    given.invoke(CHAIN[4].key, [], inline(asking))
    result = stage().run(ACCOUNTS, others, given)
    found = data_lines(result)[0][0]
    assert found == struct.pack("<Q", index < 3)


@pytest.mark.parametrize("wrong", range(4))
@pytest.mark.parametrize("address", [0, 1, 2**64 - 16, RESULT + 1])
@pytest.mark.parametrize("equal", [True, False])
def test_addresses_of_a_sibling(wrong: int, address: int, equal: bool) -> None:
    asking = Script()
    lengths = (len(NOTHING), 1) if equal else (0, 1)
    place = [
        asking.put(struct.pack("<QQ", *lengths)),
        asking.put(bytes(32)),
        asking.put(bytes(96)),
        asking.put(bytes(204)),
    ]
    place[wrong] = address
    meta, program, content, metas = place
    asking.syscall("sol_get_processed_sibling_instruction", 0, meta, program, content, metas, result=RESULT)
    asking.log_result()
    given = stage().frame(CALLER, mentions(), {})
    given.invoke(CHAIN[1].key, [Meta(CHAIN[1].key)], NOTHING)
    given.invoke(CALLEE.key, [], inline(asking))
    stage().run({}, given)


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("second", range(4))
@pytest.mark.parametrize("shift", [0, 1, 8, 15, 16])
def test_results_of_a_sibling_may_not_overlap(first: int, second: int, shift: int) -> None:
    script = Script()
    length = len(NOTHING)
    place = [
        script.put(struct.pack("<QQ", length, 1)),
        script.put(bytes(32)),
        script.put(bytes(96)),
        script.put(bytes(204)),
    ]
    place[second] = place[first] + shift
    sibling(script, 0, length, 1, place=(place[0], place[1], place[2], place[3]))
    given = stage().frame(CALLER, mentions(), {})
    given.invoke(CHAIN[1].key, [Meta(CHAIN[1].key)], NOTHING)
    given.invoke(CALLEE.key, [], inline(script))
    stage().run({}, given)


# ACCOUNTS OF A FRAME


@pytest.mark.parametrize(("count", "error"), [(255, None), (256, "MaxAccountsExceeded")])
def test_the_accounts_of_an_instruction_at_the_top(count: int, error: str | None) -> None:
    """The instruction is pushed, but the machine is not set up. There is no line of what it consumed."""
    features = MAINNET.changed(deactivate=["limit_instruction_accounts"])
    metas = [AccountMeta(Pubkey(ACCOUNT), False, False)] * count
    result = stage(features).run(ACCOUNTS, Instruction(Pubkey(CALLER.key), struct.pack("<QQ", 0, 0), metas))
    assert (ending(result) == TEXTS["MaxAccountsExceeded"]) is (error is not None)
    assert len(result.logs) == (3 if error is None else 2)


def test_the_instructions_sysvar_has_the_index_of_the_top_level() -> None:
    """Also while a program below reads it. The data of each instruction here are two words."""
    sysvar = bytes(Pubkey.from_string("Sysvar1nstructions1111111111111111111111111"))
    programs = mentions()
    for count in (1, 2):
        # Its accounts and one for its script, for each instruction. The last names the sysvar, too.
        named = count * (len(programs) + 1) + 1
        size = 2 + count * (2 + 2 + 32 + 2 + 16) + named * 33 + 2
        frames = [stage().frame(CALLER, programs, {}) for _ in range(count - 1)]
        everything = [*programs, Mention(sysvar, is_writable=False)]
        given = Frame(CALLER, everything, {each.key: 36 for each in programs} | {sysvar: size})
        below = Frame(CALLEE, [Mention(sysvar, is_writable=False)], {sysvar: size})
        at = below.layout.accounts[sysvar]
        below.script.log_data((at.length, 8), (at.data, size))
        given.invoke(CALLEE.key, [Meta(sysvar)], inline(below.script), abi=Abi.C)
        ((length, content),) = data_lines(stage().run({}, *frames, given))
        assert int.from_bytes(length, "little") == size
        assert content[-2:] == struct.pack("<H", count - 1)
