"""One program in the two formats of an Anchor IDL, and a third with every form of a type."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from solproof.runtime.accounts import address_text

ADDRESS = bytes(range(1, 33))


def mark(text: str) -> list[int]:
    """A discriminator as a list of numbers."""
    return list(sha256(text.encode()).digest()[:8])


def _field(name: str, described: Any) -> dict[str, Any]:
    return {"name": name, "type": described}


def _struct(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "struct", "fields": list(fields)}


ERRORS = [
    {"code": 6000, "name": "JarIsFull", "msg": "The jar is full"},
    {"code": 6001, "name": "NotYours"},
]

OLD: dict[str, Any] = {
    "version": "0.1.0",
    "name": "jar",
    "instructions": [
        {
            "name": "putCoins",
            "accounts": [
                {"name": "jar", "isMut": True, "isSigner": False},
                {
                    "name": "people",
                    "accounts": [
                        {"name": "owner", "isMut": False, "isSigner": True},
                        {"name": "friend", "isMut": False, "isSigner": False, "isOptional": True},
                    ],
                },
            ],
            "args": [
                _field("amount", "u64"),
                _field("kind", {"defined": "CoinKind"}),
                _field("note", {"option": "string"}),
            ],
        },
        {"name": "open", "accounts": [], "args": []},
    ],
    "accounts": [
        {
            "name": "Jar",
            "type": _struct(
                _field("owner", "publicKey"),
                _field("coins", {"vec": {"defined": "Coin"}}),
                _field("limit", "u32"),
            ),
        }
    ],
    "types": [
        {"name": "Coin", "type": _struct(_field("kind", {"defined": "CoinKind"}), _field("amount", "u64"))},
        {
            "name": "CoinKind",
            "type": {
                "kind": "enum",
                "variants": [
                    {"name": "Copper"},
                    {"name": "Silver", "fields": [_field("year", "u16")]},
                    {"name": "Gold", "fields": ["u8", "bool"]},
                ],
            },
        },
    ],
    "events": [
        {
            "name": "CoinsPut",
            "fields": [
                {"name": "amount", "type": "u64", "index": False},
                {"name": "kind", "type": {"defined": "CoinKind"}, "index": True},
            ],
        }
    ],
    "errors": ERRORS,
    "metadata": {"address": address_text(ADDRESS)},
}

NEW: dict[str, Any] = {
    "address": address_text(ADDRESS),
    "metadata": {"name": "jar", "version": "0.1.0", "spec": "0.1.0", "description": "coins in a jar"},
    "docs": ["A jar for coins."],
    "instructions": [
        {
            "name": "put_coins",
            "docs": ["Put coins into a jar."],
            "discriminator": mark("global:put_coins"),
            "accounts": [
                {"name": "jar", "writable": True, "pda": {"seeds": []}},
                {
                    "name": "people",
                    "accounts": [
                        {"name": "owner", "signer": True},
                        {"name": "friend", "optional": True},
                    ],
                },
            ],
            "args": [
                _field("amount", "u64"),
                _field("kind", {"defined": {"name": "CoinKind"}}),
                _field("note", {"option": "string"}),
            ],
        },
        {"name": "open", "discriminator": [1], "accounts": [], "args": []},
    ],
    "accounts": [{"name": "Jar", "discriminator": mark("account:Jar")}],
    "events": [{"name": "CoinsPut", "discriminator": mark("event:CoinsPut")}],
    "errors": ERRORS,
    "types": [
        {
            "name": "Jar",
            "type": _struct(
                _field("owner", "pubkey"),
                _field("coins", {"vec": {"defined": {"name": "Coin"}}}),
                _field("limit", "u32"),
            ),
        },
        {
            "name": "Coin",
            "type": _struct(_field("kind", {"defined": {"name": "CoinKind"}}), _field("amount", "u64")),
        },
        {
            "name": "CoinKind",
            "type": {
                "kind": "enum",
                "variants": [
                    {"name": "Copper"},
                    {"name": "Silver", "fields": [_field("year", "u16")]},
                    {"name": "Gold", "fields": ["u8", "bool"]},
                ],
            },
        },
        {
            "name": "CoinsPut",
            "type": _struct(_field("amount", "u64"), _field("kind", {"defined": {"name": "CoinKind"}})),
        },
    ],
}
