"""The state of the cluster: sysvars and features, now or at the time of a past transaction."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace

from solproof.formats.transaction_response import RecordedTransaction
from solproof.rpc.client import RpcClient
from solproof.rpc.origin import FetchedAccount, Origin
from solproof.runtime.accounts import KEY_LENGTH, Account
from solproof.runtime.environment import Environment
from solproof.runtime.features import FEATURES, FeatureSet
from solproof.runtime.program_ids import FEATURE_PROGRAM
from solproof.runtime.sysvars import ADDRESSES, RECENT_BLOCKHASHES, SYSVAR_OWNER, Sysvars

_CLOCK = struct.Struct("<QqQQq")
"""Slot, start of the epoch (seconds since 1970), epoch, leader schedule epoch, time (the same)."""
_EPOCH_SCHEDULE = struct.Struct("<QQ?QQ")
"""Slots of an epoch, offset of the leader schedule, warm-up, first normal epoch, its first slot."""
_FEATURE = struct.Struct("<?Q")
"""Whether the feature was activated, and in which slot (`Feature`, solana-feature-gate-interface 3)."""
_ENTRY_LENGTH = KEY_LENGTH + 8
MILLISECONDS_OF_A_SLOT = 400

UNCHANGING = ("rent", "epoch_schedule", "fees")
"""Sysvars that change only with a feature, if ever."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The environment of a transaction, and what is known about it.

    blockhashes: the recent ones of now, newest first.
    sysvars: the accounts of the environment's sysvars, with their origins.
    assumptions: sentences about what a node could not say.
    """

    environment: Environment
    blockhashes: tuple[bytes, ...]
    sysvars: tuple[FetchedAccount, ...]
    assumptions: tuple[str, ...]


def fetch_cluster(client: RpcClient, past: RecordedTransaction | None) -> Cluster:
    """Ask for the accounts of sysvars and features.

    past: the transaction whose time counts. None for now.
    """
    accounts = client.accounts((*ADDRESSES.values(), RECENT_BLOCKHASHES, *FEATURES.values()))
    found = {
        name: accounts[address]
        for name, address in ADDRESSES.items()
        if address in accounts and accounts[address].owner == SYSVAR_OWNER
    }
    sysvars = replace(Sysvars(), **{name: account.data for name, account in found.items()})
    assumptions = []
    missing = sorted(set(ADDRESSES) - set(found) - {"fees"})
    if missing:
        assumptions.append(
            f"The cluster has no account of these sysvars, which are LiteSVM's: {', '.join(missing)}."
        )
    details = {name: (Origin.NOW, "read now") for name in found}
    if past is not None:
        sysvars = replace(sysvars, clock=_clock_of_then(sysvars, past))
        details = {name: _origin(name, sysvars, past) for name in ADDRESSES}
    features = _features(accounts, sysvars.slot)
    if features is None:
        features = FeatureSet()
        assumptions.append("The cluster has no accounts of features, so those of mainnet are assumed.")
    assumptions.append("No stake is known, so sol_get_epoch_stake returns 0.")
    return Cluster(
        Environment(features, sysvars),
        _recent_blockhashes(accounts.get(RECENT_BLOCKHASHES)),
        tuple(
            FetchedAccount(account.key, replace(account, data=getattr(sysvars, name)), *details[name])
            for name, account in found.items()
        ),
        tuple(assumptions),
    )


def _origin(name: str, sysvars: Sysvars, past: RecordedTransaction) -> tuple[Origin, str]:
    if name == "clock":
        time = "without" if past.block_time is None else "with"
        return Origin.REBUILT, f"slot of then, {time} the time of its block; epoch by the epoch schedule"
    if name == "last_restart_slot" and int.from_bytes(sysvars.last_restart_slot, "little") <= past.slot:
        return Origin.THEN, "no restart since"
    if name in UNCHANGING:
        return Origin.REBUILT, "read now, but it changes only with a feature"
    return Origin.NOW, "read now"


def _clock_of_then(sysvars: Sysvars, past: RecordedTransaction) -> bytes:
    """The clock in the slot of a past transaction.

    Source: `get_epoch` and `get_leader_schedule_epoch` of solana-epoch-schedule 3. The start of another epoch
    than that of now is estimated from the length of a slot.
    """
    _, start, epoch, leader_schedule_epoch, time = _CLOCK.unpack(sysvars.clock)
    slots, offset, _, first_epoch, first_slot = _EPOCH_SCHEDULE.unpack(sysvars.epoch_schedule)
    time = time if past.block_time is None else past.block_time
    if past.slot >= first_slot and slots:
        since = past.slot - first_slot
        now, epoch = epoch, first_epoch + since // slots
        leader_schedule_epoch = first_epoch + (since + offset) // slots
        if epoch != now:
            start = time - since % slots * MILLISECONDS_OF_A_SLOT // 1000
    return _CLOCK.pack(past.slot, start, epoch, leader_schedule_epoch, time)


def _features(accounts: Mapping[bytes, Account], slot: int) -> FeatureSet | None:
    """The features that were active in a slot. None if the cluster has no account of a feature.

    Raises `UnsupportedError` if solproof does not support one of them.
    """
    activated = {}
    for name, address in FEATURES.items():
        account = accounts.get(address)
        if account is None or account.owner != FEATURE_PROGRAM:
            continue
        is_active, since = _FEATURE.unpack(account.data[: _FEATURE.size].ljust(_FEATURE.size, b"\0"))
        activated[name] = is_active and since <= slot
    if not activated:
        return None
    return FeatureSet(frozenset(name for name, is_active in activated.items() if is_active))


def _recent_blockhashes(account: Account | None) -> tuple[bytes, ...]:
    """The blockhashes of the sysvar: their number (u64), and each with a fee of 64 bits."""
    entries = b"" if account is None else account.data[8:]
    count = 0 if account is None else int.from_bytes(account.data[:8], "little")
    starts = range(0, len(entries) - _ENTRY_LENGTH + 1, _ENTRY_LENGTH)
    return tuple(entries[start : start + KEY_LENGTH] for start in starts)[:count]
