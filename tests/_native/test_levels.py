"""The level of processors whose prover a wheel uses, and the refusals."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from solproof._native.levels import LEVELS, choose_level
from solproof.errors import InputError, UnsupportedError

V2, V3, V4 = (level.extensions for level in LEVELS)


@pytest.mark.parametrize(
    ("features", "wanted", "chosen"),
    [
        (V2, None, "x86-64-v2"),
        (V2 | V3, None, "x86-64-v3"),
        (V2 | V3 | V4, None, "x86-64-v4"),
        (V2 | V3 | V4 | {"avx512vbmi"}, None, "x86-64-v4"),
        (V2 | V3 | V4 - {"avx512vl"}, None, "x86-64-v3"),
        (V2 | V3 - {"movbe"} | V4, None, "x86-64-v2"),
        (V2 | V3 | V4, "x86-64-v2", "x86-64-v2"),
        (V2 | V3 | V4, "x86-64-v3", "x86-64-v3"),
        (V2 | V3, "x86-64-v3", "x86-64-v3"),
    ],
)
def test_the_chosen_level(features: frozenset[str], wanted: str | None, chosen: str) -> None:
    assert choose_level(features, wanted).name == chosen


def test_a_processor_below_every_level() -> None:
    expected = (
        "this processor is below x86-64-v2, the lowest level that solproof runs on: it lacks popcnt, sse4.2"
    )
    with pytest.raises(UnsupportedError) as raised:
        choose_level(V2 - {"sse4.2", "popcnt"} | V3, None)
    assert str(raised.value) == expected


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (
            "x86-64-v4",
            "SOLPROOF_PROCESSOR_LEVEL is x86-64-v4: this processor has only the levels up to x86-64-v3",
        ),
        ("v3", "SOLPROOF_PROCESSOR_LEVEL is 'v3': expected one of x86-64-v2, x86-64-v3, x86-64-v4"),
        ("", "SOLPROOF_PROCESSOR_LEVEL is '': expected one of x86-64-v2, x86-64-v3, x86-64-v4"),
    ],
)
def test_a_level_that_cannot_be_used(wanted: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        choose_level(V2 | V3, wanted)
    assert str(raised.value) == message


def test_the_directories_of_the_levels() -> None:
    assert [level.directory for level in LEVELS] == ["x86_64_v2", "x86_64_v3", "x86_64_v4"]


def test_a_build_with_a_single_prover_has_no_level() -> None:
    """This checkout is such a build. The command shows the refusal in one line."""
    process = subprocess.run(
        [sys.executable, "-m", "solproof", "run", "program.so"],
        env={**os.environ, "SOLPROOF_PROCESSOR_LEVEL": "x86-64-v3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stdout, process.stderr) == (
        2,
        "",
        "error: SOLPROOF_PROCESSOR_LEVEL is x86-64-v3: this build has a single prover, "
        "because only a wheel for x86-64 has levels\n",
    )
