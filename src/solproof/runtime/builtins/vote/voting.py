"""The instructions that vote.

Source: solana-vote-program 4.1.2, `process_vote_with_account`, `process_vote_state_update` and
`process_tower_sync` (vote_state/mod.rs), vote_processor.rs.
"""

from __future__ import annotations

from collections.abc import Callable

from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.sysvar_accounts import require_sysvar
from solproof.runtime.builtins.vote.proposals import HASH_LENGTH, Tower, read_slot_votes
from solproof.runtime.builtins.vote.signers import require_signer
from solproof.runtime.builtins.vote.slot_votes import with_slot_votes
from solproof.runtime.builtins.vote.state import VoteState
from solproof.runtime.builtins.vote.stored_state import load, store
from solproof.runtime.builtins.vote.tower import with_tower
from solproof.runtime.clock import Clock
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure
from solproof.runtime.slot_hashes import SlotHash, parse_slot_hashes
from solproof.runtime.sysvars import ADDRESSES

Execute = Callable[[InstructionContext, InstructionData], None]

ONLY_TOWER_SYNC = "deprecate_legacy_vote_ixs"
"""The feature with which `TowerSync` and `TowerSyncSwitch` are the only instructions that vote."""


def vote_for_slots(hashes: int) -> Execute:
    """An instruction that votes for slots. Accounts: vote, SlotHashes, Clock; the voter signs.

    hashes: how many hashes that nothing reads follow the votes.
    """

    def execute(instruction: InstructionContext, data: InstructionData) -> None:
        proposed = read_slot_votes(data)
        data.take(hashes * HASH_LENGTH)
        _refuse_legacy(instruction)
        require_sysvar(instruction, 1, ADDRESSES["slot_hashes"])
        slot_hashes = _slot_hashes(instruction)
        require_sysvar(instruction, 2, ADDRESSES["clock"])
        state, clock = _voting_state(instruction)
        store(instruction.account(0), with_slot_votes(state, proposed, slot_hashes, clock))

    return execute


def propose_tower(read: Callable[[InstructionData], Tower], hashes: int, *, is_legacy: bool) -> Execute:
    """An instruction that proposes a whole tower. Account: vote; the voter signs.

    hashes: how many hashes that nothing reads follow the tower: a block id, and the proof of a switch to
        another fork.
    """

    def execute(instruction: InstructionContext, data: InstructionData) -> None:
        proposed = read(data)
        data.take(hashes * HASH_LENGTH)
        if is_legacy:
            _refuse_legacy(instruction)
        slot_hashes = _slot_hashes(instruction)
        state, clock = _voting_state(instruction)
        store(instruction.account(0), with_tower(state, proposed, slot_hashes, clock))

    return execute


def _refuse_legacy(instruction: InstructionContext) -> None:
    if ONLY_TOWER_SYNC in instruction.environment.features:
        raise failure("InvalidInstructionData")


def _slot_hashes(instruction: InstructionContext) -> tuple[SlotHash, ...]:
    slot_hashes = parse_slot_hashes(instruction.environment.sysvars.slot_hashes)
    if slot_hashes is None:
        raise failure("UnsupportedSysvar")
    return slot_hashes


def _voting_state(instruction: InstructionContext) -> tuple[VoteState, Clock]:
    """The state, if its voter has signed, and the clock."""
    clock = Clock.from_sysvar(instruction.environment.sysvars.clock)
    state, voter = load(instruction.account(0)).with_epoch(clock.epoch)
    require_signer(voter, instruction.signers())
    return state, clock
