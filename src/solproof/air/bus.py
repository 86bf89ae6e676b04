"""The buses, on which chips exchange messages.

A bus balances if the messages sent (or queried) equal those received (or provided). A permutation bus carries
each message once (multiplicity 0 or 1 on both sides). A lookup bus has one provider, a table whose rows may
be queried any number of times.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The relation between the two sides of a bus."""

    PERMUTATION = "permutation"
    LOOKUP = "lookup"


class Role(Enum):
    """One side of a bus: send and receive on a permutation, query and provide on a lookup."""

    SEND = "send"
    RECEIVE = "receive"
    QUERY = "query"
    PROVIDE = "provide"

    @property
    def sign(self) -> int:
        """+1 for the sides that add a message, -1 for the sides that take it."""
        return 1 if self in (Role.SEND, Role.QUERY) else -1


@dataclass(frozen=True, slots=True)
class Bus:
    """A named channel with messages of one width."""

    name: str
    kind: Kind
    fields: tuple[str, ...]

    @property
    def width(self) -> int:
        """Number of field elements in a message."""
        return len(self.fields)

    @property
    def is_scoped(self) -> bool:
        """Whether the first field of every message is the number of an invocation.

        Messages of two invocations differ in this field. So the bus balances for each invocation by itself.
        """
        return self.fields[0] == INVOCATION


INVOCATION = "invocation"
"""The field that scopes a bus. A chip declares its column once, and its messages begin with it."""

LIMBS = ("limb 0", "limb 1", "limb 2", "limb 3")

PROGRAM = Bus(
    "program",
    Kind.LOOKUP,
    (
        INVOCATION,
        "pc",
        "family",
        "destination",
        "source",
        "imm 0",
        "imm 1",
        "imm 2",
        "imm 3",
        "offset",
        "flags",
    ),
)
STATE = Bus("state", Kind.PERMUTATION, (INVOCATION, "clk", "pc"))
REGISTER = Bus("register", Kind.PERMUTATION, (INVOCATION, "index", *LIMBS, "time"))
MEMORY = Bus("memory", Kind.PERMUTATION, (INVOCATION, "region", "word index", "tag", *LIMBS, "time"))
RANGE16 = Bus("range16", Kind.LOOKUP, ("value below 2^16",))
BITWISE = Bus("bitwise", Kind.LOOKUP, ("byte a", "byte b", "a AND b"))
BYTES = Bus("bytes", Kind.LOOKUP, ("byte a", "byte b"))
BLOCK = Bus(
    "block",
    Kind.PERMUTATION,
    (
        INVOCATION,
        "clk",
        "kind",
        "aligned region",
        "aligned index",
        "start",
        "left",
        "shifted region",
        "shifted index",
        "reads",
        "shift",
        "value",
    ),
)
LAYOUT = Bus("layout", Kind.LOOKUP, (INVOCATION, "heap words", "stack gaps"))
BITS = Bus("bits", Kind.LOOKUP, ("n, at most 15", "value below 2^n", "2^n + value"))

ALL_BUSES = (PROGRAM, LAYOUT, STATE, REGISTER, MEMORY, BLOCK, RANGE16, BITWISE, BYTES, BITS)
