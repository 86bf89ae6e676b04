"""The puppet does what its commands say, in every version and with every loader."""

from __future__ import annotations

import base64
import struct

import pytest
from solders.account import Account as SoldersAccount
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from tests.differential.transactions.machine import LOADER_V1, PUPPETS, Machine, Puppet
from tests.support.puppet.invocation import Abi, Info, Invocation, Meta, invoke
from tests.support.puppet.layout import InputLayout
from tests.support.puppet.program import Command
from tests.support.puppet.script import RESULT, Script, inline, reference, words
from tests.support.transaction_results import TransactionResult, send

PAYER = Keypair.from_seed(bytes(32))
ACCOUNT, SHELF = bytes([7]) * 32, bytes([8]) * 32
SIZE = 24


@pytest.fixture(scope="module")
def machine() -> Machine:
    machine = Machine()
    machine.svm.airdrop(PAYER.pubkey(), 10**12)
    return machine


@pytest.fixture(params=PUPPETS, ids=lambda each: f"V{each.version}-{each.key[0]:x}")
def puppet(request: pytest.FixtureRequest, machine: Machine) -> Puppet:
    """A puppet that owns the account."""
    found = request.param
    assert isinstance(found, Puppet)
    machine.set_account(ACCOUNT, SoldersAccount(10**9, bytes(SIZE), Pubkey(found.key)))
    return found


def layout(puppet: Puppet) -> InputLayout:
    return InputLayout.of([(ACCOUNT, SIZE)], loader_v1=puppet.loader == LOADER_V1)


def run(machine: Machine, puppet: Puppet, data: bytes, *more: bytes) -> TransactionResult:
    metas = [AccountMeta(Pubkey(ACCOUNT), False, True)]
    metas += [AccountMeta(Pubkey(key), False, False) for key in more]
    message = Message.new_with_blockhash(
        [Instruction(Pubkey(puppet.key), data, metas)], PAYER.pubkey(), machine.svm.latest_blockhash()
    )
    return send(machine.svm, VersionedTransaction(message, [PAYER]))


def data_of(machine: Machine) -> bytes:
    account = machine.account(ACCOUNT)
    assert account is not None
    return bytes(account.data)


def test_stores(machine: Machine, puppet: Puppet) -> None:
    script, at = Script(), layout(puppet).accounts[ACCOUNT]
    for width, offset in ((1, 0), (2, 1), (4, 4), (8, 8)):
        script.store(at.data + offset, 0x1122334455667788, width)
    script.command(Command.COPY_64, at.data + 16, at.data + 8)
    script.add(at.data + 16, -1)
    assert run(machine, puppet, inline(script)).error is None
    stored = (
        b"\x88\x88\x77\0"
        + bytes.fromhex("88776655")
        + struct.pack("<QQ", 0x1122334455667788, 0x1122334455667787)
    )
    assert data_of(machine) == stored


def test_fields(machine: Machine, puppet: Puppet) -> None:
    """The layout knows where every field is."""
    script, at = Script(), layout(puppet).accounts[ACCOUNT]
    script.log_data((at.key, 32), (at.owner, 32), (at.lamports, 8), (at.length, 8))
    script.log_data((layout(puppet).instruction_data, 8))
    result = run(machine, puppet, inline(script))
    lines = [line.split()[2:] for line in result.logs if line.startswith("Program data: ")]
    fields, data = ([base64.b64decode(each) for each in line] for line in lines)
    assert fields == [ACCOUNT, puppet.key, struct.pack("<Q", 10**9), struct.pack("<Q", SIZE)]
    assert data == [bytes(8)]


def test_script_in_an_account(machine: Machine, puppet: Puppet) -> None:
    script = Script()
    script.syscall("sol_log_64_", 1, 2, 3, 4, 5)
    content = script.content()
    machine.set_account(SHELF, SoldersAccount(10**9, content, Pubkey(SHELF)))
    sizes = [(ACCOUNT, SIZE), (SHELF, len(content))]
    shelf = InputLayout.of(sizes, loader_v1=puppet.loader == LOADER_V1).accounts[SHELF]
    result = run(machine, puppet, reference(shelf.data, len(content)), SHELF)
    assert "Program log: 0x1, 0x2, 0x3, 0x4, 0x5" in result.logs


def test_control(machine: Machine, puppet: Puppet) -> None:
    script = Script()
    script.syscall("sol_log_64_", 9, 9, 9, 9, 9)
    script.repeat(1, 3)
    script.command(Command.BURN, 100)
    script.syscall("sol_get_stack_height", result=RESULT)
    script.command(Command.EXIT_WITH, RESULT)
    result = run(machine, puppet, inline(script))
    assert result.error == {"InstructionError": [0, {"Custom": 1}]}
    assert sum("0x9" in line for line in result.logs) == 3
    assert result.compute_units > 300


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ((Command.DIVIDE, 1, 0), "divide by zero"),
        ((Command.RECURSE, 100), "exceeded max BPF to BPF call depth"),
        ((Command.JUMP, 0), "callx attempted to call outside of the text segment"),
        ((Command.STORE_8, 0), "Access violation"),
        ((Command.BURN, 2**40), "exceeded CUs meter"),
        ((Command.EXIT, 5), "custom program error: 0x5"),
        ((255,), "custom program error: 0x63"),
    ],
)
def test_failures(machine: Machine, puppet: Puppet, command: tuple[int, ...], text: str) -> None:
    script = Script()
    script.command(*command)
    assert text in run(machine, puppet, inline(script)).logs[-1]


@pytest.mark.parametrize("abi", Abi)
def test_invocations(machine: Machine, puppet: Puppet, abi: Abi) -> None:
    """A puppet invokes another one, which writes into an account of its own."""
    callee = PUPPETS[0] if puppet is PUPPETS[1] else PUPPETS[1]
    machine.set_account(ACCOUNT, SoldersAccount(10**9, bytes(SIZE), Pubkey(callee.key)))
    below = Script()
    below.store(layout(callee).accounts[ACCOUNT].data, 77)
    infos = [Info(layout(puppet).accounts[ACCOUNT], SIZE)]
    script, metas = Script(), [Meta(ACCOUNT, 0, 1)]
    invoke(script, Invocation(callee.key, metas, inline(below), infos, abi=abi, repeat=2))
    result = run(machine, puppet, inline(script), callee.key)
    assert result.error is None, result.logs
    assert result.heights() == [2, 2]
    assert data_of(machine) == words([77, 0, 0])
