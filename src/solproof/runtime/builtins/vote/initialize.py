"""Make a vote account out of an account that belongs to the vote program already.

Source: solana-vote-program 4.1.2, `initialize_account` and `initialize_account_v2` (vote_state/mod.rs),
vote_processor.rs; `VoteStateV4::new` of solana-vote-interface 6.0.3 (state/vote_state_v4.rs).
"""

from __future__ import annotations

from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.sysvar_accounts import require_sysvar
from solproof.runtime.builtins.vote.authorized_voters import AuthorizedVoters
from solproof.runtime.builtins.vote.bls_key import BLS_KEYS, read_proven_key, verify
from solproof.runtime.builtins.vote.collectors import CUSTOM_COLLECTORS, require_collector
from solproof.runtime.builtins.vote.signers import require_signer
from solproof.runtime.builtins.vote.state import VoteState
from solproof.runtime.builtins.vote.state_versions import BASIS_POINTS_OF_A_PERCENT
from solproof.runtime.builtins.vote.stored_state import check_uninitialized, store
from solproof.runtime.clock import Clock
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure
from solproof.runtime.rent import Rent
from solproof.runtime.sysvars import ADDRESSES

NEEDED_FEATURES = (
    BLS_KEYS,
    "commission_rate_in_basis_points",
    CUSTOM_COLLECTORS,
    "block_revenue_sharing",
    "vote_account_initialize_v2",
)
"""The features that `InitializeAccountV2` needs."""


def initialize(instruction: InstructionContext, data: InstructionData) -> None:
    """Store the first state. Accounts: vote, Rent, Clock; the validator's identity signs."""
    node, voter, withdrawer, commission = data.key(), data.key(), data.key(), data.u8()
    account, sysvars = instruction.account(0), instruction.environment.sysvars
    require_sysvar(instruction, 1, ADDRESSES["rent"])
    if not Rent.from_sysvar(sysvars.rent).is_exempt(account.lamports, len(account.data)):
        raise failure("InsufficientFunds")
    require_sysvar(instruction, 2, ADDRESSES["clock"])
    check_uninitialized(account)
    require_signer(node, instruction.signers())
    state = VoteState(
        node,
        withdrawer,
        inflation_rewards_collector=account.key,
        block_revenue_collector=node,
        voters=_first_voter(instruction, voter),
        inflation_rewards_commission=commission * BASIS_POINTS_OF_A_PERCENT,
    )
    store(account, state)


def initialize_v2(instruction: InstructionContext, data: InstructionData) -> None:
    """Store the first state, with a BLS key and with collectors (SIMD-0464).

    Accounts: vote, identity of the validator, which signs, collectors of inflation rewards and block revenue.
    """
    node, voter, bls_key, withdrawer = data.key(), data.key(), read_proven_key(data), data.key()
    commissions = data.u16(), data.u16()
    if any(feature not in instruction.environment.features for feature in NEEDED_FEATURES):
        raise failure("InvalidInstructionData")
    account, third, fourth = (instruction.account(position).key for position in (0, 2, 3))
    if third == fourth != account:
        raise failure("AccountBorrowFailed")  # the program holds both collectors at once
    vote_account = instruction.account(0)
    check_uninitialized(vote_account)
    require_signer(node, instruction.signers())
    collectors = require_collector(instruction, 2), require_collector(instruction, 3)
    verify(instruction, bls_key)
    voters = _first_voter(instruction, voter)
    store(vote_account, VoteState(node, withdrawer, *collectors, voters, *commissions, bls_key=bls_key.key))


def _first_voter(instruction: InstructionContext, voter: bytes) -> AuthorizedVoters:
    epoch = Clock.from_sysvar(instruction.environment.sysvars.clock).epoch
    return AuthorizedVoters(((epoch, voter),))
