"""The extract of the reference crate's own test suite: programs with result, count and trace, as JSON lines.

If a case has settings that mainnet does not have, the machine's modules are changed for that case only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from assurance.contexts import bare_context
from assurance.programs import text_program
from assurance.runs import PROGRAM_ID
from solproof.program.program import Program
from solproof.vm import limits, machine
from solproof.vm.limits import MAXIMUM_CALL_DEPTH, initial_registers
from solproof.vm.memory import Layout
from solproof.vm.record_budget import RecordBudget
from solproof.vm.trace import Run
from tests.support.conformance import states

SHARED = os.environ.get("SOLPROOF_SHARED")
SYSCALLS = "calls syscalls that exist only in the test suite"
NO_TRANSLATION = "runs without address translation, on the host's memory"

Case = dict[str, Any]


def files() -> list[Path]:
    """The extracts: `upstream-asm.jsonl` and the files beside it. Empty if SOLPROOF_SHARED is not set."""
    return sorted((Path(SHARED) / "conformance").glob("*.jsonl")) if SHARED else []


def cases(path: Path) -> list[Case]:
    """Every run of an extract."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def version(case: Case) -> int:
    """The sBPF version of a case."""
    return int(case["version"].removeprefix("V"))


def reason_to_leave_out(case: Case) -> str | None:
    """Why a case cannot be run, or None if it can."""
    if case["syscalls"]:
        return SYSCALLS
    if not case["cfg"]["enable_address_translation"]:
        return NO_TRANSLATION
    return None


def is_like_mainnet(case: Case) -> bool:
    """Whether a case has the settings that the circuit supports."""
    return (
        bool(case["cfg"]["enable_stack_frame_gaps"]) and case["cfg"]["max_call_depth"] == MAXIMUM_CALL_DEPTH
    )


def assert_like_upstream(case: Case) -> Run:
    """Assert equal result, count, input, and registers at every step if the extract has them."""
    with _settings(case["cfg"]):
        program, region = _program(case), bytes.fromhex(case["input"])
        outcome, _ = machine.run(
            program,
            Layout(program.version, len(program.image), 0, len(region)),
            initial_registers(program.version, 0),
            region,
            bare_context(PROGRAM_ID),
            {},
            compute_unit_limit=case["budget"],
            budget=RecordBudget(2**32),
        )
        mine = states(outcome)
    where = f"{case['test']}, {case['version']}, budget {case['budget']}"
    if outcome.fault is None:
        assert case["result"] == f"Ok({outcome.r0})", where
    else:
        assert case["result"].removeprefix("Err(").partition("(")[0].rstrip(")") == outcome.fault.name, where
    assert outcome.instructions == case["insn_count"], where
    trace = [tuple(row) for row in case["trace"]]
    if trace:
        assert mine[: len(trace)] == trace, where
        assert len(mine) - len(trace) in ((0,) if outcome.fault is None else (0, 1)), where
    if case["input_mutable"] and case["input_after"]:
        assert outcome.input_region == bytes.fromhex(case["input_after"]), where
    return outcome


def _program(case: Case) -> Program:
    """The program of a case. If its image begins at a higher address, unused zeros are put before it."""
    functions = {key: pc for key, _, pc in case["functions"]}
    program = text_program(bytes.fromhex(case["text"]), functions, case["entry_pc"], version(case))
    image = bytes.fromhex(case["ro"])
    if case["ro_vaddr"] != program.image_address:
        image = bytes(case["ro_vaddr"] - program.image_address) + image
    return replace(program, text_address=case["text_vaddr"], image=image)


@contextmanager
def _settings(config: dict[str, Any]) -> Iterator[None]:
    """Give the machine another maximum call depth, or a stack without gaps between its frames."""
    strides = limits.FRAME_STRIDES
    gaps: object = Layout.stack_gaps
    if not config["enable_stack_frame_gaps"]:
        strides, gaps = {**strides, 0: strides[3]}, property(lambda _: False)
    with (
        patch.object(machine, "MAXIMUM_CALL_DEPTH", config["max_call_depth"]),
        patch.object(machine, "FRAME_STRIDES", strides),
        patch("tests.support.conformance.FRAME_STRIDES", strides),
        patch.object(Layout, "stack_gaps", gaps),
    ):
        yield
