"""Random instructions of the system program: all 14, mostly as they should be."""

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.differential.transactions.actor import Actor, Instruction, Picker
from tests.differential.transactions.machine import PUPPETS, RECENT_BLOCKHASHES, RENT, SYSTEM
from tests.differential.transactions.world import Derivation, Nonce, State, rent_minimum
from tests.support.puppet.invocation import Meta

LONGEST_DATA = 10 * 1024 * 1024
NONCE_BYTES = 80
ATTEMPTS = 6
"""How often another instruction is tried if the caller lacks the accounts for one."""


def random_system_instruction(actor: Actor) -> Instruction | None:
    """An instruction that the caller can make, or None if it lacks the accounts.

    If the instruction is right, its effects are in the world afterwards.
    """
    choices = actor.world.choices
    for _ in range(ATTEMPTS):
        writer = SystemWriter(actor)
        choices.weighted(WEIGHTS)(writer)
        if writer.picker.is_possible:
            break
    else:
        if not choices.slips():
            return None
    metas, data = writer.metas, writer.data
    if choices.slips(0.3):
        metas = metas[: choices.below(len(metas) + 1)]
    if choices.slips(0.3):
        data = data[: choices.below(len(data) + 1)]
    if choices.percent(3):
        data += choices.content(choices.below(9))
    if choices.slips(0.2):
        data = struct.pack("<I", choices.choice((14, 255, 2**32 - 1))) + data[4:]
    return Instruction(SYSTEM, tuple(metas), data)


