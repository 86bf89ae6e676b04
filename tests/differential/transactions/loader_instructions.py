"""Random instructions of loader v3 about buffers and programdata accounts.

Deployments are in `tests/runtime/real_programs/test_loader_v3.py`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.differential.transactions.actor import Actor, Instruction, Picker
from tests.differential.transactions.machine import LOADER_V3
from tests.differential.transactions.world import State
from tests.support.puppet.invocation import Meta

BUFFER_HEAD = 37
ATTEMPTS = 4
"""How often another instruction is tried if the caller lacks the accounts for one."""


def random_loader_instruction(actor: Actor) -> Instruction | None:
    """An instruction that the caller can make, or None if it lacks the accounts."""
    choices = actor.world.choices
    for _ in range(ATTEMPTS):
        writer = LoaderWriter(actor)
        choices.weighted(WEIGHTS if actor.program is None else INVOKED)(writer)
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
    if choices.slips(0.3):
        data = struct.pack("<I", choices.below(12)) + data[4:]
    return Instruction(LOADER_V3, tuple(metas), data)


class LoaderWriter:
    """Writes one instruction. Each method is one instruction of the program."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.choices = actor.world.choices
        self.picker = Picker(actor)
        self.metas: list[Meta] = []
        self.data = b""

    def initialize_buffer(self) -> None:
        buffer = self.picker.pick(is_new_buffer, self.actor.can_write)
        authority = self.picker.pick()
        self._add(buffer, writable=True)
        self._add(authority)
        self.data = struct.pack("<I", 0)
        if self.picker.is_right:
            buffer.upgrade_authority = authority.key

    def write(self) -> None:
        buffer = self.picker.pick(has_authority, self.actor.can_write)
        self._add(buffer, writable=True)
        self._authority(buffer)
        room = max(0, buffer.size - BUFFER_HEAD)
        content = self.choices.content(self.choices.below(min(room, 40) + 1))
        offset = self.choices.below(room - len(content) + 1) + self.choices.slips()
        self.data = struct.pack("<IIQ", 1, offset, len(content)) + content

    def set_authority(self) -> None:
        account = self.picker.pick(has_authority, self.actor.can_write)
        self._add(account, writable=True)
        self._authority(account)
        self.data = struct.pack("<I", 4)
        new = self.picker.pick()
        if self.choices.percent(80):
            self._add(new)
            self._authorized(account, new.key)

    def set_authority_checked(self) -> None:
        account = self.picker.pick(has_authority, self.actor.can_write)
        self._add(account, writable=True)
        self._authority(account)
        new = self.picker.pick(self.actor.can_sign)
        self._add(new, signer=True)
        self.data = struct.pack("<I", 7)
        self._authorized(account, new.key)

    def close(self) -> None:
        account = self.picker.pick(has_authority, self.actor.can_write)
        target = self.picker.pick(self.actor.can_write, lambda state: state.lamports > 0)
        self._add(account, writable=True)
        self._add(target, writable=True)
        self._authority(account)
        self.data = struct.pack("<I", 5)
        if self.picker.is_right:
            target.lamports += account.lamports
            account.lamports, account.size, account.upgrade_authority = 0, 4, None

    def anything(self) -> None:
        """An instruction about programs, with accounts that do not suit it."""
        states = [self.picker.pick() for _ in range(self.choices.below(9))]
        for state in states:
            self._add(state, signer=self.actor.can_sign(state), writable=self.actor.can_write(state))
        self.data = struct.pack("<IQ", self.choices.choice((2, 3, 6, 8, 9)), self.choices.below(1_000))

    def _add(self, state: State, *, signer: bool = False, writable: bool = False) -> None:
        self.metas.append(self.picker.account(state, signer=signer, writable=writable))

    def _authority(self, account: State) -> None:
        key = account.upgrade_authority
        states = [state for state in self.actor.states() if state.key == key]
        authority = states[0] if states and not self.choices.slips() else self.picker.pick()
        can_sign = self.actor.can_sign(authority) and authority.key == key
        self.picker.is_possible = self.picker.is_possible and can_sign
        self.picker.is_right = self.picker.is_right and can_sign
        self._add(authority, signer=True)

    def _authorized(self, account: State, authority: bytes) -> None:
        if self.picker.is_right:
            account.upgrade_authority = authority


def is_new_buffer(state: State) -> bool:
    """Whether an account can become a buffer."""
    return state.owner == LOADER_V3 and state.is_zero and state.size >= BUFFER_HEAD


def has_authority(state: State) -> bool:
    """Whether it is a buffer or a programdata account that somebody may change."""
    return state.owner == LOADER_V3 and state.upgrade_authority is not None


WEIGHTS: dict[Callable[[LoaderWriter], None], float] = {
    LoaderWriter.initialize_buffer: 2,
    LoaderWriter.write: 3,
    LoaderWriter.set_authority: 2,
    LoaderWriter.set_authority_checked: 2,
    LoaderWriter.close: 2,
    LoaderWriter.anything: 1,
}
INVOKED: dict[Callable[[LoaderWriter], None], float] = {
    LoaderWriter.set_authority: 2,
    LoaderWriter.set_authority_checked: 2,
    LoaderWriter.close: 2,
    LoaderWriter.anything: 0.3,
}
"""Only these may be invoked by programs."""
