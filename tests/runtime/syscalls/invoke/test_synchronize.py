"""What the caller and the callee see of each other's changes, compared with LiteSVM."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from solders.account import Account as SoldersAccount

from solproof.runtime.features import MAINNET
from solproof.runtime.instruction_error import TEXTS
from solproof.vm.limits import HEAP_START
from tests.support.puppet.invocation import Abi, Info, Meta
from tests.support.puppet.script import inline, words
from tests.support.puppet.stage import (
    CALLEE,
    CALLER,
    CHAIN,
    LAMPORTS,
    NOWHERE,
    OLD_CALLEE,
    OLD_CALLER,
    UNRESTRICTED,
    Frame,
    Mention,
    Puppet,
    data_lines,
    ending,
    owned,
    stage,
)
from tests.support.transaction_results import TransactionResult

MINE, YOURS, FOREIGN = (bytes([number]) * 32 for number in (7, 8, 9))
SIZE = 24
GROWTH = 10_240
PROGRAMS = [Mention(each.key, is_writable=False) for each in (CALLEE, OLD_CALLEE)]


def accounts_of(caller: Puppet, callee: Puppet = CALLEE, size: int = SIZE) -> dict[bytes, SoldersAccount]:
    """An account of the caller, one of the callee and one of neither, each with data that are not zero."""
    owners = {MINE: caller.key, YOURS: callee.key, FOREIGN: CHAIN[5].key}
    return {key: owned(owner, b"\1" * size) for key, owner in owners.items()}


def frame(caller: Puppet, accounts: Mapping[bytes, SoldersAccount], *, is_writable: bool = True) -> Frame:
    mentions = [Mention(key, is_writable) for key in (MINE, YOURS, FOREIGN)]
    return stage().frame(caller, [*mentions, *PROGRAMS], accounts)


def below(
    callee: Puppet,
    accounts: Mapping[bytes, SoldersAccount],
    *keys: bytes,
    is_writable: bool = True,
    **sizes: int,
) -> Frame:
    """A frame of the callee with some accounts. `sizes`: lengths at its start, by the names of constants."""
    found = stage().frame(callee, [Mention(key, is_writable) for key in keys], accounts)
    lengths = {globals()[name.upper()]: size for name, size in sizes.items()}
    return Frame(callee, found.accounts, {**found.sizes, **lengths})


def log_all(frame: Frame, *keys: bytes, length: int = SIZE) -> None:
    """Log the owner, lamports, length and data that a frame sees of accounts."""
    for key in keys:
        at = frame.layout.accounts[key]
        frame.script.log_data((at.owner, 32), (at.lamports, 8), (at.length, 8), (at.data, length))


KEYS = pytest.mark.parametrize("key", [MINE, YOURS], ids=["mine", "yours"])


LOADERS = pytest.mark.parametrize("caller", [OLD_CALLER, CALLER], ids=["loader v1", "loader v3"])
"""For large tables, in which loader v2 is like v3."""


def error_of(result: TransactionResult) -> object:
    return None if result.error is None else result.error["InstructionError"][1]


@pytest.fixture(params=[CALLEE, OLD_CALLEE], ids=["v3 below", "v1 below"])
def callee(request: pytest.FixtureRequest) -> Puppet:
    found = request.param
    assert isinstance(found, Puppet)
    return found


# THE CALLER'S CHANGES


def change(frame: Frame, key: bytes, what: str) -> None:
    """Change an account in the memory of a frame."""
    at = frame.layout.accounts[key]
    if what == "less":
        frame.script.add(at.lamports, -5)
    elif what == "more":
        frame.script.add(at.lamports, 5)
    elif what == "data":
        frame.script.store(at.data, 0x99, 1)
    elif what == "owner":
        frame.script.store(at.owner, 1)
    elif what == "zeros":
        frame.script.write(at.data, bytes(frame.sizes[key]))
        frame.script.store(at.owner, 1)
    else:
        assert what == "nothing"


@LOADERS
@pytest.mark.parametrize("what", ["nothing", "less", "more", "data", "owner", "zeros"])
@KEYS
@pytest.mark.parametrize("is_writable", [True, False])
def test_changes_of_the_caller(caller: Puppet, abi: Abi, what: str, key: bytes, is_writable: bool) -> None:
    """The rules of accounts apply at the call, and the callee sees what is allowed."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts, is_writable=is_writable)
    change(given, key, what)
    callee = below(CALLEE, accounts, key, is_writable=False)
    log_all(callee, key)
    given.call(callee, abi=abi)
    result = stage().run(accounts, given)
    error = error_of(result)
    mine = key == MINE
    if what == "nothing":
        assert error is None
    elif what == "less":
        expected = "UnbalancedInstruction" if is_writable else "ReadonlyLamportChange"
        assert error == (expected if mine else "ExternalAccountLamportSpend")
    elif what == "more":
        assert error == ("UnbalancedInstruction" if is_writable else "ReadonlyLamportChange")
    elif what == "owner":
        assert error == "ModifiedProgramId"
    elif not is_writable:
        assert error == "ReadonlyDataModified"
    elif not mine:
        assert error == "ExternalAccountDataModified"
    else:
        assert error is None
        assert len(data_lines(result)) == 1


