"""sol_poseidon, with and without the padding rule. See also test_cryptographic_calls.py."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from solproof.runtime.execution_input import Loader, Parameters
from solproof.runtime.features import MAINNET
from tests.support.elliptic_curves import BN254_ORDER
from tests.support.syscall_harness import HEAP, HEAP_END, IMAGE, MASK, check, failure, revealed, slices

UNPADDED = MAINNET.changed(deactivate=["poseidon_enforce_padding"])
RANGES, RESULT, ELEMENTS = HEAP, HEAP + 0x800, HEAP + 0x1000
REFUSED = (1, b"\xee" * 32)
both_formats = pytest.mark.parametrize("version", [0, 3])
both_orders = pytest.mark.parametrize("endianness", [0, 1])


def digest(
    elements: Sequence[bytes], endianness: int = 0, *, padded: bool = True, version: int = 0
) -> tuple[int, bytes]:
    """r0 and the bytes of the result, compared with LiteSVM."""
    places = [(ELEMENTS + 64 * number, len(element)) for number, element in enumerate(elements)]
    memory = {address: element for (address, _), element in zip(places, elements, strict=True)}
    execution = check(
        "sol_poseidon",
        (0, endianness, RANGES, len(elements), RESULT),
        {**memory, RANGES: slices(*places), RESULT: b"\xee" * 32},
        (RESULT, 32),
        Parameters(features=MAINNET if padded else UNPADDED),
        version=version,
    )
    assert execution.run.trace.events[0].compute_units == 61 * len(elements) ** 2 + 542
    return execution.run.r0, revealed(execution)


@both_formats
@both_orders
@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("count", range(1, 13))
def test_numbers_of_inputs(count: int, endianness: int, padded: bool, version: int) -> None:
    elements = [(1000 + number).to_bytes(32, "little" if endianness else "big") for number in range(count)]
    result, content = digest(elements, endianness, padded=padded, version=version)
    assert result == 0
    other = digest([element[::-1] for element in elements], 1 - endianness, padded=padded)
    assert other == (0, content[::-1])


@both_formats
@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        # circomlib, test/poseidoncircuit.js
        ((1,), 18586133768512220936620570745912940619677854269274689475585506675881198879027),
        ((1, 2), 7853200120776062878684798364095072458815029376092732009249414926327459813530),
    ],
)
def test_vectors_of_circomlib(numbers: tuple[int, ...], expected: int, version: int) -> None:
    elements = [number.to_bytes(32, "big") for number in numbers]
    assert digest(elements, version=version) == (0, expected.to_bytes(32, "big"))


@both_formats
@both_orders
@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("element", [0, 1, BN254_ORDER - 1])
def test_least_and_greatest_element(element: int, endianness: int, padded: bool, version: int) -> None:
    encoded = element.to_bytes(32, "little" if endianness else "big")
    assert digest([encoded], endianness, padded=padded, version=version)[0] == 0


@both_formats
@both_orders
@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("element", [BN254_ORDER, BN254_ORDER + 1, 2 * BN254_ORDER, 2**256 - 1])
def test_too_great_elements(element: int, endianness: int, padded: bool, version: int) -> None:
    encoded = element.to_bytes(32, "little" if endianness else "big")
    good = bytes(32)
    for elements in ([encoded], [good, encoded], [encoded, good, good]):
        assert digest(elements, endianness, padded=padded, version=version) == REFUSED


@both_formats
@both_orders
@pytest.mark.parametrize("length", [1, 2, 8, 16, 31])
def test_short_elements(length: int, endianness: int, version: int) -> None:
    element = bytes(range(1, length + 1))
    assert digest([element], endianness, version=version) == REFUSED
    assert digest([bytes(32), element], endianness, version=version) == REFUSED
    padding = bytes(32 - length)
    whole = element + padding if endianness else padding + element
    shortened = digest([element], endianness, padded=False, version=version)
    assert shortened == digest([whole], endianness, padded=True, version=version)
    assert shortened[0] == 0


@both_formats
@both_orders
@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("length", [0, 33, 40, 64])
def test_elements_of_no_length(length: int, endianness: int, padded: bool, version: int) -> None:
    for elements in ([bytes(length)], [bytes(32), bytes(length)], [bytes(length), bytes(32)]):
        assert digest(elements, endianness, padded=padded, version=version) == REFUSED


@both_formats
@both_orders
@pytest.mark.parametrize("padded", [True, False])
def test_no_element(endianness: int, padded: bool, version: int) -> None:
    assert digest([], endianness, padded=padded, version=version) == REFUSED


@both_formats
@pytest.mark.parametrize("count", [13, 14, 100, 2**32, 2**63, MASK])
def test_too_many_elements(count: int, version: int) -> None:
    execution = check("sol_poseidon", (0, 0, 0, count, 0), version=version)
    assert failure(execution) == ("InvalidLength", "InvalidLength")
    assert f"Poseidon hashing {count} sequences is not supported" in execution.output.logs
    assert execution.run.trace.events[0].compute_units == 0


@both_formats
@pytest.mark.parametrize("parameters", [1, 2, 2**32, MASK])
@pytest.mark.parametrize("endianness", [0, 2])
def test_parameters(parameters: int, endianness: int, version: int) -> None:
    execution = check("sol_poseidon", (parameters, endianness, 0, 99, 0), version=version)
    assert failure(execution) == ("InvalidParameters", "Invalid parameters.")
    assert execution.run.trace.events[0].compute_units == 0


@both_formats
@pytest.mark.parametrize("endianness", [2, 3, 2**32, 2**32 + 1, MASK])
def test_endianness(endianness: int, version: int) -> None:
    execution = check("sol_poseidon", (0, endianness, 0, 99, 0), version=version)
    assert failure(execution) == ("InvalidEndianness", "Invalid endianness.")


@both_formats
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("length", [1, 32, 33, 2**40])
@pytest.mark.parametrize("address", [64, IMAGE - 8, HEAP - 1, HEAP_END, 2**40, MASK])
def test_elements_elsewhere(place: int, length: int, address: int, version: int) -> None:
    places = [(address, length) if number == place else (ELEMENTS, 32) for number in range(3)]
    execution = check("sol_poseidon", (0, 0, RANGES, 3, RESULT), {RANGES: slices(*places)}, version=version)
    text = failure(execution)[1]
    assert text is not None
    assert text.endswith(f"at address {address:#x} of size {length}")


@both_formats
@pytest.mark.parametrize("length", [2**63, MASK])
def test_absurd_lengths(length: int, version: int) -> None:
    memory = {RANGES: slices((ELEMENTS, 32), (ELEMENTS, length))}
    execution = check("sol_poseidon", (0, 0, RANGES, 2, RESULT), memory, version=version)
    assert failure(execution) == ("InvalidLength", "InvalidLength")


@both_formats
def test_long_elements_are_no_words_of_the_proof(version: int) -> None:
    memory = {RANGES: slices((ELEMENTS, 0x4000), (ELEMENTS, 32))}
    execution = check("sol_poseidon", (0, 0, RANGES, 2, RESULT), memory, version=version)
    assert len(execution.run.trace.events[0].words) == 4


@pytest.mark.parametrize("loader", list(Loader))
def test_unaligned_slices_and_elements(loader: Loader) -> None:
    parameters = Parameters(loader=loader)
    memory = {RANGES: slices((ELEMENTS + 3, 32))}
    assert check("sol_poseidon", (0, 0, RANGES, 1, RESULT + 5), memory, None, parameters).output.success
    memory = {RANGES + 4: slices((ELEMENTS, 32))}
    execution = check("sol_poseidon", (0, 0, RANGES + 4, 1, RESULT), memory, None, parameters)
    expected = None if loader is Loader.V1 else "UnalignedPointer"
    assert failure(execution)[0] == expected
