from __future__ import annotations

from functools import lru_cache

import pytest
from solders.keypair import Keypair
from solders.litesvm import LiteSVM

from solproof.runtime.program_ids import COMPUTE_BUDGET, ED25519, SECP256K1, SECP256R1, SYSTEM_PROGRAM
from solproof.runtime.transaction.budget_instructions import ComputeBudgetLimits
from solproof.runtime.transaction.fees import Fee, transaction_fee
from tests.support.litesvm_transactions import PAYER_KEY, instruction, litesvm, send, stored

MAXIMUM = 2**64 - 1


@lru_cache
def machine() -> LiteSVM:
    return litesvm()


@pytest.mark.parametrize("program", [ED25519, SECP256K1, SECP256R1])
@pytest.mark.parametrize("claimed", [b"", b"\0", b"\1", b"\7\xff", b"\xff"])
def test_a_precompile_pays_for_the_signatures_that_it_claims(program: bytes, claimed: bytes) -> None:
    given = [(program, claimed), (program, claimed), (SYSTEM_PROGRAM, b"\7")]
    fee = transaction_fee(1, given, ComputeBudgetLimits(), 5_000)
    assert fee == Fee(5_000 * (1 + 2 * (claimed or b"\0")[0]), 0)
    assert fee.total == send(machine(), [instruction(*item) for item in given]).fee


def test_every_required_signature_pays() -> None:
    signers = [Keypair.from_seed(bytes([number]) * 32) for number in range(1, 4)]
    accounts = [(bytes(signer.pubkey()), True, False) for signer in signers]
    sent = send(machine(), [instruction(SYSTEM_PROGRAM, b"", accounts)], signers)
    assert transaction_fee(4, [], ComputeBudgetLimits(), 5_000).total == sent.fee == 20_000


def test_a_failed_instruction_pays_the_whole_fee() -> None:
    svm = litesvm()
    before = stored(svm, PAYER_KEY)
    sent = send(svm, [instruction(SYSTEM_PROGRAM, b"")])
    after = stored(svm, PAYER_KEY)
    assert sent.error == {"InstructionError": [0, "InvalidInstructionData"]}
    assert before is not None and after is not None
    assert before.lamports - after.lamports == sent.fee == 5_000


@pytest.mark.parametrize(
    ("price", "limit", "priority"),
    [
        (0, 1_400_000, 0),
        (1, 1, 1),
        (999_999, 1, 1),
        (1_000_000, 1, 1),
        (1_000_001, 1, 2),
        (200, 100_000, 20),
        (MAXIMUM, 0, 0),
        (MAXIMUM, 1_000_000, MAXIMUM),
        (MAXIMUM, 1_400_000, MAXIMUM),
    ],
)
def test_the_priority_fee_is_rounded_up_and_saturates(price: int, limit: int, priority: int) -> None:
    fee = transaction_fee(1, [], ComputeBudgetLimits(limit, compute_unit_price=price), 5_000)
    assert fee.priority == priority
    assert fee.total == min(priority + 5_000, MAXIMUM)
    given = [
        (COMPUTE_BUDGET, b"\2" + limit.to_bytes(4, "little")),
        (COMPUTE_BUDGET, b"\3" + price.to_bytes(8, "little")),
    ]
    assert send(machine(), [instruction(*item) for item in given]).fee == fee.total


def test_the_signature_fee_saturates() -> None:
    assert transaction_fee(2, [], ComputeBudgetLimits(), 2**63).signatures == MAXIMUM
