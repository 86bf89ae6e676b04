"""The exported trace is the run: valid by the published schema, and the same in every format."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pyarrow import parquet

from solproof.demo import programs, scenario
from solproof.execution.execute import Execution, execute
from solproof.explorer.container import Container
from solproof.explorer.execution_data import describe_execution
from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.tracing.export_json import json_document, json_lines
from solproof.tracing.export_parquet import write_parquet
from solproof.tracing.steps import trace
from tests.support.call_trees import BY_REGISTER, NESTED, run_source
from tests.support.elf_builder import build_elf, call
from tests.support.symbol_tables import FUNCTION, with_symbols

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(files("solproof.tracing").joinpath("trace.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
TOP_LEVEL = [
    "format_version",
    "functions",
    "initial_state",
    "steps",
    "final_state",
    "success",
    "exit_code",
    "compute_units",
    "instructions",
    "accounts_modified",
]
GIBIBYTE = 2**30


@pytest.fixture(scope="module")
def classic() -> Execution:
    """A Transfer of the classic token program: 4,484 steps, 7 syscalls."""
    return execute(scenario.transfer(programs.classic_token()))


@pytest.fixture(scope="module")
def pinocchio() -> Execution:
    """A Transfer of p-token: 76 steps."""
    return execute(scenario.transfer(programs.p_token()))


def document(execution: Execution, *, contents: bool = False, constraints: bool = False) -> dict[str, Any]:
    """The exported JSON, parsed."""
    parsed = json.loads(b"".join(json_document(execution, contents=contents, constraints=constraints)))
    assert isinstance(parsed, dict)
    return parsed


def validate(exported: dict[str, Any]) -> None:
    """Check a document against the schema, but only some of its steps, because it is slow."""
    steps = exported["steps"]
    VALIDATOR.validate(exported | {"steps": [*steps[:200], *steps[200::37], *steps[-3:]]})


def test_the_schema_is_sound() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(SCHEMA["required"]) == TOP_LEVEL


def test_a_document(classic: Execution) -> None:
    exported = document(classic)
    assert list(exported) == TOP_LEVEL
    validate(exported)
    output = classic.output
    assert (exported["success"], exported["exit_code"]) == (True, 0)
    assert (exported["compute_units"], exported["instructions"]) == (4_644, 4_484)
    assert exported["accounts_modified"] == output.accounts_modified == 2
    assert len(exported["steps"]) == output.instructions
    first, last = exported["initial_state"], exported["final_state"]
    assert first["registers"] == exported["steps"][0]["registers_before"]
    assert last["registers"] == exported["steps"][-1]["registers_after"]
    assert last["compute_units_remaining"] == exported["steps"][-1]["compute_units_after"]
    digests = {region["name"]: region["sha256"] for region in last["memory"]}
    assert digests["input"] == sha256(classic.run.input_region).hexdigest()
    names = {step["syscall"]["name"] for step in exported["steps"] if step["syscall"]}
    assert names == {"sol_log_", "sol_memcmp_", "sol_memcpy_"}


def test_steps_of_the_document_are_those_of_the_iterator(classic: Execution) -> None:
    steps = document(classic)["steps"]
    described = [asdict(step) for step in trace(classic)]
    assert {step.pop("frame") for step in described} == {0}
    assert steps == json.loads(json.dumps(described))


def named_functions() -> Execution:
    """A program whose file names two of its functions."""
    elf = write_elf(assemble(NESTED, 0))
    start = load_program(elf).text_address - 0x1_0000_0000
    symbols = [("leaf", start, 24, FUNCTION), ("_ZN1a6middle17h0123456789abcdefE", start + 24, 24, FUNCTION)]
    return execute(ExecutionInput(with_symbols(elf, symbols), bytes(32), (), b""))


def test_functions_have_the_names_of_the_file() -> None:
    """The names are the same in the list, in the text of calls, and in the explorer."""
    execution = named_functions()
    exported = document(execution)
    validate(exported)
    assert exported["functions"] == [
        {"pc": 0, "name": "leaf"},
        {"pc": 3, "name": "a::middle"},
        {"pc": 6, "name": "entrypoint"},
    ]
    calls = [step["assembly"] for step in exported["steps"] if step["assembly"].startswith("call ")]
    assert calls == ["call a::middle", "call leaf", "call leaf", "call leaf"]
    (described,) = describe_execution(execution, Container())["programs"]
    assert described["functions"] == {"0": "leaf", "3": "a::middle", "6": "entrypoint"}


def test_functions_without_names() -> None:
    exported = document(run_source(BY_REGISTER))
    assert exported["functions"] == [{"pc": 0, "name": "function_0"}, {"pc": 2, "name": "entrypoint"}]


def test_contents(pinocchio: Execution) -> None:
    exported = document(pinocchio, contents=True)
    validate(exported)
    for state in ("initial_state", "final_state"):
        for region in exported[state]["memory"]:
            content = bytes.fromhex(region["content"])
            assert (len(content), sha256(content).hexdigest()) == (region["size"], region["sha256"])
    contents = {region["name"]: region["content"] for region in exported["final_state"]["memory"]}
    assert bytes.fromhex(contents["input"]) == pinocchio.run.input_region


def test_constraints(classic: Execution) -> None:
    exported = document(classic, constraints=True)
    validate(exported)
    plain = document(classic)
    for step in exported["steps"]:
        assert step.pop("constraints")
    assert exported == plain


def test_lines(classic: Execution) -> None:
    first, *steps, last = (json.loads(line) for line in b"".join(json_lines(classic)).splitlines())
    assert {**first, "steps": steps, **last} == document(classic)


def test_parquet(classic: Execution) -> None:
    file = BytesIO()
    write_parquet(classic, file)
    table = parquet.read_table(BytesIO(file.getvalue()))
    described = json.loads(table.schema.metadata[b"solproof"])
    exported = document(classic)
    assert described | {"steps": exported["steps"]} == exported
    rows = table.to_pylist()
    assert len(rows) == len(exported["steps"])
    for row, step in zip(rows, exported["steps"], strict=True):
        for name in ("index", "pc", "opcode", "mnemonic", "assembly", "call_depth"):
            assert row[name] == step[name]
        for when in ("before", "after"):
            assert [row[f"r{register}_{when}"] for register in range(11)] == step[f"registers_{when}"]
            assert row[f"compute_units_{when}"] == step[f"compute_units_{when}"]
        (access,) = step["memory"] or [dict.fromkeys(("kind", "address", "size", "old", "new"))]
        assert {name: row[f"memory_{name}"] for name in access} == access
        syscall = step["syscall"]
        assert row["syscall"] == (syscall and syscall["name"])
        if syscall:
            assert [row[f"syscall_argument_{number}"] for number in range(1, 6)] == syscall["arguments"]
            assert (row["syscall_result"], row["syscall_compute_units"]) == (
                syscall["result"],
                syscall["compute_units"],
            )
            words = zip(
                row["syscall_word_address"], row["syscall_word_old"], row["syscall_word_new"], strict=True
            )
            assert [dict(zip(("address", "old", "new"), word, strict=True)) for word in words] == (
                syscall["words"]
            )
        assert row["fault"] is None


FAULTS: dict[str, tuple[list[str], Parameters, str, int]] = {
    "a load of nothing": (["ldxdw r0, [r0]; exit"], Parameters(), "AccessViolation", 1),
    "an empty meter": (["exit"], Parameters(compute_unit_limit=0), "ExceededMaxInstructions", 0),
    "a syscall": ([*call("sol_log_", (1, 3)), "exit"], Parameters(), "AccessViolation", 3),
    "a division": (["div64 r0, r3; exit"], Parameters(), "DivideByZero", 1),
    "the end of the text": (["mov64 r0, 0"], Parameters(), "ExecutionOverrun", 2),
}


@pytest.mark.parametrize("constraints", [False, True])
@pytest.mark.parametrize("name", FAULTS)
def test_a_program_that_is_stopped(name: str, constraints: bool) -> None:
    parts, parameters, fault, count = FAULTS[name]
    execution = execute(ExecutionInput(build_elf(parts), bytes(32), (), b"", parameters))
    exported = document(execution, constraints=constraints)
    validate(exported)
    assert (exported["success"], exported["exit_code"], exported["instructions"]) == (False, None, count)
    assert exported["final_state"]["fault"]["name"] == fault
    assert exported["final_state"]["error"] is not None
    assert len(exported["steps"]) == count
    if count:
        assert exported["steps"][-1]["fault"] == exported["final_state"]["fault"]
    assert [step["fault"] for step in exported["steps"][:-1]] == [None] * (count - 1 if count else 0)
    file = BytesIO()
    write_parquet(execution, file)
    rows = parquet.read_table(BytesIO(file.getvalue())).to_pylist()
    assert [row["fault"] for row in rows] == [None] * (count - 1) + [fault] * (count > 0)


def test_a_program_that_returns_an_error() -> None:
    execution = execute(ExecutionInput(build_elf("mov64 r0, 7; exit"), bytes(32), (), b""))
    exported = document(execution)
    validate(exported)
    assert (exported["success"], exported["exit_code"]) == (False, 7)
    assert exported["final_state"]["fault"] is None
    assert exported["final_state"]["error"] == "Custom(7)"


def test_progress(classic: Execution) -> None:
    told: list[tuple[int, int]] = []
    list(json_document(classic, constraints=True, progress=lambda done, steps: told.append((done, steps))))
    assert told == [(2048, 4484), (4096, 4484), (4484, 4484)]


MEASURE = """
from benches.mixed_loop import mixed_loop
from solproof.host.resources import peak_memory
from solproof.execution.execute import execute
from solproof.runtime.execution_input import ExecutionInput
from solproof.tracing.export_json import json_document

execution = execute(ExecutionInput(mixed_loop(60_800), bytes(32), (), b""))
size = sum(map(len, json_document(execution)))
peak = peak_memory()
print(execution.output.instructions, size, peak)
"""


@pytest.mark.slow
def test_a_long_run_needs_little_memory() -> None:
    """The longest possible run has 1.4 million steps and hundreds of megabytes of JSON."""
    process = subprocess.run(
        [sys.executable, "-c", MEASURE],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
    )
    instructions, size, peak = map(int, process.stdout.split())
    assert instructions > 1_390_000
    assert size > GIBIBYTE // 2
    assert peak < GIBIBYTE
