"""The report of the proofs of a test run."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import solproof
from solproof.testing.report import Report, proofs_of, properties_of

SCHEMA = json.loads(Path(solproof.__file__).with_name("testing").joinpath("report.schema.json").read_text())
FACTS = {
    "success": True,
    "compute_units": 17_987,
    "instructions": 7_408,
    "frames": 4,
    "cells": 1_234_567,
    "proof_bytes": 1_600_000,
    "security_bits": 110.5,
    "prove_seconds": 0.25,
    "verify_seconds": 0.05,
}


def test_properties() -> None:
    properties = [("author", "x"), *properties_of(2, FACTS), *properties_of(1, {"cells": 5})]
    assert properties[1] == ("solproof.2.success", True)
    assert proofs_of(properties) == ({"cells": 5}, FACTS)
    assert proofs_of([("solproof.x.cells", 1), ("solproof.1.note", "text"), ("other.1.cells", 2)]) == ()


def test_json() -> None:
    report = Report()
    report.add("test_b.py::test_two", "failed", [*properties_of(1, FACTS), *properties_of(2, FACTS)])
    report.add("test_a.py::test_one", "passed", properties_of(1, FACTS | {"prove_seconds": 0.5}))
    report.add("test_a.py::test_none", "passed", [])
    document = json.loads(report.to_json())
    jsonschema.validate(document, SCHEMA)
    assert document == {
        "solproof": solproof.__version__,
        "tests": [
            {
                "test": "test_a.py::test_one",
                "outcome": "passed",
                "proofs": [FACTS | {"prove_seconds": 0.5}],
            },
            {"test": "test_b.py::test_two", "outcome": "failed", "proofs": [FACTS, FACTS]},
        ],
        "totals": {
            "proofs": 3,
            "compute_units": 53_961,
            "cells": 3_703_701,
            "proof_bytes": 4_800_000,
            "prove_seconds": 1.0,
            "verify_seconds": 0.15,
        },
    }
    jsonschema.validate(json.loads(Report().to_json()), SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document | {"other": 1}, SCHEMA)


def test_lines() -> None:
    report = Report()
    report.add("test_b.py::test_two", "passed", [*properties_of(1, FACTS), *properties_of(2, FACTS)])
    report.add("test_a.py::test", "passed", properties_of(1, FACTS | {"compute_units": 76}))
    assert report.lines() == [
        "test                         CU      cells  proof bytes   prove  verify",
        "test_b.py::test_two (1)  17,987  1,234,567    1,600,000  0.25 s  0.05 s",
        "test_b.py::test_two (2)  17,987  1,234,567    1,600,000  0.25 s  0.05 s",
        "test_a.py::test              76  1,234,567    1,600,000  0.25 s  0.05 s",
    ]


def test_a_test_that_runs_again_replaces_its_earlier_run() -> None:
    report = Report()
    report.add("test", "failed", properties_of(1, FACTS))
    report.add("test", "passed", properties_of(1, {"cells": 5}))
    assert [(test.outcome, test.proofs) for test in report.tests.values()] == [("passed", ({"cells": 5},))]
    report.add("test", "passed", [])
    assert report.tests == {}
