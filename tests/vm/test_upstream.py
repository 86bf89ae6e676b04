"""The V0 cases of the reference crate's own test-suite, when their extract is at hand (SOLPROOF_SHARED)."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from solproof.isa.instruction import SLOT_BYTES
from solproof.svm.syscalls import SyscallContext
from solproof.svm.sysvars import Sysvars
from solproof.vm.limits import initial_registers
from solproof.vm.machine import run
from tests.conformance import PROGRAM_ID, states
from tests.program_builder import text_program

SHARED = os.environ.get("SOLPROOF_SHARED")
pytestmark = pytest.mark.skipif(SHARED is None, reason="SOLPROOF_SHARED is not set")


@cache
def cases() -> list[dict[str, Any]]:
    """V0, no syscalls, address translation on, the default stack."""
    assert SHARED is not None
    lines = (Path(SHARED) / "conformance" / "upstream-asm.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return [
        case
        for case in found
        if case["version"] == "V0"
        and not case["syscalls"]
        and case["cfg"]["enable_address_translation"]
        and case["cfg"]["enable_instruction_meter"]
        and case["cfg"]["enable_stack_frame_gaps"]
        and case["cfg"]["max_call_depth"] == 64
        and case["text_vaddr"] == 2**32
    ]


def test_upstream() -> None:
    """Equal result, count, and registers at every step."""
    assert len(cases()) > 200
    for case in cases():
        text = bytes.fromhex(case["text"])
        functions = {key: pc for key, _, pc in case["functions"]}
        program = text_program(text, functions, case["entry_pc"])
        assert len(text) % SLOT_BYTES == 0
        outcome = run(
            program,
            bytes.fromhex(case["input"]),
            0,
            SyscallContext(PROGRAM_ID, Sysvars()),
            {},
            compute_unit_limit=case["budget"],
            heap_size=0,
        )
        where = f"{case['test']} with budget {case['budget']}"
        result = f"Ok({outcome.r0})" if outcome.fault is None else f"Err({outcome.fault.name}"
        assert case["result"].startswith(result), where
        assert outcome.instructions == case["insn_count"], where
        assert outcome.registers == initial_registers(0, 0)
        trace = [tuple(row) for row in case["trace"]]
        assert states(outcome)[: len(trace)] == trace, where
        if case["input_mutable"] and case["input_after"]:
            assert outcome.input_region == bytes.fromhex(case["input_after"]), where
