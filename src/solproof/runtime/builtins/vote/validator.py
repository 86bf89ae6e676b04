"""Change the settings of a vote account: its validator, the commissions, and who collects them.

Source: solana-vote-program 4.1.2, `update_validator_identity`, `update_commission`, `update_commission_bps`,
`update_commission_collector` and `is_commission_update_allowed` (vote_state/mod.rs), vote_processor.rs.
"""

from __future__ import annotations

from dataclasses import replace

from solproof.runtime.bincode_reader import LARGEST_U64
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.vote.collectors import CUSTOM_COLLECTORS, require_collector
from solproof.runtime.builtins.vote.signers import require_signer
from solproof.runtime.builtins.vote.state_versions import BASIS_POINTS_OF_A_PERCENT
from solproof.runtime.builtins.vote.stored_state import load, store
from solproof.runtime.builtins.vote.vote_error import VoteError
from solproof.runtime.clock import EpochSchedule
from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.instruction_error import InstructionFailure, failure
from solproof.runtime.sysvars import Sysvars

DELAYED_UPDATES = "delay_commission_updates"
BASIS_POINT_RATES = "commission_rate_in_basis_points"
REVENUE_SHARING = "block_revenue_sharing"
INFLATION_REWARDS, BLOCK_REVENUE = 0, 1
LARGEST_COMMISSION = 255  # percent


def update_validator_identity(instruction: InstructionContext, _: InstructionData) -> None:
    """Give the account to another validator. Accounts: vote, its identity; it and the withdrawer sign."""
    account, node = instruction.account(0), instruction.account(1).key
    state = load(account)
    require_signer(state.withdrawer, instruction.signers())
    require_signer(node, instruction.signers())
    state = replace(state, node=node)
    if CUSTOM_COLLECTORS not in instruction.environment.features:
        state = replace(state, block_revenue_collector=node)
    store(account, state)


def update_commission(instruction: InstructionContext, data: InstructionData) -> None:
    """Set the commission on inflation rewards, in percent. Account: vote; the withdrawer signs.

    Without the feature that delays updates, a commission may rise only in the first half of an epoch.
    """
    commission = data.u8()
    account, environment = instruction.account(0), instruction.environment
    if (
        DELAYED_UPDATES not in environment.features
        and _is_higher(commission, account)
        and _is_second_half(environment.sysvars)
    ):
        raise VoteError.COMMISSION_UPDATE_TOO_LATE.failure()
    state = load(account)
    require_signer(state.withdrawer, instruction.signers())
    store(account, replace(state, inflation_rewards_commission=commission * BASIS_POINTS_OF_A_PERCENT))


def update_commission_bps(instruction: InstructionContext, data: InstructionData) -> None:
    """Set a commission, in basis points (SIMD-0291). Account: vote; the withdrawer signs."""
    commission, kind = data.u16(), _read_kind(data)
    features = instruction.environment.features
    if BASIS_POINT_RATES not in features or DELAYED_UPDATES not in features:
        raise failure("InvalidInstructionData")
    if kind == BLOCK_REVENUE and REVENUE_SHARING not in features:
        raise failure("InvalidInstructionData")
    account = instruction.account(0)
    state = load(account)
    require_signer(state.withdrawer, instruction.signers())
    if kind == INFLATION_REWARDS:
        store(account, replace(state, inflation_rewards_commission=commission))
    else:
        store(account, replace(state, block_revenue_commission=commission))


def update_commission_collector(instruction: InstructionContext, data: InstructionData) -> None:
    """Set who collects a commission (SIMD-0232). Accounts: vote, collector, withdrawer, which signs."""
    kind = _read_kind(data)
    if CUSTOM_COLLECTORS not in instruction.environment.features:
        raise failure("InvalidInstructionData")
    instruction.account(2)
    account = instruction.account(0)
    state = load(account)
    require_signer(state.withdrawer, instruction.signers())
    collector = require_collector(instruction, 1)
    if kind == INFLATION_REWARDS:
        store(account, replace(state, inflation_rewards_collector=collector))
    else:
        store(account, replace(state, block_revenue_collector=collector))


def _read_kind(data: InstructionData) -> int:
    kind = data.u32()
    if kind not in (INFLATION_REWARDS, BLOCK_REVENUE):
        raise data.invalid()
    return kind


def _is_higher(commission: int, account: BorrowedAccount) -> bool:
    """Whether a commission is higher than the present one, or the account has none."""
    try:
        present = load(account).inflation_rewards_commission
    except InstructionFailure:
        return True
    return commission > min(present // BASIS_POINTS_OF_A_PERCENT, LARGEST_COMMISSION)


def _is_second_half(sysvars: Sysvars) -> bool:
    """Whether more than half of the epoch is over. The first epochs, which are shorter, never are."""
    schedule = EpochSchedule.from_sysvar(sysvars.epoch_schedule)
    slot = max(0, sysvars.slot - schedule.first_normal_slot)
    length = schedule.slots_per_epoch
    return length > 0 and min(2 * (slot % length), LARGEST_U64) > length
