"""Transfer hooks of Token-2022 whose program is a puppet.

Layouts: spl-transfer-hook-interface (instruction.rs), spl-tlv-account-resolution (account.rs, state.rs).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Sequence

from tests.support.ledger import Ledger
from tests.support.puppet.layout import InputLayout
from tests.support.puppet.program import fixed_puppet
from tests.support.puppet.script import Script
from tests.support.token_calls import create_account, create_associated, derive_associated, mint_to

MINT_BYTES = 165 + 1 + 4 + 64
ACCOUNT_BYTES = 165 + 1 + 4 + 1
"""An account of such a mint, with the extension that notes whether it is being transferred."""

EXECUTE = hashlib.sha256(b"spl-transfer-hook-interface:execute").digest()[:8]
SCRIPT_BYTES = 2_000


def extra_metas(keys: Sequence[bytes]) -> bytes:
    """The account that lists the further accounts of a hook, all of them read-only and no signers."""
    entries = b"".join(b"\0" + key + b"\0\0" for key in keys)
    return EXECUTE + struct.pack("<II", 4 + len(entries), len(keys)) + entries


def hooked_mint(
    ledger: Ledger, extras: Sequence[tuple[str, int]], write: Callable[[Script, InputLayout], None]
) -> str:
    """A mint with a hook, accounts of alice and bob, and 1,000 tokens of alice.

    extras: the hook's further accounts, as names and lengths of data.
    write: writes the script of the hook.
    Returns the names of the accounts that a transfer needs after its owner.
    """
    initialize_hook = bytes([36, 0]) + ledger.key("authority") + ledger.key("hook")
    initialize = bytes([20, 6]) + ledger.key("authority") + b"\0"
    ledger.send(
        create_account(ledger, "mint", MINT_BYTES, "token_2022"),
        ("token_2022", initialize_hook, "mint!"),
        ("token_2022", initialize, "mint!"),
    )
    for owner in ("alice", "bob"):
        derive_associated(ledger, f"{owner}'s", owner, "mint", "token_2022")
        ledger.send(create_associated(f"{owner}'s", owner, "mint", "token_2022"))
    ledger.send(mint_to("token_2022", "mint", "alice's", 1_000))
    ledger.derive("metas", "hook", b"extra-account-metas", ledger.key("mint"))
    metas = extra_metas([ledger.key("script"), *(ledger.key(name) for name, _ in extras)])
    sizes = [
        ACCOUNT_BYTES,
        MINT_BYTES,
        ACCOUNT_BYTES,
        0,
        len(metas),
        SCRIPT_BYTES,
        *(size for _, size in extras),
    ]
    names = ["alice's", "mint", "bob's", "alice", "metas", "script", *(name for name, _ in extras)]
    layout = InputLayout.of((ledger.key(name), size) for name, size in zip(names, sizes, strict=True))
    script = Script()
    write(script, layout)
    ledger.set("metas", metas, "hook")
    ledger.set("script", script.content().ljust(SCRIPT_BYTES, b"\0"), "hook")
    ledger.deploy("hook", fixed_puppet(layout.accounts[ledger.key("script")].data, SCRIPT_BYTES))
    return " ".join(["script", *(name for name, _ in extras), "hook", "metas"])