def test_lamports_move_before_the_call(caller: Puppet, abi: Abi) -> None:
    """Between two accounts that are passed, the sum stays the same."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    change(given, MINE, "less")
    change(given, YOURS, "more")
    callee = below(CALLEE, accounts, MINE, YOURS)
    log_all(callee, MINE, YOURS)
    given.call(callee, abi=abi)
    lines = data_lines(stage().run(accounts, given))
    assert [int.from_bytes(line[1], "little") for line in lines] == [LAMPORTS - 5, LAMPORTS + 5]


def test_lamports_that_are_not_passed_are_missing(caller: Puppet, abi: Abi) -> None:
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    change(given, MINE, "less")
    change(given, YOURS, "more")
    given.call(below(CALLEE, accounts, MINE), abi=abi)
    result = stage().run(accounts, given)
    assert error_of(result) == "UnbalancedInstruction"
    assert not any(line.endswith("invoke [2]") for line in result.logs)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("less", "data", "owner"), "ModifiedProgramId"),
        (("data", "zeros"), "UnbalancedInstruction"),
    ],
)
def test_the_owner_comes_last(caller: Puppet, abi: Abi, names: tuple[str, ...], expected: str) -> None:
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    for what in names:
        change(given, MINE, what)
    change(given, FOREIGN, "more")
    given.call(below(CALLEE, accounts, FOREIGN, MINE), abi=abi)
    assert error_of(stage().run(accounts, given)) == expected


def test_the_caller_gives_an_account_away(caller: Puppet, abi: Abi) -> None:
    """The callee may then change it, and the caller's memory has the change."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    at = given.layout.accounts[MINE]
    given.script.write(at.data, bytes(SIZE))
    given.script.write(at.owner, CALLEE.key)
    callee = below(CALLEE, accounts, MINE)
    change(callee, MINE, "data")
    given.call(callee, abi=abi)
    log_all(given, MINE)
    ((owner, _, _, data),) = data_lines(stage().run(accounts, given))
    assert (owner, data[0]) == (CALLEE.key, 0x99)


