"""Values that callers pass from Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from solders.clock import Clock
from solders.pubkey import Pubkey

from solproof.arguments import bytes_argument

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("value", "content"),
    [
        (b"\1\2", b"\1\2"),
        (bytearray(b"\1\2"), b"\1\2"),
        (memoryview(b"\1\2"), b"\1\2"),
        ([1, 255], b"\1\xff"),
        ((), b""),
        (Pubkey(KEY), KEY),
        (Clock(1, 2, 3, 4, 5), bytes(Clock(1, 2, 3, 4, 5))),
    ],
)
def test_bytes_in_every_form(value: Any, content: bytes) -> None:
    assert bytes_argument(value, "data") == content


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("0102", "data: expected bytes, got str"),
        (5, "data: expected bytes, got int"),
        (None, "data: expected bytes, got None"),
        (Path("file"), f"data: expected bytes, got {type(Path()).__module__}.{type(Path()).__qualname__}"),
        ([1, 256], "data[1]: expected an integer from 0 to 255, got 256"),
        ([True], "data[0]: expected an integer from 0 to 255, got True"),
        (["1"], "data[0]: expected an integer from 0 to 255, got '1'"),
    ],
)
def test_other_values(value: Any, message: str) -> None:
    with pytest.raises(TypeError) as raised:
        bytes_argument(value, "data")
    assert str(raised.value) == message
