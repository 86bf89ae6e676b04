"""The account infos in the caller's memory, compared with LiteSVM."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from solders.account import Account as SoldersAccount
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from assurance.programs import assembled
from solproof.program.elf_writer import write_elf
from solproof.vm.limits import HEAP_START, INPUT_START
from tests.support.puppet.invocation import Abi, Info, Meta
from tests.support.puppet.layout import InputLayout
from tests.support.puppet.script import Script, inline
from tests.support.puppet.stage import (
    CALLEE,
    CALLER,
    CHAIN,
    LAMPORTS,
    LOADER_V3,
    NOWHERE,
    OLD_CALLEE,
    OLD_CALLER,
    UNRESTRICTED,
    Frame,
    Mention,
    Puppet,
    consumption,
    ending,
    owned,
    stage,
)
from tests.support.transaction_results import TransactionResult

FIRST, SECOND = bytes([7]) * 32, bytes([8]) * 32
RUNNABLE = OLD_CALLEE.key
"""An executable account, with an ELF file as its data."""
SIZE = 24
ACCESS, UNALIGNED, POINTER = "Access violation", "Unaligned pointer", "Invalid pointer"
C_SIZE, RUST_SIZE = 56, 48
NOTHING = inline(Script())
"""The instruction data of a puppet that only returns 0."""


def accounts_of(owner: Puppet, size: int = SIZE) -> dict[bytes, SoldersAccount]:
    return {FIRST: owned(owner.key, bytes(size)), SECOND: owned(CALLEE.key, bytes(SIZE))}


def frame(caller: Puppet, accounts: Mapping[bytes, SoldersAccount] | None = None) -> Frame:
    """A frame with two accounts, an executable one and the callee. The caller owns the first."""
    mentions = [
        Mention(FIRST),
        Mention(SECOND),
        Mention(RUNNABLE, is_writable=False),
        Mention(CALLEE.key, is_writable=False),
    ]
    return stage().frame(caller, mentions, accounts or accounts_of(caller))


def run(
    caller: Frame, accounts: Mapping[bytes, SoldersAccount] | None = None, limit: int | None = None
) -> TransactionResult:
    return stage().run(accounts or accounts_of(caller.program), caller, limit=limit)


def is_old(caller: Puppet) -> bool:
    return caller == OLD_CALLER


# THE ARRAY


@pytest.mark.parametrize(
    ("address", "count", "text"),
    [
        (INPUT_START, 0, POINTER),
        (INPUT_START - 1, 0, ""),
        (INPUT_START, 1, POINTER),
        (INPUT_START + 2**32, 0, POINTER),
        (2**64 - 1, 0, POINTER),
        (2**64 - 1, 1, POINTER),
        (HEAP_START, 2**32, POINTER),
        (HEAP_START, 2**63, POINTER),
        (HEAP_START, 2**64 - 1, POINTER),
        (HEAP_START, 10_000, ACCESS),
        (HEAP_START, 256, "Invoked an instruction with too many account info's (256 > 255)"),
        (HEAP_START, 500, "Invoked an instruction with too many account info's (500 > 255)"),
        (NOWHERE, 256, POINTER),
    ],
)
def test_where_the_array_is(caller: Puppet, abi: Abi, address: int, count: int, text: str) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, (), NOTHING, abi=abi, infos=address, info_count=count)
    result = run(given)
    assert text in ending(result)
    assert (result.error is None) is (text == "")


def test_the_array_ends_before_the_accounts(caller: Puppet, abi: Abi) -> None:
    """An array that would end exactly where the accounts begin is refused by a rule of its own."""
    size = C_SIZE if abi is Abi.C else RUST_SIZE
    texts = []
    for shift in (0, 8):
        given = frame(caller)
        given.invoke(CALLEE.key, abi=abi, infos=INPUT_START - size - shift, info_count=1)
        texts.append(ending(run(given)))
    assert texts[0] == POINTER
    assert ACCESS in texts[1]


@pytest.mark.parametrize("shift", [1, 4])
def test_the_array_must_be_aligned(caller: Puppet, abi: Abi, shift: int) -> None:
    """For loader v1 it is read where it is, and the keys in it are wrong."""
    given = frame(caller)
    given.invoke(CALLEE.key, abi=abi, infos=HEAP_START + 0x4000 + shift, info_count=1)
    text = ending(run(given))
    assert (text == UNALIGNED) is not is_old(caller)


def test_every_key_must_be_readable(caller: Puppet, abi: Abi) -> None:
    """Also that of an info that no account needs."""
    given = frame(caller)
    given.invoke(CALLEE.key, (), NOTHING, [given.info(FIRST), given.info(SECOND, key=NOWHERE)], abi=abi)
    assert ACCESS in ending(run(given))


@pytest.mark.parametrize(("count", "units"), [(0, 0), (3, 0), (4, 1), (25, 8), (255, 81)])
def test_cost_of_infos(caller: Puppet, abi: Abi, count: int, units: int) -> None:
    entries = []
    for infos in (0, count):
        given = frame(caller)
        given.script.syscall("sol_log_compute_units_")
        given.invoke(CALLEE.key, (), NOTHING, [given.info(FIRST)] * infos, abi=abi)
        before, entry = consumption(run(given))[:2]
        entries.append(before - entry)
    assert entries[1] - entries[0] == units


# THE INFO OF AN ACCOUNT


def test_an_account_without_an_info(caller: Puppet, abi: Abi) -> None:
    given = frame(caller)
    metas = [Meta(FIRST), Meta(SECOND)]
    given.invoke(CALLEE.key, metas, NOTHING, [given.info(FIRST)], abi=abi)
    result = run(given)
    assert f"Instruction references an unknown account {Pubkey(SECOND)}" in result.logs
    assert result.error == {"InstructionError": [0, "MissingAccount"]}


def test_the_first_info_of_an_account_counts(caller: Puppet, abi: Abi) -> None:
    for order, text in (((0, 1), ""), ((1, 0), POINTER)):
        given = frame(caller)
        infos = given.info(FIRST), given.info(FIRST, lamports=HEAP_START)
        given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [infos[number] for number in order], abi=abi)
        assert ending(run(given)) == text


def test_an_executable_account_needs_no_info(caller: Puppet, abi: Abi) -> None:
    """Its data cost one unit for each 250 bytes. An info that it has is not looked at."""
    entries = []
    for metas, infos in (
        ([Meta(FIRST)], {}),
        ([Meta(FIRST), Meta(RUNNABLE)], {}),
        ([Meta(FIRST), Meta(RUNNABLE)], {"lamports": 1, "owner": 1, "data": 1}),
    ):
        given = frame(caller)
        given.script.syscall("sol_log_compute_units_")
        chosen = [given.info(FIRST), given.info(RUNNABLE if infos else FIRST, **infos)]
        given.invoke(CALLEE.key, metas, NOTHING, chosen, abi=abi)
        result = run(given)
        before, entry = consumption(result)[:2]
        entries.append(before - entry)
        assert result.error is None
    units = frame(caller).sizes[RUNNABLE] // 250
    assert units > 5
    assert entries[1] - entries[0] == entries[2] - entries[0] == units


@pytest.mark.parametrize(("length", "units"), [(0, 0), (249, 0), (250, 1), (5000, 20)])
def test_cost_of_data(caller: Puppet, abi: Abi, length: int, units: int) -> None:
    """What counts is the length in the info."""
    accounts, entries = accounts_of(caller, 5000), []
    for passed in (0, length):
        given = frame(caller, accounts)
        given.script.syscall("sol_log_compute_units_")
        given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [given.info(FIRST, passed)], abi=abi)
        before, entry = consumption(run(given, accounts))[:2]
        entries.append(before - entry)
    assert entries[1] - entries[0] == units


def test_an_account_costs_and_counts_once(caller: Puppet, abi: Abi) -> None:
    accounts, entries = accounts_of(caller, 5000), []
    for count in (1, 3):
        given = frame(caller, accounts)
        given.script.syscall("sol_log_compute_units_")
        given.invoke(CALLEE.key, [Meta(FIRST)] * count, NOTHING, abi=abi)
        before, entry = consumption(run(given, accounts))[:2]
        entries.append(before - entry)
    assert entries[0] == entries[1]


# WRONG ADDRESSES


@pytest.mark.parametrize("name", ["key", "owner", "lamports", "data"])
@pytest.mark.parametrize("shift", [1, 8, -8, 2**32, -(2**33)])
def test_every_address_of_an_info(caller: Puppet, abi: Abi, name: str, shift: int) -> None:
    given = frame(caller)
    right = getattr(given.layout.accounts[FIRST], name)
    wrong = (right + shift) % 2**64
    if name == "key":  # elsewhere, but with the same content
        wrong = given.script.put(bytes(abs(shift) % 16) + FIRST, 1) + abs(shift) % 16
    given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [given.info(FIRST, **{name: wrong})], abi=abi)
    result = run(given)
    assert f"Invalid account info pointer `{name}': {wrong:#x} != {right:#x}" in result.logs
    assert result.error == {"InstructionError": [0, "ProgramFailedToComplete"]}
    assert ending(result) == POINTER


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (("key", "owner"), "key"),
        (("owner", "lamports"), "owner"),
        (("lamports", "data"), "lamports"),
        (("owner", "data"), "owner"),
        (("key", "lamports", "data"), "key"),
    ],
)
def test_the_first_wrong_address_is_named(
    caller: Puppet, abi: Abi, wrong: tuple[str, ...], named: str
) -> None:
    given = frame(caller)
    addresses = {name: NOWHERE + 1 for name in wrong if name != "key"}
    if "key" in wrong:
        addresses["key"] = given.script.put(FIRST)
    given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [given.info(FIRST, **addresses)], abi=abi)
    assert f"pointer `{named}'" in run(given).logs[-3]


@pytest.mark.parametrize("name", ["lamports", "data"])
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (NOWHERE, ACCESS),
        (INPUT_START, POINTER),
        (INPUT_START - 24, POINTER),
        (HEAP_START + 32 * 1024 - 24, ACCESS),
        (2**64 - 25, ACCESS),
    ],
)
def test_where_a_cell_is(caller: Puppet, name: str, cell: int, text: str) -> None:
    """The cells of the Rust layout may not lie among the accounts. The data's cell is not even read there."""
    if name == "data" and cell + 24 >= INPUT_START:
        text = POINTER
    given = frame(caller)
    given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [given.info(FIRST, **{f"{name}_cell": cell})])
    assert text in ending(run(given))


