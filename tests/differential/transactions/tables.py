"""Random lookup tables, good ones and broken ones."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace

from solders.account import Account as SoldersAccount
from solders.pubkey import Pubkey

from tests.differential.transactions.cast import RICH, SOMEBODY
from tests.differential.transactions.machine import LOOKUP_TABLES
from tests.differential.transactions.messages import Draft, Lookup, with_tables
from tests.differential.transactions.world import World

ACTIVE = 2**64 - 1
MOST_LOCKS = 64


def look_up(world: World, draft: Draft, *, are_sound: bool) -> Draft:
    """Move some accounts of a message into one or two tables, which may be broken unless they `are_sound`."""
    choices = world.choices
    signers = draft.header[0]
    # LiteSVM accepts the nonce account of a durable transaction from a table, and the cluster does not.
    movable = [key for key in choices.shuffled(draft.keys[signers:]) if key != world.nonce]
    if choices.percent(50):
        movable = movable[: choices.below(len(movable) + 1)]
    cut = choices.choice((0, choices.below(len(movable) + 1)))
    tables: dict[bytes, Sequence[bytes]] = {}
    for part in (movable[:cut], movable[cut:]):
        padding = [choices.content(32) for _ in range(choices.below(4))]
        tables[choices.content(32)] = choices.shuffled([*part, *padding])
    moved = with_tables(draft, tables)
    for lookup in moved.lookups or ():
        used = max((*lookup.writable, *lookup.readonly)) + 1
        world.initial[lookup.table] = _account(world, tables[lookup.table], used, are_sound)
    return moved


def crowd(world: World, draft: Draft) -> Draft:
    """Add as many accounts as a transaction may lock, or one more."""
    choices = world.choices
    lookups = draft.lookups or ()
    known = len(draft.keys) + sum(len(each.writable) + len(each.readonly) for each in lookups)
    count = max(1, MOST_LOCKS + choices.below(2) - known)
    table = choices.content(32)
    world.initial[table] = _account(world, [choices.content(32) for _ in range(count)], count, True)
    return replace(draft, lookups=(*lookups, Lookup(table, (), tuple(range(count)))))


def _account(world: World, addresses: Sequence[bytes], used: int, is_sound: bool) -> SoldersAccount | None:
    """The account of a table. `used`: how many of the addresses must count, for the message to be right."""
    choices = world.choices
    slot = world.machine.svm.get_clock().slot
    deactivation, extended, start, owner = ACTIVE, choices.choice((0, slot - 1)), 0, LOOKUP_TABLES
    content = b"".join(addresses)
    kind = choices.below(8) if choices.slips() and not is_sound else 8
    if kind == 0:
        return None
    if kind == 1:
        owner = SOMEBODY
    elif kind == 2:
        deactivation = choices.choice((0, slot - 1, slot))
    elif kind == 3:
        extended, start = slot, choices.choice((used - 1, used))
    elif kind == 4:
        content = content[: 32 * (used - 1)]
    elif kind == 5:
        content += b"\0"
    head = struct.pack("<IQQBB", choices.choice((0, 2)) if kind == 6 else 1, deactivation, extended, start, 1)
    data = (head + choices.content(32)).ljust(56, b"\0") + content
    if kind == 7:
        data = data[: choices.below(57)]
    return SoldersAccount(RICH, data, Pubkey(owner))
