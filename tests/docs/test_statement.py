"""docs/statement.md: its fields, sizes, order of hashing and outputs match a real proof."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.demo import programs, scenario
from solproof.proving.prove import Proof, prove
from solproof.runtime.execution_output import ExecutionOutput
from solproof.statement import claim as claims
from solproof.statement.claim import Claim, FrameClaim
from solproof.statement.proof_file import FORMAT, MAGIC, MAXIMUM_BYTES, ProofFile
from solproof.statement.statement import statement_bytes
from solproof.verifying.verify import Verdict, verify

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/statement.md").read_text()
WORDS = " ".join(PAGE.split())
GIVEN = scenario.transfer(programs.p_token())
PROVEN, HELD_BY_VERIFIER = "proven", "the verifier determines it itself, and both must agree"


@cache
def proven() -> tuple[Proof[ExecutionOutput], Verdict[ExecutionOutput]]:
    """The Transfer of the demo, proven and verified."""
    proof = prove(GIVEN)
    return proof, verify(proof.data, GIVEN)


def claimed() -> FrameClaim:
    """The claim about the one frame of the Transfer."""
    (frame,) = Claim.from_bytes(ProofFile.from_bytes(proven()[0].data).claim).frames
    return frame


def fields() -> list[str]:
    """The page's table of the claim about a frame, for the Transfer."""
    claim = claimed()
    final = claim.final
    registers = ", ".join(f"r{number} = {value:#x}" for number, value in enumerate(final.registers) if value)
    rows = (
        ("clk", "u32", "number of the last instruction", PROVEN, str(final.clk)),
        ("pc", "u32", "its slot", PROVEN, str(final.pc)),
        ("registers", "11 x u64", "r0 to r10 before it", PROVEN, f"{registers}; the others 0"),
        (
            "open call",
            "u32",
            "clk of the innermost call that is open then; 0 if no call is open",
            PROVEN,
            str(final.open_call),
        ),
        ("depth", "u8", "how many calls are open", PROVEN, str(final.depth)),
        (
            "memory units",
            "u32",
            "cost of the memory syscalls that chips prove",
            PROVEN,
            str(claim.memory_units),
        ),
        (
            "fault",
            "u8 + n",
            "name of the fault that ended the run; empty for an exit",
            HELD_BY_VERIFIER,
            "empty",
        ),
        (
            "number of runs of slots",
            "u32",
            "the distinct slots that were executed before the last instruction, as runs of neighbours; "
            "each: first slot u32, how many u32",
            "the verifier checks that the runs rise and do not touch, and that there are not more slots than "
            "instructions; a slot that is missing makes the proof fail",
            f"{len(runs_of(claim.slots))} runs of {len(claim.slots)} slots",
        ),
        (
            "number of image words",
            "u32",
            "touched words of the program's image; each: index u32",
            "the verifier checks that the indices increase, and takes the values from its own program",
            f"{len(claim.image)}",
        ),
        (
            "number of input words",
            "u32",
            "touched words of the input; each: index u32, value afterwards u64",
            "proven; the verifier checks that the indices increase, and takes the values before from its own "
            "input",
            f"{len(claim.index)}",
        ),
        (
            "number of events",
            "u32",
            "syscalls that no chip proves",
            "proven and replayed",
            f"{len(claim.events)}",
        ),
    )
    return [f"| {' | '.join(row)} |" for row in rows]


def runs_of(slots: Integers) -> list[Integers]:
    """The slots, cut where neighbours are more than one apart."""
    return np.split(slots, np.flatnonzero(np.diff(slots) != 1) + 1)


def outputs() -> str:
    """The page's sentence about the outputs of the Transfer."""
    output = proven()[1].output
    return (
        f"success {str(output.success).lower()}, exit code {output.exit_code}, "
        f"{output.compute_units} compute units, {output.instructions} instructions, "
        f"{output.accounts_modified} accounts modified."
    )


def test_the_claim() -> None:
    assert "\n".join(fields()) in PAGE
    sizes = {"u8": 1, "u32": 4, "5 x u64": 40, "11 x u64": 88, "u64": 8}
    types = re.findall(r"^\| (clk|pc|registers|open call|depth) \| ([^|]*) \|", PAGE, re.MULTILINE)
    assert sum(sizes[kind] for _, kind in types[:5]) == claims.HEAD.size
    event = re.findall(
        r"^\| (clk|key|arguments|result|memory units before) \| ([^|]*) \|",
        PAGE.partition("An event is a syscall")[2],
        re.MULTILINE,
    )
    assert sum(sizes[kind] for _, kind in event) == claims.EVENT.size
    assert claims.INPUT_WORD.itemsize == 4 + 8
    assert claims.IMAGE_WORD.itemsize == 4
    assert claims.SLOT_RUN.itemsize == 4 + 4
    assert claims.WORD.itemsize == 1 + 4 + 8 + 8
    assert claims.HEAD.size + 4 + 1 + 4 * 4 == claims.LEAST_FRAME


def test_the_file() -> None:
    proof, verdict = proven()
    file = ProofFile.from_bytes(proof.data)
    assert f"| 8 | `{MAGIC.decode()}` |" in PAGE
    assert f"| 2 | version of the format, {FORMAT} |" in PAGE
    assert f"| format of the proof file | {FORMAT} |" in PAGE
    assert MAXIMUM_BYTES == 64 * 2**20
    assert f"these are {len(file.header())} bytes of header" in WORDS
    assert f"{len(file.claim)} of claim, and some 506,000 of proof" in WORDS
    assert abs(len(file.proof) / 506_000 - 1) < 0.04
    assert verdict.output == proof.output


def test_what_is_hashed() -> None:
    data = proven()[0].data
    file = ProofFile.from_bytes(data)
    assert data.startswith(file.header() + len(file.claim).to_bytes(4, "little") + file.claim)
    (text,) = re.findall(r"the text `(.*?)` and a zero byte", WORDS)
    expected = text.encode() + b"\0" + hashlib.sha256(file.header()).digest() + file.claim
    assert statement_bytes(file) == expected
    (context,) = re.findall(r"with the context `(.*?)`", WORDS)
    assert f'new_derive_key("{context}")' in (ROOT / "native/prover/src/statement.rs").read_text()


def test_the_outputs() -> None:
    assert f"For the Transfer: {outputs()}" in PAGE


if __name__ == "__main__":
    print("\n".join(fields()))
    print(outputs())
