"""The arguments of an instruction as a command line gives them: a text for each."""

from __future__ import annotations

import json
from collections.abc import Iterable

from solproof.errors import InputError
from solproof.interfaces.interface import InstructionType
from solproof.interfaces.layouts import (
    Address,
    Boolean,
    ByteArray,
    ByteString,
    Float,
    Integer,
    Layout,
    Named,
    Option,
    Text,
    Value,
)
from solproof.interfaces.names import same_name

PLAIN = (Address, ByteArray, ByteString, Float, Integer, Text)
"""The types whose values are taken from a text as it is."""


def arguments_from_texts(instruction: InstructionType, texts: Iterable[str]) -> dict[str, Value]:
    """The arguments of an instruction from texts such as "amount=5".

    The value of a number, a text, an address or bytes stands as it is, and any other value is JSON. Raises
    `InputError` for a text without a name and for an argument that is given twice.
    """
    types = dict(instruction.arguments.fields)
    found: dict[str, Value] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise InputError(f"argument {text!r}: expected NAME=VALUE")
        if any(same_name(name, other) for other in found):
            raise InputError(f"argument {name} is given twice")
        layout = next((layout for other, layout in types.items() if same_name(other, name)), None)
        found[name] = value if layout is None else value_from_text(layout, value)
    return found


def value_from_text(layout: Layout, text: str) -> Value:
    """The value of a type that a text stands for. A text that stands for none is returned as it is."""
    if isinstance(layout, Named):
        return value_from_text(layout.types[layout.name], text)
    if isinstance(layout, Option):
        return None if text in ("none", "null") else value_from_text(layout.inner, text)
    if isinstance(layout, Boolean):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(layout, PLAIN) and not (isinstance(layout, (ByteArray, ByteString)) and text[:1] == "["):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
