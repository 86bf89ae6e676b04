"""Random transactions with the accounts that they find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from solders.account import Account as SoldersAccount
from solders.transaction import VersionedTransaction

from tests.differential.transactions import tables
from tests.differential.transactions.actor import Actor, Instruction, Privileges
from tests.differential.transactions.broken import broken
from tests.differential.transactions.budget_instructions import budget_instructions
from tests.differential.transactions.cast import add_durable_nonce, finish_library, populate
from tests.differential.transactions.choices import Choices
from tests.differential.transactions.frame import Frame
from tests.differential.transactions.loader_instructions import random_loader_instruction
from tests.differential.transactions.machine import (
    ED25519,
    INSTRUCTIONS,
    LOADER_V3,
    MEMO_V1,
    MEMO_V3,
    Machine,
)
from tests.differential.transactions.messages import LONGEST_TRANSACTION, Draft, compile_message
from tests.differential.transactions.precompile_instructions import random_precompile
from tests.differential.transactions.steps import fill
from tests.differential.transactions.system_instructions import random_system_instruction
from tests.differential.transactions.world import PUPPET_KEYS, World
from tests.support.puppet.invocation import Meta

DARING = (0, 0, 1, 5, 15)
MAKERS = {"system": random_system_instruction, "loader": random_loader_instruction}
"""Instructions of builtin programs, which are impossible without suitable accounts."""

MOST_INSTRUCTIONS = 64
MOST_ACCOUNTS = 255


@dataclass(frozen=True, slots=True)
class Case:
    """A transaction, and the accounts that it finds besides the permanent ones.

    name: the seed and the number of the case.
    nonce: the nonce account that makes the transaction durable, or None.
    """

    name: str
    transaction: VersionedTransaction
    accounts: dict[bytes, SoldersAccount | None]
    nonce: bytes | None


def make_case(machine: Machine, name: str) -> Case:
    """The case with this name: the first transaction from the name's seeds that is short enough."""
    attempt = 0
    while True:
        choices = Choices(f"{name} {attempt}")
        choices.daring = choices.choice(DARING)
        case = _case(World(machine, choices), name)
        if len(bytes(case.transaction)) <= LONGEST_TRANSACTION:
            return case
        attempt += 1


def _case(world: World, name: str) -> Case:
    choices = world.choices
    world.is_durable = choices.percent(5)
    world.blockhash = world.machine.blockhash
    populate(world)
    world.invocations = choices.choice((0, 3, 8, 8, 16))
    instructions = [add_durable_nonce(world)] if world.is_durable else []
    budget = budget_instructions(choices)
    kinds = choices.shuffled([*budget, *[None] * choices.weighted({1: 5, 2: 3, 3: 2, 4: 1})])
    for each in kinds:
        instructions.append(_instruction(world, len(instructions)) if each is None else each)
    if choices.slips(0.2):
        count = MOST_INSTRUCTIONS + choices.choice((-1, 0, 1)) - len(instructions)
        instructions += [Instruction(ED25519, (), b"\0\0")] * count
    finish_library(world)
    draft = compile_message(
        choices, world.payer, _signable(world, instructions), world.blockhash, _extra(world)
    )
    draft = _vary(world, draft)
    return Case(name, draft.sign(world.keypairs), dict(world.initial), world.nonce)


def _vary(world: World, draft: Draft) -> Draft:
    """Perhaps look accounts up in tables, and perhaps break the message or a table, but not both.

    Which of two defects counts is not the same in LiteSVM and on the cluster.
    """
    choices = world.choices
    is_broken = choices.slips(0.5)
    if choices.percent(25):
        draft = tables.look_up(world, draft, are_sound=is_broken)
        if choices.slips() and not is_broken:
            draft = tables.crowd(world, draft)
    elif choices.percent(5):
        draft = replace(draft, lookups=())
    return broken(choices, draft) if is_broken else draft


def _instruction(world: World, position: int) -> Instruction:
    """An instruction of the top level, which will be at this position."""
    choices = world.choices
    everyone = {key: Privileges(state.is_signer, state.is_writable) for key, state in world.states.items()}
    kinds = {"puppet": 12, "system": 4, "precompile": 1.5, "memo": 0.5, "other": choices.daring / 20}
    kind = choices.weighted(kinds | ({"loader": 6} if LOADER_V3 in world.states else {}))
    if kind in MAKERS:
        instruction = MAKERS[kind](Actor(world, everyone))
        if instruction is not None:
            return instruction
    if kind == "puppet" or kind in MAKERS:
        program = choices.choice(world.puppets()).key
        metas = _metas(world)
        frame = Frame(world, program, metas)
        fill(frame)
        return Instruction(program, tuple(metas), frame.instruction_data())
    if kind == "precompile":
        return random_precompile(choices, position)
    if kind == "memo":
        signers = [Meta(state.key, 1) for state in world.states.values() if state.is_signer]
        return Instruction(choices.choice((MEMO_V1, MEMO_V3)), tuple(signers[:2]), b"a memo")
    absent = choices.content(32)
    wallets = [state.key for state in world.changeable() if state.is_wallet and state.key != world.payer]
    return Instruction(choices.choice([absent, *wallets]), (), choices.content(3))


def _metas(world: World) -> list[Meta]:
    """The accounts of a puppet: the library first, the sysvar with the instructions last."""
    choices = world.choices
    states = [state for state in world.states.values() if state.key != world.library and choices.percent(90)]
    metas = [
        Meta(state.key, int(state.is_signer), int(state.is_writable)) for state in choices.shuffled(states)
    ]
    if world.library and choices.percent(97):
        metas.insert(0, Meta(world.library))
    if metas and choices.percent(15):
        metas.append(choices.choice(metas))
    if choices.percent(15):
        metas.append(Meta(INSTRUCTIONS))
    if choices.slips(0.1):
        metas += [metas[-1]] * (MOST_ACCOUNTS + choices.below(2) - len(metas))
    return metas


def _signable(world: World, instructions: Sequence[Instruction]) -> list[Instruction]:
    """The instructions, in which only accounts with a keypair are signers."""
    return [
        replace(
            each,
            accounts=tuple(
                replace(meta, is_signer=int(bool(meta.is_signer) and meta.key in world.keypairs))
                for meta in each.accounts
            ),
        )
        for each in instructions
    ]


def _extra(world: World) -> dict[bytes, Privileges]:
    """Accounts that no instruction uses, and programs that the message makes writable."""
    choices = world.choices
    extra = {
        key: Privileges(False, True)
        for key in sorted(PUPPET_KEYS & world.states.keys())
        if choices.percent(2)
    }
    if choices.percent(5):
        extra[choices.content(32)] = Privileges(False, choices.percent(50))
    if choices.percent(2):
        extra[LOADER_V3] = Privileges()
    return extra
