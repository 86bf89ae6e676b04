"""Where LiteSVM is not the cluster: its result of a case, as the cluster would have it.

Each rule names the code of Agave 4.1.2 that it follows. What LiteSVM does is in litesvm 0.15.2 (lib.rs).
"""

from __future__ import annotations

from dataclasses import replace

from solproof.runtime.accounts import Account
from tests.differential.transactions.cases import MOST_ACCOUNTS, MOST_INSTRUCTIONS, Case
from tests.differential.transactions.cast import durable_nonce
from tests.support.transaction_results import TransactionResult

NONCE_HASH = slice(40, 72)
"""Where a nonce account stores its hash."""

States = dict[bytes, Account | None]


def on_the_cluster(
    case: Case, before: States, result: TransactionResult, blockhash: bytes
) -> TransactionResult:
    """The result that the cluster has.

    before: the accounts before the transaction.
    blockhash: the last blockhash of the bank.
    """
    message = case.transaction.message
    most_accounts = max((len(each.accounts) for each in message.instructions), default=0)
    if len(message.instructions) > MOST_INSTRUCTIONS or most_accounts > MOST_ACCOUNTS:
        return _not_sanitary(before)
    result = replace(result, logs=tuple(_deployed(line) for line in result.logs))
    if result.error == "InvalidProgramForExecution":
        result = _fees_only(case, before, result)
    if case.nonce is not None:
        result = _durable(case, before, result, blockhash)
    return result


def _not_sanitary(before: States) -> TransactionResult:
    """Sanitizing limits the instructions and their accounts. LiteSVM runs the transaction as far as it comes.

    agave-feature-set 4.1.2: `static_instruction_limit` (SIMD-0160), `limit_instruction_accounts` (SIMD-0406).
    """
    return TransactionResult("SanitizeFailure", (), 0, 0, 0, (bytes(32), b""), (), before)


def _deployed(line: str) -> str:
    """The cluster knows that an account of a loader holds no program, LiteSVM only that it has none cached.

    solana-svm 4.1.2: `filter_executable_program_accounts` (transaction_processor.rs),
    `load_program_with_pubkey` (program_loader.rs).
    """
    return "Program is not deployed" if line == "Program is not cached" else line


def _fees_only(case: Case, before: States, result: TransactionResult) -> TransactionResult:
    """The fee is taken, and a program that does not exist has an error of its own.

    solana-svm 4.1.2: `load_transaction_accounts` (account_loader.rs), `FeesOnlyTransaction`
    (transaction_processing_result.rs).
    """
    message = case.transaction.message
    programs = (bytes(message.account_keys[each.program_id_index]) for each in message.instructions)
    absent = {key for key, state in before.items() if state is None}
    executable = {key for key, state in before.items() if state is not None and state.executable}
    first = next(key for key in programs if key not in executable)
    error = "ProgramAccountNotFound" if first in absent else result.error
    payer = bytes(message.account_keys[0])
    state = before[payer]
    assert state is not None
    paid = replace(state, lamports=state.lamports - result.asked_fee)
    return replace(
        result,
        error=error,
        fee=result.asked_fee,
        accounts={**before, payer: paid if paid.lamports else None},
    )


def _durable(case: Case, before: States, result: TransactionResult, blockhash: bytes) -> TransactionResult:
    """A failing transaction advances its nonce, too. An advanced nonce depends on the bank's last blockhash.

    LiteSVM takes the blockhash of the message. solana-svm 4.1.2: `RollbackAccounts` (rollback_accounts.rs).
    solana-system-program 4.1.2: `advance_nonce_account` (system_instruction.rs).
    """
    old, new = durable_nonce(bytes(case.transaction.message.recent_blockhash)), durable_nonce(blockhash)
    accounts = {
        key: state and replace(state, data=state.data.replace(old, new))
        for key, state in result.accounts.items()
    }
    if result.error is not None and result.fee:
        assert case.nonce is not None
        state = accounts[case.nonce]
        assert state is not None
        data = bytearray(state.data)
        data[NONCE_HASH] = new
        accounts[case.nonce] = replace(state, data=bytes(data))
    return replace(result, accounts=accounts)
