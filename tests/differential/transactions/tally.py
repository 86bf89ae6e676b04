"""The outcomes of cases, which must keep occurring."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field

from tests.support.transaction_results import TransactionResult

SUCCESS = "success"
FAULT = "ProgramFailedToComplete"
_VALUES = re.compile(r"(?<=in )[a-z]+(?= section)|0x[0-9a-f]+|\b[0-9]+\b|\b[1-9A-HJ-NP-Za-km-z]{32,44}\b")


@dataclass(slots=True)
class Tally:
    """Counts of cases by their outcomes, and by the highest invocation that they had."""

    outcomes: Counter[str] = field(default_factory=Counter)
    heights: Counter[int] = field(default_factory=Counter)

    def add(self, result: TransactionResult) -> None:
        """Count a case."""
        self.outcomes[outcome(result)] += 1
        inner = (each.height for each in result.invoked)
        top = any(" invoke [1]" in line for line in result.logs)
        self.heights[max(inner, default=int(top))] += 1

    def __iadd__(self, other: Tally) -> Tally:
        self.outcomes += other.outcomes
        self.heights += other.heights
        return self

    @property
    def cases(self) -> int:
        """The number of cases."""
        return sum(self.outcomes.values())

    def report(self) -> list[str]:
        """Lines about all counts."""
        heights = ", ".join(f"{height}: {count:,}" for height, count in sorted(self.heights.items()))
        outcomes = [f"{count:9,}  {name}" for name, count in self.outcomes.most_common()]
        return [f"{self.cases:,} transactions, by the height of the stack: {heights}", *outcomes]


def outcome(result: TransactionResult) -> str:
    """The name of an outcome: the error, and for a failed program the text of its log without values."""
    error = result.error
    if error is None:
        return SUCCESS
    if isinstance(error, str):
        return error
    ((name, value),) = error.items()
    if name != "InstructionError":
        return str(name)
    reason = value[1] if isinstance(value[1], str) else json.dumps(value[1])
    texts = [line.partition(" failed: ")[2] for line in result.logs if " failed: " in line]
    if reason == FAULT and texts:
        return f"{FAULT}: {_VALUES.sub('…', texts[0])}"
    return str(reason)


COMMON = frozenset(
    (
        SUCCESS,
        "AccountDataSizeChanged",
        "AccountLoadedTwice",
        "BlockhashNotFound",
        "CallDepth",
        "ComputationalBudgetExceeded",
        "ExternalAccountLamportSpend",
        "InsufficientFundsForFee",
        "InsufficientFundsForRent",
        "InvalidAccountForFee",
        "InvalidAddressLookupTableData",
        "InvalidArgument",
        "InvalidError",
        "InvalidInstructionData",
        "InvalidProgramForExecution",
        "InvalidRealloc",
        "MaxInstructionTraceLengthExceeded",
        "MissingAccount",
        "MissingRequiredSignature",
        "PrivilegeEscalation",
        "ReadonlyDataModified",
        "ReadonlyLamportChange",
        "SanitizeFailure",
        "SignatureFailure",
        "TooManyAccountLocks",
        "UnbalancedInstruction",
        '{"Custom": 1}',
        '{"Custom": 3}',
        '{"Custom": 5}',
        '{"Custom": 7}',
        f"{FAULT}: Access violation in … section at address … of size …",
        f"{FAULT}: Invalid pointer",
        f"{FAULT}: Program … not supported by inner instructions",
        f"{FAULT}: Too many signers",
        f"{FAULT}: Unaligned pointer",
        f"{FAULT}: exceeded CUs meter at BPF instruction",
    )
)
"""Outcomes that occur at least once in 500 transactions or so."""

RARE = frozenset(
    (
        "AccountNotFound",
        "AddressLookupTableNotFound",
        "DuplicateInstruction",
        "ExternalAccountDataModified",
        "InsufficientFunds",
        "InvalidAccountData",
        "InvalidAddressLookupTableIndex",
        "InvalidAddressLookupTableOwner",
        "InvalidLoadedAccountsDataSizeLimit",
        "MaxAccountsExceeded",
        "MaxSeedLengthExceeded",
        "ModifiedProgramId",
        "ProgramEnvironmentSetupFailure",
        "ReentrancyNotAllowed",
        "UnsupportedProgramId",
        '{"Custom": 0}',
        '{"Custom": 2}',
        '{"Custom": 4}',
        f"{FAULT}: Could not create program address with signer seeds: "
        "Length of the seed is too long for address generation",
        f"{FAULT}: Could not create program address with signer seeds: "
        "Provided seeds do not result in a valid address",
        f"{FAULT}: Invoked an instruction with data that is too large (… > …)",
        f"{FAULT}: Invoked an instruction with too many account info's (… > …)",
        f"{FAULT}: Invoked an instruction with too many accounts (… > …)",
        f"{FAULT}: Return data too large (… > …)",
        f"{FAULT}: SBF program Panicked in file at …:…",
        f"{FAULT}: SBF program panicked",
        f"{FAULT}: callx attempted to call outside of the text segment",
        f"{FAULT}: divide by zero at BPF instruction",
        f"{FAULT}: exceeded max BPF to BPF call depth",
    )
)
"""Outcomes that occur at least once in 10,000 transactions or so."""
