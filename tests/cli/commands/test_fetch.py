"""`solproof fetch`."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import pytest

from solproof.formats.scene_file import parse_scene
from solproof.runtime.accounts import address_text
from tests.cli.conftest import Command
from tests.support.rpc_node import Fault, running_node

PAYER = "2oZVs2A3m9eNhAYD2JbHuKe1KJGXsZfqDR7Md9SDEXxC"


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    return tmp_path / "scene.json"


def test_lines(command: Command, scene: Path) -> None:
    node, signature = running_node()
    result = command("fetch", signature, "--url", node.url, "-o", scene, "--compare", "--quiet")
    assert (result.status, result.errors) == (0, "")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[:4] == [
        f"scene {scene}",
        "slot 435,888,000",
        "accounts 1",
        "No stake is known, so sol_get_epoch_stake returns 0.",
    ]
    assert lines[5] == "accounts"
    recipient = address_text(bytes([6]) * 32)
    assert f"{recipient} then did not exist" in lines
    assert lines[-5:] == [
        "success yes, equal",
        "error none, equal",
        "fee 5,000, equal",
        "compute units 150, equal",
        "log lines 2, equal",
    ]
    assert "SECRET" not in result.output + scene.read_text()


def test_the_scene_runs(command: Command, scene: Path) -> None:
    node, signature = running_node()
    assert command("fetch", signature, "--url", node.url, "-o", scene).status == 0
    run = command("run", "--transaction", scene, "--json").fields
    assert (run["success"], run["compute_units"]) == (True, 150)
    notes = json.loads(scene.read_text())["notes"]
    assert notes[0] == "No stake is known, so sol_get_epoch_stake returns 0."
    assert parse_scene(scene.read_text()).verify_signatures


def test_json(command: Command, scene: Path) -> None:
    node, signature = running_node()
    fields = command("fetch", signature, "--url", node.url, "-o", scene, "--compare", "--json").fields
    assert (fields["output"], fields["slot"]) == (str(scene), 435_888_000)
    assert fields["accounts"][0]["origin"] == "rebuilt"
    assert [entry["name"] for entry in fields["comparisons"]] == [
        *("success", "error", "fee", "compute_units", "log_lines")
    ]
    assert all(entry["agrees"] for entry in fields["comparisons"])


def test_a_saved_response(command: Command, scene: Path, tmp_path: Path) -> None:
    node, signature = running_node()
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps({"jsonrpc": "2.0", "result": node.results[signature]("json"), "id": 1}))
    fields = command("fetch", saved, "--url", node.url, "-o", scene, "--compare", "--json").fields
    assert all(entry["agrees"] for entry in fields["comparisons"])


def test_an_error_of_the_node(command: Command, scene: Path) -> None:
    node, signature = running_node()
    node.faults.append(Fault(403, b"SECRET", {"Content-Type": "text/plain"}))
    result = command("fetch", signature, "--url", node.url, "-o", scene, "--quiet")
    assert (result.status, result.output) == (9, "")
    assert result.errors == (
        f"error: {node.name}: getTransaction: expected a response of JSON-RPC, "
        "got status 403 of HTTP and 6 bytes of text/plain\n"
    )
    assert not scene.exists()


def test_what_it_refuses(command: Command, scene: Path, tmp_path: Path) -> None:
    node, signature = running_node()
    result = command("fetch", signature, "--url", "SECRET", "-o", scene, "--quiet")
    assert (result.status, result.errors) == (
        2,
        "error: url: expected a URL with http or https, or mainnet-beta, testnet, devnet, localhost\n",
    )
    unsent = tmp_path / "unsent.txt"
    unsent.write_text(node.results[signature]("base64")["transaction"][0])
    result = command("fetch", unsent, "--url", node.url, "-o", scene, "--compare", "--quiet")
    assert (result.status, result.errors) == (
        2,
        "error: --compare: the cluster has no record of this transaction\n",
    )
    result = command("fetch", unsent, "--url", node.url, "-o", unsent, "--quiet")
    assert (result.status, result.errors) == (
        2,
        f"error: output {unsent}: the same file as SIGNATURE|TRANSACTION {unsent}, expected another file\n",
    )


def test_a_run_that_differs_from_the_record(command: Command, scene: Path, tmp_path: Path) -> None:
    node, signature = running_node()
    result = node.results[signature]("base64")
    result["meta"] = result["meta"] | {"computeUnitsConsumed": 151, "logMessages": ["other"]}
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(result))
    found = command("fetch", saved, "--url", node.url, "-o", scene, "--compare", "--json")
    assert found.status == 1
    assert [entry for entry in found.fields["comparisons"] if not entry["agrees"]] == [
        {"name": "compute_units", "recorded": 151, "run": 150, "agrees": False},
        {"name": "log_lines", "recorded": 1, "run": 2, "agrees": False},
        {
            "name": "log_line_1",
            "recorded": "other",
            "run": "Program 11111111111111111111111111111111 invoke [1]",
            "agrees": False,
        },
    ]
    assert scene.exists()


def test_an_error_that_differs_from_the_record(command: Command, scene: Path, tmp_path: Path) -> None:
    node, signature = running_node()
    result = node.results[signature]("base64")
    error = {"InstructionError": [0, {"Custom": 1}]}
    result["meta"] = result["meta"] | {"err": error, "status": {"Err": error}}
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(result))
    found = command("fetch", saved, "--url", node.url, "-o", scene, "--compare", "--quiet")
    assert found.status == 1
    line = '  error          none, recorded: {"InstructionError": [0, {"Custom": 1}]}'
    assert line in found.output.splitlines()


def test_a_scene_needs_no_node(command: Command, scene: Path, tmp_path: Path) -> None:
    node, signature = running_node()
    assert command("fetch", signature, "--url", node.url, "-o", scene, "--quiet").status == 0
    result = command("fetch", scene, "--url", node.url, "-o", tmp_path / "other.json", "--quiet")
    message = f"transaction {scene}: is a scene, which needs no node; expected a transaction or a response"
    assert (result.status, result.output, result.errors) == (2, "", f"error: {message}\n")


def test_streams(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    node, signature = running_node()
    text = node.results[signature]("base64")["transaction"][0].encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    result = command("fetch", "-", "--url", node.url, "-o", "-", "--quiet")
    assert result.status == 0
    assert base64.b64decode(json.loads(result.output)["transaction"][0]) == base64.b64decode(text)
