"""The registry: which syscalls exist, under which hashes and features, and which calls are refused."""

from __future__ import annotations

import pytest

from solproof.program.syscall_names import NAMES, SYSCALL_HASHES
from solproof.runtime.execution_input import Parameters
from solproof.runtime.features import FEATURE_SETS, FEATURES, MAINNET
from solproof.runtime.syscalls import GATES, SUPPORTED, registry
from tests.support.syscall_harness import check, failure

OFF_ON_MAINNET = {
    "sol_blake3",
    "sol_sha512",
    "sol_get_fees_sysvar",
    "sol_big_mod_exp",
    "sol_remaining_compute_units",
}


def names(active: str) -> set[str]:
    return {syscall.name for syscall in registry(FEATURE_SETS[active]).values()}


def test_every_name_is_registered_once_or_off() -> None:
    registered = [syscall.name for syscall in registry(MAINNET).values()]
    assert len(registered) == len(set(registered))
    assert set(registered) == set(NAMES) - OFF_ON_MAINNET


def test_without_any_feature() -> None:
    assert names("none") == set(NAMES) - set(GATES) | {"sol_get_fees_sysvar"}


@pytest.mark.parametrize("name", NAMES)
def test_keys(name: str) -> None:
    features = MAINNET
    if name in OFF_ON_MAINNET:
        gate = GATES[name]
        features = MAINNET.changed(
            [] if gate.inverted else [gate.feature], [gate.feature] if gate.inverted else []
        )
    assert registry(features)[SYSCALL_HASHES[name]].name == name


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (0xB6FC1A11, "abort"),
        (0x207559BD, "sol_log_"),
        (0x13C1B505, "sol_get_sysvar"),
        (0x717CC4A3, "sol_memcpy_"),
    ],
)
def test_known_keys(key: int, name: str) -> None:
    assert registry(MAINNET)[key].name == name


def test_every_syscall_is_supported() -> None:
    assert set(NAMES) == set(SUPPORTED)


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("name", sorted(GATES))
def test_both_sides_of_each_gate(name: str, is_active: bool, version: int) -> None:
    """With the feature, the syscall exists, and fails at once because of its arguments.

    Without the feature, the hash is unknown.
    """
    gate = GATES[name]
    lists = ([gate.feature], []) if is_active else ([], [gate.feature])
    parameters = Parameters(features=MAINNET.changed(*lists))
    execution = check(name, (1,) * 5, parameters=parameters, version=version)
    assert (failure(execution)[0] == "UnsupportedInstruction") == (is_active == gate.inverted)
    assert len(execution.run.trace.events) == (is_active != gate.inverted)


def test_gates_are_features_and_syscalls() -> None:
    assert set(GATES) <= set(NAMES)
    assert {gate.feature for gate in GATES.values()} <= set(FEATURES)