@pytest.mark.parametrize("name", ["lamports", "data"])
def test_an_address_behind_the_end_is_one_at_the_start(name: str) -> None:
    """The value is 24 bytes behind the start of the cell, also at the end of the address space."""
    given = frame(CALLER)
    given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [given.info(FIRST, **{f"{name}_cell": 2**64 - 24})])
    assert f"Invalid account info pointer `{name}': 0x" in run(given).logs[-3]


@pytest.mark.parametrize("name", ["lamports", "data"])
def test_a_cell_must_be_aligned(caller: Puppet, name: str) -> None:
    given = frame(caller)
    at = given.layout.accounts[FIRST]
    content = bytes(24) + getattr(at, name).to_bytes(8, "little") + SIZE.to_bytes(8, "little")
    cell = given.script.put(b"\0" + content) + 1
    given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [given.info(FIRST, **{f"{name}_cell": cell})])
    assert ending(run(given)) == ("" if is_old(caller) else UNALIGNED)


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        ({"owner": 1, "lamports_cell": NOWHERE}, "pointer `owner'"),
        ({"lamports_cell": NOWHERE, "data_cell": INPUT_START}, ACCESS),
        ({"lamports_cell": INPUT_START, "lamports": 1}, POINTER),
        ({"lamports": 1, "data_cell": NOWHERE}, "pointer `lamports'"),
        ({"data_cell": INPUT_START, "data": 1}, POINTER),
        ({"data_cell": HEAP_START - 32}, ACCESS),
    ],
)
def test_the_earlier_fault_of_a_rust_info_wins(caller: Puppet, overrides: dict[str, int], text: str) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [given.info(FIRST, 2**40, **overrides)])
    result = run(given)
    assert any(text in line for line in result.logs[-3:])


