"""Token-2022: the instructions of its extensions that do not call another program.

Codes and layouts: spl-token-2022-interface 2, spl-token-metadata-interface, spl-token-group-interface.
"""

from __future__ import annotations

import hashlib
import struct

import pytest

from solproof.demo.scenario import mint_data, token_account_data
from tests.support.scene import Scene
from tests.support.token_2022 import Mint

NO_KEY = bytes(32)


def interface(name: str) -> bytes:
    """The first bytes of an interface's instruction."""
    return hashlib.sha256(name.encode()).digest()[:8]


def text(content: str) -> bytes:
    return struct.pack("<I", len(content)) + content.encode()


def pointer(code: int, mint_key: bytes, authority: bytes) -> bytes:
    return bytes([code, 0]) + authority + mint_key


@pytest.fixture
def keys() -> Scene:
    """A scene whose keys exist before there is a mint."""
    return Scene("token_2022")


def test_transfer_fee(keys: Scene) -> None:
    authority = keys.key("authority")
    fee = bytes([26, 0]) + b"\1" + authority + b"\1" + authority + struct.pack("<HQ", 250, 5_000)
    mint = Mint({"transfer fee": fee})
    mint.initialize()
    mint.account("source")
    mint.account("target")
    mint.fund("source")
    accounts = "source! mint target! owner*"
    mint.run(struct.pack("<BQB", 12, 100_000, 6), accounts)
    mint.run(struct.pack("<BBQBQ", 26, 1, 1_000, 6, 25), accounts)
    mint.run(struct.pack("<BBQBQ", 26, 1, 1_000, 6, 26), accounts, error="Custom(32)")
    mint.run(struct.pack("<BQ", 3, 1_000), "source! target! owner*", error="Custom(31)")
    mint.run(struct.pack("<BBHQ", 26, 5, 100, 7), "mint! authority*")
    mint.run(bytes([26, 3, 1]), "mint source! authority* target!")
    mint.run(bytes([26, 4]), "mint! target!")
    mint.run(bytes([26, 2]), "mint! source! authority*")
    mint.run(bytes([26, 2]), "mint! source! owner*", error="Custom(4)")


def test_close_authority(keys: Scene) -> None:
    mint = Mint({"close authority": bytes([25, 1]) + keys.key("authority")})
    mint.initialize()
    mint.run(bytes([9]), "mint! target! owner*", error="Custom(4)")
    mint.run(bytes([9]), "mint! target! authority*")
    assert mint.scene.account("mint").lamports == 0


def test_default_state() -> None:
    mint = Mint({"default state": bytes([28, 0, 2])})
    mint.initialize()
    mint.account("account")
    mint.run(struct.pack("<BQ", 7, 5), "mint! account! authority*", error="Custom(17)")
    mint.run(bytes([11]), "account! mint freezer*")
    mint.fund("account")
    mint.run(bytes([28, 1, 1]), "mint! freezer*")
    mint.run(bytes([28, 1, 1]), "mint! authority*", error="Custom(4)")


def test_non_transferable() -> None:
    mint = Mint({"non-transferable": bytes([32])})
    mint.initialize()
    mint.account("source")
    mint.account("target")
    mint.fund("source")
    mint.run(struct.pack("<BQB", 12, 1, 6), "source! mint target! owner*", error="Custom(37)")
    mint.run(struct.pack("<BQ", 8, 5), "source! mint! owner*")


def test_interest(keys: Scene) -> None:
    mint = Mint({"interest": bytes([33, 0]) + keys.key("authority") + struct.pack("<h", 500)})
    mint.initialize()
    mint.run(struct.pack("<BBh", 33, 1, -3), "mint! authority*")
    assert mint.run(struct.pack("<BQ", 23, 1_234_567), "mint").output.return_data.data == b"1.234567"
    assert mint.run(bytes([24]) + b"1.5", "mint").output.return_data.data == struct.pack("<Q", 1_500_000)


def test_permanent_delegate(keys: Scene) -> None:
    mint = Mint({"permanent delegate": bytes([35]) + keys.key("delegate")})
    mint.initialize()
    mint.account("source")
    mint.account("target")
    mint.fund("source")
    mint.run(struct.pack("<BQB", 12, 1_000, 6), "source! mint target! delegate*")
    mint.run(struct.pack("<BQ", 8, 5), "source! mint! delegate*")
    mint.run(struct.pack("<BQ", 8, 5), "source! mint! stranger*", error="Custom(4)")


def test_transfer_hook(keys: Scene) -> None:
    """The hook has no program to call."""
    mint = Mint({"transfer hook": bytes([36, 0]) + keys.key("authority") + NO_KEY})
    mint.initialize()
    mint.account("source")
    mint.account("target")
    mint.fund("source")
    mint.run(struct.pack("<BQB", 12, 1_000, 6), "source! mint target! owner*")
    mint.run(bytes([36, 1]) + keys.key("hook"), "mint! authority*")


@pytest.mark.parametrize(
    ("name", "code"), [("metadata pointer", 39), ("group pointer", 40), ("member pointer", 41)]
)
def test_pointers(keys: Scene, name: str, code: int) -> None:
    mint = Mint({name: pointer(code, keys.key("elsewhere"), keys.key("authority"))})
    mint.initialize()
    mint.run(bytes([code, 1]) + keys.key("mint"), "mint! authority*")
    mint.run(bytes([code, 1]) + keys.key("mint"), "mint! owner*", error="Custom(4)")


