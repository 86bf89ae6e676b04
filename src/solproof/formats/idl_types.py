"""The types of an Anchor IDL as layouts, in both of its formats.

A type is a name such as "u64", or an object with one key: "option", "coption", "vec", "array", "tuple",
"defined" or "generic". A definition is a struct, an enum or an alias. It may have parameters, which are
types and lengths. Source: anchor-lang-idl-spec 0.1 (lib.rs), anchor-syn 0.29 (idl/types.rs).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from solproof.errors import InputError
from solproof.formats.json_fields import expected, read_array, read_integer, read_required, read_text
from solproof.interfaces.layouts import (
    ADDRESS,
    BOOLEAN,
    DEEPEST,
    U8,
    Address,
    Array,
    Boolean,
    ByteArray,
    ByteString,
    Enum,
    Float,
    Integer,
    Layout,
    List,
    Named,
    Option,
    Struct,
    Text,
    Tuple,
    Unreadable,
)
from solproof.runtime.accounts import KEY_LENGTH, MAXIMUM_DATA_LENGTH

MOST_ELEMENTS = 1_000
"""The most fields, variants, types or instructions that a list of an IDL may have."""

SIMPLE: Mapping[str, Layout] = {
    "bool": BOOLEAN,
    "f32": Float(4),
    "f64": Float(8),
    "string": Text(),
    "bytes": ByteString(),
    "pubkey": ADDRESS,
    "publicKey": ADDRESS,
    **{f"u{8 * width}": Integer(width) for width in (1, 2, 4, 8, 16, 32)},
    **{f"i{8 * width}": Integer(width, signed=True) for width in (1, 2, 4, 8, 16, 32)},
}
"""The types that have a name."""

Parameter: TypeAlias = "Layout | int"
Definitions = Mapping[str, tuple[dict[str, Any], str]]


class IdlTypes:
    """Turns the types of one IDL into layouts.

    definitions: each defined type, and the path where the IDL has it.
    The methods raise `InputError` with the path of what is not a type.
    """

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.layouts: dict[str, Layout] = {}

    def fields(self, value: Any, path: str, name: str = "struct") -> Struct:
        """The struct of a list of fields with names."""
        return Struct(tuple(self._named_fields(value, path, {}, 0)), name)

    def defined(self, name: str, path: str) -> Layout:
        """The layout of a defined type."""
        return self._defined(name, path, (), 0)

    def layout(
        self, value: Any, path: str, parameters: Mapping[str, Parameter] | None = None, depth: int = 0
    ) -> Layout:
        """The layout of a type.

        parameters: those of the definition that the type stands in.
        depth: how many types the type stands in.
        """
        if depth > DEEPEST:
            raise InputError(f"{path}: types are nested too deeply")
        if isinstance(value, str):
            return SIMPLE.get(value, Unreadable(value))
        if not isinstance(value, dict) or len(value) != 1:
            raise expected(path, "a type", value)
        ((kind, inner),) = value.items()
        given, deeper = parameters or {}, depth + 1

        def part(other: Any, place: str) -> Layout:
            return self.layout(other, f"{path}.{place}", given, deeper)

        if kind == "option":
            return Option(part(inner, kind))
        if kind == "coption":
            return _c_option(part(inner, kind))
        if kind == "vec":
            element = part(inner, kind)
            return ByteString() if element == U8 else List(element)
        if kind == "array":
            return self._array(inner, f"{path}.array", given, deeper)
        if kind == "tuple":
            elements = read_array(inner, f"{path}.tuple", MOST_ELEMENTS)
            return Tuple(tuple(part(other, f"tuple[{index}]") for index, other in enumerate(elements)))
        if kind == "generic":
            return self._generic(inner, f"{path}.generic", given)
        if kind == "defined":
            return self._reference(inner, f"{path}.defined", given, deeper)
        return Unreadable(json.dumps(value))

    def _array(
        self, value: Any, path: str, parameters: Mapping[str, Parameter], depth: int
    ) -> Array | ByteArray:
        pair = read_array(value, path, 2)
        if len(pair) != 2:
            raise expected(path, "a type and a length", value)
        element = self.layout(pair[0], f"{path}[0]", parameters, depth)
        length = pair[1]
        if isinstance(length, dict):
            name = read_text(read_required(length, "generic", f"{path}[1].generic"), f"{path}[1].generic")
            length = parameters.get(name)
        length = read_integer(length, f"{path}[1]", MAXIMUM_DATA_LENGTH)
        return ByteArray(length) if element == U8 else Array(element, length)

    def _generic(self, value: Any, path: str, parameters: Mapping[str, Parameter]) -> Layout:
        layout = parameters.get(read_text(value, path))
        if not isinstance(layout, Layout):
            raise expected(path, "a type parameter of the definition", value)
        return layout

    def _reference(self, value: Any, path: str, parameters: Mapping[str, Parameter], depth: int) -> Layout:
        if isinstance(value, str):
            return self._defined(value, path, (), depth)
        described = _object(value, path)
        name = read_text(read_required(described, "name", f"{path}.name"), f"{path}.name")
        listed = read_array(described.get("generics", []), f"{path}.generics", MOST_ELEMENTS)
        arguments = [
            self._argument(_object(argument, place), place, parameters, depth)
            for place, argument in ((f"{path}.generics[{index}]", one) for index, one in enumerate(listed))
        ]
        return self._defined(name, path, tuple(arguments), depth)

    def _argument(
        self, argument: dict[str, Any], path: str, parameters: Mapping[str, Parameter], depth: int
    ) -> Parameter:
        if argument.get("kind") == "const":
            text = read_text(read_required(argument, "value", f"{path}.value"), f"{path}.value")
            if text in parameters:
                return parameters[text]
            return read_integer(int(text) if text.isdecimal() else text, f"{path}.value", MAXIMUM_DATA_LENGTH)
        return self.layout(read_required(argument, "type", f"{path}.type"), f"{path}.type", parameters, depth)

    def _defined(self, name: str, path: str, arguments: tuple[Parameter, ...], depth: int) -> Layout:
        if name not in self.definitions:
            raise expected(path, "a type that the IDL defines", name)
        full = f"{name}<{', '.join(map(str, arguments))}>" if arguments else name
        reference = Named(full, self.layouts)
        if full not in self.layouts:
            self.layouts[full] = reference  # until the layout is known, for types that contain themselves
            definition, place = self.definitions[name]
            parameters = self._parameters(definition, place, arguments)
            self.layouts[full] = self._definition(full, definition, place, parameters, depth)
        return reference

    @staticmethod
    def _parameters(
        definition: dict[str, Any], path: str, arguments: tuple[Parameter, ...]
    ) -> dict[str, Parameter]:
        listed = read_array(definition.get("generics", []), f"{path}.generics", MOST_ELEMENTS)
        if len(listed) != len(arguments):
            raise InputError(f"{path}.generics: expected {len(listed)} parameters, got {len(arguments)}")
        names = [read_text(_object(one, path).get("name"), f"{path}.generics") for one in listed]
        return dict(zip(names, arguments, strict=True))

    def _definition(
        self,
        name: str,
        definition: dict[str, Any],
        path: str,
        parameters: Mapping[str, Parameter],
        depth: int,
    ) -> Layout:
        serialization, representation = definition.get("serialization", "borsh"), definition.get("repr", {})
        is_packed = isinstance(representation, dict) and representation.get("packed") is True
        if serialization not in ("borsh", "bytemuck") and not (
            serialization == "bytemuckunsafe" and is_packed
        ):
            return Unreadable(f"{name} in {json.dumps(serialization)}")
        body = _object(read_required(definition, "type", f"{path}.type"), f"{path}.type")
        kind, path = body.get("kind"), f"{path}.type"
        if kind in ("alias", "type"):
            key = "value" if kind == "alias" and "alias" not in body else "alias"
            return self.layout(read_required(body, key, f"{path}.{key}"), f"{path}.{key}", parameters, depth)
        if kind == "struct":
            return self._fields(body.get("fields"), f"{path}.fields", name, parameters, depth) or Struct(
                (), name
            )
        if kind == "enum":
            return self._enum(name, body, path, parameters, depth)
        raise expected(f"{path}.kind", '"struct", "enum" or "type"', kind)

    def _enum(
        self,
        name: str,
        body: dict[str, Any],
        path: str,
        parameters: Mapping[str, Parameter],
        depth: int,
    ) -> Enum:
        variants: list[tuple[str, Layout | None]] = []
        listed = read_array(read_required(body, "variants", f"{path}.variants"), f"{path}.variants", 256)
        for index, one in enumerate(listed):
            place = f"{path}.variants[{index}]"
            variant = _object(one, place)
            label = read_text(read_required(variant, "name", f"{place}.name"), f"{place}.name")
            fields = self._fields(variant.get("fields"), f"{place}.fields", label, parameters, depth)
            variants.append((label, fields))
        return Enum(name, tuple(variants))

    def _fields(
        self, value: Any, path: str, name: str, parameters: Mapping[str, Parameter], depth: int
    ) -> Layout | None:
        """The fields of a struct or of a variant, which have names or stand in order. None without any."""
        if not value:
            return None
        first = read_array(value, path, MOST_ELEMENTS)[0]
        if isinstance(first, dict) and "name" in first and "type" in first:
            return Struct(tuple(self._named_fields(value, path, parameters, depth)), name)
        return Tuple(
            tuple(
                self.layout(one, f"{path}[{index}]", parameters, depth + 1) for index, one in enumerate(value)
            )
        )

    def _named_fields(
        self, value: Any, path: str, parameters: Mapping[str, Parameter], depth: int
    ) -> list[tuple[str, Layout]]:
        found: list[tuple[str, Layout]] = []
        for index, one in enumerate(read_array(value, path, MOST_ELEMENTS)):
            place = f"{path}[{index}]"
            field = _object(one, place)
            name = read_text(read_required(field, "name", f"{place}.name"), f"{place}.name")
            described = read_required(field, "type", f"{place}.type")
            found.append((name, self.layout(described, f"{place}.type", parameters, depth + 1)))
        return found


def _object(value: Any, path: str) -> dict[str, Any]:
    """An object. Its other fields, such as comments, have no meaning here."""
    if not isinstance(value, dict):
        raise expected(path, "an object", value)
    return value


def _c_option(inner: Layout) -> Layout:
    if isinstance(inner, Address):
        return Option(inner, 4, KEY_LENGTH)
    if isinstance(inner, (Integer, Float)):
        return Option(inner, 4, inner.width)
    if isinstance(inner, ByteArray):
        return Option(inner, 4, inner.length)
    return Option(inner, 4, 1) if isinstance(inner, Boolean) else Unreadable(f"coption<{inner}>")
