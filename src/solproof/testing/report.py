"""The report of the proofs of a test run: its JSON, its table, and the properties that carry the facts.

A fact is a property `solproof.1.compute_units` of a test, where 1 counts the proofs of the test. pytest
writes the properties into JUnit XML, and pytest-xdist sends them from its workers to the process that
reports. report.schema.json beside this module is the schema of the JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from solproof import __version__

PREFIX = "solproof."
HEADER = ("test", "CU", "cells", "proof bytes", "prove", "verify")

Fact = bool | int | float


@dataclass(frozen=True, slots=True)
class ProvenTest:
    """The proofs of one test, in order, each as the facts of `TransactionProof`.

    outcome: `passed`, `failed` or `skipped`.
    """

    name: str
    outcome: str
    proofs: tuple[Mapping[str, Fact], ...]


@dataclass(slots=True)
class Report:
    """Collects the tests with proofs, in the order in which they end."""

    tests: dict[str, ProvenTest] = field(default_factory=dict)

    def add(self, name: str, outcome: str, properties: Iterable[tuple[str, object]]) -> None:
        """Add a test that has ended, if it has proofs. A test that runs again replaces its earlier run."""
        self.tests.pop(name, None)
        proofs = proofs_of(properties)
        if proofs:
            self.tests[name] = ProvenTest(name, outcome, proofs)

    def to_json(self) -> str:
        """The content of the report's file."""
        tests = [
            {"test": test.name, "outcome": test.outcome, "proofs": list(test.proofs)}
            for test in sorted(self.tests.values(), key=lambda test: test.name)
        ]
        proofs = [proof for test in self.tests.values() for proof in test.proofs]
        sums = ("compute_units", "cells", "proof_bytes", "prove_seconds", "verify_seconds")
        totals = {"proofs": len(proofs)} | {
            name: round(sum(proof[name] for proof in proofs), 6) for name in sums
        }
        return json.dumps({"solproof": __version__, "tests": tests, "totals": totals}, indent=2) + "\n"

    def lines(self) -> list[str]:
        """A table with a row for each proof. Numbers are aligned to the right."""
        rows: list[tuple[str, ...]] = [HEADER]
        for test in self.tests.values():
            for number, proof in enumerate(test.proofs, start=1):
                name = test.name if len(test.proofs) == 1 else f"{test.name} ({number})"
                counts = (f"{proof[key]:,}" for key in ("compute_units", "cells", "proof_bytes"))
                times = (f"{proof[key]:.2f} s" for key in ("prove_seconds", "verify_seconds"))
                rows.append((name, *counts, *times))
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
        return [
            "  ".join(
                cell.rjust(width) if column else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in rows
        ]


def properties_of(number: int, facts: Mapping[str, Fact]) -> list[tuple[str, Fact]]:
    """The properties of the proof with a number, counted from 1 in its test."""
    return [(f"{PREFIX}{number}.{name}", value) for name, value in facts.items()]


def proofs_of(properties: Iterable[tuple[str, object]]) -> tuple[Mapping[str, Fact], ...]:
    """The facts of the proofs of a test, from all of its properties."""
    found: dict[int, dict[str, Fact]] = {}
    for name, value in properties:
        number, _, fact = name.removeprefix(PREFIX).partition(".")
        if name.startswith(PREFIX) and number.isdecimal() and isinstance(value, (bool, int, float)):
            found.setdefault(int(number), {})[fact] = value
    return tuple(facts for _, facts in sorted(found.items()))
