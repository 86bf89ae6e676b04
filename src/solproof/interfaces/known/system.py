"""The system program, the compute budget program and the precompiles.

Source: solana-system-interface 3 (instruction.rs, error.rs), solana-nonce 3.4 (versions.rs, state.rs),
solana-compute-budget-interface 3 (lib.rs).
"""

from __future__ import annotations

from solproof.interfaces.interface import AccountType, InstructionType, Interface
from solproof.interfaces.layouts import ADDRESS, U32, U64, Enum, Text, structure
from solproof.interfaces.tables import errors, numbered
from solproof.runtime.builtins.precompiles import PRECOMPILES
from solproof.runtime.nonce_state import NONCE_LENGTH
from solproof.runtime.program_ids import COMPUTE_BUDGET, SYSTEM_PROGRAM

_SEED = Text(8)
_NONCE = structure("Data", authority=ADDRESS, nonce=ADDRESS, lamports_per_signature=U64)
NONCE_STATE = Enum("State", (("Uninitialized", None), ("Initialized", _NONCE)), 4)
NONCE_VERSION = Enum("Version", (("Legacy", None), ("Current", None)), 4)

SYSTEM = Interface(
    "system program",
    (SYSTEM_PROGRAM,),
    numbered(
        4,
        (
            ("CreateAccount", "from*! to*!", {"lamports": U64, "space": U64, "owner": ADDRESS}),
            ("Assign", "account*!", {"owner": ADDRESS}),
            ("Transfer", "from*! to!", {"lamports": U64}),
            (
                "CreateAccountWithSeed",
                "from*! to! base*",
                {"base": ADDRESS, "seed": _SEED, "lamports": U64, "space": U64, "owner": ADDRESS},
            ),
            ("AdvanceNonceAccount", "nonce! recent_blockhashes authority*", {}),
            (
                "WithdrawNonceAccount",
                "nonce! to! recent_blockhashes rent authority*",
                {"lamports": U64},
            ),
            ("InitializeNonceAccount", "nonce! recent_blockhashes rent", {"authority": ADDRESS}),
            ("AuthorizeNonceAccount", "nonce! authority*", {"new_authority": ADDRESS}),
            ("Allocate", "account*!", {"space": U64}),
            (
                "AllocateWithSeed",
                "account! base*",
                {"base": ADDRESS, "seed": _SEED, "space": U64, "owner": ADDRESS},
            ),
            ("AssignWithSeed", "account! base*", {"base": ADDRESS, "seed": _SEED, "owner": ADDRESS}),
            ("TransferWithSeed", "from! base* to!", {"lamports": U64, "seed": _SEED, "owner": ADDRESS}),
            ("UpgradeNonceAccount", "nonce!", {}),
            (
                "CreateAccountAllowPrefund",
                "to*! from*!",
                {"lamports": U64, "space": U64, "owner": ADDRESS},
            ),
        ),
    ),
    (AccountType("Nonce", structure(version=NONCE_VERSION, state=NONCE_STATE), length=NONCE_LENGTH),),
    errors=errors(
        """
        AccountAlreadyInUse ResultWithNegativeLamports InvalidProgramId InvalidAccountDataLength
        MaxSeedLengthExceeded AddressWithSeedMismatch NonceNoRecentBlockhashes NonceBlockhashNotExpired
        NonceUnexpectedBlockhashValue
        """
    ),
)

COMPUTE_BUDGET_PROGRAM = Interface(
    "compute budget program",
    (COMPUTE_BUDGET,),
    numbered(
        1,
        (
            ("Unused", "", {}),
            ("RequestHeapFrame", "", {"bytes": U32}),
            ("SetComputeUnitLimit", "", {"units": U32}),
            ("SetComputeUnitPrice", "", {"micro_lamports": U64}),
            ("SetLoadedAccountsDataSizeLimit", "", {"bytes": U32}),
        ),
    ),
)

PRECOMPILE_PROGRAMS = tuple(
    Interface(f"{precompile.name} precompile", (address,), (InstructionType("VerifySignatures", b""),))
    for address, precompile in PRECOMPILES.items()
)
