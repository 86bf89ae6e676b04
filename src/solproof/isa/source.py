"""The grammar of assembly source. It does not depend on mnemonics or versions.

The syntax is that of solana-sbpf 0.21.0 (`asm_parser.rs`), where a line may hold several statements and
commas separate operands. Comments, strings and the directives in docs/assembly.md are additions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from solproof.errors import InputError

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\f\v]+|(?:\#|//).*)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<number>[0-9]\w*)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign>[-+\[\]:,.])""",
    re.VERBOSE | re.ASCII,
)
_NUMBER = re.compile(r"0x[0-9A-Fa-f]+|[0-9]+", re.ASCII)
_REGISTER = re.compile(r"r([0-9]+)", re.ASCII)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\\": "\\", '"': '"'}
_REGISTERS = 16
_BITS_63, _BITS_64 = 1 << 63, 1 << 64
_EXCERPT = 40


class AssemblyError(InputError):
    """The source cannot be assembled. `line` and `column` count from 1."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(place, message)
        self.line = place.line
        self.column = place.column
        self.message = message

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the source. Lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Register:
    """r0 to r15, as four bits can encode. The bytecode verifier accepts fewer of them."""

    place: Place
    number: int

    def __str__(self) -> str:
        return f"register r{self.number}"


@dataclass(frozen=True, slots=True)
class Integer:
    """A signed number. In the source, a number of 2^63 or more stands for its 64 bits."""

    place: Place
    value: int

    def __str__(self) -> str:
        return f"number {self.value}"


@dataclass(frozen=True, slots=True)
class Name:
    """A label, a syscall or a constant. `sign` is -1 for a constant with a minus sign."""

    place: Place
    text: str
    sign: int = 1

    def __str__(self) -> str:
        return f"name {self.text}"


@dataclass(frozen=True, slots=True)
class Memory:
    """`[register + offset]`."""

    place: Place
    register: Register
    offset: Integer | Name

    def __str__(self) -> str:
        return f"memory operand [r{self.register.number}...]"


@dataclass(frozen=True, slots=True)
class String:
    """Bytes between quotes."""

    place: Place
    content: bytes

    def __str__(self) -> str:
        return "a string"


Operand = Register | Integer | Name | Memory | String


@dataclass(frozen=True, slots=True)
class Label:
    """`name:`."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """A mnemonic and its operands. With `is_directive`, `name` is the name after a dot."""

    place: Place
    name: str
    operands: tuple[Operand, ...]
    is_directive: bool = False

    def __str__(self) -> str:
        return f".{self.name}" if self.is_directive else self.name


Statement = Label | Instruction


def parse(source: str) -> Iterator[Statement]:
    """The statements of a source in order. Raises `AssemblyError` at the first invalid statement."""
    for line, text in enumerate(source.split("\n"), start=1):
        yield from _Line(line, text).statements()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: Place


class _Line:
    """The tokens of one line, read from left to right."""

    def __init__(self, line: int, text: str) -> None:
        self._end = _Token("end", "the end of the line", Place(line, len(text.rstrip()) + 1))
        self._tokens = list(_tokens(line, text))
        self._position = 0

    def statements(self) -> Iterator[Statement]:
        while self._next.kind != "end":
            yield self._statement()

    @property
    def _next(self) -> _Token:
        return self._tokens[self._position] if self._position < len(self._tokens) else self._end

    def _take(self, *expected: str) -> _Token | None:
        """Take the next token if it has one of these kinds or is one of these signs."""
        token = self._next
        if token.kind not in expected and not (token.kind == "sign" and token.text in expected):
            return None
        self._position += 1
        return token

    def _need(self, what: str, *expected: str) -> _Token:
        token = self._take(*expected)
        if token is None:
            raise AssemblyError(self._next.place, f"found {_excerpt(self._next.text)}, expected {what}")
        return token

    def _statement(self) -> Statement:
        dot = self._take(".")
        name = self._need(
            "the name of a directive" if dot else "an instruction, a label or a directive", "word"
        )
        if dot is None and self._take(":"):
            return Label(name.place, name.text)
        operands = []
        if self._next.kind in ("word", "number", "string") or self._next.text in ("[", "-", "+"):
            operands.append(self._operand())
            while self._take(","):
                operands.append(self._operand())
        return Instruction((dot or name).place, name.text, tuple(operands), is_directive=dot is not None)

    def _operand(self) -> Operand:
        token = self._next
        if self._take("["):
            register = self._register(self._need("a register", "word"))
            at = self._next.place
            offset = Integer(at, 0) if self._next.text == "]" else self._number("an offset")
            self._need("]", "]")
            return Memory(token.place, register, offset)
        if self._take("string"):
            return String(token.place, _content(token))
        if token.kind == "word" and _REGISTER.fullmatch(token.text):
            return self._register(self._need("a register", "word"))
        return self._number("an operand")

    def _register(self, token: _Token) -> Register:
        match = _REGISTER.fullmatch(token.text)
        if match is None or len(match[1]) > 2 or int(match[1]) >= _REGISTERS:
            raise AssemblyError(token.place, f"found {_excerpt(token.text)}, expected a register r0 to r15")
        return Register(token.place, int(match[1]))

    def _number(self, what: str) -> Integer | Name:
        sign = self._take("-", "+")
        token = self._need(what if sign is None else "a number", "number", "word")
        place, factor = (sign or token).place, -1 if sign is not None and sign.text == "-" else 1
        if token.kind == "word":
            return Name(place, token.text, factor)
        if _NUMBER.fullmatch(token.text) is None:
            raise AssemblyError(token.place, f"found {_excerpt(token.text)}, expected a number")
        try:
            value = factor * int(token.text, 16 if token.text.startswith("0x") else 10)
        except ValueError:  # more digits than Python converts
            value = _BITS_64
        if not -_BITS_63 <= value < _BITS_64:
            raise AssemblyError(place, f"found {_excerpt(token.text)}, expected a number of at most 64 bits")
        return Integer(place, value - _BITS_64 if value >= _BITS_63 else value)


def _tokens(line: int, text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            what = "a string without its end" if text[position] == '"' else repr(text[position])
            expected = "a statement" if text[position] != '"' else 'another "'
            raise AssemblyError(Place(line, position + 1), f"found {what}, expected {expected}")
        if match.lastgroup != "space":
            assert match.lastgroup is not None
            yield _Token(match.lastgroup, match[0], Place(line, position + 1))
        position = match.end()


def _content(token: _Token) -> bytes:
    """The bytes of a string: UTF-8 with escapes."""
    parts = _ESCAPE.split(token.text[1:-1])
    content = b""
    for position, part in enumerate(parts):
        if position % 2 == 0:
            content += part.encode("utf-8", "surrogateescape")
        elif part.startswith("x") and len(part) == 3:
            content += bytes([int(part[1:], 16)])
        elif part in _ESCAPES:
            content += _ESCAPES[part].encode()
        else:
            raise AssemblyError(
                token.place, f'found \\{part} in a string, expected \\n, \\t, \\r, \\0, \\", \\\\ or \\x41'
            )
    return content


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "..."
