"""How runs, proofs and verdicts look in a notebook: small tables, with everything from outside escaped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solproof.proving.prove import Proof
    from solproof.runtime.execute import Execution
    from solproof.runtime.execution_output import ExecutionOutput
    from solproof.verifying.verify import Verdict

Row = tuple[str, str]
LEFT = 'style="text-align: left"'


def execution_html(execution: Execution) -> str:
    """A run: its outcome and its log."""
    output = execution.output
    return _table("Run", output, []) + _log(output.logs)


def proof_html(proof: Proof) -> str:
    """A proof: what it proves, and what it took."""
    report = proof.report
    rows = [
        ("security", _bits(report.security_bits, report.security_regime)),
        ("proof", f"{report.proof_bytes:,} bytes"),
        ("rows", f"{sum(report.rows.values()):,} in {len(report.rows)} chips"),
        ("cells", f"{report.main_cells + report.auxiliary_cells:,}"),
        ("time", f"{report.seconds['total']:.2f} s"),
    ]
    return _table("Proof", proof.output, rows)


def verdict_html(verdict: Verdict) -> str:
    """A valid proof, as its verifier saw it."""
    rows = [
        ("security", _bits(verdict.security_bits, verdict.security_regime)),
        ("proof", f"{verdict.proof_bytes:,} bytes"),
        ("replayed", f"{verdict.events:,} syscalls, {verdict.event_words:,} words"),
        ("time", f"{verdict.seconds['total']:.3f} s"),
    ]
    return _table("Valid proof", verdict.output, rows)


def _outcome(output: ExecutionOutput) -> list[Row]:
    result = "success" if output.success else f"{output.error}: {output.error_message}"
    ended = f"exit code {output.exit_code}" if output.fault is None else f"{output.fault} at pc {output.pc}"
    return [
        ("result", result),
        ("ended with", ended),
        ("compute units", f"{output.compute_units:,}"),
        ("instructions", f"{output.instructions:,}"),
        ("accounts modified", f"{output.accounts_modified:,}"),
    ]


def _bits(bits: float, regime: str) -> str:
    return f"{math.floor(bits * 10) / 10:.1f} bits proven, {regime}"


def _table(title: str, output: ExecutionOutput, rows: Sequence[Row]) -> str:
    cells = "".join(
        f"<tr><th {LEFT}>{escape(name)}</th><td {LEFT}>{escape(value)}</td></tr>"
        for name, value in (*_outcome(output), *rows)
    )
    return f"<table><caption {LEFT}><b>{escape(title)}</b></caption>{cells}</table>"


def _log(lines: Sequence[str]) -> str:
    text = escape("\n".join(lines))
    return f"<details><summary>Log, {len(lines)} lines</summary><pre>{text}</pre></details>"
