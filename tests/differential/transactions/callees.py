"""What a puppet calls, and with which accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.differential.transactions.actor import Instruction
from tests.differential.transactions.budget_instructions import random_budget_data
from tests.differential.transactions.frame import Frame
from tests.differential.transactions.loader_instructions import random_loader_instruction
from tests.differential.transactions.machine import (
    COMPUTE_BUDGET,
    INSTRUCTIONS,
    LOADER_V3,
    LOADERS,
    MEMO_V1,
    MEMO_V3,
    NATIVE_LOADER,
    PRECOMPILES,
    PUPPETS,
    SYSTEM,
    TOKEN,
)
from tests.differential.transactions.system_instructions import random_system_instruction
from tests.differential.transactions.world import PUPPET_KEYS
from tests.support.puppet.invocation import Meta

Fill = Callable[[Frame], None]
"""Writes the script of a frame."""


def choose_callee(frame: Frame, fill: Fill) -> Instruction | None:
    """An instruction for a frame to invoke, or None if the frame has no suitable accounts.

    Mostly it is one for a puppet that is not on the stack, or for the system program.
    """
    here = frame.privileges.keys()
    weights: dict[Callable[[Frame, Fill], Instruction | None], float] = {}
    if PUPPET_KEYS & here - set(frame.stack):
        weights[another_puppet] = 10
    if frame.program in here:
        weights[itself] = 1
    if SYSTEM in here:
        weights[system_program] = 4
    if COMPUTE_BUDGET in here:
        weights[compute_budget] = 1
    if LOADER_V3 in here:
        weights[loader] = 3
    if here & {MEMO_V1, MEMO_V3}:
        weights[memo] = 1
    if frame.choices.slips(0.4):
        weights = {anything: 1, one_on_the_stack: 3, refused_program: 1, token: 0.5}
    return frame.choices.weighted(weights)(frame, fill) if weights else None


def another_puppet(frame: Frame, fill: Fill) -> Instruction:
    others = sorted(PUPPET_KEYS & frame.privileges.keys() - set(frame.stack))
    return _to_puppet(frame, frame.choices.choice(others), fill)


def itself(frame: Frame, fill: Fill) -> Instruction:
    return _to_puppet(frame, frame.program, fill)


def one_on_the_stack(frame: Frame, fill: Fill) -> Instruction:
    return _to_puppet(frame, frame.choices.choice(frame.stack), fill)


def system_program(frame: Frame, _: Fill) -> Instruction | None:
    return random_system_instruction(frame.actor)


def loader(frame: Frame, _: Fill) -> Instruction | None:
    return random_loader_instruction(frame.actor)


def compute_budget(frame: Frame, _: Fill) -> Instruction:
    return Instruction(COMPUTE_BUDGET, (), random_budget_data(frame.choices))


def memo(frame: Frame, _: Fill) -> Instruction:
    choices = frame.choices
    program = choices.choice(sorted({MEMO_V1, MEMO_V3} & frame.privileges.keys()))
    text = b"memo \xff" if choices.slips() else b"memo"
    signers = [state for state in frame.actor.states() if frame.actor.can_sign(state)]
    return Instruction(program, tuple(Meta(state.key, 1) for state in choices.sample(signers, 2)), text)


def refused_program(frame: Frame, _: Fill) -> Instruction:
    """A program that no other program may invoke. Some instructions of loader v3 are allowed."""
    program = frame.choices.choice((*LOADERS, *PRECOMPILES, NATIVE_LOADER))
    data = bytes([frame.choices.below(9), 0, 0, 0]) if program == LOADER_V3 else b""
    return Instruction(program, (), data)


def token(frame: Frame, _: Fill) -> Instruction:
    """A token program that does not know the accounts."""
    data = bytes([frame.choices.below(30)]) + frame.choices.content(8)
    return Instruction(TOKEN, tuple(_metas(frame)), data)


def anything(frame: Frame, _: Fill) -> Instruction:
    """Any account as the program, among them some that the frame does not have."""
    choices = frame.choices
    known = sorted(frame.privileges.keys() - {TOKEN})
    program = choices.choice([*known, choices.choice(PUPPETS).key, choices.content(32)])
    return Instruction(program, tuple(_metas(frame)), choices.content(9))


def _to_puppet(frame: Frame, program: bytes, fill: Fill) -> Instruction:
    frame.world.invocations -= 1
    metas = _metas(frame)
    callee = Frame(frame.world, program, metas, frame.stack)
    fill(callee)
    return Instruction(program, tuple(metas), callee.instruction_data())


def _metas(frame: Frame) -> list[Meta]:
    """Accounts for a puppet: most of the caller's, with at most its privileges, the library first."""
    choices, world = frame.choices, frame.world
    keys = [key for key in frame.layout.accounts if key != world.library and key in world.states]
    chosen = [key for key in keys if choices.percent(95 if key in PUPPET_KEYS or key == SYSTEM else 75)]
    if not choices.slips(0.5):
        chosen += [key for key in sorted(frame.unsynced) if key not in chosen]
    metas = [_meta(frame, key) for key in choices.shuffled(chosen) if key != INSTRUCTIONS]
    if world.library in frame.privileges and not choices.slips(0.3):
        metas.insert(0, Meta(world.library))
    if metas and choices.percent(20):
        metas.append(replace(choices.choice(metas), is_signer=0))
    if choices.slips(0.2):
        # LiteSVM appends the loaders of programs to the accounts of a transaction.
        metas.append(Meta(choices.choice([key for key in world.states if key not in LOADERS])))
    if choices.slips(0.1):
        metas.append(Meta(choices.content(32)))
    return metas


def _meta(frame: Frame, key: bytes) -> Meta:
    choices, state = frame.choices, frame.world.states[key]
    writable = frame.actor.can_write(state) and choices.percent(75)
    signer = frame.actor.can_sign(state) and choices.percent(60)
    if choices.slips(0.1):
        signer, writable = not signer, not writable
    if choices.slips(0.05):
        return Meta(key, choices.choice((0, 2)), choices.choice((2, 255)))
    return Meta(key, int(signer), int(writable))