@LOADERS
@pytest.mark.parametrize("passed", [0, 1, SIZE - 1, SIZE, SIZE + 1, SIZE + GROWTH])
@pytest.mark.parametrize("key", [MINE, YOURS, FOREIGN], ids=["mine", "yours", "foreign"])
@pytest.mark.parametrize("region", [0, SIZE - 4, SIZE, SIZE + 7])
def test_the_length_that_the_caller_passes(
    caller: Puppet, abi: Abi, passed: int, key: bytes, region: int
) -> None:
    """The callee sees the length of the info. At the end, the length in the input region counts."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    given.script.store(given.layout.accounts[key].length, region)
    callee = below(CALLEE, accounts, key, is_writable=False)
    log_all(callee, key, length=0)
    infos = [given.info(key, passed)]
    given.invoke(CALLEE.key, [Meta(key)], inline(callee.script), infos, abi=abi)
    result = stage().run(accounts, given)
    if data_lines(result):
        ((_, _, length),) = data_lines(result)
        assert int.from_bytes(length, "little") == passed
    elif key != MINE:
        assert error_of(result) in ("AccountDataSizeChanged", "InvalidRealloc")


# THE CALLEE'S CHANGES


@pytest.mark.parametrize("is_writable", [True, False])
def test_only_writable_accounts_are_refreshed(caller: Puppet, abi: Abi, is_writable: bool) -> None:
    """A frame further below may write to an account that its caller passed on as read-only."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    callee = below(CALLEE, accounts, YOURS)
    change(callee, YOURS, "data")
    given.call(callee, abi=abi)
    infos = [given.info(YOURS)]
    second = below(CALLEE, accounts, YOURS, is_writable=is_writable)
    given.script.store(given.layout.accounts[YOURS].data, 0x99, 1)
    given.invoke(CALLEE.key, [Meta(YOURS, 0, int(is_writable))], inline(second.script), infos, abi=abi)
    log_all(given, YOURS)
    ((_, _, _, data),) = data_lines(stage().run(accounts, given))
    assert data[0] == 0x99


@pytest.mark.parametrize("is_writable", [True, False])
def test_what_the_caller_wrote_is_overwritten(caller: Puppet, abi: Abi, is_writable: bool) -> None:
    """A length word that differs from the account's stays, unless the account is writable in the callee."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    at = given.layout.accounts[YOURS]
    given.script.store(at.length, SIZE + 1)
    infos = [given.info(YOURS)]
    callee = below(CALLEE, accounts, YOURS, is_writable=is_writable)
    given.invoke(CALLEE.key, [Meta(YOURS, 0, int(is_writable))], inline(callee.script), infos, abi=abi)
    log_all(given, YOURS)
    given.script.store(at.length, SIZE)
    ((_, _, length, _),) = data_lines(stage().run(accounts, given))
    assert int.from_bytes(length, "little") == SIZE + 1


@LOADERS
@pytest.mark.parametrize("what", ["nothing", "less", "more", "data", "owner", "zeros"])
@KEYS
@pytest.mark.parametrize("is_writable", [True, False])
def test_changes_of_the_callee(
    caller: Puppet, abi: Abi, callee: Puppet, what: str, key: bytes, is_writable: bool
) -> None:
    accounts = accounts_of(caller, callee)
    given = frame(caller, accounts)
    lower = below(callee, accounts, key, is_writable=is_writable)
    change(lower, key, what)
    given.call(lower, abi=abi)
    log_all(given, key)
    result = stage().run(accounts, given)
    if what == "nothing":
        assert error_of(result) is None
    assert (error_of(result) is None) is bool(data_lines(result))


def test_lamports_move_in_the_callee(caller: Puppet, abi: Abi, callee: Puppet) -> None:
    accounts = accounts_of(caller, callee)
    given = frame(caller, accounts)
    lower = below(callee, accounts, MINE, YOURS)
    change(lower, YOURS, "less")
    change(lower, MINE, "more")
    given.call(lower, abi=abi)
    log_all(given, MINE, YOURS)
    lines = data_lines(stage().run(accounts, given))
    assert [int.from_bytes(line[1], "little") for line in lines] == [LAMPORTS + 5, LAMPORTS - 5]


def test_an_unbalanced_callee_fails_in_the_caller(caller: Puppet, abi: Abi) -> None:
    """The callee logs success."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    lower = below(CALLEE, accounts, MINE, YOURS)
    change(lower, YOURS, "less")
    given.call(lower, abi=abi)
    result = stage().run(accounts, given)
    assert error_of(result) == "UnbalancedInstruction"
    assert result.logs[-3].endswith(" success")
    assert ending(result) == TEXTS["UnbalancedInstruction"]