def test_the_faults_of_the_first_account_come_first(caller: Puppet, abi: Abi) -> None:
    given = frame(caller)
    infos = [given.info(SECOND, data=1), given.info(FIRST, data=2)]
    given.invoke(CALLEE.key, [Meta(FIRST), Meta(SECOND)], NOTHING, infos, abi=abi)
    assert "`data': 0x2 !=" in run(given).logs[-3]


def test_a_missing_info_comes_after_the_faults_of_the_account_before(caller: Puppet, abi: Abi) -> None:
    for order, text in (((FIRST, SECOND), POINTER), ((SECOND, FIRST), "An account required")):
        given = frame(caller)
        given.invoke(CALLEE.key, [Meta(key) for key in order], NOTHING, [given.info(FIRST, data=2)], abi=abi)
        assert text in ending(run(given))


# WITHOUT THE RESTRICTIONS


def test_the_lamports_must_be_aligned(caller: Puppet, abi: Abi) -> None:
    """For loader v1 they need not be."""
    given = frame(caller)
    place = given.script.put(b"\0" + LAMPORTS.to_bytes(8, "little")) + 1
    given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [given.info(FIRST, lamports=place)], abi=abi)
    result = stage(UNRESTRICTED).run(accounts_of(caller), given)
    assert ending(result) == ("" if is_old(caller) else UNALIGNED)


