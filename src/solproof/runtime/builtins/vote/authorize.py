"""Change who may vote with a vote account, and who may withdraw from it.

Source: solana-vote-program 4.1.2, `authorize` (vote_state/mod.rs), `set_new_authorized_voter`
(vote_state/handler.rs), vote_processor.rs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from solproof.runtime.bincode_reader import LARGEST_U64
from solproof.runtime.builtins.address_with_seed import address_with_seed
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.sysvar_accounts import require_sysvar
from solproof.runtime.builtins.vote.bls_key import BLS_KEYS, ProvenKey, read_proven_key, verify
from solproof.runtime.builtins.vote.signers import require_signer
from solproof.runtime.builtins.vote.state import VoteState
from solproof.runtime.builtins.vote.stored_state import load, store
from solproof.runtime.builtins.vote.vote_error import VoteError
from solproof.runtime.clock import Clock
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure
from solproof.runtime.sysvars import ADDRESSES

VOTER, WITHDRAWER, VOTER_WITH_BLS_KEY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Role:
    """What a key may do: `VOTER`, `WITHDRAWER`, or `VOTER_WITH_BLS_KEY`, which alone has a BLS key."""

    kind: int
    bls_key: ProvenKey | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """The owner and the seed with which the present authority was derived from the key that signs."""

    owner: bytes
    seed: bytes


def authorize(instruction: InstructionContext, data: InstructionData) -> None:
    """Give a role to a key. Accounts: vote, Clock; the present authority signs."""
    key, role = data.key(), _read_role(data)
    require_sysvar(instruction, 1, ADDRESSES["clock"])
    _authorize(instruction, key, role, instruction.signers())


def authorize_checked(instruction: InstructionContext, data: InstructionData) -> None:
    """Give a role to a key that signs. Accounts: vote, Clock, present authority, new authority."""
    role = _read_role(data)
    key = _signing_authority(instruction)
    require_sysvar(instruction, 1, ADDRESSES["clock"])
    _authorize(instruction, key, role, instruction.signers())


def authorize_with_seed(instruction: InstructionContext, data: InstructionData) -> None:
    """Give a role to a key. Accounts: vote, Clock, the key that the present authority is derived from."""
    role, derivation, key = _read_role(data), Derivation(data.key(), data.string()), data.key()
    instruction.account(2)
    _authorize_derived(instruction, key, role, derivation)


def authorize_checked_with_seed(instruction: InstructionContext, data: InstructionData) -> None:
    """Give a role to a key that signs.

    Accounts: vote, Clock, the key that the present authority is derived from, new authority.
    """
    role, derivation = _read_role(data), Derivation(data.key(), data.string())
    key = _signing_authority(instruction)
    _authorize_derived(instruction, key, role, derivation)


def _read_role(data: InstructionData) -> Role:
    kind = data.u32()
    if kind not in (VOTER, WITHDRAWER, VOTER_WITH_BLS_KEY):
        raise data.invalid()
    return Role(kind, read_proven_key(data) if kind == VOTER_WITH_BLS_KEY else None)


def _signing_authority(instruction: InstructionContext) -> bytes:
    """The key of the new authority, the fourth account."""
    authority = instruction.account(3)
    if not authority.is_signer:
        raise failure("MissingRequiredSignature")
    return authority.key


def _authorize_derived(
    instruction: InstructionContext, key: bytes, role: Role, derivation: Derivation
) -> None:
    require_sysvar(instruction, 1, ADDRESSES["clock"])
    base = instruction.account(2)
    signers: set[bytes] = set()
    if base.is_signer:
        signers.add(address_with_seed(base.key, derivation.seed, derivation.owner))
    _authorize(instruction, key, role, signers)


def _authorize(instruction: InstructionContext, key: bytes, role: Role, signers: Collection[bytes]) -> None:
    account = instruction.account(0)
    state = load(account)
    if role.kind == WITHDRAWER:
        require_signer(state.withdrawer, signers)
        store(account, replace(state, withdrawer=key))
        return
    has_bls_keys = BLS_KEYS in instruction.environment.features
    if role.bls_key is None:
        # Nobody may take away the BLS key of an account.
        if has_bls_keys and state.bls_key is not None:
            raise failure("InvalidInstructionData")
    else:
        if not has_bls_keys:
            raise failure("InvalidInstructionData")
        verify(instruction, role.bls_key)
        state = replace(state, bls_key=role.bls_key.key)
    clock = Clock.from_sysvar(instruction.environment.sysvars.clock)
    store(account, _with_voter(state, key, signers, clock))


def _with_voter(state: VoteState, key: bytes, signers: Collection[bytes], clock: Clock) -> VoteState:
    """The state with a voter for the first epoch whose leaders are not known yet."""
    if clock.leader_schedule_epoch == LARGEST_U64:
        raise failure("InvalidAccountData")
    state, present_voter = state.with_epoch(clock.epoch)
    if state.withdrawer not in signers:
        require_signer(present_voter, signers)
    first_epoch = clock.leader_schedule_epoch + 1
    if first_epoch in state.voters:
        raise VoteError.TOO_SOON_TO_REAUTHORIZE.failure()
    return replace(state, voters=state.voters.with_voter(first_epoch, key))