@LOADERS
@pytest.mark.parametrize("new", [0, 1, SIZE - 1, SIZE + 1, SIZE + GROWTH, SIZE + GROWTH + 1])
def test_the_callee_resizes(caller: Puppet, abi: Abi, callee: Puppet, new: int) -> None:
    """The info's word and the region's word have the new length, and what lies behind the data is zero."""
    accounts = accounts_of(caller, callee)
    given = frame(caller, accounts)
    lower = below(callee, accounts, YOURS)
    at = lower.layout.accounts[YOURS]
    lower.script.store(at.length, new)
    given.call(lower, abi=abi)
    log_all(given, YOURS, length=2 * SIZE)
    log_heap(given)
    stage().run(accounts, given)


def log_heap(frame: Frame) -> None:
    """Log everything that the frame's script holds, with the infos and the cells."""
    frame.script.log_data((HEAP_START, len(frame.script.content()) // 2))


@LOADERS
@pytest.mark.parametrize("passed", [0, 5, SIZE, SIZE + 5])
@pytest.mark.parametrize("new", [0, 3, SIZE - 1, SIZE, SIZE + 9])
@pytest.mark.parametrize("region", [SIZE, SIZE + 1, 2**40])
def test_lengths_of_both_sides(caller: Puppet, abi: Abi, passed: int, new: int, region: int) -> None:
    """The caller passes one length of its own account and has another in its region. The callee resizes.

    The account is the callee's when it resizes, because the caller gives it away.
    """
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    at = given.layout.accounts[MINE]
    given.script.write(at.data, bytes(SIZE))
    given.script.write(at.owner, CALLEE.key)
    given.script.store(at.length, region)
    lower = below(CALLEE, accounts, MINE, mine=passed)
    here = lower.layout.accounts[MINE]
    lower.script.store(here.length, new)
    lower.script.store(here.data, 0x77, 1)
    infos: list[Info] = [given.info(MINE, passed)]
    given.invoke(CALLEE.key, [Meta(MINE, 0, 1)], inline(lower.script), infos, abi=abi)
    log_all(given, MINE, length=SIZE)
    log_heap(given)
    given.script.store(at.length, new)
    stage().run(accounts, given)


# GROWTH


@pytest.mark.parametrize(
    "steps", [(GROWTH,), (GROWTH, 1), (5000, 5240), (5000, 5241), (GROWTH, -SIZE, SIZE + 1)]
)
def test_growth_counts_from_the_start_of_the_frame(caller: Puppet, abi: Abi, steps: tuple[int, ...]) -> None:
    """Each frame of the callee may grow an account anew, but the caller has no more room."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    length = SIZE
    for step in steps:
        lower = below(CALLEE, accounts, YOURS, yours=length)
        lower.script.store(lower.layout.accounts[YOURS].length, length + step)
        metas, infos = [Meta(YOURS, 0, 1)], [given.info(YOURS, length)]
        given.invoke(CALLEE.key, metas, inline(lower.script), infos, abi=abi)
        length += step
    result = stage().run(accounts, given)
    limited = "Account data size realloc limited to {} in inner instructions"
    room = 0 if caller == OLD_CALLER else GROWTH
    most = max(sum(steps[: count + 1]) for count in range(len(steps)))
    assert (limited.format(room) in result.logs) is (most > room)
    assert error_of(result) == ("InvalidRealloc" if most > room else None)


def test_frames_below_have_room_of_their_own() -> None:
    """A frame between has room for the second growth, because it began after the first. The top has none."""
    owner = CHAIN[1]
    accounts = {YOURS: owned(owner.key, bytes(SIZE))}
    everyone = [Mention(YOURS), *(Mention(each.key, is_writable=False) for each in CHAIN[:2])]
    sizes = {each.key: 36 for each in CHAIN[:2]}

    def growing(length: int) -> Frame:
        frame = Frame(owner, [Mention(YOURS)], {YOURS: length})
        frame.script.store(frame.layout.accounts[YOURS].length, length + GROWTH)
        return frame

    between = Frame(CHAIN[0], everyone, {**sizes, YOURS: SIZE + GROWTH})
    between.call(growing(SIZE + GROWTH))
    top = Frame(CALLER, everyone, {**sizes, YOURS: SIZE})
    top.call(growing(SIZE))
    metas = [Meta(YOURS, 0, 1), Meta(owner.key)]
    top.invoke(CHAIN[0].key, metas, inline(between.script), [top.info(YOURS, SIZE + GROWTH)])
    result = stage().run(accounts, top)
    assert error_of(result) == "InvalidRealloc"
    assert result.logs[-4].endswith(" success"), "that of the frame between"


@pytest.mark.parametrize("length", [10 * 2**20, 10 * 2**20 - GROWTH, 10 * 2**20 - GROWTH - 1])
def test_no_account_grows_beyond_ten_mebibytes(length: int) -> None:
    accounts = {**accounts_of(CALLER), YOURS: owned(CALLEE.key, bytes(length), 10**12)}
    given = stage().frame(CALLER, [Mention(YOURS), *PROGRAMS], accounts)
    lower = stage().frame(CALLEE, [Mention(YOURS)], accounts)
    lower.script.store(lower.layout.accounts[YOURS].length, length + GROWTH)
    given.call(lower)
    result = stage().run(accounts, given)
    assert error_of(result) == ("InvalidRealloc" if length + GROWTH > 10 * 2**20 else None)


# ONE WORD FOR TWO ACCOUNTS


@pytest.mark.parametrize("sizes", [(SIZE, SIZE), (SIZE + 4, SIZE), (SIZE, SIZE + 4), (0, SIZE)])
def test_two_infos_share_a_length_word(caller: Puppet, sizes: tuple[int, int]) -> None:
    """Two accounts have the same data cell, whose address is right for the first only."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    at = given.layout.accounts[YOURS]
    cell = given.script.put(bytes(24) + at.data.to_bytes(8, "little") + SIZE.to_bytes(8, "little"))
    lower = below(CALLEE, accounts, YOURS, MINE)
    lower.script.store(lower.layout.accounts[YOURS].length, sizes[0])
    infos = [given.info(YOURS, data_cell=cell), given.info(MINE, data_cell=cell)]
    given.invoke(CALLEE.key, [Meta(YOURS, 0, 1), Meta(MINE, 0, 1)], inline(lower.script), infos)
    assert "pointer `data'" in stage().run(accounts, given).logs[-3]


@LOADERS
@pytest.mark.parametrize("shift", [0, 8, 16, 24])
@pytest.mark.parametrize("new", [(0, 0), (SIZE, 3), (3, SIZE), (SIZE + 8, SIZE + 16), (1, 2)])
def test_cells_overlap(caller: Puppet, shift: int, new: tuple[int, int]) -> None:
    """A length word of one account lies on the address or in the header of another account's cell."""
    accounts = accounts_of(caller)
    accounts[MINE] = owned(CALLEE.key, b"\2" * SIZE)
    given = frame(caller, accounts)
    first, second = given.layout.accounts[YOURS], given.layout.accounts[MINE]
    memory = bytearray(80)
    memory[24:40] = first.data.to_bytes(8, "little") + SIZE.to_bytes(8, "little")
    start = 40 + shift - 24 if shift >= 16 else 40
    memory[start : start + 16] = second.data.to_bytes(8, "little") + SIZE.to_bytes(8, "little")
    place = given.script.put(bytes(memory))
    lower = below(CALLEE, accounts, YOURS, MINE)
    lower.script.store(lower.layout.accounts[YOURS].length, new[0])
    lower.script.store(lower.layout.accounts[MINE].length, new[1])
    infos = [given.info(YOURS, data_cell=place), given.info(MINE, data_cell=place + start - 24)]
    metas = [Meta(YOURS, 0, 1), Meta(MINE, 0, 1)]
    given.invoke(CALLEE.key, metas, inline(lower.script), infos)
    given.invoke(CALLEE.key, metas, inline(lower.script), infos)
    log_all(given, YOURS, MINE)
    log_heap(given)
    stage().run(accounts, given)


# WITHOUT `syscall_parameter_address_restrictions`


class Copy:
    """A copy of an account in the heap, in the place of the account."""

    def __init__(self, frame: Frame, key: bytes, owner: bytes, length: int = SIZE, room: int = 64) -> None:
        self.lamports = frame.script.put(LAMPORTS.to_bytes(8, "little"))
        self.owner = frame.script.put(owner)
        self.length = frame.script.put(SIZE.to_bytes(8, "little") + b"\1" * length + bytes(room))
        self.info = frame.info(key, length, lamports=self.lamports, owner=self.owner, data=self.length + 8)
        self.room = length + room

    def log(self, frame: Frame) -> None:
        frame.script.log_data(
            (self.owner, 32), (self.lamports, 8), (self.length, 8), (self.length + 8, self.room)
        )


@pytest.mark.parametrize("new", [0, 5, SIZE, SIZE + 1, SIZE + 64])
def test_a_copy_of_an_account(caller: Puppet, abi: Abi, new: int) -> None:
    """The callee's changes go to the copy. With the restrictions, there may be none."""
    accounts = accounts_of(caller)
    for features in (UNRESTRICTED, MAINNET):
        given = frame(caller, accounts)
        copy = Copy(given, YOURS, CALLEE.key)
        lower = below(CALLEE, accounts, YOURS, MINE)
        at = lower.layout.accounts[YOURS]
        change(lower, YOURS, "less")
        change(lower, MINE, "more")
        lower.script.store(at.data, 0x55, 1)
        lower.script.store(at.length, new)
        infos = [copy.info, given.info(MINE)]
        given.invoke(CALLEE.key, [Meta(YOURS, 0, 1), Meta(MINE, 0, 1)], inline(lower.script), infos, abi=abi)
        copy.log(given)
        result = stage(features).run(accounts, given)
        if features is MAINNET:
            assert ending(result) == "Invalid pointer"
            continue
        ((_, lamports, length, data),) = data_lines(result)
        assert int.from_bytes(lamports, "little") == LAMPORTS - 5
        assert int.from_bytes(length, "little") == new
        assert data == (b"\x55" + b"\1" * (SIZE - 1))[:new].ljust(copy.room, b"\0")


@pytest.mark.parametrize("name", ["lamports", "owner", "data", "lamports_cell", "data_cell"])
def test_what_cannot_be_written_cannot_be_passed(caller: Puppet, abi: Abi, name: str) -> None:
    """Every address must be writable, even if the callee may not change the account."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    lower = below(CALLEE, accounts, YOURS, is_writable=False)
    infos = [given.info(YOURS, **{name: NOWHERE})]
    given.invoke(CALLEE.key, [Meta(YOURS)], inline(lower.script), infos, abi=abi)
    result = stage(UNRESTRICTED).run(accounts, given)
    assert ("Access violation" in ending(result)) is (abi is Abi.RUST or "cell" not in name)


@pytest.mark.parametrize("offset", [0, 8])
def test_infos_among_the_accounts(caller: Puppet, abi: Abi, offset: int) -> None:
    """The callee can then change what the caller's infos say, but the infos have been read before."""
    accounts = {**accounts_of(caller), MINE: owned(caller.key, bytes(128))}
    given = frame(caller, accounts)
    at, mine = given.layout.accounts[YOURS], given.layout.accounts[MINE]
    start = mine.data + -mine.data % 8 + offset
    cells = {}
    if abi is Abi.C:
        content = [at.key, at.lamports, SIZE, at.data, at.owner, 0, 0]
    else:
        cells = {"lamports": [1, 0, 0, at.lamports], "data": [1, 0, 0, at.data, SIZE]}
        content = [at.key, start + 48, start + 80, at.owner, 0, 0, *cells["lamports"], *cells["data"]]
    given.script.write(start, words(content))
    lower = below(CALLEE, accounts, YOURS)
    new = SIZE if caller == OLD_CALLER else SIZE - 3
    lower.script.store(lower.layout.accounts[YOURS].length, new)
    metas = [Meta(YOURS, 0, 1)]
    given.invoke(CALLEE.key, metas, inline(lower.script), (), abi=abi, infos=start, info_count=1)
    log_all(given, MINE, length=128)
    log_all(given, YOURS)
    result = stage(UNRESTRICTED).run(accounts, given)
    assert result.error is None
    assert int.from_bytes(data_lines(result)[1][2], "little") == new
    assert ending(stage().run(accounts, given)) == "Invalid pointer"


def test_each_account_is_published_before_the_next_is_found(caller: Puppet, abi: Abi) -> None:
    """With the restrictions, all of them are found first."""
    accounts = accounts_of(caller)
    for features, expected in ((UNRESTRICTED, "ExternalAccountLamportSpend"), (MAINNET, "MissingAccount")):
        given = frame(caller, accounts)
        change(given, YOURS, "less")
        infos = [given.info(YOURS)]
        given.invoke(CALLEE.key, [Meta(YOURS, 0, 1), Meta(MINE)], inline(given.script), infos, abi=abi)
        assert error_of(stage(features).run(accounts, given)) == expected


@pytest.mark.parametrize("is_writable", [False, True])
def test_a_read_only_account_is_not_refreshed(caller: Puppet, abi: Abi, is_writable: bool) -> None:
    """Two accounts have their lamports in one word, and the callee changes those of the first."""
    accounts = accounts_of(caller)
    given = frame(caller, accounts)
    shared = given.script.put(LAMPORTS.to_bytes(8, "little"))
    lower = below(CALLEE, accounts, YOURS, FOREIGN, MINE)
    change(lower, YOURS, "less")
    change(lower, MINE, "more")
    metas = [Meta(YOURS, 0, 1), Meta(FOREIGN, 0, int(is_writable)), Meta(MINE, 0, 1)]
    infos = [given.info(YOURS, lamports=shared), given.info(FOREIGN, lamports=shared), given.info(MINE)]
    given.invoke(CALLEE.key, metas, inline(lower.script), infos, abi=abi)
    given.script.log_data((shared, 8))
    given.script.exit(1)
    ((lamports,),) = data_lines(stage(UNRESTRICTED).run(accounts, given))
    assert int.from_bytes(lamports, "little") == (LAMPORTS if is_writable else LAMPORTS - 5)


@LOADERS
@pytest.mark.parametrize("growth", [0, 1, GROWTH, GROWTH + 1])
@pytest.mark.parametrize("passed", [SIZE, SIZE + 1, SIZE + GROWTH, SIZE + GROWTH + 1])
def test_growth_without_the_restrictions(caller: Puppet, abi: Abi, growth: int, passed: int) -> None:
    """Every loader has room for 10,240 bytes more, and a length that stays is not checked."""
    accounts = {**accounts_of(caller), YOURS: owned(CALLEE.key, bytes(SIZE))}
    given = frame(caller, accounts)
    place = given.script.put(bytes(8) + bytes(SIZE + GROWTH + 8)) + 8
    at = given.layout.accounts[YOURS]
    given.script.write(at.owner, CALLEE.key)
    lower = below(CALLEE, accounts, YOURS, yours=passed)
    lower.script.store(lower.layout.accounts[YOURS].length, SIZE + growth)
    infos = [given.info(YOURS, passed, data=place)]
    given.invoke(CALLEE.key, [Meta(YOURS, 0, 1)], inline(lower.script), infos, abi=abi)
    log_all(given, YOURS)
    log_heap(given)
    stage(UNRESTRICTED).run(accounts, given)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (SIZE, SIZE, None),
        (SIZE + 10, SIZE, None),
        (SIZE + 10, SIZE + 6, "AccountDataTooSmall"),
        (SIZE + 10, SIZE + 10, "AccountDataTooSmall"),
        (SIZE - 10, SIZE - 10, "AccountDataTooSmall"),
        (SIZE + 10, SIZE - 10, None),
        (SIZE - 10, SIZE + 10, None),
        (0, SIZE, None),
    ],
)
def test_two_accounts_share_a_length_word(
    caller: Puppet, first: int, second: int, expected: str | None
) -> None:
    """The word says what the first account has become, when the second is refreshed."""
    accounts = accounts_of(caller)
    accounts[MINE] = owned(CALLEE.key, b"\1" * SIZE)
    given = frame(caller, accounts)
    data = given.layout.accounts[YOURS].data
    cell = given.script.put(words([1, 0, 0, data, SIZE]))
    lower = below(CALLEE, accounts, YOURS, MINE)
    for key, length in ((YOURS, first), (MINE, second)):
        lower.script.store(lower.layout.accounts[key].length, length)
    infos = [given.info(YOURS, data_cell=cell), given.info(MINE, data_cell=cell)]
    given.invoke(CALLEE.key, [Meta(YOURS, 0, 1), Meta(MINE, 0, 1)], inline(lower.script), infos)
    log_heap(given)
    given.script.exit(1)
    result = stage(UNRESTRICTED).run(accounts, given)
    assert error_of(result) == ({"Custom": 1} if expected is None else expected)


