"""What people read about changes of accounts."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from rich.text import Text

from solproof.cli.terminal.account_lines import ShownAccount, account_lines
from solproof.runtime.accounts import Account, address_bytes, address_text

TOKEN = address_bytes("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
MINT = Account(b"\1" * 32, TOKEN, 1, struct.pack("<I32sQBBI32s", 0, bytes(32), 5, 6, 1, 0, bytes(32)))
KEY = b"\2" * 32


def holder(amount: int) -> Account:
    """A token account of the mint."""
    data = struct.pack("<32s32sQ", MINT.key, b"\5" * 32, amount).ljust(165, b"\0")
    return Account(KEY, TOKEN, 10, data[:108] + b"\1" + data[109:])


def shown(*accounts: ShownAccount) -> list[str]:
    return [line.plain if isinstance(line, Text) else line for line in account_lines(accounts)]


def test_amounts_have_the_decimals_of_their_mint() -> None:
    changed = ShownAccount(holder(2_500_000), holder(1_000_000))
    assert shown(changed, ShownAccount(MINT, MINT)) == [
        f"  {address_text(KEY)}".rstrip(),
        "    amount 2.500000 to 1.000000 (-1.500000)",
        "    3 bytes of data changed",
        "      64      - a0 25 26 00 00 00 00 00",
        "              + 40 42 0f 00 00 00 00 00",
        f"  {address_text(MINT.key):<44}  unchanged",
    ]
    assert shown(changed)[1] == "    amount 2,500,000 to 1,000,000 (-1,500,000)"


def test_a_new_token_account() -> None:
    lines = shown(ShownAccount(Account(KEY, bytes(32), 0, b""), holder(7)))
    assert lines[1:4] == ["    created", "    lamports 0 to 10 (+10)", f"    owner {address_text(TOKEN)}"]
    assert lines[4:7] == [
        "    Account of the token program",
        f"    mint {address_text(MINT.key)}",
        f"    owner {address_text(b'%c' % 5 * 32)}",
    ]
    assert "    165 bytes of data" in lines


def test_rows_are_bounded() -> None:
    before = Account(KEY, bytes(32), 1, bytes(1000))
    lines = shown(ShownAccount(before, replace(before, data=b"\1" * 1000)))
    assert lines[1] == "    1,000 bytes of data changed"
    assert len(lines) == 2 + 2 * 8 + 1
    assert lines[-1] == "      and 117 more rows of 8 bytes"


@pytest.mark.parametrize("executable", [True, False])
def test_other_fields(executable: bool) -> None:
    before = Account(KEY, TOKEN, 1, b"", executable=not executable)
    after = replace(before, executable=executable, owner=bytes(32))
    assert shown(ShownAccount(before, after, "writable"))[1:] == [
        f"    owner {address_text(TOKEN)} to {address_text(bytes(32))}",
        "    executable" if executable else "    not executable any more",
    ]


def test_colours_of_changed_bytes() -> None:
    before = Account(KEY, bytes(32), 1, bytes(8))
    *_, old, new = account_lines([ShownAccount(before, replace(before, data=b"\0\1" + bytes(6)))])
    assert isinstance(old, Text) and isinstance(new, Text)
    coloured = [[(old.plain[span.start : span.end], span.style) for span in old.spans if span.style]]
    coloured += [[(new.plain[span.start : span.end], span.style) for span in new.spans if span.style]]
    assert coloured == [[("00", "red")], [("01", "green")]]
