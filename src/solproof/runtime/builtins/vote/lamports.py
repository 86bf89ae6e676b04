"""Take lamports out of a vote account, and put rewards for delegators into it.

Source: solana-vote-program 4.1.2, `withdraw` and `deposit_delegator_rewards` (vote_state/mod.rs),
vote_processor.rs.
"""

from __future__ import annotations

import struct
from dataclasses import replace

from solproof.runtime.accounts import MAXIMUM_LAMPORTS
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.vote.collectors import CUSTOM_COLLECTORS
from solproof.runtime.builtins.vote.signers import require_signer
from solproof.runtime.builtins.vote.state import VoteState
from solproof.runtime.builtins.vote.stored_state import clear, load, load_version_4, store
from solproof.runtime.builtins.vote.validator import BASIS_POINT_RATES, REVENUE_SHARING
from solproof.runtime.builtins.vote.vote_error import VoteError
from solproof.runtime.clock import Clock
from solproof.runtime.cross_program import native_invoke_signed
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.rent import Rent
from solproof.runtime.requested_instruction import Meta, RequestedInstruction

SYSTEM_TRANSFER = 2
IDLE_EPOCHS = 2
NEEDED_FEATURES = (BASIS_POINT_RATES, CUSTOM_COLLECTORS, REVENUE_SHARING)
"""The features that `DepositDelegatorRewards` needs."""


def withdraw(instruction: InstructionContext, data: InstructionData) -> None:
    """Move lamports out. Accounts: vote, receiver; the withdrawer signs.

    An account that gives everything away is not initialized any more. It must not have earned credits in the
    last epochs, and must not owe rewards. Otherwise it stays exempt from rent beside the rewards.
    """
    lamports = data.u64()
    account, receiver = instruction.account(0), instruction.account(1)
    state = load(account)
    require_signer(state.withdrawer, instruction.signers())
    remaining = account.lamports - lamports
    if remaining < 0:
        raise failure("InsufficientFunds")
    if remaining == 0:
        _check_close(instruction, state)
        clear(account)
    else:
        rent = Rent.from_sysvar(instruction.environment.sysvars.rent)
        minimum = rent.minimum_balance(len(account.data)) + state.pending_delegator_rewards
        if minimum > MAXIMUM_LAMPORTS:
            raise failure("ArithmeticOverflow")
        if remaining < minimum:
            raise failure("InsufficientFunds")
    account.subtract_lamports(lamports)
    receiver.add_lamports(lamports)


def _check_close(instruction: InstructionContext, state: VoteState) -> None:
    if state.pending_delegator_rewards:
        raise failure("InsufficientFunds")
    epoch = Clock.from_sysvar(instruction.environment.sysvars.clock).epoch
    if state.epoch_credits and epoch - state.epoch_credits[-1].epoch < IDLE_EPOCHS:
        raise VoteError.ACTIVE_VOTE_ACCOUNT_CLOSE.failure()


def deposit_delegator_rewards(instruction: InstructionContext, data: InstructionData) -> None:
    """Put in lamports that belong to delegators (SIMD-0123). Accounts: vote, sender, which signs.

    The system program moves the lamports, so it must be among the accounts.
    """
    deposit = data.u64()
    if any(feature not in instruction.environment.features for feature in NEEDED_FEATURES):
        raise failure("InvalidInstructionData")
    account, sender = instruction.account(0), instruction.account(1)
    if not sender.is_signer:
        raise failure("MissingRequiredSignature")
    state = load_version_4(account)
    metas = Meta(sender.key, is_signer=True, is_writable=True), Meta(account.key, is_writable=True)
    transfer = struct.pack("<IQ", SYSTEM_TRANSFER, deposit)
    native_invoke_signed(instruction, RequestedInstruction(SYSTEM_PROGRAM, metas, transfer))
    pending = state.pending_delegator_rewards + deposit
    if pending > MAXIMUM_LAMPORTS:
        raise failure("ArithmeticOverflow")
    store(account, replace(state, pending_delegator_rewards=pending))
