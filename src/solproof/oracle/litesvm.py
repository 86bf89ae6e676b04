"""The real runtime as an oracle: runs an `ExecutionInput` in LiteSVM and reports the result in our terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from solders.account import Account as SoldersAccount
from solders.compute_budget import ComputeBudget
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import ID as SYSTEM_PROGRAM
from solders.transaction import Transaction
from solders.transaction_metadata import FailedTransactionMetadata, SimulatedTransactionInfo

from solproof.formats import solders_objects
from solproof.runtime.accounts import Account, distinct_accounts
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.features import FEATURES, MAINNET
from solproof.runtime.sysvars import Sysvars

P_TOKEN_FEATURE = Pubkey.from_string("ptokFjwyJtrwCa9Kgo9xoDS59V4QccBGEaRFnRPnSdP")  # SIMD-0266
DEFAULT_PROGRAMS_VERSION = 0
UNLISTED = b"\xff" * 32
PAYER_LAMPORTS = 10**12
STARTING_LAMPORTS = 10**15


@dataclass(frozen=True, slots=True)
class RuntimeResult:
    """LiteSVM's result of an instruction. Most fields have the meaning that they have in `ExecutionOutput`.

    transaction_compute_units: CU that the transaction is charged. After a fault, this is everything that it
    had.
    """

    success: bool
    error: str | None
    compute_units: int
    transaction_compute_units: int
    accounts: tuple[Account, ...]
    logs: tuple[str, ...]
    return_data: ReturnData


def runtime(parameters: Parameters | None = None, *, classic_token: bool = False) -> LiteSVM:
    """A LiteSVM with the built-in programs and these parameters. It does not check signatures.

    `classic_token` turns SIMD-0266 off, so that the token program is SPL Token 3.5.0 and not p-token.
    """
    features = LiteSVM.mainnet_feature_set()
    if classic_token:
        features.deactivate(P_TOKEN_FEATURE)
    parameters = parameters or Parameters()
    for name, address in FEATURES.items():
        if (name in parameters.features) == (name in MAINNET):
            continue
        if name in parameters.features:
            features.activate(Pubkey(address), 0)
        else:
            features.deactivate(Pubkey(address))
    budget = ComputeBudget(False)
    budget.compute_unit_limit = parameters.compute_unit_limit
    budget.heap_size = parameters.heap_size
    machine = (
        LiteSVM.default()
        .with_feature_set(features)
        .with_builtins()
        .with_lamports(STARTING_LAMPORTS)
        .with_sysvars()
        .with_compute_budget(budget)
        .with_sigverify(False)
        .with_blockhash_check(False)
    )
    if DEFAULT_PROGRAMS_VERSION in parameters.features.sbpf_versions:
        machine = machine.with_default_programs()
    defaults = Sysvars()
    for name, content in parameters.sysvars.items():
        if content != getattr(defaults, name):
            sysvar = parameters.sysvars.account(name)
            machine.set_account(Pubkey(sysvar.key), solders_objects.solders_account(sysvar))
    _set_epoch_stakes(machine, parameters.epoch_stakes)
    return machine


def _set_epoch_stakes(machine: LiteSVM, stakes: EpochStakes) -> None:
    """Set the stakes. An address without a vote account gets the stake that the input does not list."""
    others = stakes.total - sum(stake for _, stake in stakes.vote_accounts)
    for address, stake in (*stakes.vote_accounts, (UNLISTED, others)):
        machine.set_epoch_stake(Pubkey(address), stake)


def run_in_litesvm(given: ExecutionInput, machine: LiteSVM) -> RuntimeResult:
    """Run an instruction as the only one of a transaction, on a LiteSVM that holds its program.

    A separate fee payer signs. The accounts of the instruction keep the privileges that the input gives them.
    """
    payer = Keypair.from_seed(bytes(32)).pubkey()
    machine.set_account(payer, SoldersAccount(PAYER_LAMPORTS, b"", SYSTEM_PROGRAM))
    for state in distinct_accounts(given.accounts):
        machine.set_account(Pubkey(state.key), solders_objects.solders_account(state))
    message = Message([solders_objects.solders_instruction(given)], payer)
    outcome = machine.simulate_transaction(Transaction.new_unsigned(message))
    return _result(given, outcome)


def _result(
    given: ExecutionInput, outcome: SimulatedTransactionInfo | FailedTransactionMetadata
) -> RuntimeResult:
    accounts = distinct_accounts(given.accounts)
    error = None
    if isinstance(outcome, FailedTransactionMetadata):
        error = _error_name(outcome.err())
    else:
        # LiteSVM lists only accounts that the transaction could write.
        after = {bytes(key): solders_objects.account(key, state) for key, state in outcome.post_accounts()}
        accounts = tuple(after.get(before.key, before) for before in accounts)
    metadata = outcome.meta()
    returned = metadata.return_data()
    return RuntimeResult(
        success=error is None,
        error=error,
        compute_units=_consumed(metadata.logs()),
        transaction_compute_units=metadata.compute_units_consumed(),
        accounts=accounts,
        logs=tuple(metadata.logs()),
        return_data=ReturnData(bytes(returned.program_id), bytes(returned.data)),
    )


def _error_name(error: Any) -> str:
    """The debug text of an `InstructionError`.

    Raises RuntimeError for any other error, because then the transaction was built wrongly.
    """
    inner = getattr(error, "err", None)
    if inner is None:
        raise RuntimeError(f"LiteSVM refused the transaction: {error}")
    code = getattr(inner, "code", None)
    return str(inner).rpartition(".")[2] if code is None else f"Custom({code})"


def _consumed(logs: list[str]) -> int:
    """The compute units of the "consumed" line, or 0 if the log was truncated before it."""
    for line in reversed(logs):
        words = line.split()
        if line.startswith("Program ") and " consumed " in line and line.endswith(" compute units"):
            return int(words[3])
    return 0
