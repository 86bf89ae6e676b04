"""Who makes an instruction: the transaction or a puppet. They differ in the privileges that they can give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.differential.transactions.world import State, World
from tests.support.puppet.invocation import Meta


@dataclass(frozen=True, slots=True)
class Privileges:
    """What a caller may do with an account."""

    is_signer: bool = False
    is_writable: bool = False


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction with its accounts."""

    program: bytes
    accounts: tuple[Meta, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller, and the accounts that it has.

    program: the puppet, or None for the transaction itself.
    """

    world: World
    accounts: Mapping[bytes, Privileges]
    program: bytes | None = None

    def states(self) -> list[State]:
        """The accounts that it has."""
        return self.world.named(list(self.accounts))

    def can_sign(self, state: State) -> bool:
        """Whether it can make the account a signer of an instruction."""
        signed = state.key in self.accounts and self.accounts[state.key].is_signer
        return signed or (self.program is not None and state.signing_program == self.program)

    def can_write(self, state: State) -> bool:
        """Whether it can make the account writable in an instruction."""
        return state.key in self.accounts and self.accounts[state.key].is_writable


@dataclass(slots=True)
class Picker:
    """Picks accounts for an instruction. Now and then it picks a wrong account on purpose.

    is_right: whether all accounts so far have what the instruction asks for.
    is_possible: whether the caller has suitable accounts.
    """

    actor: Actor
    is_right: bool = True
    is_possible: bool = True
    chosen: list[State] = field(default_factory=list)

    def pick(self, *conditions: Callable[[State], bool]) -> State:
        """An account that meets all conditions. Otherwise any account."""
        choices = self.actor.world.choices
        states = self.actor.states()
        right = [state for state in states if all(condition(state) for condition in conditions)]
        self.is_possible = self.is_possible and bool(right)
        if choices.slips() or not right:
            self.is_right = False
            right = states
        unused = [state for state in right if state not in self.chosen]
        found = choices.choice(right if choices.slips() else unused or right)
        self.chosen.append(found)
        return found

    def account(self, state: State, *, signer: bool = False, writable: bool = False) -> Meta:
        """An account with the privileges that it needs, and now and then with others."""
        slips = self.actor.world.choices.slips
        if slips(0.5):
            signer = not signer
            self.is_right = False
        if slips(0.5):
            writable = not writable
            self.is_right = False
        return Meta(state.key, int(signer), int(writable))
