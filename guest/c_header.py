"""Pieces of the generated C headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def header(*lines: str) -> str:
    """The text of a header."""
    return "\n".join(["#pragma once", *lines, ""])


def numbers(values: Mapping[str, int]) -> list[str]:
    """Unsigned constants of 64 bits. Each value is below 2^64."""
    return [f"#define {name} {value}UL" for name, value in values.items()]


def enumeration(name: str, values: Mapping[str, int]) -> str:
    """An enum with explicit numbers."""
    return f"enum {name} {{ " + ", ".join(f"{key} = {value}" for key, value in values.items()) + " };"


def initializer(values: Iterable[int]) -> str:
    """The value of an array or a struct."""
    return "{" + ", ".join(map(str, values)) + "}"
