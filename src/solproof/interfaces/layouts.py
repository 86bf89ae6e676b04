"""How values lie in bytes: the types of Borsh, of bincode, and of the programs that pack by hand.

A `Layout` reads a value from bytes and writes one into bytes. The values are numbers, booleans, texts (also
for addresses, in base58), `bytes`, lists, dictionaries by field, and None. A variant of an enum is its name,
or {name: fields} if it has fields. All numbers are little-endian.

Source: borsh 1.5 (specification), bincode 1.3 with integers of fixed width, solana-program-pack 3 (COption).
"""

from __future__ import annotations

import math
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from solproof.errors import InputError, UnsupportedError
from solproof.interfaces.names import same_name
from solproof.runtime.accounts import KEY_LENGTH, address_bytes, address_text
from solproof.runtime.bincode_reader import BincodeReader

MOST_VALUES = 65_536
"""The most values that are read from one content, because a length may claim more than any memory holds."""
DEEPEST = 32
"""The deepest nesting of types that refer to each other."""

Value = Any
Fields = Sequence[tuple[str, "Layout"]]


@dataclass(slots=True)
class ValueReader(BincodeReader):
    """A position in some content, and how many values were read and how deep they are nested.

    The methods raise `InstructionFailure` for content that is not a value.
    """

    error: str = "InvalidAccountData"
    values: int = 0
    depth: int = 0

    def count(self) -> None:
        """Count a value."""
        self.values += 1
        if self.values > MOST_VALUES:
            raise self.invalid()

    @property
    def left(self) -> int:
        """How many bytes follow."""
        return len(self.content) - self.position


