"""The page: HTML, style, scripts and data in one file that needs no network."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files

from solproof.errors import InputError
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.execution.run import check_execution_type
from solproof.explorer.circuit_data import describe_circuit
from solproof.explorer.container import Container
from solproof.explorer.execution_data import describe_execution
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.program.symbols import SymbolFiles
from solproof.proving.check import witness_of
from solproof.tracing.constraints import Constraints

FORMAT = 2
MAXIMUM_STEPS = 250_000
"""The largest number of steps. Browsers are slow to open a file with more."""

SCRIPTS = (
    "decode.js",
    "format.js",
    "calls.js",
    "model.js",
    "execution.js",
    "circuit.js",
    "elements.js",
    "timeline.js",
    "trace_list.js",
    "instruction_list.js",
    "causes.js",
    "account_view.js",
    "step_view.js",
    "runtime_view.js",
    "memory_view.js",
    "constraint_view.js",
    "result_view.js",
    "search.js",
    "app.js",
)


def explore(
    execution: Execution | TransactionExecution,
    title: str = "program",
    *,
    constraints: bool = True,
    symbols: SymbolFiles | None = None,
    interfaces: Interfaces = KNOWN,
) -> str:
    """Make one HTML file that shows an execution step by step. Returns its text.

    execution: an instruction or a transaction, with all programs that it called.
    title: the name of the program or of the transaction.
    constraints: whether to include the constraints of each step. They are those of the execution's proof,
        which holds all frames.
    symbols: files with the symbols of programs.
    interfaces: what decodes instructions and accounts, by default the programs that are known.
    Raises `InputError` if the run is too long to be shown, or if a file of symbols fits no program that ran.
    """
    check_execution_type(execution)
    steps = sum(frame.outcome.instructions for frame in execution.frames)
    if steps > MAXIMUM_STEPS:
        raise InputError(
            f"the run has {steps:,} steps, expected at most {MAXIMUM_STEPS:,}; use solproof trace "
            "instead, or lower --compute-unit-limit to see the start of the run"
        )
    container = Container()
    header = {"format": FORMAT, "title": title} | describe_execution(
        execution, container, symbols, interfaces
    )
    if constraints:
        bound = Constraints(witness_of(execution))
        header["circuit"] = describe_circuit(bound, len(execution.frames), container)
    return _assemble(title, container.encode(header))


def _assemble(title: str, data: str) -> str:
    scripts = "\n".join(_file(name) for name in SCRIPTS)
    parts = {"title": escape(title), "style": _file("style.css"), "script": scripts, "data": data}
    # All in one pass, because inserted text may itself look like a placeholder.
    return re.sub(r"(?:/\*)?\{\{(\w+)\}\}(?:\*/)?", lambda place: parts[place[1]], _file("page.html"))


def _file(name: str) -> str:
    return files("solproof.explorer").joinpath("web", name).read_text("utf-8")
