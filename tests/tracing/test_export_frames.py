"""The exported trace of several frames: valid by its schema, and made of the traces of its frames."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from io import BytesIO
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from pyarrow import parquet
from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.execution.execute import execute
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.tracing.export_json import json_document, json_lines
from solproof.tracing.export_parquet import write_parquet
from solproof.tracing.schemas import frame_schema, timeline_schema
from tests.support.frame_trees import (
    FIRST,
    NOTE,
    SECOND,
    THIRD,
    Compared,
    associated_token,
    chain,
    refused,
    single_instruction,
)
from tests.support.token_transactions import created_token_account

VALIDATOR = Draft202012Validator(json.loads(timeline_schema()))
FRAME_VALIDATOR = Draft202012Validator(json.loads(frame_schema()))
KEYS = [
    *("format_version", "instructions", "timeline", "frames", "accounts"),
    *("success", "error", "error_message", "status", "fee", "compute_units", "executed_instructions"),
    *("accounts_modified", "return_data", "logs", "events"),
]
MAKERS: dict[str, Callable[[], Compared]] = {
    "associated token": associated_token,
    "chain": chain,
    "fault": lambda: chain("div64 r0, r0; exit"),
    "refused": refused,
}


def document(execution: TransactionExecution, **options: Any) -> dict[str, Any]:
    """The exported JSON, parsed."""
    parsed = json.loads(b"".join(json_document(execution, **options)))
    assert isinstance(parsed, dict)
    return parsed


def shortened(frame: dict[str, Any]) -> dict[str, Any]:
    """A frame with only some of its steps, because validation is slow."""
    return frame | {"steps": [*frame["steps"][:50], *frame["steps"][50::97], *frame["steps"][-2:]]}


# THE DOCUMENT


def test_the_schema_contains_that_of_a_frame() -> None:
    schema = json.loads(timeline_schema())
    Draft202012Validator.check_schema(schema)
    contained = dict(schema["$defs"]["frame"])
    assert contained.pop("$id") == schema["properties"]["frames"]["items"]["$ref"] == "trace.schema.json"
    assert contained == json.loads(frame_schema())
    published = json.loads(files("solproof.tracing").joinpath("timeline.schema.json").read_text("utf-8"))
    del schema["$defs"]["frame"]
    assert published == schema


@pytest.mark.parametrize("contents", [False, True])
@pytest.mark.parametrize("name", MAKERS)
def test_a_document(name: str, contents: bool) -> None:
    execution = MAKERS[name]().execution
    output = execution.output
    exported = document(execution, contents=contents)
    assert list(exported) == KEYS
    VALIDATOR.validate(exported | {"frames": [shortened(frame) for frame in exported["frames"]]})
    assert (exported["error"], exported["fee"], exported["compute_units"]) == (
        output.error,
        output.fee,
        output.compute_units,
    )
    assert sum(len(frame["steps"]) for frame in exported["frames"]) == exported["executed_instructions"]
    assert [record["compute_units"] for record in exported["instructions"]] == [
        record.compute_units for record in output.instructions
    ]
    assert exported["logs"] == list(output.logs)


def test_the_schema_looks_into_frames() -> None:
    exported = document(chain().execution)
    exported["frames"][1]["steps"][3]["pc"] = -1
    with pytest.raises(ValidationError):
        VALIDATOR.validate(exported)


def test_accounts_and_changes() -> None:
    exported = document(chain().execution)
    note = str(Pubkey(NOTE))
    (account,) = [entry for entry in exported["accounts"] if entry["address"] == note]
    assert account["before"]["data_sha256"] != account["after"]["data_sha256"]
    assert account["before"]["data_length"] == account["after"]["data_length"] == 2
    (call,) = [entry for entry in exported["timeline"] if entry["kind"] == "invoke" and entry["changes"]]
    assert call["accounts"] == [note]
    assert call["changes"] == [
        {
            "address": note,
            "lamports": [10**7, 10**7],
            "owner": [str(Pubkey(FIRST))] * 2,
            "data_length": [2, 2],
            "data_bytes_changed": 1,
        }
    ]
    assert [record["program"] for record in exported["instructions"]] == [
        str(Pubkey(program)) for program in (FIRST, SECOND, THIRD)
    ]


def test_an_account_that_is_created() -> None:
    exported = document(associated_token().execution)
    created = exported["instructions"][0]["accounts"][1]["address"]
    (account,) = [entry for entry in exported["accounts"] if entry["address"] == created]
    assert account["before"] is None
    assert account["after"]["data_length"] == 165
    assert account["after"]["decoded"]["name"] == "Account"
    decoded = [record["decoded"]["name"] for record in exported["instructions"]]
    assert (decoded[0], decoded[-1]) == ("Create", "MintTo")


# ONE FRAME OF SEVERAL


@pytest.mark.parametrize("name", MAKERS)
def test_a_frame_is_a_trace_of_its_own(name: str) -> None:
    execution = MAKERS[name]().execution
    frames = document(execution, contents=True)["frames"]
    for number, frame in enumerate(frames):
        assert document(execution, frame=number, contents=True) == frame
        FRAME_VALIDATOR.validate(shortened(frame))


def test_frames_after_a_fault() -> None:
    """Each frame has the error of its instruction, and only the faulty program has the fault."""
    frames = document(chain("div64 r0, r0; exit").execution)["frames"]
    assert [frame["final_state"]["fault"]["name"] for frame in frames] == [
        *2 * ["ProgramFailedToComplete"],
        "DivideByZero",
    ]
    assert {frame["final_state"]["error"] for frame in frames} == {"ProgramFailedToComplete"}
    assert [frame["steps"][-1]["syscall"] is None for frame in frames] == [False, False, True]


def test_names_are_those_of_each_program() -> None:
    """Every frame has an entrypoint of its own, at the place where its program starts."""
    exported = document(associated_token().execution)
    digests = [frame["initial_state"]["program_sha256"] for frame in exported["frames"]]
    assert len(set(digests)) == 2
    for frame in exported["frames"]:
        names = {function["name"]: function["pc"] for function in frame["functions"]}
        assert names["entrypoint"] == frame["initial_state"]["pc"] == frame["steps"][0]["pc"]


def test_no_such_frame() -> None:
    with pytest.raises(InputError, match=r"^frame: expected 0 to 2, got 3$"):
        document(chain().execution, frame=3)


def test_constraints() -> None:
    execution = chain().execution
    exported = document(execution, constraints=True)
    VALIDATOR.validate(exported | {"frames": [shortened(frame) for frame in exported["frames"]]})
    plain = document(execution)
    for frame in exported["frames"]:
        for step in frame["steps"]:
            assert step.pop("constraints") or step["index"] == frame["instructions"] - 1
    assert exported == plain


def test_constraints_of_one_frame_are_those_among_all_frames() -> None:
    execution = created_token_account()
    exported = document(execution, constraints=True)
    VALIDATOR.validate(exported | {"frames": [shortened(frame) for frame in exported["frames"]]})
    assert len(exported["frames"]) == 4
    for number in (1, 3):
        assert document(execution, frame=number, constraints=True) == exported["frames"][number]
    for number, frame in enumerate(exported["frames"]):
        entries = [entry for step in frame["steps"] for entry in step["constraints"]]
        fetched = [entry for entry in entries if entry.get("bus") == "program"]
        assert {(entry["left"]["invocation"], entry["with"]) for entry in fetched} == {(number + 1, "code")}


def test_a_single_instruction_that_calls_others() -> None:
    """Its document is that of the transaction, without what only a transaction has."""
    execution = execute(single_instruction(heap_size=2**15))
    exported = json.loads(b"".join(json_document(execution, constraints=True)))
    VALIDATOR.validate(exported | {"frames": [shortened(frame) for frame in exported["frames"]]})
    assert list(exported) == [key for key in KEYS if key not in {"status", "fee"}]
    assert exported["compute_units"] == chain().metadata.compute_units_consumed()
    transaction = document(chain().execution, constraints=True)
    assert exported["instructions"] == transaction["instructions"]
    assert [frame["steps"] for frame in exported["frames"]] == [
        frame["steps"] for frame in transaction["frames"]
    ]


def test_a_transaction_that_is_not_processed() -> None:
    """It has no frames, and its document says why."""
    scene = replace(chain().execution.scene, blockhashes=(b"\xff" * 32,))
    execution = execute_transaction(scene)
    exported = document(execution)
    VALIDATOR.validate(exported)
    assert (exported["status"], exported["error"]) == ("not processed", "BlockhashNotFound")
    assert exported["instructions"] == exported["timeline"] == exported["frames"] == []
    assert table_of(execution).num_rows == 0
    with pytest.raises(InputError, match=r"^frame: expected none, because no sBPF program ran, got 0$"):
        document(execution, frame=0)


# OTHER FORMATS


def test_lines() -> None:
    execution = chain().execution
    first, *inner, last = (json.loads(line) for line in b"".join(json_lines(execution)).splitlines())
    lines = [(line.pop("frame"), line) for line in inner]
    assert [number for number, _ in lines] == sorted(number for number, _ in lines)
    frames = []
    for number in range(len(execution.frames)):
        head, *steps, tail = [line for of, line in lines if of == number]
        frames.append({**head, "steps": steps, **tail})
    assert {**first, "frames": frames, **last} == document(execution)
    alone = [json.loads(line) for line in b"".join(json_lines(execution, frame=1)).splitlines()]
    assert alone[1:-1] == frames[1]["steps"]


def test_parquet() -> None:
    execution = chain().execution
    exported = document(execution)
    table = table_of(execution)
    assert table.column_names[:2] == ["frame", "index"]
    rows = table.to_pylist()
    expected = [
        (number, step["index"], step["pc"], step["registers_after"][1])
        for number, frame in enumerate(exported["frames"])
        for step in frame["steps"]
    ]
    assert [(row["frame"], row["index"], row["pc"], row["r1_after"]) for row in rows] == expected
    described = json.loads(table.schema.metadata[b"solproof"])
    for frame in exported["frames"]:
        del frame["steps"]
    assert described == exported


def test_parquet_of_one_frame() -> None:
    table = table_of(chain().execution, frame=1)
    assert "frame" not in table.column_names
    assert table.num_rows == chain().execution.frames[1].outcome.instructions


def table_of(execution: TransactionExecution, **options: Any) -> Any:
    file = BytesIO()
    write_parquet(execution, file, **options)
    return parquet.read_table(BytesIO(file.getvalue()))


def test_progress() -> None:
    told: list[tuple[int, int]] = []
    execution = associated_token().execution
    list(json_document(execution, progress=lambda done, steps: told.append((done, steps))))
    total = execution.output.executed_instructions
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert {steps for _, steps in told} == {total}
    assert told[-1] == (total, total)
