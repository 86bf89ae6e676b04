"""Where LiteSVM is not the cluster, solproof does as the cluster does.

Other differences are tested with their modules: failing nonce transactions and nonces in
test_durable_nonce.py, programs and the size of accounts in test_loading.py, limits on instructions in
test_sanitize.py, the order of locks in test_account_keys.py, programs deployed in this slot with loader v3,
processed messages in tests/execution/test_sequence.py.
"""

from __future__ import annotations

from dataclasses import replace

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM

from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.program_ids import LOADER_V2, SYSTEM_PROGRAM
from solproof.runtime.requested_instruction import Meta, RequestedInstruction
from solproof.runtime.transaction.transaction_output import Status, TransactionOutput
from tests.support.elf_builder import build_elf
from tests.support.invoking_program import invoking_program
from tests.support.litesvm_transactions import (
    PAYER_KEY,
    Sent,
    instruction,
    litesvm,
    signed,
    store,
    submit,
)

PROGRAM = bytes([7]) * 32
OTHER = Keypair.from_seed(bytes([9]) * 32)
OTHER_KEY = bytes(OTHER.pubkey())


def both(machine: LiteSVM, *instructions: Instruction) -> tuple[TransactionOutput, Sent]:
    """Our result, and that of LiteSVM."""
    transaction = signed(machine, instructions, [OTHER])
    output = execute_transaction(scene_from_litesvm(machine, transaction)).output
    return output, submit(machine, transaction)


def test_a_program_need_not_be_marked_as_executable() -> None:
    """LiteSVM asks for the mark, Agave does not (`remove_accounts_executable_flag_checks`)."""
    machine = litesvm()
    store(machine, Account(PROGRAM, LOADER_V2, 10**9, build_elf("mov64 r0, 0; exit")))
    ours, theirs = both(machine, instruction(PROGRAM, b""))
    assert (ours.success, theirs.error) == (True, "InvalidProgramForExecution")


def test_an_account_of_a_loader_without_a_program_is_not_deployed() -> None:
    machine = litesvm()
    store(machine, Account(PROGRAM, LOADER_V2, 10**9, b"no program"))
    ours, theirs = both(machine, instruction(PROGRAM, b""))
    assert theirs.error == "InvalidProgramForExecution"
    assert ours.error == {"InstructionError": [0, "UnsupportedProgramId"]}
    assert (ours.status, ours.fee) == (Status.EXECUTED, 5_000)
    assert ours.logs[1] == "Program is not deployed"


def test_the_rent_of_the_payer_is_that_after_the_fee() -> None:
    """A payer below the minimum pays 5,000 and gets 3,000 back, so it has more than after the fee."""
    machine = litesvm()
    store(machine, Account(PAYER_KEY, SYSTEM_PROGRAM, 500_000, b""))
    store(machine, Account(OTHER_KEY, SYSTEM_PROGRAM, 10**9, b""))
    back = (2).to_bytes(4, "little") + (3_000).to_bytes(8, "little")
    accounts = [(OTHER_KEY, True, True), (PAYER_KEY, False, True)]
    ours, theirs = both(machine, instruction(SYSTEM_PROGRAM, back, accounts))
    assert theirs.error is None
    assert ours.error == {"InsufficientFundsForRent": {"account_index": 0}}


def test_an_older_blockhash_of_the_queue_is_valid() -> None:
    """LiteSVM accepts only the latest one."""
    machine = litesvm()
    old = machine.latest_blockhash()
    machine.expire_blockhash()
    transaction = signed(machine, [], blockhash=old)
    scene = scene_from_litesvm(machine, transaction)
    assert (
        execute_transaction(scene).output.error == submit(machine, transaction).error == "BlockhashNotFound"
    )
    queue = replace(scene, blockhashes=(*scene.blockhashes, bytes(old)))
    assert execute_transaction(queue).output.success


def test_the_loaders_are_no_accounts_of_a_transaction() -> None:
    """LiteSVM adds the loaders of programs to a transaction, so it finds the account."""
    machine = litesvm()
    other = Account(OTHER_KEY, SYSTEM_PROGRAM, 10**9, b"")
    store(machine, other)
    requested = RequestedInstruction(SYSTEM_PROGRAM, (Meta(LOADER_V2),), b"")
    program = invoking_program([other], [requested])
    store(machine, Account(PROGRAM, LOADER_V2, 10**9, program, executable=True))
    ours, theirs = both(machine, instruction(PROGRAM, b"", [(OTHER_KEY, True, True)]))
    assert ours.error == theirs.error == {"InstructionError": [0, "MissingAccount"]}
    unknown = f"Instruction references an unknown account {address_text(LOADER_V2)}"
    assert (unknown in ours.logs, unknown in theirs.logs) == (True, False)
