"""Memo v1 and v3, as on mainnet."""

from __future__ import annotations

import pytest

from tests.support.scene import Scene


@pytest.mark.parametrize(
    ("signers", "memo", "units"),
    [(0, b"hello, world", 287), (1, b"hello, world", 513), (2, b"hello, world", 628), (0, b"", None)],
)
def test_memo_v3(signers: int, memo: bytes, units: int | None) -> None:
    scene = Scene("memo_v3")
    execution = scene.run(memo, " ".join(f"signer{number}*" for number in range(signers)))
    if units is not None:
        assert execution.output.compute_units == units
    assert len(execution.run.trace.events) >= 1


@pytest.mark.parametrize("program", ["memo_v1", "memo_v3"])
@pytest.mark.parametrize("memo", [b"a", "é ∀ 🦀".encode(), b"z" * 500])
def test_texts(program: str, memo: bytes) -> None:
    assert Scene(program).run(memo).output.success


@pytest.mark.parametrize("memo", [b"\xff", b"ok\xc3", b"\xed\xa0\x80"])
def test_bytes_that_are_no_text(memo: bytes) -> None:
    assert Scene("memo_v1").run(memo, error="InvalidInstructionData").output.exit_code == 3 << 32
    Scene("memo_v3").run(memo, error="ProgramFailedToComplete")


def test_an_account_that_does_not_sign() -> None:
    Scene("memo_v3").run(b"memo", "signer* other", error="MissingRequiredSignature")