@pytest.mark.parametrize("data", [3, 8, 11])
def test_the_word_before_the_data_at_the_start_of_memory(abi: Abi, data: int) -> None:
    """No address lies before 0. The lamports of one account are the length word of another one here."""
    accounts = {**accounts_of(CALLER), FOREIGN: owned(CALLEE.key)}
    given = frame(CALLER, accounts)
    cell = given.script.put(words([1, 0, 0, data, 0]))
    if abi is Abi.RUST:
        empty, word = given.info(FOREIGN, data_cell=cell), cell + 32
    else:
        empty, word = given.info(FOREIGN, data=data), 0
    lower = below(CALLEE, accounts, MINE, YOURS, FOREIGN)
    lower.script.add(lower.layout.accounts[MINE].lamports, 100)
    lower.script.add(lower.layout.accounts[YOURS].lamports, -100)
    given.script.add(given.layout.accounts[YOURS].lamports, LAMPORTS)
    metas = [Meta(key, 0, 1) for key in (MINE, YOURS, FOREIGN)]
    if abi is Abi.C:  # the infos come last among the structures, so that their place is known from a trial
        trial = frame(CALLER, accounts)
        trial.script.put(words([1, 0, 0, data, 0]))
        trial.invoke(CALLEE.key, metas, inline(lower.script), [], abi=abi)
        word = trial.script.put(b"") + 16
    infos = [empty, given.info(YOURS), given.info(MINE, lamports=word)]
    given.invoke(CALLEE.key, metas, inline(lower.script), infos, abi=abi)
    result = stage(UNRESTRICTED).run(accounts, given)
    assert f"in unknown section at address {max(data - 8, 0):#x} of size 8" in ending(
        result
    ) or "Unaligned" in ending(result), ending(result)
