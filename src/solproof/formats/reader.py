"""A bounded reader of untrusted bytes. It takes them from the front and never reads past the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from solproof.errors import SolproofError


class Problem(Enum):
    """The problems that the reader of every format can find."""

    CUT_OFF = auto()
    NOT_PRINTABLE = auto()
    NOT_ENDED = auto()


@dataclass(frozen=True, slots=True)
class ReaderErrors:
    """How a format reports a `Problem`: `error` makes the error from the problem and the whole message.

    The texts are templates of `str.format`, and everything in them is in bytes. `cut_off` can name `field`,
    `length` (of the field), `offset` (where it starts), `end` (where it would end), `left` and `size` (of
    everything). `not_ended` can name `offset` and `left`.
    """

    error: Callable[[Problem, str], SolproofError]
    cut_off: str
    not_ended: str


class ByteReader:
    """Takes fields from the front of `content`. `name` is what is read, and every error starts with it.

    `offset` is where the next field starts, in bytes.
    """

    def __init__(self, content: bytes, name: str, errors: ReaderErrors) -> None:
        self.content = content
        self.name = name
        self.errors = errors
        self.offset = 0

    @property
    def left(self) -> int:
        """How many bytes have not been taken."""
        return len(self.content) - self.offset

    def take(self, length: int, field: str = "") -> bytes:
        """The next `length` bytes. Raises the format's error, and allocates nothing, if fewer are left."""
        if length > self.left:
            raise self._refusal(
                Problem.CUT_OFF,
                self.errors.cut_off.format(
                    field=field,
                    length=length,
                    offset=self.offset,
                    end=self.offset + length,
                    left=self.left,
                    size=len(self.content),
                ),
            )
        self.offset += length
        return self.content[self.offset - length : self.offset]

    def unsigned(self, width: int, field: str = "") -> int:
        """An unsigned little-endian integer of `width` bytes. Raises the format's error."""
        return int.from_bytes(self.take(width, field), "little")

    def printable(self, length: int, field: str, subject: str) -> str:
        """The next `length` bytes, which must be printable ASCII. Raises the format's error, which calls the
        bytes `subject`.
        """
        content = self.take(length, field)
        if not content.isascii() or not content.decode("ascii").isprintable():
            raise self._refusal(Problem.NOT_PRINTABLE, f"{subject} is not printable ASCII")
        return content.decode("ascii")

    def finish(self) -> None:
        """Raise the format's error if bytes are left."""
        if self.left:
            text = self.errors.not_ended.format(offset=self.offset, left=self.left)
            raise self._refusal(Problem.NOT_ENDED, text)

    def _refusal(self, problem: Problem, text: str) -> SolproofError:
        """The format's error, whose message starts with the name of what is read."""
        return self.errors.error(problem, f"{self.name}: {text}")
