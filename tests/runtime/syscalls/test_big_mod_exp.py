"""sol_big_mod_exp, if its feature is active. See also test_cryptographic_calls.py."""

from __future__ import annotations

import pytest

from solproof.runtime.execution_input import Parameters
from tests.support.cryptographic_calls import WITH_BIG_MOD_EXP
from tests.support.syscall_harness import HEAP, HEAP_END, IMAGE, MASK, check, failure, revealed, slices

PARAMETERS = Parameters(features=WITH_BIG_MOD_EXP)
BASE, EXPONENT, MODULUS, RANGES, RESULT = (HEAP + 0x400 * place for place in range(5))
both_formats = pytest.mark.parametrize("version", [0, 3])


@both_formats
@pytest.mark.parametrize(
    ("base", "exponent", "modulus"),
    [
        (b"\x02", b"\x0a", b"\x03\xe9"),
        (b"\x03", b"\x01\x00\x01", b"\xff" * 32),
        (b"\xff" * 32, b"\xff" * 32, b"\xff" * 31 + b"\xfe"),
        (b"\x00" * 5 + b"\x07", b"\x00\x00\x05", b"\x00\x00\x00\x0b"),
        (b"\x07", b"\x05", b"\x00" * 60 + b"\x0b"),
        (b"", b"", b"\x07"),
        (b"", b"\x05", b"\x07"),
        (b"\x05", b"", b"\x07"),
        (b"\x05", b"\x00\x00", b"\x07\x07"),
        (b"\x00", b"\x00", b"\x07"),
        (b"\x00", b"\x09", b"\x07"),
        (b"\x05", b"\x05", b""),
        (b"", b"", b""),
        (b"\x05", b"\x05", b"\x00"),
        (b"\x05", b"\x05", b"\x00" * 9),
        (b"\x05", b"\x05", b"\x01"),
        (b"\x05", b"", b"\x01"),
        (b"\x05", b"\x05", b"\x00" * 8 + b"\x01"),
        (b"\x05", b"\x05", b"\x02"),
        (b"\x06", b"\x05", b"\x02"),
        (b"\x0a" * 64, b"\x03", b"\x80" + b"\x00" * 63),
        (b"\x11" * 100, b"\x0d" * 7, b"\x55" * 33),
        (b"\x01" * 512, b"\x03", b"\xf1" * 512),
        (b"\x01", b"\xff" * 512, b"\x0b"),
        (b"\x99" * 128, b"\x7f" * 128, b"\xe3" * 128),
        (b"\x99" * 8, b"\x01", b"\x99" * 8),
        (b"\x99" * 8, b"\x02", b"\x99" * 7 + b"\x98"),
    ],
)
def test_powers(base: bytes, exponent: bytes, modulus: bytes, version: int) -> None:
    memory = {
        BASE: base,
        EXPONENT: exponent,
        MODULUS: modulus,
        RANGES: slices((BASE, len(base)), (EXPONENT, len(exponent)), (MODULUS, len(modulus))),
        RESULT: b"\xee" * (len(modulus) + 8),
    }
    execution = check(
        "sol_big_mod_exp", (RANGES, RESULT), memory, (RESULT, len(modulus) + 8), PARAMETERS, version=version
    )
    divisor = int.from_bytes(modulus, "big")
    power = pow(int.from_bytes(base, "big"), int.from_bytes(exponent, "big"), divisor) if divisor else 0
    assert revealed(execution) == power.to_bytes(len(modulus), "big") + b"\xee" * 8
    longest = max(len(base), len(exponent), len(modulus))
    assert execution.run.trace.events[0].compute_units == 290 + longest**2 // 2


@both_formats
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("length", [513, 2**20, 2**63, MASK])
def test_numbers_too_long(place: int, length: int, version: int) -> None:
    lengths = [length if number == place else 1 for number in range(3)]
    memory = {RANGES: slices(*((0, length) for length in lengths))}
    execution = check("sol_big_mod_exp", (RANGES, RESULT), memory, None, PARAMETERS, version=version)
    assert failure(execution) == ("InvalidLength", "InvalidLength")
    assert execution.run.trace.events[0].compute_units == 0


@both_formats
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("address", [64, MASK, IMAGE - 8, HEAP - 1, HEAP_END - 7])
def test_numbers_elsewhere(place: int, address: int, version: int) -> None:
    places = [address if number == place else HEAP for number in range(3)]
    memory = {RANGES: slices(*((place, 8) for place in places))}
    execution = check("sol_big_mod_exp", (RANGES, RESULT), memory, None, PARAMETERS, version=version)
    assert execution.run.trace.events[0].compute_units == 290 + 32
    text = failure(execution)[1]
    assert text is not None
    assert text.endswith(f"at address {address:#x} of size 8")


@both_formats
def test_result_is_looked_at_last(version: int) -> None:
    memory = {RANGES: slices((64, 1), (64, 2), (64, 3))}
    execution = check("sol_big_mod_exp", (RANGES, 1), memory, None, PARAMETERS, version=version)
    assert failure(execution)[1] == "Access violation in unknown section at address 0x40 of size 1"


def test_nothing_to_write_needs_no_result() -> None:
    memory = {RANGES: slices((0, 0), (MASK, 0), (1, 0))}
    assert check("sol_big_mod_exp", (RANGES, MASK), memory, None, PARAMETERS).output.success


@both_formats
def test_result_over_the_numbers(version: int) -> None:
    memory = {RANGES: slices((RANGES, 48), (RANGES + 16, 8), (RANGES + 32, 16))}
    execution = check(
        "sol_big_mod_exp", (RANGES, RANGES + 32), memory, (RANGES, 48), PARAMETERS, version=version
    )
    numbers = (memory[RANGES], memory[RANGES][16:24], memory[RANGES][32:])
    power = pow(*(int.from_bytes(number, "big") for number in numbers))
    assert revealed(execution) == memory[RANGES][:32] + power.to_bytes(16, "big")


@both_formats
def test_no_syscall_on_mainnet(version: int) -> None:
    execution = check("sol_big_mod_exp", (RANGES, RESULT), {}, version=version)
    assert failure(execution)[0] == "UnsupportedInstruction"
