"""The rules for the counts and indices of a transaction, which need no account.

Source: solana-transaction 4.1 (`sanitize_signatures`), solana-message 4.4 (`sanitize` of legacy and v0
messages), and the bank for the number of instructions (SIMD-0160) and of their accounts (SIMD-0406). LiteSVM
0.15 lacks the bank's two rules. The bank's rule for the size of a transaction is in `parse_transaction`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from solproof.runtime.accounts import MAXIMUM_ACCOUNTS
from solproof.runtime.transaction.message import Message, Transaction
from solproof.runtime.transaction.transaction_error import TransactionError, TransactionFailure

MAXIMUM_ACCOUNT_KEYS = 256
"""The keys that one byte can tell apart."""

MAXIMUM_INSTRUCTIONS = 64
"""The length of the instruction trace (`MAX_INSTRUCTION_TRACE_LENGTH`, solana-transaction-context 4.1)."""


def sanitize(transaction: Transaction, features: Container[str]) -> None:
    """Check the counts and indices.

    The features that matter here are `static_instruction_limit` and `limit_instruction_accounts`.
    Raises `TransactionFailure` with `SanitizeFailure` and the first broken rule.
    """
    for broken in _broken_rules(transaction, features):
        raise TransactionFailure(TransactionError("SanitizeFailure"), broken)


def _broken_rules(transaction: Transaction, features: Container[str]) -> Iterator[str]:
    message = transaction.message
    if "static_instruction_limit" in features and len(message.instructions) > MAXIMUM_INSTRUCTIONS:
        yield f"expected at most {MAXIMUM_INSTRUCTIONS} instructions, got {len(message.instructions)}"
    if "limit_instruction_accounts" in features:
        for number, instruction in enumerate(message.instructions):
            if len(instruction.accounts) > MAXIMUM_ACCOUNTS:
                yield (
                    f"instruction {number}: expected at most {MAXIMUM_ACCOUNTS} accounts, "
                    f"got {len(instruction.accounts)}"
                )
    if len(transaction.signatures) != message.required_signatures:
        yield f"expected {message.required_signatures} signatures, got {len(transaction.signatures)}"
    yield from _broken_rules_of_the_header(message)
    yield from _broken_rules_of_the_indices(message)


def _broken_rules_of_the_header(message: Message) -> Iterator[str]:
    described, keys = message.required_signatures + message.readonly_unsigned, len(message.static_keys)
    if described > keys:
        yield f"the header describes {described} static account keys, and the message has {keys}"
    if message.readonly_signed >= message.required_signatures:
        yield (
            f"{message.readonly_signed} of {message.required_signatures} accounts that sign are read-only, "
            "so none can pay"
        )


def _broken_rules_of_the_indices(message: Message) -> Iterator[str]:
    keys = len(message.static_keys)
    for number, lookup in enumerate(message.lookups):
        if not lookup.writable_indexes + lookup.readonly_indexes:
            yield f"address table lookup {number} loads no address"
        keys += len(lookup.writable_indexes) + len(lookup.readonly_indexes)
    if keys > MAXIMUM_ACCOUNT_KEYS:
        yield f"expected at most {MAXIMUM_ACCOUNT_KEYS} account keys, got {keys}"
    for number, instruction in enumerate(message.instructions):
        if instruction.program_index == 0:
            yield f"instruction {number} calls the account that pays"
        if instruction.program_index >= len(message.static_keys):
            yield (
                f"instruction {number} calls account {instruction.program_index}, "
                f"and the message has {len(message.static_keys)} static account keys"
            )
        for index in instruction.accounts:
            if index >= keys:
                yield f"instruction {number} names account {index}, and there are {keys} account keys"