@pytest.mark.parametrize(
    ("overrides", "size"),
    [
        ({"lamports": NOWHERE, "owner": NOWHERE + 8}, 8),
        ({"owner": NOWHERE, "data": NOWHERE + 64}, 32),
        ({"lamports": NOWHERE, "data": NOWHERE + 64}, 8),
        ({"data": NOWHERE}, SIZE),
    ],
)
def test_lamports_then_the_owner_then_the_data(
    caller: Puppet, abi: Abi, overrides: dict[str, int], size: int
) -> None:
    given = frame(caller)
    given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [given.info(FIRST, **overrides)], abi=abi)
    result = stage(UNRESTRICTED).run(accounts_of(caller), given)
    assert f"at address {NOWHERE:#x} of size {size}" in ending(result)


# LENGTHS


@pytest.mark.parametrize("growth", [-SIZE, -1, 0, 1, 10_240, 10_241, 2**32, 2**63, 2**64 - 1 - SIZE])
def test_the_length_of_an_info(caller: Puppet, abi: Abi, growth: int) -> None:
    """An account has the room that it had when the frame began, and for loader v1 no more than its data."""
    given = frame(caller)
    info = given.info(FIRST, SIZE + growth)
    given.invoke(CALLEE.key, [Meta(FIRST)], NOTHING, [info], abi=abi)
    result = run(given)
    room = 0 if is_old(caller) else 10_240
    expected = None if growth <= room else {"InstructionError": [0, "InvalidRealloc"]}
    assert result.error == expected


def test_lengths_are_checked_before_the_changes(caller: Puppet, abi: Abi) -> None:
    """No change of an account is made before the infos of all accounts were found good."""
    given = frame(caller)
    given.script.add(given.layout.accounts[SECOND].lamports, -1)
    given.invoke(
        CALLEE.key,
        [Meta(SECOND), Meta(FIRST)],
        NOTHING,
        [given.info(SECOND), given.info(FIRST, 2**20)],
        abi=abi,
    )
    assert run(given).error == {"InstructionError": [0, "InvalidRealloc"]}


# INFOS THAT CANNOT BE WRITTEN


