"""Both memo programs as instructions of transactions, and as callees of a puppet."""

from __future__ import annotations

import pytest

from tests.support.ledger import Ledger

MEMOS = {"memo_v1": "InvalidInstructionData", "memo_v3": "ProgramFailedToComplete"}
"""The programs, and their errors for bytes that are no text."""


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.mark.parametrize(("memo", "error"), MEMOS.items())
def test_memo(ledger: Ledger, memo: str, error: str) -> None:
    ledger.send((memo, b"a memo", ""), (memo, "\N{SNOWMAN}".encode(), ""))
    ledger.send((memo, b"a" * 500, ""))
    ledger.fail((memo, b"first", ""), (memo, b"\xff", ""), error=error)


def test_signers(ledger: Ledger) -> None:
    ledger.send(("memo_v3", b"signed", "alice* payer*"))
    ledger.fail(("memo_v3", b"not signed", "alice* bob"), error="MissingRequiredSignature")
