"""Names in the spellings of Rust, of JSON and of people."""

from __future__ import annotations

import re


def same_name(one: str, other: str) -> bool:
    """Whether two names differ only in upper case and underscores: `mint_to`, `mintTo` and `MintTo` do."""
    return _plain(one) == _plain(other)


def snake_case(name: str) -> str:
    """A name with underscores between its words, as Anchor spells it to make a discriminator.

    A digit starts no word: `initializeMint2` is `initialize_mint2`. Source: heck 0.4 (`ToSnakeCase`).
    """
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", words).lower()


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
