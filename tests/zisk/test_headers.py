"""The headers of the guest are made of solproof's own constants."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from solproof.runtime import budget, sysvars
from solproof.zisk.endings import ENDINGS, PROGRAM_REFUSAL_GROUPS
from solproof.zisk.outputs import Word

GUEST = Path(__file__).resolve().parents[2] / "guest"
sys.path.append(str(GUEST))

import build  # noqa: E402
import runtime_headers  # noqa: E402
import zisk_headers  # noqa: E402

DEFINED = re.compile(r"^#define (\w+) (\d+)UL$", re.MULTILINE)


def test_every_included_header_is_there() -> None:
    """A header is either a file of the guest or generated, and never both."""
    files = {path.name for path in GUEST.glob("*.h")}
    assert not files & set(build.HEADERS)
    included = {
        name
        for path in [*GUEST.glob("*.c"), *GUEST.glob("*.h")]
        for name in re.findall(r'^#include "(.+)"$', path.read_text(), re.MULTILINE)
    }
    assert included == files | set(build.HEADERS)


def test_costs_and_limits_are_those_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "HASH_BASE_COST", 86)
    costs = dict(DEFINED.findall(runtime_headers.costs()))
    assert (costs["HASH_BASE_COST"], costs["CREATE_PROGRAM_ADDRESS_COST"]) == ("86", "1500")
    limits = dict(DEFINED.findall(runtime_headers.limits()))
    assert (limits["MAXIMUM_CALL_DEPTH"], limits["MAXIMUM_RETURN_DATA"]) == ("64", "1024")


def test_no_number_is_in_two_headers() -> None:
    names = [name for text in build.HEADERS.values() for name, _ in DEFINED.findall(text())]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("RETURNED", 0),
        ("ACCESS_VIOLATION", 8),
        ("SYSCALL_ACCESS_VIOLATION", 44),
        ("MODIFIED_PROGRAM_ID", 70),
        ("SEGMENT_END", 128),
        ("REFUSED_TOO_LARGE", 195),
    ],
)
def test_constants_of_endings(name: str, number: int) -> None:
    assert zisk_headers.constants(ENDINGS)[name] == number


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("ELF_UNSUPPORTED_SBPF_VERSION", 1),
        ("VERIFIER_LDDW_CANNOT_BE_LAST", 67),
        ("VERIFIER_UNSUPPORTED_LEBE_ARGUMENT", 71),
        ("VERIFIER_CANNOT_WRITE_R10", 78),
    ],
)
def test_constants_of_refusals(name: str, number: int) -> None:
    assert zisk_headers.constants(PROGRAM_REFUSAL_GROUPS)[name] == number


def test_every_ending_has_a_constant_of_its_own() -> None:
    for groups in (ENDINGS, PROGRAM_REFUSAL_GROUPS):
        assert len(zisk_headers.constants(groups)) == sum(len(group.names) for group in groups)


def test_words() -> None:
    for word in Word:
        assert f"OUTPUT_{word.name} = {word.value}" in zisk_headers.outputs()


def test_sysvars() -> None:
    text = runtime_headers.sysvars()
    assert "TYPED(SOL_GET_EPOCH_REWARDS_SYSVAR, EPOCH_REWARDS, 96, 81, 16)" in text
    assert "#define SYSVAR_SIZES {40, 17, 33, 81, 8, 20488, 16392, 8}" in text
    assert "#define DEFAULT_EPOCH_REWARDS_ZEROS 81\n" in text


@pytest.mark.parametrize("name", sysvars.EXACT_LENGTHS)
def test_padding_of_sysvars_is_zero(name: str) -> None:
    """The C struct is the account's content with zeros at one place."""
    content = bytes([255]) * sysvars.EXACT_LENGTHS[name]
    layout = sysvars.memory_layout(name, content)
    start, length = sysvars.PADDING.get(name, (len(content), 0))
    assert layout[start : start + length] == bytes(length)
    assert layout[:start] + layout[start + length :] == content


def test_only_typed_sysvars_come_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guest finds a sysvar by its place in the table of those that are served."""
    monkeypatch.setattr(runtime_headers, "ONLY_TYPED", ("rent",))
    with pytest.raises(ValueError, match="expected rent after all other sysvars"):
        runtime_headers.sysvars()
