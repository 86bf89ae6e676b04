"""A bounded reader takes fields in order, and words its errors as the format says."""

from __future__ import annotations

import pytest

from solproof.errors import InputError, ProofRejected, Rejection, SolproofError
from solproof.formats.reader import ByteReader, Problem, ReaderErrors

ERRORS = ReaderErrors(
    lambda _, message: InputError(message),
    "{field} needs {length} bytes from {offset} to {end}, {left} of {size} are left",
    "{left} bytes from {offset} on",
)


def reader(content: bytes) -> ByteReader:
    """A reader of something called `thing`."""
    return ByteReader(content, "thing", ERRORS)


def test_fields_in_order() -> None:
    given = reader(b"ab\x01\x02name")
    assert given.take(2) == b"ab"
    assert (given.offset, given.left) == (2, 6)
    assert given.unsigned(2) == 0x201
    assert given.printable(4, "name", "its name") == "name"
    assert given.take(0) == b""
    given.finish()


def test_a_field_that_is_cut_off() -> None:
    given = reader(b"abc")
    given.take(1)
    with pytest.raises(InputError) as caught:
        given.take(3, "key")
    assert str(caught.value) == "thing: key needs 3 bytes from 1 to 4, 2 of 3 are left"
    assert given.take(2) == b"bc"


def test_a_huge_length_is_refused() -> None:
    with pytest.raises(InputError, match="needs 18446744073709551615 bytes"):
        reader(b"abc").take(2**64 - 1)


def test_bytes_after_the_end() -> None:
    given = reader(b"abc")
    given.take(1)
    with pytest.raises(InputError) as caught:
        given.finish()
    assert str(caught.value) == "thing: 2 bytes from 1 on"


@pytest.mark.parametrize("content", [b"a\nb", b"\x7f..", "aé".encode()])
def test_text_that_is_not_printable(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        reader(content).printable(3, "name", "its name")
    assert str(caught.value) == "thing: its name is not printable ASCII"


def test_the_error_of_each_problem() -> None:
    """A format makes its own error, from the problem and the message."""
    found: list[Problem] = []

    def error(problem: Problem, message: str) -> SolproofError:
        found.append(problem)
        return ProofRejected(Rejection.FILE_TRUNCATED, message)

    errors = ReaderErrors(error, "short", "long")
    with pytest.raises(ProofRejected, match=r"^proof: short$"):
        ByteReader(b"", "proof", errors).unsigned(1)
    with pytest.raises(ProofRejected, match=r"^proof: its name is not printable ASCII$"):
        ByteReader(b"\n", "proof", errors).printable(1, "name", "its name")
    with pytest.raises(ProofRejected, match=r"^proof: long$"):
        ByteReader(b"a", "proof", errors).finish()
    assert found == [Problem.CUT_OFF, Problem.NOT_PRINTABLE, Problem.NOT_ENDED]