class Layout(ABC):
    """How a value lies in bytes."""

    @abstractmethod
    def read(self, reader: ValueReader) -> Value:
        """The next value. Raises `InstructionFailure` if the bytes are not one."""

    @abstractmethod
    def write(self, value: Value, path: str) -> bytes:
        """The bytes of a value. Raises `InputError` with the path of what is not a value of this type."""

    @abstractmethod
    def __str__(self) -> str:
        """The type as an IDL names it, for messages."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_cut(str(self))})"

    def expected(self, path: str, value: Value) -> InputError:
        """The error for something that is not a value of this type."""
        shown = repr(value)
        return InputError(f"{path}: expected {self}, got {shown if len(shown) <= 60 else shown[:57] + '...'}")


# NUMBERS, TEXTS, BYTES, ADDRESSES


@dataclass(frozen=True, slots=True, repr=False)
class Integer(Layout):
    """An integer of `width` bytes."""

    width: int
    signed: bool = False

    def __str__(self) -> str:
        return f"{'i' if self.signed else 'u'}{8 * self.width}"

    def read(self, reader: ValueReader) -> int:
        return int.from_bytes(reader.take(self.width), "little", signed=self.signed)

    def write(self, value: Value, path: str) -> bytes:
        try:
            number = int(value, 0) if isinstance(value, str) else value
        except ValueError:
            raise self.expected(path, value) from None
        if isinstance(number, bool) or not isinstance(number, int):
            raise self.expected(path, value)
        try:
            return number.to_bytes(self.width, "little", signed=self.signed)
        except OverflowError:
            raise self.expected(path, value) from None


@dataclass(frozen=True, slots=True, repr=False)
class Float(Layout):
    """A number in IEEE 754 with `width` bytes, 4 or 8."""

    width: int

    def __str__(self) -> str:
        return f"f{8 * self.width}"

    def read(self, reader: ValueReader) -> float | str:
        (number,) = struct.unpack(self._format, reader.take(self.width))
        # JSON has no other numbers, so the rest are texts.
        return float(number) if math.isfinite(number) else str(number)

    def write(self, value: Value, path: str) -> bytes:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise self.expected(path, value)
        try:
            return struct.pack(self._format, float(value))
        except (ValueError, OverflowError):
            raise self.expected(path, value) from None

    @property
    def _format(self) -> str:
        return "<f" if self.width == 4 else "<d"


@dataclass(frozen=True, slots=True, repr=False)
class Boolean(Layout):
    """A byte that is 0 or 1."""

    def __str__(self) -> str:
        return "bool"

    def read(self, reader: ValueReader) -> bool:
        return reader.boolean()

    def write(self, value: Value, path: str) -> bytes:
        if not isinstance(value, bool):
            raise self.expected(path, value)
        return bytes([value])


@dataclass(frozen=True, slots=True, repr=False)
class Text(Layout):
    """UTF-8 after its length in `prefix` bytes. With 0 it reaches to the end of the content."""

    prefix: int = 4

    def __str__(self) -> str:
        return "string"

    def read(self, reader: ValueReader) -> str:
        content = _sized(reader, self.prefix)
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            raise reader.invalid() from None

    def write(self, value: Value, path: str) -> bytes:
        if not isinstance(value, str):
            raise self.expected(path, value)
        try:
            return _with_length(value.encode("utf-8"), self.prefix)
        except UnicodeEncodeError:
            raise self.expected(path, value) from None


@dataclass(frozen=True, slots=True, repr=False)
class ByteString(Layout):
    """Bytes after their length in `prefix` bytes. With 0 they reach to the end of the content."""

    prefix: int = 4

    def __str__(self) -> str:
        return "bytes"

    def read(self, reader: ValueReader) -> bytes:
        return _sized(reader, self.prefix)

    def write(self, value: Value, path: str) -> bytes:
        return _with_length(_bytes(self, value, path), self.prefix)


@dataclass(frozen=True, slots=True, repr=False)
class ByteArray(Layout):
    """`length` bytes."""

    length: int

    def __str__(self) -> str:
        return f"[u8; {self.length}]"

    def read(self, reader: ValueReader) -> bytes:
        return reader.take(self.length)

    def write(self, value: Value, path: str) -> bytes:
        content = _bytes(self, value, path)
        if len(content) != self.length:
            raise InputError(f"{path}: expected {self.length} bytes, got {len(content)}")
        return content


@dataclass(frozen=True, slots=True, repr=False)
class Address(Layout):
    """An address. With `zero_is_none`, 32 zeros mean that there is no address."""

    zero_is_none: bool = False

    def __str__(self) -> str:
        return "pubkey"

    def read(self, reader: ValueReader) -> str | None:
        key = reader.key()
        return None if self.zero_is_none and not any(key) else address_text(key)

    def write(self, value: Value, path: str) -> bytes:
        if value is None and self.zero_is_none:
            return bytes(KEY_LENGTH)
        if isinstance(value, (bytes, bytearray)) and len(value) == KEY_LENGTH:
            return bytes(value)
        if not isinstance(value, str):
            raise self.expected(path, value)
        try:
            return address_bytes(value)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None


U8, U16, U32, U64, I64 = Integer(1), Integer(2), Integer(4), Integer(8), Integer(8, signed=True)
BOOLEAN, ADDRESS = Boolean(), Address()


# TYPES OF OTHER TYPES


@dataclass(frozen=True, slots=True, repr=False)
class Option(Layout):
    """A tag of `tag` bytes that is 0 or 1, and a value after a 1.

    width: the bytes of the value if they are there also after a 0, as in a `COption`.
    """

    inner: Layout
    tag: int = 1
    width: int | None = None

    def __str__(self) -> str:
        return f"option<{self.inner}>"

    def read(self, reader: ValueReader) -> Value:
        tag = reader.unsigned(self.tag)
        if tag > 1:
            raise reader.invalid()
        if tag:
            return self.inner.read(reader)
        if self.width is not None:
            reader.take(self.width)
        return None

    def write(self, value: Value, path: str) -> bytes:
        if value is None:
            return bytes(self.tag + (self.width or 0))
        return (1).to_bytes(self.tag, "little") + self.inner.write(value, path)


@dataclass(frozen=True, slots=True, repr=False)
class List(Layout):
    """Values after their number in `prefix` bytes. With 0 they reach to the end of the content."""

    element: Layout
    prefix: int = 4

    def __str__(self) -> str:
        return f"vec<{self.element}>"

    def read(self, reader: ValueReader) -> list[Value]:
        found: list[Value] = []
        if self.prefix:
            for _ in range(reader.unsigned(self.prefix)):
                reader.count()
                found.append(self.element.read(reader))
        else:
            while reader.left:
                reader.count()
                found.append(self.element.read(reader))
        return found

    def write(self, value: Value, path: str) -> bytes:
        if not isinstance(value, (list, tuple)):
            raise self.expected(path, value)
        length = len(value).to_bytes(self.prefix, "little") if self.prefix else b""
        return length + b"".join(
            self.element.write(element, f"{path}[{position}]") for position, element in enumerate(value)
        )


@dataclass(frozen=True, slots=True, repr=False)
class Array(Layout):
    """`length` values."""

    element: Layout
    length: int

    def __str__(self) -> str:
        return f"[{self.element}; {self.length}]"

    def read(self, reader: ValueReader) -> list[Value]:
        found: list[Value] = []
        for _ in range(self.length):
            reader.count()
            found.append(self.element.read(reader))
        return found

    def write(self, value: Value, path: str) -> bytes:
        if not isinstance(value, (list, tuple)) or len(value) != self.length:
            raise self.expected(path, value)
        return b"".join(
            self.element.write(element, f"{path}[{position}]") for position, element in enumerate(value)
        )


@dataclass(frozen=True, slots=True, repr=False)
class Tuple(Layout):
    """Values of several types, one after the other."""

    elements: tuple[Layout, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.elements))})"

    def read(self, reader: ValueReader) -> list[Value]:
        return [element.read(reader) for element in self.elements]

    def write(self, value: Value, path: str) -> bytes:
        if not isinstance(value, (list, tuple)) or len(value) != len(self.elements):
            raise self.expected(path, value)
        pairs = zip(self.elements, value, strict=True)
        return b"".join(
            element.write(part, f"{path}[{position}]") for position, (element, part) in enumerate(pairs)
        )


@dataclass(frozen=True, slots=True, repr=False)
class Gap(Layout):
    """Bytes that mean nothing, up to an offset from the start of the content. Written as zeros."""

    offset: int

    def __str__(self) -> str:
        return f"gap to {self.offset}"

    def read(self, reader: ValueReader) -> None:
        if reader.position > self.offset:
            raise reader.invalid()
        reader.take(self.offset - reader.position)

    def write(self, value: Value, path: str) -> bytes:
        raise UnsupportedError(f"{path}: bytes without a meaning are not written")


@dataclass(frozen=True, slots=True, repr=False)
class Struct(Layout):
    """Fields in order, as a dictionary. A `Gap` is no field."""

    fields: tuple[tuple[str, Layout], ...] = ()
    name: str = "struct"

    def __str__(self) -> str:
        return self.name

    def read(self, reader: ValueReader) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, layout in self.fields:
            value = layout.read(reader)
            if not isinstance(layout, Gap):
                found[name] = value
        return found

    def write(self, value: Value, path: str) -> bytes:
        if not isinstance(value, Mapping):
            raise self.expected(path, value)
        return b"".join(
            layout.write(part, f"{path}.{name}") for name, layout, part in self.assigned(value, path)
        )

    def assigned(self, values: Mapping[str, Value], path: str) -> list[tuple[str, Layout, Value]]:
        """Each field with the value for it. Raises `InputError` for a missing and for an unknown field.

        Upper case and underscores make no difference. A missing option is None.
        """
        for name in values:
            if not any(same_name(name, field) for field, _ in self.fields):
                known = ", ".join(f"{field}: {layout}" for field, layout in self.fields) or "none"
                raise InputError(f"{path}: unknown field {name!r}, expected {known}")
        unused = dict(values)
        found: list[tuple[str, Layout, Value]] = []
        for name, layout in self.fields:
            given = [other for other in unused if same_name(other, name)]
            if len(given) > 1:
                raise InputError(f"{path}: {given[1]} is given twice")
            if not given and not isinstance(layout, Option):
                raise InputError(f"{path}: {name} is missing, expected {layout}")
            found.append((name, layout, unused.pop(given[0]) if given else None))
        return found


@dataclass(frozen=True, slots=True, repr=False)
class Enum(Layout):
    """A number of `tag` bytes, and the fields of its variant, if it has any."""

    name: str
    variants: tuple[tuple[str, Layout | None], ...]
    tag: int = 1

    def __str__(self) -> str:
        return self.name

    def read(self, reader: ValueReader) -> Value:
        number = reader.unsigned(self.tag)
        if number >= len(self.variants):
            raise reader.invalid()
        name, layout = self.variants[number]
        return name if layout is None else {name: layout.read(reader)}

    def write(self, value: Value, path: str) -> bytes:
        given = value
        if isinstance(value, Mapping) and len(value) == 1:
            ((value, given),) = value.items()
        for number, (name, layout) in enumerate(self.variants):
            if isinstance(value, str) and same_name(value, name):
                tag = number.to_bytes(self.tag, "little")
                if layout is None:
                    return tag
                return tag + layout.write({} if given is value else given, f"{path}.{name}")
        names = ", ".join(name for name, _ in self.variants)
        raise InputError(f"{path}: expected one of {names}, got {value!r}")


@dataclass(frozen=True, slots=True, repr=False)
class Extensions(Layout):
    """Extensions up to the end of the content: a u16 with the type, a u16 with the length, and the value.

    The value is a dictionary by name. An extension that is not known has its bytes. Source:
    spl-token-2022-interface 2 (extension/mod.rs).
    """

    known: tuple[tuple[str, Layout], ...]

    def __str__(self) -> str:
        return "extensions"

    def read(self, reader: ValueReader) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while reader.left >= 4:
            number, length = reader.u16(), reader.u16()
            if number == 0:  # the rest is not used
                reader.take(reader.left)
                break
            value = ValueReader(reader.take(length), values=reader.values)
            name, layout = (
                self.known[number - 1] if number <= len(self.known) else (f"extension {number}", REST)
            )
            found[name] = layout.read(value)
            reader.values = value.values + 1
        return found

    def write(self, value: Value, path: str) -> bytes:
        raise UnsupportedError(f"{path}: extensions are only read")


@dataclass(frozen=True, slots=True, repr=False)
class Named(Layout):
    """A type by its name, for types that refer to each other. `types` has every name."""

    name: str
    types: Mapping[str, Layout] = field(compare=False)  # it may contain this layout itself

    def __str__(self) -> str:
        return self.name

    def read(self, reader: ValueReader) -> Value:
        reader.count()
        reader.depth += 1
        if reader.depth > DEEPEST:
            raise reader.invalid()
        value = self.types[self.name].read(reader)
        reader.depth -= 1
        return value

    def write(self, value: Value, path: str) -> bytes:
        if path.count(".") + path.count("[") > DEEPEST:
            raise InputError(f"{path}: nested too deeply")
        return self.types[self.name].write(value, path)


@dataclass(frozen=True, slots=True, repr=False)
class Unreadable(Layout):
    """A type that solproof does not know. Nothing that has it is decoded, and writing it is refused."""

    name: str

    def __str__(self) -> str:
        return self.name

    def read(self, reader: ValueReader) -> Value:
        raise reader.invalid()

    def write(self, value: Value, path: str) -> bytes:
        raise UnsupportedError(f"{path}: the type {self.name} of an IDL is not supported")


REST = ByteString(0)
"""The bytes up to the end."""


def c_option(inner: Layout, width: int) -> Option:
    """A `COption` in an account: a tag of 4 bytes, and always the `width` bytes of the value."""
    return Option(inner, 4, width)


def structure(name: str = "struct", /, **fields: Layout) -> Struct:
    """A struct with these fields in order."""
    return Struct(tuple(fields.items()), name)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _sized(reader: ValueReader, prefix: int) -> bytes:
    return reader.take(reader.unsigned(prefix) if prefix else reader.left)


def _with_length(content: bytes, prefix: int) -> bytes:
    return (len(content).to_bytes(prefix, "little") if prefix else b"") + content


def _bytes(layout: Layout, value: Value, path: str) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    try:
        if isinstance(value, str):
            return bytes.fromhex(value.removeprefix("0x"))
        if isinstance(value, (list, tuple)):
            return bytes(value)
    except (TypeError, ValueError):
        pass
    raise InputError(
        f"{path}: expected {layout} in hexadecimal or as a list of numbers, got {_cut(repr(value))}"
    )
