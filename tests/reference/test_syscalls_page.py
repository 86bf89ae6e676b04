"""The page of the syscalls: costs and faults match the functions, and the places exist."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from assurance.contexts import bare_context
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.reference.syscalls_page import (
    COST_VALUES,
    argument_names,
    cost_text,
    places_of_tests,
    syscalls_page,
)
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.builtins import BUILTINS
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import COMPUTE_BUDGET, NATIVE_LOADER
from solproof.runtime.syscalls import GATES, MODULES, SUPPORTED, SyscallContext, curve, registry
from solproof.runtime.sysvars import ADDRESSES
from solproof.runtime.transaction_instruction import AccountReference, TransactionInstruction
from solproof.vm.faults import Fault
from solproof.vm.memory import Layout, Memory
from tests.support.cryptographic_calls import CALLS
from tests.support.event_examples import INVOKED_ACCOUNTS, METAS
from tests.support.invocations import Invocation, Meta, c_invocation, rust_invocation
from tests.support.syscall_harness import FRAME, HEAP, IMAGE, INPUT, MASK, PROGRAM, slices

Layouts = Callable[[int, bytes, bytes, Sequence[Meta]], Invocation]

ROOT = Path(__file__).resolve().parents[2]
FEATURES = MAINNET.changed(
    [gate.feature for gate in GATES.values() if not gate.inverted],
    [gate.feature for gate in GATES.values() if gate.inverted],
)
SIBLING = TransactionInstruction(0, (AccountReference(0),), b"data")
"""An instruction of the transaction that ran before."""

HEAP_SIZE = 0x40000
LAYOUTS = {"sol_invoke_signed_c": c_invocation, "sol_invoke_signed_rust": rust_invocation}
BUDGET_UNITS = BUILTINS[COMPUTE_BUDGET].compute_units
INVOKED = (
    *INVOKED_ACCOUNTS,
    InstructionAccount(Account(COMPUTE_BUDGET, NATIVE_LOADER, 1, b"compute_budget_program", executable=True)),
)
FAILING = {"abort", "sol_panic_"}


@dataclass(frozen=True, slots=True)
class Example:
    """A call, the memory before it, and the names in its cost that are not arguments."""

    arguments: tuple[int, ...]
    memory: Mapping[int, bytes] = field(default_factory=dict)
    names: Mapping[str, object] = field(default_factory=dict)
    accounts: tuple[InstructionAccount, ...] = ()


def _slices(name: str) -> Iterator[tuple[str, Example]]:
    for sizes in ((), (0,), (19, 20, 21), (1024, 3), (5001,)):
        content = slices(*((HEAP + 0x1000, size) for size in sizes))
        arguments = (HEAP, len(sizes), HEAP + 0x8000)
        yield name, Example(arguments, {HEAP: content}, {"sizes": sizes})


def _invocation(
    build: Layouts, data: bytes = b"", metas: Sequence[Meta] = METAS, program_id: bytes = COMPUTE_BUDGET
) -> Example:
    """An invocation of the compute budget program, which accepts everything."""
    names = {"data_length": len(data), "metas": len(metas), "lengths": [0], "invoked": BUDGET_UNITS}
    return Example(*build(HEAP, program_id, data, metas), names, INVOKED)


def _examples() -> Iterator[tuple[str, Example]]:
    for name in ("sol_memcpy_", "sol_memmove_", "sol_memset_", "sol_memcmp_"):
        for length in (0, 1, 2749, 2750, 2751, 30_000):
            second = 7 if name == "sol_memset_" else HEAP + 0x10000
            yield name, Example((HEAP, second, length, HEAP + 0x30000))
    for length in (0, 99, 100, 101, 2000):
        yield "sol_log_", Example((HEAP, length))
    for name in ("sol_sha256", "sol_keccak256", "sol_blake3", "sol_sha512", "sol_log_data"):
        yield from _slices(name)
    for length in (0, 249, 250, 1024):
        yield "sol_set_return_data", Example((HEAP, length))
        for held in (0, 1, 217, 218, 1024):
            yield "sol_get_return_data", Example((HEAP, length, HEAP + 0x2000), {}, {"held": held})
        yield "sol_get_sysvar", Example((HEAP, HEAP + 64, 0, length), {HEAP: ADDRESSES["slot_hashes"]})
    for address in (0, HEAP):
        yield "sol_get_epoch_stake", Example((address,))
    for name in ("sol_log_64_", "sol_log_pubkey", "sol_log_compute_units_"):
        yield name, Example((HEAP,))
    for name in SUPPORTED:
        if (name.endswith("_sysvar") and name != "sol_get_sysvar") or name == "sol_get_last_restart_slot":
            yield name, Example((HEAP,))
    for name in ("sol_get_stack_height", "sol_remaining_compute_units"):
        yield name, Example(())
    lengths = {HEAP: struct.pack("<QQ", len(SIBLING.data), len(SIBLING.accounts))}
    yield (
        "sol_get_processed_sibling_instruction",
        Example((0, HEAP, HEAP + 0x100, HEAP + 0x200, HEAP + 0x300), lengths),
    )
    yield "sol_alloc_free_", Example((100, 0))
    seeds = {HEAP: slices((HEAP + 0x100, 8)), HEAP + 0x200: bytes([4]) * 32}
    for number in range(6):
        memory = {**seeds, HEAP + 0x100: struct.pack("<Q", number)}
        yield "sol_create_program_address", Example((HEAP, 1, HEAP + 0x200, HEAP + 0x300), memory)
        yield (
            "sol_try_find_program_address",
            Example((HEAP, 1, HEAP + 0x200, HEAP + 0x300, HEAP + 0x400), memory),
        )
    for name, build in LAYOUTS.items():
        for length, count in ((0, 1), (1, 2), (1000, 20), (10_000, 7)):
            yield name, _invocation(build, bytes(length), METAS[:1] * count)
    for call in CALLS.values():
        names: dict[str, object] = {}
        if call.name.startswith("sol_curve"):
            names["group"] = getattr(curve.GROUPS.get(call.arguments[0]), "costs", SimpleNamespace())
        if call.name == "sol_big_mod_exp":
            names["sizes"] = [
                length for _, length in struct.iter_unpack("<QQ", call.memory[call.arguments[0]])
            ]
        yield call.name, Example(call.arguments, call.memory, names)


EXAMPLES = list(_examples())


def context_of(example: Example, limit: int = 1_400_000, *, aligned: bool = True) -> SyscallContext:
    context = bare_context(PROGRAM, accounts=example.accounts, aligned=aligned, features=FEATURES)
    context.transaction.trace.insert(0, SIBLING)
    region = context.invocation.serialized.region.ljust(0x1000, b"\0")
    context.memory = Memory(Layout(0, 64, HEAP_SIZE, len(region)), bytes(64), region)
    for address, content in example.memory.items():
        if content:
            context.memory.write(address, content)
    context.return_data = ReturnData(bytes(32), bytes(int(str(example.names.get("held", 0)))))
    context.remaining = limit
    return context


def call(name: str, context: SyscallContext, arguments: tuple[int, ...]) -> int:
    return SUPPORTED[name].execute(context, *(*arguments, 0, 0, 0, 0, 0)[:5])


def test_examples_are_of_every_syscall() -> None:
    assert {name for name, _ in EXAMPLES} == set(SUPPORTED) - FAILING


@pytest.mark.parametrize("name", sorted(set(SUPPORTED) - FAILING))
def test_costs_are_those_of_the_functions(name: str) -> None:
    """The expression on the page, with its values filled in, gives the charge of each call."""
    for _, example in (item for item in EXAMPLES if item[0] == name):
        context = context_of(example)
        call(name, context, example.arguments)
        syscall = SUPPORTED[name]
        names = dict(example.names)
        if name == "sol_try_find_program_address":
            names["tries"] = 256 - context.memory.read(example.arguments[4], 1)[0]
        padded = (*example.arguments, 0, 0, 0, 0, 0)
        names |= {text: padded[number - 1] for number, text in argument_names(syscall).items()}
        assert 1_400_000 - context.remaining == eval(cost_text(syscall), {}, names), example.arguments


def test_a_panic_costs_its_length() -> None:
    context = context_of(Example(()))
    with pytest.raises(Fault, match="Panicked"):
        call("sol_panic_", context, (HEAP, 12, 3, 4))
    assert 1_400_000 - context.remaining == 12
    assert cost_text(SUPPORTED["sol_panic_"]) == "length"


VALUES = (0, 1, 7, HEAP + 1, HEAP + 0x3FFF0, IMAGE, FRAME + 0x1000, INPUT, 25_000, 10**6, 2**63, MASK)
LIES = {
    HEAP: slices((HEAP + 0x100, 2**63)) * 17,  # too long, and too many
    HEAP + 0x100: b"\xff" * 64,  # not text
}


def _spoiled(name: str, example: Example) -> Iterator[tuple[Example, int, bool]]:
    """Changed examples: other arguments, other memory, too few units, or another loader."""
    arguments = (*example.arguments, 0, 0, 0, 0, 0)[:5]
    yield example, 0, True
    yield example, 1_400_000, False
    yield Example(arguments, {**example.memory, **LIES}), 1_400_000, True
    yield Example((HEAP + 0x100, *arguments[1:]), LIES), 1_400_000, True
    yield Example((HEAP, 17, *arguments[2:]), example.memory), 1_400_000, True
    for first in range(5):
        for value in VALUES:
            changed = (*arguments[:first], value, *arguments[first + 1 :])
            yield replace(example, arguments=changed), 1_400_000, True
    if name == "sol_get_return_data":
        yield Example((HEAP, 100, HEAP + 50), {}, {"held": 100}), 1_400_000, True
    if name == "sol_memcpy_":
        yield Example((HEAP, HEAP + 5, 10)), 1_400_000, True
    if name == "sol_try_find_program_address":
        yield Example((*arguments[:4], arguments[3] + 5), example.memory), 1_400_000, True
    if name == "sol_get_sysvar":
        yield Example((HEAP, HEAP, MASK, 10), example.memory), 1_400_000, True


@pytest.mark.parametrize("name", sorted(set(SUPPORTED) - set(LAYOUTS)))
def test_faults_are_those_of_the_functions(name: str) -> None:
    """Bad calls cause every declared fault and no other fault."""
    examples = [example for other, example in EXAMPLES if other == name] or [Example((HEAP, 12, 3, 4))]
    found = set()
    for example in examples[:: max(len(examples) // 8, 1)]:
        for spoiled, limit, aligned in _spoiled(name, example):
            try:
                call(name, context_of(spoiled, limit, aligned=aligned), spoiled.arguments)
            except Fault as fault:
                found.add(fault.name)
    assert found == set(SUPPORTED[name].faults)


def _spoiled_invocations(build: Layouts) -> Iterator[tuple[str, Example]]:
    """Invocations that fail, each with the name of its fault."""
    good = _invocation(build)
    instruction, infos, count = good.arguments[:3]
    payer, payee = METAS
    seeds = HEAP + 0x8000
    one_signer = {seeds: slices((seeds + 16, 1)), seeds + 16: slices((seeds + 32, 33))}
    many_seeds = {seeds: slices((seeds + 16, 17)), seeds + 16: slices((seeds, 8)) * 17}

    def with_arguments(*arguments: int) -> Example:
        return replace(good, arguments=(*arguments, *good.arguments[len(arguments) :]))

    def with_seeds(memory: Mapping[int, bytes], signers: int) -> Example:
        arguments = (instruction, infos, count, seeds, signers)
        return replace(good, arguments=arguments, memory={**good.memory, **memory})

    yield "AccessViolation", with_arguments(0)
    yield "StackAccessViolation", with_arguments(FRAME + 0x1000)
    yield "UnalignedPointer", with_arguments(instruction + 1)
    yield "InvalidLength", with_seeds({}, 2**63)
    yield "MaxInstructionAccountsExceeded", _invocation(build, metas=METAS * 128)
    yield "MaxInstructionDataLenExceeded", _invocation(build, bytes(10_241))
    yield "InvalidArgument", _invocation(build, metas=[payer._replace(is_signer=2)])
    yield "TooManySigners", with_seeds({}, 17)
    yield "MaxSeedLengthExceeded", with_seeds(many_seeds, 1)
    yield "BadSeeds", with_seeds(one_signer, 1)
    yield "ProgramNotSupported", _invocation(build, program_id=NATIVE_LOADER)
    yield "MissingAccount", _invocation(build, program_id=bytes([7]) * 32)
    yield "PrivilegeEscalation", _invocation(build, metas=[payee._replace(is_signer=True)])
    yield "InvalidPointer", with_arguments(instruction, INPUT)
    yield "MaxInstructionAccountInfosExceeded", with_arguments(instruction, infos, 256)
    yield "InvalidRealloc", _invocation(build, metas=[payer._replace(length=10_241)])


@pytest.mark.parametrize("name", LAYOUTS)
def test_faults_of_invocations(name: str) -> None:
    found = {"ComputationalBudgetExceeded"}
    for fault, example in _spoiled_invocations(LAYOUTS[name]):
        with pytest.raises(Fault) as raised:
            call(name, context_of(example), example.arguments)
        assert raised.value.name == fault
        found.add(fault)
    with pytest.raises(Fault, match="Computational budget exceeded"):
        call(name, context_of(_invocation(LAYOUTS[name]), 900), _invocation(LAYOUTS[name]).arguments)
    # An invoked program can cause this fault only if the caller's account infos overlap.
    assert set(SUPPORTED[name].faults) - found == {"AccountDataTooSmall"}
    assert found < set(SUPPORTED[name].faults)


def test_every_syscall_is_on_the_page() -> None:
    page = syscalls_page()
    for name, key in SYSCALL_HASHES.items():
        assert page.count(f"\n### {name}\n\n") == 1
        assert f"| [{name}](#{name}) | {key:#010x} |" in page
    for name, gate in GATES.items():
        assert gate.feature in next(line for line in page.splitlines() if line.startswith(f"| [{name}]"))
    for key in registry(MAINNET):
        assert f"{key:#010x}" in page


def test_places_are_there() -> None:
    for module in MODULES:
        for test in places_of_tests(module):
            path = ROOT / test
            text = "\n".join(each.read_text() for each in (path.glob("*.py") if path.is_dir() else [path]))
            assert path.stem == "test_cryptographic_calls" or any(
                each.name.split("sol_")[-1] in text for each in module.SYSCALLS
            )
    assert all(isinstance(value, int) for value in COST_VALUES.values())
