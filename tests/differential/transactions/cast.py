"""The accounts of a case."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence

from solders.account import Account as SoldersAccount
from solders.pubkey import Pubkey

from tests.differential.transactions.actor import Instruction
from tests.differential.transactions.machine import (
    COMPUTE_BUDGET,
    LOADER_V3,
    MEMO_V1,
    MEMO_V3,
    PUPPETS,
    RECENT_BLOCKHASHES,
    SYSTEM,
    SYSVARS,
    TOKEN,
)
from tests.differential.transactions.world import (
    LIBRARY_BYTES,
    Derivation,
    Nonce,
    State,
    World,
    rent_minimum,
)
from tests.support.puppet.invocation import Meta

RICH = 10**9
NONCE_BYTES = 80
SIGNATURE_FEE = 5_000
SOMEBODY = bytes([0xEE]) * 32
"""An owner that is no program."""


def durable_nonce(blockhash: bytes) -> bytes:
    """The hash that an advanced nonce account stores."""
    return hashlib.sha256(b"DURABLE_NONCE" + blockhash).digest()


def nonce_data(authority: bytes, stored: bytes, version: int = 1) -> bytes:
    """The data of an initialized nonce account."""
    return struct.pack("<II", version, 1) + authority + stored + struct.pack("<Q", SIGNATURE_FEE)


def populate(world: World) -> None:
    """Give a case its accounts."""
    choices = world.choices
    _add_payer(world)
    for each in choices.sample(PUPPETS, 2 + choices.below(5)):
        world.add_permanent(each.key)
    if choices.percent(90):
        world.library = choices.content(32)
        world.add(
            world.library, SOMEBODY, rent_minimum(LIBRARY_BYTES), bytes(LIBRARY_BYTES), is_writable=False
        )
    others = {SYSTEM: 85, COMPUTE_BUDGET: 10, MEMO_V1: 8, MEMO_V3: 8, TOKEN: 3, LOADER_V3: 12}
    for key, chance in (*others.items(), *((key, 15) for key in SYSVARS)):
        if choices.percent(chance):
            world.add_permanent(key)
    for _ in range(1 + choices.below(2)):
        _add_wallet(world)
    for _ in range(1 + choices.below(5)):
        _add_data_account(world)
    for _ in range(choices.below(3)):
        _add_free(world)
    if choices.percent(30):
        _add_derived(world)
    if LOADER_V3 in world.states:
        for _ in range(1 + choices.below(2)):
            _add_loader_account(world)
    for _ in range(choices.weighted({0: 6, 1: 3, 2: 1})):
        _add_nonce(world)


def finish_library(world: World) -> None:
    """Put the scripts into the library. The rest is random, because something may read it."""
    if world.library:
        data = bytes(world.scripts).ljust(LIBRARY_BYTES, b"\xa5")
        world.initial[world.library] = SoldersAccount(rent_minimum(LIBRARY_BYTES), data, Pubkey(SOMEBODY))


def _add_payer(world: World) -> None:
    choices = world.choices
    key = bytes(world.add_keypair().pubkey())
    world.payer = key
    kind = choices.weighted({"rich": 60, "odd": choices.daring / 4, "nonce": 2})
    if kind == "odd":
        _add_odd_payer(world)
        return
    if kind == "rich":
        state = world.add(key, SYSTEM, 10**12)
    else:
        lamports = rent_minimum(NONCE_BYTES) + choices.choice((0, SIGNATURE_FEE, RICH))
        state = world.add(key, SYSTEM, lamports, nonce_data(key, _hash_of_this_slot(world)))
        state.nonce = Nonce(key)
    state.is_signer = True


def _add_odd_payer(world: World) -> None:
    """A payer that may not be able to pay.

    No instruction gives it lamports, because LiteSVM would compare its rent with the balance before the fee.
    """
    choices, minimum = world.choices, rent_minimum(0)
    lamports = (0, 1, SIGNATURE_FEE - 1, SIGNATURE_FEE, 2 * SIGNATURE_FEE, minimum - 1, minimum)
    owner = choices.choice((SYSTEM, SYSTEM, SYSTEM, SOMEBODY))
    size = choices.choice((0, 0, 0, 1, NONCE_BYTES))
    world.add(world.payer, owner, choices.choice((*lamports, minimum + SIGNATURE_FEE)), bytes(size))
    del world.states[world.payer]


def _add_wallet(world: World) -> None:
    key = bytes(world.add_keypair().pubkey())
    state = world.add(key, SYSTEM, _lamports(world, 0), is_writable=world.choices.percent(80))
    state.is_signer = world.choices.percent(85)


def _add_data_account(world: World) -> None:
    choices = world.choices
    size = choices.choice((0, 1, 5, 8, 16, 24, 33, 200))
    owner = choices.choice([*(state.key for state in world.puppets() * 3), SYSTEM, SOMEBODY])
    if owner == SYSTEM:
        size = choices.choice((0, 0, 8))
    data = choices.content(size) if choices.percent(60) else bytes(size)
    key, seeds, signing_program = _address(world)
    state = world.add(key, owner, _lamports(world, size), data, is_writable=choices.percent(85))
    state.seeds, state.signing_program = seeds, signing_program


def _add_free(world: World) -> None:
    choices = world.choices
    if choices.percent(60):
        state = world.add(bytes(world.add_keypair().pubkey()))
        state.is_signer = choices.percent(85)
    else:
        key, seeds, signing_program = _address(world)
        state = world.add(key, is_writable=choices.percent(90))
        state.seeds, state.signing_program = seeds, signing_program


def _add_derived(world: World) -> None:
    """An address with a seed. Its base is a wallet."""
    choices = world.choices
    wallets = [state.key for state in world.states.values() if state.key in world.keypairs]
    derivation = Derivation(
        choices.choice(wallets),
        choices.choice((b"", b"seed", b"s" * 32)),
        SYSTEM if choices.percent(40) else choices.choice(PUPPETS).key,
    )
    key = hashlib.sha256(derivation.base + derivation.seed + derivation.owner).digest()
    state = world.add(key, SYSTEM, choices.choice((0, RICH)))
    state.derivation = derivation


def add_durable_nonce(world: World) -> Instruction:
    """Add the nonce account of a durable transaction. Returns the transaction's first instruction."""
    authority, stored = _authority(world), world.choices.content(32)
    state = _add_nonce_account(world, nonce_data(authority, stored))
    state.nonce = Nonce(authority)
    world.nonce, world.blockhash = state.key, stored
    accounts = (Meta(state.key, 0, 1), Meta(RECENT_BLOCKHASHES), Meta(authority, 1))
    return Instruction(SYSTEM, accounts, struct.pack("<I", 4))


