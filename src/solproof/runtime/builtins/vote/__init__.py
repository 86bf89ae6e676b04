"""The vote program: validators vote on forks with it, and earn credits.

Every vote account belongs to a validator. It holds a tower, the votes of the last slots with their lockouts.
The program logs nothing. The rules are those before a cluster has migrated to Alpenglow.

Source: solana-vote-program 4.1.2 (vote_processor.rs), solana-vote-interface 6.0.3 (instruction.rs).
"""

from __future__ import annotations

from collections.abc import Mapping

from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.vote import authorize, initialize, lamports, validator
from solproof.runtime.builtins.vote.proposals import read_compact_tower, read_tower
from solproof.runtime.builtins.vote.voting import Execute, propose_tower, vote_for_slots
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure


def run(instruction: InstructionContext) -> None:
    """Execute one instruction. Raises `InstructionFailure` if it fails."""
    if not instruction.account(0).is_owned:
        raise failure("InvalidAccountOwner")
    data = InstructionData(instruction.data)
    execute = _INSTRUCTIONS.get(data.u32())
    if execute is None:
        raise data.invalid()
    execute(instruction, data)


_INSTRUCTIONS: Mapping[int, Execute] = {
    0: initialize.initialize,
    1: authorize.authorize,
    2: vote_for_slots(hashes=0),  # Vote
    3: lamports.withdraw,
    4: validator.update_validator_identity,
    5: validator.update_commission,
    6: vote_for_slots(hashes=1),  # VoteSwitch
    7: authorize.authorize_checked,
    8: propose_tower(read_tower, hashes=0, is_legacy=True),  # UpdateVoteState
    9: propose_tower(read_tower, hashes=1, is_legacy=True),  # UpdateVoteStateSwitch
    10: authorize.authorize_with_seed,
    11: authorize.authorize_checked_with_seed,
    12: propose_tower(read_compact_tower, hashes=0, is_legacy=True),  # CompactUpdateVoteState
    13: propose_tower(read_compact_tower, hashes=1, is_legacy=True),  # CompactUpdateVoteStateSwitch
    14: propose_tower(read_compact_tower, hashes=1, is_legacy=False),  # TowerSync
    15: propose_tower(read_compact_tower, hashes=2, is_legacy=False),  # TowerSyncSwitch
    16: initialize.initialize_v2,
    17: validator.update_commission_collector,
    18: validator.update_commission_bps,
    19: lamports.deposit_delegator_rewards,
}
