"""The runtime's features: they decide which syscalls, rules and sBPF versions a cluster has.

`FEATURES` lists the features that change how an instruction or a transaction runs, with their names in
agave-feature-set 4.1. The set for mainnet follows LiteSVM 0.15.2, which has a snapshot of 2026-07-29.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import base58

from solproof.errors import InputError, UnsupportedError
from solproof.representation import short_repr
from solproof.runtime.accounts import address_bytes, address_text

V0_DISABLED = "disable_sbpf_v0_execution"
V0_ENABLED_AGAIN = "reenable_sbpf_v0_execution"
LATER_VERSIONS = (
    "enable_sbpf_v1_deployment_and_execution",
    "enable_sbpf_v2_deployment_and_execution",
    "enable_sbpf_v3_deployment_and_execution",
)

_ON_MAINNET = {
    "abort_on_invalid_curve": "FuS3FPfJDKSNot99ECLXtp3rueq36hMNStJkPJwWodLh",
    "alt_bn128_little_endian": "bn2oPgpkzQPT3tohMaAsMVGjhDmmDa4jCaVPqCFmtxM",
    "bls_pubkey_management_in_vote_account": "AnAP9zPV4KL7czAPQbFhpDKV2tx7g4UGNbK9wvXwjaRo",
    "commission_rate_in_basis_points": "Eg7tXEwMZzS98xaZ1YHUbdRHsaYZiCsSaR6sKgxreoaj",
    "create_account_allow_prefund": "6sPDzwyARRExKH52LECxcGoqziH8G7SZofwuxi8Ja331",
    "curve25519_syscall_enabled": "7rcw5UtqgDTBBv2EcynNfYckgdAaH1MAsCjKgXMkN7Ri",
    "delay_commission_updates": "76dHtohc2s5dR3ahJyBxs7eJJVipFkaPdih9CLgTTb4B",
    "deplete_cu_meter_on_vm_failure": "B7H2caeia4ZFcpE3QcgMqbiWiBtWrdBRBSJ1DY6Ktxbq",
    "disable_fees_sysvar": "JAN1trEUEtZjgXYzNBYHU9DYd7GnThhXfFP7SzPXkPsG",
    "disable_zk_elgamal_proof_program": "zkdoVwnSFnSLtGJG7irJPEYUpmb4i7sGMGcnN6T9rnC",
    "enable_alt_bn128_compression_syscall": "EJJewYSddEEtSZHiqugnvhQHiWyZKjkFDQASd7oKSagn",
    "enable_alt_bn128_g2_syscalls": "bn1hKNURMGQaQoEVxahcEAcqiX3NwRs6hgKKNSLeKxH",
    "enable_alt_bn128_syscall": "A16q37opZdQMCbe5qJ6xpBB9usykfv8jZaMkxvZQi4GJ",
    "enable_bls12_381_syscall": "b1sgUiJ3qu7hYm3tNDyyqZNQd6gLGJmJppnLNa93PCQ",
    "enable_bpf_loader_set_authority_checked_ix": "5x3825XS7M2A3Ekbn5VGGkvFoAg5qrRWkTrY4bARP1GL",
    "enable_get_epoch_stake_syscall": "FKe75t4LXxGaQnVHdUKM6DSFifVVraGZ8LyNo7oPwy1Z",
    "enable_poseidon_syscall": "FL9RsQA6TVUoh5xJQ9d936RHSebA1NLQqe3Zv9sXZRpr",
    "enable_sbpf_v1_deployment_and_execution": "JE86WkYvTrzW8HgNmrHY7dFYpCmSptUpKupbo2AdQ9cG",
    "enable_sbpf_v2_deployment_and_execution": "F6UVKh1ujTEFK3en2SyAL3cdVnqko1FVEXWhmdLRu6WP",
    "enable_sbpf_v3_deployment_and_execution": "5cC3foj77CWun58pC51ebHFUWavHWKarWyR5UUik7dnC",
    "get_sysvar_syscall_enabled": "CLCoTADvV64PSrnR6QXty6Fwrt9Xc6EdxSJE4wLRePjq",
    "last_restart_slot_sysvar": "HooKD5NC9QNxk25QuzCssB8ecrEzGt6eXEPBUxWp1LaR",
    "limit_instruction_accounts": "6aHuNsUmwSzCEMjrBzBCYaxHAyAcQBjVES92JigHBDuC",
    "loader_v3_minimum_extend_program_size": "YbbRLkvenrocjGPGyoQE4wjnvYzTgfsk38NFmcYK7a5",
    "poseidon_enforce_padding": "poUdAqRXXsNmfqAZ6UqpjbeYgwBygbfQLEvWSqVhSnb",
    "reenable_zk_elgamal_proof_program": "zkexuyPRdyTVbZqEAREueqL2xvvoBhRgth9xGSc1tMN",
    "static_instruction_limit": "64ixypL1HPu8WtJhNSMb9mSgfFaJvsANuRkTbHyuLfnx",
    "syscall_parameter_address_restrictions": "EDGMC5kxFxGk4ixsNkGt8bW7QL5hDMXnbwaZvYMwNfzF",
    "zk_elgamal_proof_program_enabled": "zkhiy5oLowR7HY4zogXjCjeMXyruLqBwSWH21qcFtnv",
}
_NOT_ON_MAINNET = {
    "blake3_syscall_enabled": "HTW2pSyErTj4BV6KBM9NZ9VBUJVxt7sacNWcf76wtzb3",
    "block_revenue_sharing": "B1ockRevenueSharing111111111111111111111111",
    "custom_commission_collector": "CustomCommissionCo11ector111111111111111111",
    "deprecate_legacy_vote_ixs": "depVvnQ2UysGrhwdiwU42tCadZL8GcBb1i2GYhMopQv",
    "disable_sbpf_v0_execution": "TestFeature11111111111111111111111111111111",
    "disable_sbpf_v0_v1_v2_deployment": "B8JJXCy5amZyWG9r7EnUYLwzXSXTxG7GZ1qZ1qggo83g",
    "enable_big_mod_exp_syscall": "EBq48m8irRKuE7ZnMTLvLg2UuGSqhe8s8oMqnmja1fJw",
    "enable_sha512_syscall": "s512oDwgx8hjMnaQjXfqqrZroVj4HvC6TkN3iSSWXCh",
    "increase_tx_account_lock_limit": "9LZdXeKGeBV6hRLdxS1rHbHoEUsKqesCC2ZAPTPKJAbK",
    "raise_cpi_nesting_limit_to_8": "6TkHkRmP7JZy1fdM6fg5uXn76wChQBWGokHBJzrLB3mj",
    "reenable_sbpf_v0_execution": "TestFeature21111111111111111111111111111111",
    "remaining_compute_units_syscall_enabled": "5TuppMutoyzhUSfuYdhgzD47F92GL1g89KpCZQKqedxP",
    "vote_account_initialize_v2": "VoteAccount1nitia1izeV211111111111111111111",
}
_UNSUPPORTED = {
    "account_data_direct_mapping": "CR3dVN2Yoo95Y96kLSTaziWDAQT2MNEpiWh5cqVq2pNE",
    "direct_account_pointers_in_program_input": "ptr9umikaeAS7ZBBp2fsfRhie16F1V2jCKA2y6gXNAK",
    "virtual_address_space_adjustments": "7VgiehxNxu53KdxgLspGQY8myE6f7UokaWa4jsGcaSz",
}
FEATURES: dict[str, bytes] = {
    name: base58.b58decode(address)
    for name, address in sorted((_ON_MAINNET | _NOT_ON_MAINNET | _UNSUPPORTED).items())
}
"""Name and address of each feature that solproof knows."""

_NAMES = {address: name for name, address in FEATURES.items()}


def feature_name(text: str) -> str:
    """The name of the feature with this name or base58 address. Raises `InputError` if it is unknown."""
    if text in FEATURES:
        return text
    try:
        return _NAMES[address_bytes(text)]
    except (KeyError, InputError):
        raise InputError(
            f"feature {text!r}: expected the name or address of a feature that changes how a program runs: "
            f"{', '.join(FEATURES)}"
        ) from None


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """The names of the active features.

    Raises `InputError` for a name that is not in `FEATURES`, and if no sBPF version is left. Raises
    `UnsupportedError` for a feature that solproof does not support.
    """

    active: frozenset[str] = frozenset(_ON_MAINNET)

    __repr__ = short_repr

    def __post_init__(self) -> None:
        for name in sorted(self.active):
            if feature_name(name) in _UNSUPPORTED:
                raise UnsupportedError(f"feature {name} is not supported yet")
        if not self.sbpf_versions:
            raise InputError(f"features: {V0_DISABLED} without {LATER_VERSIONS[2]} leaves no sBPF version")

    def __contains__(self, name: object) -> bool:
        assert name in FEATURES, name
        return name in self.active

    def changed(self, activate: Iterable[str] = (), deactivate: Iterable[str] = ()) -> FeatureSet:
        """This set with some features activated and others deactivated, each given by name or address.

        Raises `InputError` for an unknown feature, and for a feature that is in both lists.
        """
        on, off = set(map(feature_name, activate)), set(map(feature_name, deactivate))
        if on & off:
            raise InputError(f"feature {min(on & off)}: both activated and deactivated")
        return FeatureSet(self.active - off | on)

    @classmethod
    def from_addresses(cls, addresses: Iterable[bytes]) -> FeatureSet:
        """The set of exactly these features. Raises `InputError` for an unknown address."""
        return cls(frozenset(feature_name(address_text(address)) for address in addresses))

    def addresses(self) -> tuple[bytes, ...]:
        """The addresses of the active features in ascending order, which is the canonical form of the set."""
        return tuple(sorted(FEATURES[name] for name in self.active))

    @property
    def sbpf_versions(self) -> range:
        """The sBPF versions whose ELF files can be loaded.

        Source: `create_program_runtime_environment` of solana-syscalls 4.1.
        """
        oldest = 3 if V0_DISABLED in self.active and V0_ENABLED_AGAIN not in self.active else 0
        newest = max(
            (version for version, name in enumerate(LATER_VERSIONS, start=1) if name in self.active),
            default=0,
        )
        return range(oldest, newest + 1)


MAINNET = FeatureSet()
FEATURE_SETS = {"mainnet": MAINNET, "none": FeatureSet(frozenset())}
"""The feature sets that have a name of their own."""
