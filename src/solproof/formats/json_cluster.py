"""The fields `features`, `sysvars` and `epoch_stakes` of a JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from solproof.errors import InputError
from solproof.formats.json_fields import (
    expected,
    in_base64,
    read_address,
    read_integer,
    read_object,
)
from solproof.formats.sysvar_fields import read_sysvar
from solproof.runtime.accounts import MAXIMUM_LAMPORTS, Account, address_text
from solproof.runtime.environment import Environment
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.features import FEATURE_SETS, MAINNET, FeatureSet
from solproof.runtime.message_accounts import with_sysvar_accounts
from solproof.runtime.sysvars import ADDRESSES, Sysvars

CLUSTER_FIELDS = ("features", "sysvars", "epoch_stakes")
FEATURE_FIELDS = ("set", "activate", "deactivate")
STAKE_FIELDS = ("total", "vote_accounts")
SYSVAR_NAMES = tuple(field.name for field in fields(Sysvars))


def read_environment(
    document: dict[str, Any], before: Environment, accounts: Sequence[Account] = ()
) -> Environment:
    """The environment that a document describes. What it leaves out is as `before`.

    accounts: those of the document. The content of a sysvar is that of its account, if it is among them.

    Raises `InputError` with the path of the invalid field, also for a sysvar that differs from its account.
    """
    sysvars = with_sysvar_accounts(before.sysvars, accounts)
    changes: dict[str, Any] = {"sysvars": sysvars}
    if "features" in document:
        changes["features"] = _features(document["features"])
    if "sysvars" in document:
        named = read_object(document["sysvars"], "sysvars", SYSVAR_NAMES)
        contents = {
            name: read_sysvar(value, name, f"sysvars.{name}", getattr(sysvars, name))
            for name, value in named.items()
        }
        changes["sysvars"] = replace(sysvars, **contents)
        given = {account.key: account.data for account in accounts}
        for name, content in contents.items():
            if given.get(ADDRESSES[name], content) != content:
                raise InputError(f"sysvars.{name}: differs from the data of its account among the accounts")
    if "epoch_stakes" in document:
        changes["epoch_stakes"] = _epoch_stakes(document["epoch_stakes"])
    return replace(before, **changes)


def described_environment(environment: Environment) -> dict[str, Any]:
    """The fields of a document that describe an environment. What has its default is left out."""
    described: dict[str, Any] = {}
    active = environment.features.active
    if environment.features != MAINNET:
        described["features"] = {
            "set": "mainnet",
            "activate": sorted(active - MAINNET.active),
            "deactivate": sorted(MAINNET.active - active),
        }
    defaults = Sysvars()
    changed = {
        name: in_base64(content)
        for name, content in environment.sysvars.items()
        if content != getattr(defaults, name)
    }
    if changed:
        described["sysvars"] = changed
    stakes = environment.epoch_stakes
    if stakes != EpochStakes():
        listed = {address_text(address): stake for address, stake in stakes.vote_accounts}
        described["epoch_stakes"] = {"total": stakes.total, "vote_accounts": listed}
    return described


def _features(value: Any) -> FeatureSet:
    described = read_object(value, "features", FEATURE_FIELDS)
    name = described.get("set", "mainnet")
    if not isinstance(name, str) or name not in FEATURE_SETS:
        raise expected("features.set", " or ".join(f'"{known}"' for known in FEATURE_SETS), name)
    lists = []
    for field in FEATURE_FIELDS[1:]:
        listed = described.get(field, [])
        if not isinstance(listed, list) or not all(isinstance(element, str) for element in listed):
            raise expected(f"features.{field}", "an array of names or addresses", listed)
        lists.append(listed)
    return FEATURE_SETS[name].changed(*lists)


def _epoch_stakes(value: Any) -> EpochStakes:
    described = read_object(value, "epoch_stakes", STAKE_FIELDS)
    accounts = described.get("vote_accounts", {})
    if not isinstance(accounts, dict):
        raise expected("epoch_stakes.vote_accounts", "an object of addresses and stakes", accounts)
    path = "epoch_stakes.vote_accounts"
    stakes = {
        read_address(key, path): read_integer(stake, f"{path}.{key}", MAXIMUM_LAMPORTS)
        for key, stake in accounts.items()
    }
    total = described.get("total")
    return EpochStakes.of(
        stakes, None if total is None else read_integer(total, "epoch_stakes.total", MAXIMUM_LAMPORTS)
    )
