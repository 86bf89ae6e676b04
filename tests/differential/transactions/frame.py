"""One run of a puppet while its script is written."""

from __future__ import annotations

from collections.abc import Sequence

from tests.differential.transactions.actor import Actor, Privileges
from tests.differential.transactions.machine import LOADER_V1, PUPPETS
from tests.differential.transactions.world import State, World
from tests.support.puppet.invocation import Meta
from tests.support.puppet.layout import InputLayout
from tests.support.puppet.script import Script, inline, reference

V1_PUPPETS = frozenset(each.key for each in PUPPETS if each.loader == LOADER_V1)
SHORT_SCRIPT = 200
"""Scripts of at most this length may be in the instruction data, although there is a library."""


class Frame:
    """A frame: the puppet, its accounts, and its script so far.

    stack: the programs of the frames from the top level to this one.
    privileges: what it may do with each account, over all mentions.
    sizes: the lengths of the accounts when it starts.
    unsynced: the accounts whose lamports it has changed since its last invocation.
    """

    def __init__(
        self, world: World, program: bytes, metas: Sequence[Meta], callers: tuple[bytes, ...] = ()
    ) -> None:
        self.world = world
        self.choices = world.choices
        self.program = program
        self.stack = (*callers, program)
        self.metas = metas
        self.script = Script()
        self.privileges = _merged(metas)
        self.is_loader_v1 = program in V1_PUPPETS
        self.sizes = {key: world.states[key].size for key in self.privileges if key in world.states}
        self.layout = InputLayout.of(
            ((meta.key, self.sizes.get(meta.key, 0)) for meta in metas), loader_v1=self.is_loader_v1
        )
        self.actor = Actor(world, self.privileges, program)
        self.unsynced: set[bytes] = set()

    @property
    def can_resize(self) -> bool:
        """Whether a new length of an account is accepted by this frame and its callers."""
        return V1_PUPPETS.isdisjoint(self.stack) or self.choices.slips()

    def own(self) -> list[State]:
        """The accounts that the program may change, or now and then all."""
        if self.choices.slips(0.3):
            return self.actor.states()
        return [
            state
            for state in self.actor.states()
            if state.owner == self.program and self.actor.can_write(state)
        ]

    def instruction_data(self) -> bytes:
        """What the puppet gets: the script, or where the script is in the library."""
        content, library = self.script.content(), self.world.library
        has_library = bool(self.metas) and self.metas[0].key == library and self.world.has_room(len(content))
        if not has_library or (len(content) <= SHORT_SCRIPT and self.choices.percent(50)):
            return inline(self.script)
        address = self.layout.accounts[library].data + self.world.shelve(content)
        return reference(address, len(content)) + self.choices.content(self.choices.below(9))


def _merged(metas: Sequence[Meta]) -> dict[bytes, Privileges]:
    merged: dict[bytes, Privileges] = {}
    for meta in metas:
        before = merged.get(meta.key, Privileges())
        merged[meta.key] = Privileges(
            before.is_signer or meta.is_signer == 1, before.is_writable or meta.is_writable == 1
        )
    return merged