@pytest.mark.parametrize("is_writable", [False, True])
@pytest.mark.parametrize("abi", Abi)
def test_infos_in_the_program(abi: Abi, is_writable: bool) -> None:
    """The word with the length must be writable, even if the callee may not change the account."""
    key, program = bytes([0x62]) * 32, bytes([0x60 + is_writable]) * 32
    at = InputLayout.of([(key, SIZE), (CALLEE.key, 36)]).accounts
    place: dict[str, int] = {}
    words: list[int] = []

    def put(name: str, *values: int) -> None:
        place[name] = 8 * len(words)
        words.extend(values)

    put("callee", *(int.from_bytes(CALLEE.key[start : start + 8], "little") for start in range(0, 32, 8)))
    account = at[key]
    if abi is Abi.C:
        put("metas", account.key, int(is_writable))
        put("instruction", at[CALLEE.key].key, place["metas"], 1, 0, 0)
        put("infos", account.key, account.lamports, SIZE, account.data, account.owner, 0, 0)
    else:
        put("lamports", 1, 0, 0, account.lamports)
        put("data", 1, 0, 0, account.data, SIZE)
        metas = [int.from_bytes(key[start : start + 8], "little") for start in range(0, 32, 8)]
        put("metas", *metas, 256 * is_writable)
        callee = words[:4]
        put("instruction", place["metas"], 1, 1, 0, 0, 0, *callee)
        put("infos", account.key, place["lamports"], place["data"], account.owner, 0, 0)
    source = f"""
        entrypoint:
        mov64 r1, {place["instruction"]}; mov64 r2, {place["infos"]}; mov64 r3, 1; mov64 r4, 0; mov64 r5, 0
        syscall {abi.value}
        exit
        .rodata
        .quad {", ".join(map(str, words))}
    """
    here = stage()
    here.svm.add_program_with_loader(Pubkey(program), write_elf(assembled(source, 3)), Pubkey(LOADER_V3))
    metas_of_top = [AccountMeta(Pubkey(key), False, True), AccountMeta(Pubkey(CALLEE.key), False, False)]
    instruction = Instruction(Pubkey(program), b"", metas_of_top)
    result = here.run({key: owned(CALLEE.key, bytes(SIZE))}, instruction)
    assert ACCESS in ending(result)
    assert not any(line.endswith("invoke [2]") for line in result.logs)


# EVERY CHARGE


@pytest.mark.parametrize("abi", Abi)
@pytest.mark.parametrize("restricted", [True, False])
def test_every_charge_can_exceed_the_budget(abi: Abi, restricted: bool) -> None:
    """Each budget from before the call to its end stops where it stops in LiteSVM."""
    here = stage() if restricted else stage(UNRESTRICTED)
    accounts = accounts_of(CALLER, 2000)

    def run_with(limit: int) -> TransactionResult:
        given = frame(CALLER, accounts)
        given.script.syscall("sol_log_compute_units_")
        infos: list[Info] = [given.info(FIRST), given.info(SECOND)] * 6
        metas = [Meta(FIRST, 0, 1), Meta(RUNNABLE), Meta(SECOND)]
        given.invoke(CALLEE.key, metas, NOTHING, infos, abi=abi)
        return here.run(accounts, given, limit=limit)

    before, entry = consumption(run_with(100_000))[:2]
    start, end = 100_000 - before, 100_000 - entry
    found = {ending(run_with(limit)) for limit in range(start + 940, end + 3)}
    assert "Computational budget exceeded" in found


def test_an_account_of_a_chain_is_found_by_its_key(abi: Abi) -> None:
    """An executable account that is a program of the transaction needs no info, in every frame."""
    mentions = [Mention(each.key, is_writable=False) for each in CHAIN[:3]]
    frames = [stage().frame(program, mentions, {}) for program in (CALLER, *CHAIN[:3])]
    for caller, callee in zip(frames[-2::-1], frames[:0:-1], strict=True):
        caller.call(callee, abi=abi)
    assert stage().run({}, frames[0]).heights() == [2, 3, 4]