class SystemWriter:
    """Writes one instruction. Each method is one instruction of the program."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.choices = actor.world.choices
        self.picker = Picker(actor)
        self.metas: list[Meta] = []
        self.data = b""

    def create_account(self) -> None:
        source, target = self._funder(), self.picker.pick(is_free, self.actor.can_sign, self.actor.can_write)
        lamports, space, owner = self._new()
        self._add(source, target, signer=True, writable=True)
        self.data = struct.pack("<IQQ", 0, lamports, space) + owner
        self._created(target, source, lamports, space, owner)

    def assign(self) -> None:
        target = self.picker.pick(is_system_account, self.actor.can_sign, self.actor.can_write)
        owner = self._owner()
        self._add(target, signer=True, writable=True)
        self.data = struct.pack("<I", 1) + owner
        if self.picker.is_right:
            target.owner = owner

    def transfer(self) -> None:
        source, target = self._funder(), self._target()
        lamports = self._amount(source)
        self._add(source, signer=True, writable=True)
        self._add(target, writable=True)
        self.data = struct.pack("<IQ", 2, lamports)
        self._moved(source, target, lamports)

    def create_account_with_seed(self) -> None:
        source = self._funder()
        target, base, derivation = self._derived(is_free)
        lamports, space, _ = self._new()
        self._add(source, signer=True, writable=True)
        self._add(target, writable=True)
        if base is not source:
            self._add(base, signer=True)
        seeds = self._seed_fields(derivation)
        self.data = struct.pack("<I", 3) + seeds + struct.pack("<QQ", lamports, space) + derivation.owner
        self._created(target, source, lamports, space, derivation.owner)

    def advance_nonce_account(self) -> None:
        nonce = self._nonce(lambda each: each.authority is not None and not each.is_legacy)
        self._add(nonce, writable=True)
        self._sysvar(RECENT_BLOCKHASHES)
        self._authority(nonce)
        self.data = struct.pack("<I", 4)

    def withdraw_nonce_account(self) -> None:
        nonce, target = self._nonce(lambda _: True), self._target()
        lamports = self.choices.choice(
            (0, 1, nonce.lamports, max(0, nonce.lamports - rent_minimum(NONCE_BYTES)))
        )
        self._add(nonce, target, writable=True)
        self._sysvar(RECENT_BLOCKHASHES)
        self._sysvar(RENT)
        self._authority(nonce)
        self.data = struct.pack("<IQ", 5, lamports + self.choices.slips())
        self._moved(nonce, target, lamports)

    def initialize_nonce_account(self) -> None:
        nonce = self._nonce(lambda each: each.authority is None)
        authority = self.picker.pick()
        self._add(nonce, writable=True)
        self._sysvar(RECENT_BLOCKHASHES)
        self._sysvar(RENT)
        self.data = struct.pack("<I", 6) + authority.key
        self._authorized(nonce, authority.key)

    def authorize_nonce_account(self) -> None:
        nonce = self._nonce(lambda each: each.authority is not None)
        authority = self.picker.pick()
        self._add(nonce, writable=True)
        self._authority(nonce)
        self.data = struct.pack("<I", 7) + authority.key
        self._authorized(nonce, authority.key)

    def allocate(self) -> None:
        target = self.picker.pick(is_system_account, self.actor.can_sign, self.actor.can_write)
        space = self._space()
        self._add(target, signer=True, writable=True)
        self.data = struct.pack("<IQ", 8, space)
        self._allocated(target, space)

    def allocate_with_seed(self) -> None:
        target, base, derivation = self._derived(is_system_account)
        space = self._space()
        self._add(target, writable=True)
        self._add(base, signer=True)
        fields = self._seed_fields(derivation)
        self.data = struct.pack("<I", 9) + fields + struct.pack("<Q", space) + derivation.owner
        self._allocated(target, space, derivation.owner)

    def assign_with_seed(self) -> None:
        target, base, derivation = self._derived(is_system_account)
        self._add(target, writable=True)
        self._add(base, signer=True)
        self.data = struct.pack("<I", 10) + self._seed_fields(derivation) + derivation.owner
        if self.picker.is_right:
            target.owner = derivation.owner

    def transfer_with_seed(self) -> None:
        source, base, derivation = self._derived(is_wallet)
        target, lamports = self._target(), self._amount(source)
        self._add(source, writable=True)
        self._add(base, signer=True)
        self._add(target, writable=True)
        self.data = (
            struct.pack("<IQQ", 11, lamports, len(derivation.seed)) + derivation.seed + derivation.owner
        )
        self._moved(source, target, lamports)

    def upgrade_nonce_account(self) -> None:
        nonce = self._nonce(lambda each: each.authority is not None and each.is_legacy)
        self._add(nonce, writable=True)
        self.data = struct.pack("<I", 12)
        if self.picker.is_right and nonce.nonce is not None:
            nonce.nonce.is_legacy = False

    def create_account_allow_prefund(self) -> None:
        target = self.picker.pick(is_system_account, self.actor.can_sign, self.actor.can_write)
        source = self._funder()
        lamports, space, owner = self._new()
        lamports = self.choices.choice((0, lamports))
        self._add(target, signer=True, writable=True)
        if lamports or self.choices.percent(50):
            self._add(source, signer=True, writable=True)
        self.data = struct.pack("<IQQ", 13, lamports, space) + owner
        self._created(target, source, lamports, space, owner)

    # The parts of instructions.

    def _add(self, *states: State, signer: bool = False, writable: bool = False) -> None:
        self.metas += [self.picker.account(state, signer=signer, writable=writable) for state in states]

    def _sysvar(self, key: bytes) -> None:
        self._require(self.actor.program is None or key in self.actor.accounts)
        self.metas.append(Meta(self.picker.pick().key if self.choices.slips(0.5) else key))

    def _funder(self) -> State:
        return self.picker.pick(is_wallet, self.actor.can_sign, self.actor.can_write, is_rich)

    def _target(self) -> State:
        return self.picker.pick(self.actor.can_write, lambda state: state.lamports > 0)

    def _nonce(self, condition: Callable[[Nonce], bool]) -> State:
        return self.picker.pick(
            lambda state: state.nonce is not None and condition(state.nonce), self.actor.can_write
        )

    def _authority(self, nonce: State) -> None:
        key = nonce.nonce.authority if nonce.nonce is not None else None
        states = [state for state in self.actor.states() if state.key == (key or nonce.key)]
        authority = states[0] if states else self.picker.pick()
        self._require(self.actor.can_sign(authority))
        if authority is not nonce or self.choices.percent(50):
            self._add(authority, signer=True)
        else:
            self.metas[0] = Meta(nonce.key, 1, 1)

    def _derived(self, *conditions: Callable[[State], bool]) -> tuple[State, State, Derivation]:
        """An address with a seed, its base, and how it is derived."""
        state = self.picker.pick(*conditions, lambda each: each.derivation is not None, self.actor.can_write)
        derivation = state.derivation or Derivation(self.picker.pick().key, b"seed", self._owner())
        bases = [each for each in self.actor.states() if each.key == derivation.base]
        base = bases[0] if bases and not self.choices.slips() else self.picker.pick()
        self._require(self.actor.can_sign(base))
        return state, base, derivation

    def _require(self, condition: bool) -> None:
        """Note whether the caller can make the instruction as it should be."""
        self.picker.is_possible = self.picker.is_possible and condition
        self.picker.is_right = self.picker.is_right and condition

    def _seed_fields(self, derivation: Derivation) -> bytes:
        seed = derivation.seed
        if self.choices.slips(0.5):
            self.picker.is_right = False
            seed = self.choices.choice((b"", b"other", b"s" * 33, b"\xff\xfe"))
        length = len(seed) + self.choices.slips(0.2)
        return derivation.base + struct.pack("<Q", length) + seed

    def _new(self) -> tuple[int, int, bytes]:
        """The lamports, length and owner of a new account."""
        space = self._space()
        minimum = rent_minimum(min(space, LONGEST_DATA))
        lamports = self.choices.choice((1, minimum - 1, 10**15)) if self.choices.slips(2) else minimum
        return lamports, space, self._owner()

    def _space(self) -> int:
        if self.choices.slips(0.3):
            return self.choices.choice((LONGEST_DATA, LONGEST_DATA + 1, 2**64 - 1))
        return self.choices.choice((0, 8, 40, NONCE_BYTES))

    def _owner(self) -> bytes:
        return SYSTEM if self.choices.percent(30) else self.choices.choice(PUPPETS).key

    def _amount(self, source: State) -> int:
        """An amount that mostly leaves enough for the rent. The fee is unknown here."""
        if self.choices.slips():
            return self.choices.choice((source.lamports, source.lamports + 1))
        if self.choices.percent(5) and source.key != self.actor.world.payer:
            return source.lamports
        return min(self.choices.choice((0, 1, 1_000, 10**6)), source.spare)

    # The effects.

    def _moved(self, source: State, target: State, lamports: int) -> None:
        self.picker.is_right = self.picker.is_right and lamports <= source.lamports
        if self.picker.is_right:
            source.lamports -= lamports
            target.lamports += lamports

    def _allocated(self, target: State, space: int, owner: bytes | None = None) -> None:
        if self.picker.is_right and space <= LONGEST_DATA:
            target.size = space
            target.owner = target.owner if owner is None else owner
            target.nonce = Nonce(None) if space == NONCE_BYTES and target.owner == SYSTEM else None

    def _created(self, target: State, source: State, lamports: int, space: int, owner: bytes) -> None:
        self._moved(source, target, lamports)
        self._allocated(target, space, owner)

    def _authorized(self, nonce: State, authority: bytes) -> None:
        if self.picker.is_right and nonce.nonce is not None:
            nonce.nonce.authority = authority


def is_wallet(state: State) -> bool:
    """Whether lamports can be moved from here."""
    return state.is_wallet


def is_rich(state: State) -> bool:
    """Whether its lamports suffice for new accounts."""
    return state.lamports >= 10**8


def is_free(state: State) -> bool:
    """Whether an account can be created here."""
    return state.is_free


def is_system_account(state: State) -> bool:
    """Whether the system program owns it, and it has no data."""
    return state.owner == SYSTEM and not state.size


WEIGHTS: dict[Callable[[SystemWriter], None], float] = {
    SystemWriter.create_account: 3,
    SystemWriter.assign: 2,
    SystemWriter.transfer: 4,
    SystemWriter.create_account_with_seed: 2,
    SystemWriter.advance_nonce_account: 2,
    SystemWriter.withdraw_nonce_account: 2,
    SystemWriter.initialize_nonce_account: 1,
    SystemWriter.authorize_nonce_account: 1,
    SystemWriter.allocate: 2,
    SystemWriter.allocate_with_seed: 1,
    SystemWriter.assign_with_seed: 1,
    SystemWriter.transfer_with_seed: 1,
    SystemWriter.upgrade_nonce_account: 1,
    SystemWriter.create_account_allow_prefund: 2,
}
