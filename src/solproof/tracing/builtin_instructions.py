"""The names of what the programs of the runtime are asked to do, as the variants of their interfaces.

Source: solana-system-interface 3, solana-loader-v3-interface 8 (both instruction.rs, a u32 in front of the
fields), solana-compute-budget-interface 3 (lib.rs, a byte in front of the fields).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from solproof.runtime.builtins.precompiles import PRECOMPILES
from solproof.runtime.program_ids import COMPUTE_BUDGET, LOADER_V3, SYSTEM_PROGRAM

UNKNOWN = "unknown instruction"


@dataclass(frozen=True, slots=True)
class BuiltinInterface:
    """The instructions of a builtin program.

    name: of the program.
    tag_bytes: how many bytes in front of the instruction data hold the variant's number, little-endian.
    variants: in the order of their numbers.
    """

    name: str
    tag_bytes: int
    variants: tuple[str, ...]

    def operation(self, data: bytes) -> str:
        """The variant that instruction data ask for."""
        number = int.from_bytes(data[: self.tag_bytes], "little")
        known = len(data) >= self.tag_bytes and number < len(self.variants)
        return self.variants[number] if known else UNKNOWN


SYSTEM = BuiltinInterface(
    "system program",
    4,
    (
        "CreateAccount",
        "Assign",
        "Transfer",
        "CreateAccountWithSeed",
        "AdvanceNonceAccount",
        "WithdrawNonceAccount",
        "InitializeNonceAccount",
        "AuthorizeNonceAccount",
        "Allocate",
        "AllocateWithSeed",
        "AssignWithSeed",
        "TransferWithSeed",
        "UpgradeNonceAccount",
        "CreateAccountAllowPrefund",
    ),
)
LOADER = BuiltinInterface(
    "loader v3",
    4,
    (
        "InitializeBuffer",
        "Write",
        "DeployWithMaxDataLen",
        "Upgrade",
        "SetAuthority",
        "Close",
        "ExtendProgram",
        "SetAuthorityChecked",
    ),
)
BUDGET = BuiltinInterface(
    "compute budget program",
    1,
    (
        "Unused",
        "RequestHeapFrame",
        "SetComputeUnitLimit",
        "SetComputeUnitPrice",
        "SetLoadedAccountsDataSizeLimit",
    ),
)
INTERFACES: Mapping[bytes, BuiltinInterface] = MappingProxyType(
    {SYSTEM_PROGRAM: SYSTEM, LOADER_V3: LOADER, COMPUTE_BUDGET: BUDGET}
    | {
        address: BuiltinInterface(f"{precompile.name} precompile", 0, ("VerifySignatures",))
        for address, precompile in PRECOMPILES.items()
    }
)
"""The interfaces of builtin programs and precompiles, by address."""
