"""What a transaction pays, whether it succeeds or not.

Source: solana-fee 4.2 (`calculate_fee_details`), `get_prioritization_fee` of solana-compute-budget 4.1.2
(compute_budget_limits.rs), `FeeDetails` of solana-fee-structure 3, and the counts of signatures of
solana-svm-transaction 4.1.2 (svm_message.rs).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from solproof.runtime.accounts import MAXIMUM_LAMPORTS
from solproof.runtime.builtins.precompiles import PRECOMPILES
from solproof.runtime.transaction.budget_instructions import ComputeBudgetLimits

MICRO_LAMPORTS_PER_LAMPORT = 1_000_000


@dataclass(frozen=True, slots=True)
class Fee:
    """The two parts of a fee, in lamports. Validators share them by different rules."""

    signatures: int
    priority: int

    @property
    def total(self) -> int:
        """What the payer pays, at most 2^64 - 1."""
        return min(self.signatures + self.priority, MAXIMUM_LAMPORTS)


def transaction_fee(
    required_signatures: int,
    instructions: Iterable[tuple[bytes, bytes]],
    limits: ComputeBudgetLimits,
    lamports_per_signature: int,
) -> Fee:
    """The fee of a transaction, from program id and data of each of its instructions.

    A precompile's instruction pays for the number of signatures that its first byte claims.
    """
    signatures = required_signatures + sum(
        data[0] for program_id, data in instructions if program_id in PRECOMPILES and data
    )
    micro_lamports = limits.compute_unit_price * limits.compute_unit_limit
    return Fee(
        signatures=min(signatures * lamports_per_signature, MAXIMUM_LAMPORTS),
        priority=min(-(-micro_lamports // MICRO_LAMPORTS_PER_LAMPORT), MAXIMUM_LAMPORTS),
    )
