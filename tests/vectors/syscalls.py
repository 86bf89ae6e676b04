"""`vectors/syscalls.json`: calls of every syscall, with the words of memory before and after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from solproof.cli.terminal.show import account_fields
from solproof.execution.execute import Execution, execute
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.features import MAINNET
from solproof.runtime.single_instruction import prepare
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.runtime.sysvars import Sysvars
from solproof.vm.faults import Fault
from tests.support import fault_cases
from tests.support.cryptographic_calls import CALLS
from tests.support.elf_builder import syscall_program
from tests.support.event_examples import ENDING, EXAMPLES, PARAMETERS, given_input
from tests.support.replays import replay_memory
from tests.support.syscall_harness import PROGRAM
from tests.vectors.encoding import Fields, base64_text, document, word_text

SYSVARS = [sysvar.name for sysvar in fields(Sysvars) if sysvar.name != "slot_hashes"]
"""Sysvars that a call may read. The slot hashes take 20 KiB, and no case reads them."""


def scenes() -> Iterator[tuple[str, Execution]]:
    """Runs whose last syscall is the case."""
    cryptographic = {call.name for call in CALLS.values()}
    for name in EXAMPLES:
        given = given_input(name)
        execution = execute(given)
        if name not in cryptographic:
            yield name, execution
        event = execution.run.trace.events[-1]
        if event.compute_units and name not in ENDING:
            parameters = replace(PARAMETERS, compute_unit_limit=event.clk + event.compute_units - 1)
            yield f"{name}, one unit too few", execute(replace(given, parameters=parameters))
    for title, call in CALLS.items():
        elf = syscall_program(call.name, call.arguments, call.memory)
        yield title, execute(ExecutionInput(elf, PROGRAM, (), b"", call.parameters()))
    for title, case in fault_cases.CASES.items():
        version = case.versions[-1]
        execution = execute(fault_cases.given(title, version))
        events, final = execution.run.trace.events, execution.run.final
        if events and events[-1].clk == final.clk:
            yield f"V{version}, {title}", execution


def syscall_vectors() -> str:
    """The content of the file."""
    return document(
        {
            "sysvars": {name: base64_text(getattr(Sysvars(), name)) for name in SYSVARS},
            "cases": [{"name": name} | call_fields(execution) for name, execution in scenes()],
        }
    )


def call_fields(execution: Execution) -> Fields:
    """The last syscall of a run, replayed with only the words that it touches."""
    invocation, events = prepare(execution.input), execution.run.trace.events
    context, units = SyscallContext(invocation), 0
    for event in events:
        context.memory = replay_memory(invocation, [event])
        context.memory.begin({(word.region, word.index): word.old for word in event.words})
        context.remaining = remaining = invocation.compute_unit_limit - event.clk - units
        lines = len(context.transaction.logs.lines)
        outcome: Fields
        try:
            result = registry(context.features)[event.key].execute(context, *event.arguments)
            outcome = {"result": word_text(result)}
        except Fault as fault:
            outcome = {"fault": fault.name}
        units += remaining - context.remaining
    layout, features = invocation.layout, context.features
    accounts = [
        account_fields(entry.account) | {"is_signer": entry.is_signer, "is_writable": entry.is_writable}
        for entry in invocation.accounts
    ]
    return {
        "syscall": SYSCALL_NAMES[event.key],
        "program_id": context.program_id.hex(),
        **({"accounts": accounts} if accounts else {}),
        "layout": {field.name: getattr(layout, field.name) for field in fields(layout)},
        "features": {
            "activate": sorted(features.active - MAINNET.active),
            "deactivate": sorted(MAINNET.active - features.active),
        },
        "compute_units_left": remaining,
        "arguments": [word_text(argument) for argument in event.arguments],
        "words": [[word.region, word.index, f"{word.old:016x}", f"{word.new:016x}"] for word in event.words],
        **outcome,
        "compute_units": remaining - context.remaining,
        "logs": context.transaction.logs.lines[lines:],
        "return_data": context.return_data.data.hex(),
    }
