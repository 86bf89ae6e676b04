"""The page of the syscalls."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from solproof.accesses.memory_calls import NAMES
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.reference.markdown import heading, source_link, table
from solproof.runtime import budget
from solproof.runtime.features import FEATURES, MAINNET
from solproof.runtime.syscalls import GATES, MODULES, SUPPORTED, Syscall, curve, invoke, registry

COST_VALUES: dict[str, int] = {
    **{name: value for name, value in vars(budget).items() if name.isupper() and isinstance(value, int)},
    **budget.ALT_BN128_COSTS,
}
"""The constants in the cost of a `Syscall`, by name."""

TESTS = {
    "alt_bn128": ("alt_bn128", "cryptographic_calls"),
    "big_mod_exp": ("big_mod_exp", "cryptographic_calls"),
    "curve": ("curve25519", "bls12_381", "cryptographic_calls"),
    "poseidon": ("poseidon", "cryptographic_calls"),
    "secp256k1": ("secp256k1", "cryptographic_calls"),
}
"""The tests of each module whose tests are not only in the file or the folder of the same name."""

BY_CHIPS = "chips"
REPLAYED = "replayed"
AT_THE_END = "at the end"
CALLS_OF_PROGRAMS = "replayed, with the frame of the called program"

LEGEND = """\
A program calls a syscall by the murmur3 hash of its name, with r1 to r5 as arguments.
The result is in r0.

The instruction itself costs 1 CU, and the cost of the syscall is added to it.
A syscall charges its cost before it reads or writes the memory that the cost covers.
If too few units are left, it takes all of them and fails with ComputationalBudgetExceeded.
In the formulas:

- `//` divides and rounds down.
- `sizes` are the lengths of the slices in bytes.
  A slice is an address and a length of 8 bytes each.
- `held` is the length of the return data.
- `tries` is the number of addresses tried.
- `data_length` is the length of the invoked instruction's data, and `metas` the number of its accounts.
- `lengths` are the data lengths of its accounts, each account once.
- `invoked` is what the invoked program takes.

How calls are proven:

- chips: the circuit proves the effect and the cost of the call ([memory_call](chips.md#memory_call),
  [memory_copy](chips.md#memory_copy), [memory_compare](chips.md#memory_compare)).
  Some forms are replayed instead, see [soundness.md](../soundness.md).
- replayed: the circuit proves that the program made this call with these arguments and got this result.
  It also proves the words of memory before and after the call ([syscall](chips.md#syscall),
  [event_word](chips.md#event_word)).
  The verifier runs the syscall again on these words, with the same function as the machine.
- at the end: the call never returns, so it is the last instruction, which the verifier runs itself.
  The same is true of every call that fails.
- replayed, with the frame of the called program: the verifier replays the call and comes to that program.
  It runs a builtin program itself. An sBPF program has a frame of its own in the same proof.

[errors.md](errors.md) explains the faults.
`test_random_calls.py` compares random calls of every syscall with LiteSVM.
`test_syscalls_page.py` compares costs and faults with this page."""


def syscalls_page() -> str:
    """The page: an overview, a section for each syscall by module, and the costs of curves."""
    lines = heading(
        "Syscalls",
        f"The {len(SYSCALL_HASHES)} functions of the runtime that a program can call: arguments, costs, "
        "faults, and how each is proven.",
        "`runtime/syscalls/`, `runtime/budget.py` and `program/syscall_names.py`",
    )
    lines += [*LEGEND.splitlines(), "", "## Overview", ""]
    lines += table(
        ("syscall", "hash", "feature", "on mainnet", "cost in CU", "proven"),
        (
            (
                f"[{name}](#{name})",
                f"{key:#010x}",
                feature_text(name),
                "yes" if key in registry(MAINNET) else "no",
                f"`{cost_text(SUPPORTED[name])}`",
                proof_of(name),
            )
            for name, key in SYSCALL_HASHES.items()
        ),
    )
    for module in MODULES:
        lines += ["", *_module(module)]
    lines += [
        "",
        "## Costs of curves",
        "",
        "All costs are in CU. In the formulas above, `group` is the row of the curve.",
        "",
    ]
    fields = ("validate", "add", "subtract", "multiply", "first_of_sum", "other_of_sum", "decompress")
    lines += table(
        ("curve", "group", *fields),
        (
            (f"{number:#04x}", group.name, *(getattr(group.costs, field) or "" for field in fields))
            for number, group in curve.GROUPS.items()
        ),
    )
    return "\n".join(lines) + "\n"


def cost_text(syscall: Syscall) -> str:
    """The cost as a Python expression, with the values of constants."""
    return re.sub(
        r"[A-Za-z]\w*(?!\w*\()", lambda match: str(COST_VALUES.get(match[0], match[0])), syscall.cost
    )


def argument_names(syscall: Syscall) -> dict[int, str]:
    """The names of the arguments that a syscall uses, by the number of their register."""
    parameters = list(inspect.signature(syscall.execute).parameters.values())[1:]
    if parameters[0].kind is inspect.Parameter.VAR_POSITIONAL:
        return {number: f"{parameters[0].name.rstrip('s')}_{number}" for number in range(1, 6)}
    return {
        number: parameter.name.lstrip("_")
        for number, parameter in enumerate(parameters, start=1)
        if parameter.name != f"_{number}"
    }


def feature_text(name: str) -> str:
    """The feature that must be active or, with "without", must not be active."""
    if name not in GATES:
        return ""
    gate = GATES[name]
    return f"without {gate.feature}" if gate.inverted else gate.feature


def proof_of(name: str) -> str:
    """How a call is proven, in the words of the legend."""
    if SUPPORTED[name] in invoke.SYSCALLS:
        return CALLS_OF_PROGRAMS
    if name in NAMES.values():
        return BY_CHIPS
    return AT_THE_END if {"Abort", "Panic"} & set(SUPPORTED[name].faults) else REPLAYED


def places_of_tests(module: ModuleType) -> list[str]:
    """The files of a module's tests, or the folder of a package's tests."""
    name = module.__name__.rpartition(".")[2]
    folder = "tests/runtime/syscalls"
    if hasattr(module, "__path__"):
        return [f"{folder}/{name}"]
    return [f"{folder}/test_{test}.py" for test in TESTS.get(name, (name,))]


def _module(module: ModuleType) -> Iterator[str]:
    name = module.__name__.rpartition(".")[2]
    assert module.__file__ is not None
    file = Path(module.__file__)
    is_package = hasattr(module, "__path__")
    files = file.parent.glob("*.py") if is_package else [file]
    source = "\n".join(each.read_text(encoding="utf-8") for each in files)
    features = sorted(feature for feature in FEATURES if f'"{feature}"' in source)
    path = f"src/solproof/runtime/syscalls/{name}"
    yield from (f"## Module {name}", "", *(inspect.getdoc(module) or "").splitlines(), "")
    yield f"- Implemented in {source_link(path if is_package else f'{path}.py')}"
    yield f"- Tested in {', '.join(map(source_link, places_of_tests(module)))}"
    if features:
        yield f"- Features that change its rules: {', '.join(features)}"
    for syscall in module.SYSCALLS:
        yield from ("", *_syscall(syscall))


def _syscall(syscall: Syscall) -> Iterator[str]:
    yield from (f"### {syscall.name}", "")
    yield from (*(inspect.getdoc(syscall.execute) or "").splitlines(), "")
    names = argument_names(syscall)
    yield f"- Hash: {SYSCALL_HASHES[syscall.name]:#010x}"
    if syscall.name in GATES:
        yield f"- Feature: {feature_text(syscall.name)}"
    yield "- Arguments: " + (", ".join(f"r{number} {text}" for number, text in names.items()) or "none")
    yield f"- Cost: `{cost_text(syscall)}`"
    yield "- Faults: " + (", ".join(syscall.faults) or "none")
    yield f"- Proven: {proof_of(syscall.name)}"
