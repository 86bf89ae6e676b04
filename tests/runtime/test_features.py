"""Feature sets: mainnet's against LiteSVM's, rules that are not about one syscall, invalid sets."""

from __future__ import annotations

import pytest
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.errors import InputError, ProgramError, UnsupportedError
from solproof.execution.execute import execute
from solproof.runtime.accounts import address_text
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.features import FEATURE_SETS, FEATURES, MAINNET, FeatureSet, feature_name
from tests.support.elf_builder import build_elf, call
from tests.support.litesvm_oracle import assert_like_litesvm, litesvm_result
from tests.support.syscall_harness import PROGRAM, replay

V1, V2, V3 = (f"enable_sbpf_v{version}_deployment_and_execution" for version in (1, 2, 3))
DISABLED, AGAIN = "disable_sbpf_v0_execution", "reenable_sbpf_v0_execution"
UNSUPPORTED = {
    "account_data_direct_mapping",
    "direct_account_pointers_in_program_input",
    "virtual_address_space_adjustments",
}


def test_mainnet_is_that_of_litesvm() -> None:
    theirs = LiteSVM.mainnet_feature_set()
    for name, address in FEATURES.items():
        assert theirs.is_active(Pubkey(address)) == (name in MAINNET), name


def test_every_feature_is_one_of_litesvm() -> None:
    known = set(LiteSVM.mainnet_feature_set().active) | set(LiteSVM.mainnet_feature_set().inactive)
    assert {Pubkey(address) for address in FEATURES.values()} <= known


@pytest.mark.parametrize("name", FEATURES)
def test_name_and_address(name: str) -> None:
    assert feature_name(name) == name
    assert feature_name(address_text(FEATURES[name])) == name


@pytest.mark.parametrize("text", ["", "blake3", "sol_blake3", "1" * 32, "é", "1" * 10_000])
def test_unknown_feature(text: str) -> None:
    with pytest.raises(InputError) as raised:
        feature_name(text)
    assert str(raised.value) == (
        f"feature {text!r}: expected the name or address of a feature that changes how a program runs: "
        f"{', '.join(FEATURES)}"
    )


def test_changes() -> None:
    address = address_text(FEATURES["blake3_syscall_enabled"])
    changed = MAINNET.changed([address, "abort_on_invalid_curve"], ["poseidon_enforce_padding"])
    assert changed.active ^ MAINNET.active == {"blake3_syscall_enabled", "poseidon_enforce_padding"}
    assert changed.changed(["poseidon_enforce_padding"], [address]) == MAINNET
    with pytest.raises(InputError) as raised:
        MAINNET.changed(["blake3_syscall_enabled"], [address])
    assert str(raised.value) == "feature blake3_syscall_enabled: both activated and deactivated"


@pytest.mark.parametrize("features", [*FEATURE_SETS.values(), MAINNET.changed(["blake3_syscall_enabled"])])
def test_addresses(features: FeatureSet) -> None:
    addresses = features.addresses()
    assert list(addresses) == sorted(addresses)
    assert FeatureSet.from_addresses(reversed(addresses)) == features


def test_address_of_no_feature() -> None:
    expected = "expected the name or address of a feature that changes how a program runs"
    with pytest.raises(InputError, match=f"^feature '{'1' * 32}': {expected}: "):
        FeatureSet.from_addresses([bytes(32)])


@pytest.mark.parametrize("name", sorted(UNSUPPORTED))
def test_unsupported(name: str) -> None:
    with pytest.raises(UnsupportedError) as raised:
        MAINNET.changed([name])
    assert str(raised.value) == f"feature {name} is not supported yet"


# SBPF VERSIONS


@pytest.mark.parametrize(
    ("features", "versions"),
    [
        (MAINNET, range(4)),
        (FEATURE_SETS["none"], range(1)),
        (MAINNET.changed(deactivate=[V3]), range(3)),
        (MAINNET.changed(deactivate=[V3, V2]), range(2)),
        (MAINNET.changed(deactivate=[V2, V1]), range(4)),
        (MAINNET.changed(deactivate=[V3, V1]), range(3)),
        (MAINNET.changed([DISABLED]), range(3, 4)),
        (MAINNET.changed([DISABLED, AGAIN]), range(4)),
        (MAINNET.changed([AGAIN]), range(4)),
    ],
)
def test_versions(features: FeatureSet, versions: range) -> None:
    """LiteSVM loads and runs a program of a version, or refuses it."""
    assert features.sbpf_versions == versions
    for version in range(4):
        elf = build_elf("lddw r0, 7; exit", version)
        given = ExecutionInput(elf, PROGRAM, (), b"", Parameters(features=features))
        if version in versions:
            assert assert_like_litesvm(given).output.exit_code == 7
            continue
        with pytest.raises(ProgramError) as raised:
            execute(given)
        assert str(raised.value).endswith(
            f"(e_flags is {version:#x}, expected {versions[0]} to {versions[-1]})"
        )
        with pytest.raises(Exception, match="not enabled"):
            litesvm_result(given)


def test_no_version_is_left() -> None:
    with pytest.raises(InputError) as raised:
        MAINNET.changed([DISABLED], [V3])
    assert str(raised.value) == f"features: {DISABLED} without {V3} leaves no sBPF version"


# THE BUDGET AFTER A FAULT


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("depletes", [True, False])
@pytest.mark.parametrize("heap_size", [32 * 1024, 64 * 1024])
def test_a_fault_takes_the_whole_budget_or_not(depletes: bool, heap_size: int, version: int) -> None:
    name = "deplete_cu_meter_on_vm_failure"
    features = MAINNET if depletes else MAINNET.changed(deactivate=[name])
    parameters = Parameters(heap_size=heap_size, features=features)
    faults: dict[str, list[str]] = {
        "AccessViolation": ["lddw r1, 0x500000000; ldxdw r0, [r1]"],
        "DivideByZero": ["lddw r0, 5; lddw r1, 0; div64 r0, r1"],
        "UnsupportedInstruction": [*call("sol_log_compute_units_", ()), *call("sol_no_such_syscall", ())],
        "Abort": [*call("abort", ())],
    }
    for fault, parts in faults.items():
        elf = build_elf([*parts, "exit"], version)
        execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, (), b"", parameters))
        replay(execution)
        assert execution.output.fault == fault
        whole = depletes and fault != "Abort"
        spent = execution.output.compute_units + (8 if heap_size > 32 * 1024 else 0)
        assert execution.output.compute_units_charged == (1_400_000 if whole else spent)
