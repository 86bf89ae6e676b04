"""The programs of the reference crate's own tests, as raw bytecode, in the guest and in the machine.

In the reference's tests, a program gets arbitrary bytes as its input region, and no heap. The guest lays out
accounts as the runtime does. So upstream's results are expected only if they do not depend on that.
"""

from __future__ import annotations

import struct
from collections import Counter
from pathlib import Path

import pytest

from solproof.execution.execute import execute
from solproof.isa.instruction import SLOT_BYTES
from solproof.program.errors import ElfError
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import ExecutionInput, Parameters
from tests.differential.upstream import (
    NO_TRANSLATION,
    SYSCALLS,
    Case,
    cases,
    files,
    is_like_mainnet,
    reason_to_leave_out,
    version,
)
from tests.support.guest_agreement import assert_agrees

CALL = 0x85
SETTINGS = "has another stack or depth of calls than the runtime"
IMAGE = "comes from an ELF file whose image is more than its text"
NO_FUNCTION = "has a relocated call without a function, which raw bytecode cannot express"
SAME, OTHER = "as upstream", "as the machine, on another input region or heap than upstream's"
EXPECTED = {SAME: 752, OTHER: 100, SYSCALLS: 58, SETTINGS: 20, IMAGE: 6, NO_TRANSLATION: 2, NO_FUNCTION: 2}
"""Number of cases in upstream-asm.jsonl."""


def given_of(case: Case) -> ExecutionInput | str:
    """The input of a case, or the reason why it has none."""
    reason = reason_to_leave_out(case)
    if reason is not None:
        return reason
    if not is_like_mainnet(case):
        return SETTINGS
    if version(case) < 3 and case["ro"] != case["text"]:
        return IMAGE
    return ExecutionInput(
        _relative(case),
        bytes([7]) * 32,
        (),
        b"",
        Parameters(compute_unit_limit=case["budget"]),
        RawFormat(version(case), case["entry_pc"]),
    )


def _relative(case: Case) -> bytes:
    """The text before relocation. Up to V2, relocation put the hashes of functions into calls."""
    text = bytearray.fromhex(case["text"])
    if version(case) < 3:
        places = {key: pc for key, _, pc in case["functions"]}
        for slot in range(len(text) // SLOT_BYTES):
            (key,) = struct.unpack_from("<I", text, slot * SLOT_BYTES + 4)
            if text[slot * SLOT_BYTES] == CALL and key in places:
                struct.pack_into("<i", text, slot * SLOT_BYTES + 4, places[key] - slot - 1)
    return bytes(text)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_upstream(path: Path) -> None:
    tally: Counter[str] = Counter()
    for case in cases(path):
        given = given_of(case)
        if isinstance(given, str):
            tally[given] += 1
            continue
        try:
            execution = execute(given)
        except ElfError as error:
            assert error.name == "RelativeJumpOutOfBounds"
            tally[NO_FUNCTION] += 1
            continue
        outputs = assert_agrees(execution)
        expected = case["result"].removeprefix("Err(").partition("(")[0].rstrip(")")
        said = f"Ok({outputs.exit_code})" if outputs.fault is None else outputs.fault
        is_same = said in (case["result"], expected) and outputs.instructions == case["insn_count"]
        tally[SAME if is_same else OTHER] += 1
    if path.stem == "upstream-asm":
        assert tally == EXPECTED
