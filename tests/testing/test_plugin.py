"""The plugin in runs of pytest of its own, without and with pytest-xdist."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

import solproof

PACKAGE = Path(solproof.__file__).parent
SCHEMA = json.loads((PACKAGE / "testing/report.schema.json").read_text())
TESTS = """
import pytest
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.instruction import AccountMeta, Instruction
from solders.transaction import Transaction

MEMO = Pubkey.from_string("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")


@pytest.fixture
def payer():
    return Keypair.from_seed(bytes([1]) * 32)


@pytest.fixture
def svm(payer):
    svm = LiteSVM()
    svm.airdrop(payer.pubkey(), 10**10)
    return svm


def memo(svm, payer, text):
    instruction = Instruction(MEMO, text, [])
    blockhash = svm.latest_blockhash()
    message = Message.new_with_blockhash([instruction], payer.pubkey(), blockhash)
    return Transaction([payer], message, blockhash)


def test_two_memos(svm, payer, prove_transaction):
    for text in (b"first", b"second memo"):
        transaction = memo(svm, payer, text)
        proven = prove_transaction(svm, transaction)
        assert proven.output.success
        assert svm.send_transaction(transaction).compute_units_consumed() == proven.compute_units


def test_no_text(svm, payer, prove_transaction):
    proven = prove_transaction(svm, memo(svm, payer, b"\\xff"))
    assert proven.output.success


def test_without_a_proof(prove_transaction, record_property):
    record_property("mine", 1)
"""


def run(place: Path, *arguments: str, content: str = TESTS) -> subprocess.CompletedProcess[str]:
    """Run pytest with no other plugins than this one and pytest-xdist."""
    (place / "test_memos.py").write_text(content)
    command = [sys.executable, "-m", "pytest", "-p", "solproof.testing.plugin", "-p", "xdist.plugin"]
    environment = os.environ | {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
        "PYTHONPATH": str(PACKAGE.parent),
        "COLUMNS": "100",
    }
    return subprocess.run(
        [*command, *arguments], cwd=place, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("arguments", [(), ("-n", "2")])
def test_report(arguments: tuple[str, ...], tmp_path: Path) -> None:
    result = run(tmp_path, *arguments, "--solproof-report", "report.json", "--junitxml", "junit.xml")
    assert (result.returncode, result.stderr) == (1, "")
    document = json.loads((tmp_path / "report.json").read_text())
    jsonschema.validate(document, SCHEMA)
    assert [(test["test"], test["outcome"]) for test in document["tests"]] == [
        ("test_memos.py::test_no_text", "failed"),
        ("test_memos.py::test_two_memos", "passed"),
    ]
    failing, passing = (test["proofs"] for test in document["tests"])
    assert [proof["success"] for proof in (*failing, *passing)] == [False, True, True]
    assert [proof["frames"] for proof in passing] == [1, 1]
    assert document["totals"]["proofs"] == 3
    # The table has a row for each proof.
    rows = re.findall(r"^(test\S+(?: \(\d\))?) +([\d,]+) +[\d,]+ +[\d,]+ +", result.stdout, re.MULTILINE)
    shown = {name: int(units.replace(",", "")) for name, units in rows}
    assert shown == {
        "test_memos.py::test_two_memos (1)": passing[0]["compute_units"],
        "test_memos.py::test_two_memos (2)": passing[1]["compute_units"],
        "test_memos.py::test_no_text": failing[0]["compute_units"],
    }
    assert f"report: {tmp_path / 'report.json'}" in result.stdout
    # JUnit XML has the properties of the tests.
    cases = {case.get("name"): case for case in ElementTree.parse(tmp_path / "junit.xml").iter("testcase")}
    properties = {item.get("name"): item.get("value") for item in cases["test_two_memos"].iter("property")}
    assert properties["solproof.2.proof_bytes"] == str(passing[1]["proof_bytes"])
    assert len(properties) == 2 * len(passing[0])
    mine = {item.get("name"): item.get("value") for item in cases["test_without_a_proof"].iter("property")}
    assert mine == {"mine": "1"}


def test_a_run_without_proofs(tmp_path: Path) -> None:
    result = run(tmp_path, content="def test_nothing():\n    pass\n")
    assert result.returncode == 0
    assert "solproof" not in result.stdout.splitlines()[-1]
    assert "proofs of solproof" not in result.stdout


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    result = run(tmp_path, "--solproof-report", "missing/report.json")
    assert (result.returncode, result.stdout) == (4, "")
    message = "--solproof-report missing/report.json: cannot be written: there is no directory missing"
    assert result.stderr.strip() == f"ERROR: {message}"


def test_the_directory_is_removed_by_a_test(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    content = 'import os\ndef test_remove():\n    os.rmdir("reports")\n'
    result = run(tmp_path, "--solproof-report", "reports/report.json", content=content)
    assert result.returncode == 3
    path = tmp_path / "reports/report.json"
    assert f"error: {path}: cannot be written: No such file or directory" in result.stdout


def test_loading_the_plugin_loads_nothing_else(tmp_path: Path) -> None:
    """pytest loads it in every run, also in runs without proofs."""
    code = (
        "import sys, solproof.testing.plugin; "
        "heavy = ('solproof', 'numpy', 'solders'); "
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] in heavy))"
    )
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    output = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert output.split() == [
        "solproof",
        "solproof.testing",
        "solproof.testing.plugin",
        "solproof.testing.report",
    ]


def test_the_entry_point() -> None:
    """An installation registers the module, and a change of that makes `make` install again."""
    root = PACKAGE.parents[1]
    settings = (root / "pyproject.toml").read_text()
    assert '[project.entry-points.pytest11]\nsolproof = "solproof.testing.plugin"\n' in settings
    assert "/^\\[project.entry-points/" in (root / "Makefile").read_text()