def test_scaled_amount(keys: Scene) -> None:
    mint = Mint({"scaled amount": bytes([43, 0]) + keys.key("authority") + struct.pack("<d", 2.5)})
    mint.initialize()
    assert mint.run(struct.pack("<BQ", 23, 2_000_000), "mint").output.return_data.data == b"5"
    mint.run(bytes([43, 1]) + struct.pack("<dq", 0.125, 0), "mint! authority*")
    assert mint.run(struct.pack("<BQ", 23, 2_000_000), "mint").output.return_data.data == b"0.25"
    mint.run(bytes([24]) + b"0.75", "mint")


def test_pausable(keys: Scene) -> None:
    mint = Mint({"pausable": bytes([44, 0]) + keys.key("authority")})
    mint.initialize()
    mint.account("source")
    mint.fund("source")
    mint.run(bytes([44, 1]), "mint! authority*")
    mint.run(struct.pack("<BQ", 7, 5), "mint! source! authority*", error="Custom(67)")
    mint.run(bytes([44, 2]), "mint! authority*")
    mint.fund("source")


def test_memo_transfer_and_guard() -> None:
    """Extensions of an account. No memo came before, because there is no sibling instruction."""
    mint = Mint({})
    mint.initialize()
    mint.account("source")
    mint.account("target", extra=5 + 5)
    mint.fund("source", "target")
    mint.run(bytes([30, 0]), "target! owner*")
    transfer = struct.pack("<BQB", 12, 1_000, 6)
    execution = mint.run(transfer, "source! mint target! owner*", error="Custom(36)")
    assert execution.run.trace.events
    mint.run(bytes([30, 1]), "target! owner*")
    mint.run(transfer, "source! mint target! owner*")
    mint.run(bytes([34, 0]), "target! owner*")
    mint.run(transfer, "target! mint source! owner*")
    mint.run(bytes([34, 1]), "target! owner*")


def test_immutable_owner() -> None:
    mint = Mint({})
    mint.initialize()
    mint.scene.make("account", bytes(170))
    mint.run(bytes([22]), "account!")
    mint.run(bytes([18]) + mint.key("owner"), "account! mint")
    mint.run(bytes([6, 2, 1]) + mint.key("other"), "account! owner*", error="Custom(34)")
    mint.run(bytes([6, 3, 1]) + mint.key("other"), "account! owner*")


def test_excess_lamports() -> None:
    mint = Mint({})
    mint.initialize()
    mint.run(bytes([38]), "mint! target! authority*")
    assert mint.scene.account("target").lamports > 19 * 10**9


def test_metadata(keys: Scene) -> None:
    """The token-metadata interface, in the mint itself, whose data grows."""
    mint = Mint({"metadata pointer": pointer(39, keys.key("mint"), keys.key("authority"))})
    mint.initialize()
    start = interface("spl_token_metadata_interface:initialize_account")
    mint.run(
        start + text("A token") + text("TOK") + text("https://example.org"), "mint! updater mint authority*"
    )
    update = interface("spl_token_metadata_interface:updating_field")
    mint.run(update + b"\3" + text("colour") + text("blue"), "mint! updater*")
    mint.run(update + b"\0" + text("Another"), "mint! updater*")
    mint.run(update + b"\0" + text("Another"), "mint! stranger*", error="Custom(901952960)")
    emitted = mint.run(interface("spl_token_metadata_interface:emitter") + b"\0\0", "mint").output.return_data
    assert b"colour" in emitted.data
    mint.run(
        interface("spl_token_metadata_interface:remove_key_ix") + b"\0" + text("colour"), "mint! updater*"
    )
    mint.run(interface("spl_token_metadata_interface:update_the_authority") + NO_KEY, "mint! updater*")


def test_group(keys: Scene) -> None:
    """The token-group interface, in the mint itself."""
    mint = Mint({"group pointer": pointer(40, keys.key("mint"), keys.key("authority"))})
    mint.initialize()
    start = interface("spl_token_group_interface:initialize_token_group")
    mint.run(start + mint.key("updater") + struct.pack("<Q", 3), "mint! mint authority*")
    size = interface("spl_token_group_interface:update_group_max_size")
    mint.run(size + struct.pack("<Q", 9), "mint! updater*")
    mint.run(interface("spl_token_group_interface:update_authority") + NO_KEY, "mint! updater*")


def test_accounts_of_spl_token_without_extensions() -> None:
    """The form of account that both programs share."""
    scene = Scene("token_2022")
    scene.make("mint", mint_data(scene.key("authority"), 10**9, 6))
    for name in ("source", "target"):
        scene.make(name, token_account_data(scene.key("mint"), scene.key("owner"), 10**6))
    execution = scene.run(struct.pack("<BQ", 3, 5), "source! target! owner*")
    assert execution.output.compute_units == 1_457


def test_another_programs_call() -> None:
    """CreateNativeMint needs the system program, so solproof refuses it."""
    mint = Mint({})
    mint.run(bytes([31]), "payer*! native! system", error="Custom(2)")