def _add_nonce(world: World) -> None:
    choices = world.choices
    authority = _authority(world)
    stored = _hash_of_this_slot(world) if choices.percent(30) else choices.content(32)
    kind = choices.weighted({"current": 5, "legacy": 1, "empty": 2})
    data = bytes(NONCE_BYTES) if kind == "empty" else nonce_data(authority, stored, int(kind == "current"))
    state = _add_nonce_account(world, data)
    state.nonce = Nonce(None if kind == "empty" else authority, kind == "legacy")


def _add_nonce_account(world: World, data: bytes) -> State:
    lamports = rent_minimum(NONCE_BYTES) + world.choices.choice((0, 1, RICH))
    return world.add(world.choices.content(32), SYSTEM, lamports, data)


def _add_loader_account(world: World) -> None:
    """A buffer, an account that can become one, or a programdata account without a program."""
    choices = world.choices
    authority = None if choices.percent(10) else _authority(world)
    option = bytes(33) if authority is None else b"\1" + authority
    kind = choices.weighted({"buffer": 4, "new": 2, "programdata": 2})
    head = struct.pack("<I", 1) + option
    if kind == "programdata":
        head = struct.pack("<IQ", 3, choices.choice((0, 1_000, world.machine.svm.get_clock().slot))) + option
    data = bytes(len(head)) if kind == "new" else head
    data += bytes(choices.below(60)) if kind == "new" else choices.content(choices.below(60))
    state = world.add(choices.content(32), LOADER_V3, _lamports(world, len(data)), data)
    state.upgrade_authority = None if kind == "new" else authority


def _authority(world: World) -> bytes:
    signers = [state.key for state in world.states.values() if state.is_signer]
    return world.choices.choice((*signers, world.payer))


def _hash_of_this_slot(world: World) -> bytes:
    """The hash of a nonce account that cannot be advanced in this slot.

    In a durable transaction, LiteSVM knows another blockhash than the cluster, so there is no such account.
    """
    if world.is_durable:
        return world.choices.content(32)
    return durable_nonce(world.machine.blockhash)


def _address(world: World) -> tuple[bytes, Sequence[bytes], bytes | None]:
    """An address, perhaps of a puppet, then with its seeds."""
    choices = world.choices
    if choices.percent(60):
        return choices.content(32), (), None
    signing_program = choices.choice(world.puppets()).key
    seeds = [choices.content(choices.choice((1, 8, 32))) for _ in range(choices.below(3))]
    address, bump = Pubkey.find_program_address(seeds, Pubkey(signing_program))
    return bytes(address), (*seeds, bytes([bump])), signing_program


def _lamports(world: World, size: int) -> int:
    minimum = rent_minimum(size)
    if world.choices.slips():
        return world.choices.choice((1, minimum - 1))
    return world.choices.choice((RICH, RICH, minimum, minimum + 10))
