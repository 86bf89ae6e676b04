"""Run any Solana program exactly as a validator would, and prove the run.

    import solproof

    given = solproof.load("p_token.so", "transfer.json")  # or input_from_solders, ExecutionInput, ...
    execution = solproof.run(given)  # execution.output: success, compute units, logs, accounts, ...
    for step in solproof.trace(execution): ...  # step.pc, step.assembly, step.registers_after, ...
    estimate = solproof.estimate(given)  # rows, cells, memory, time and size of a proof
    proof = solproof.prove(given)  # proof.data: the content of a proof file
    verdict = solproof.verify(proof.data, given)  # raises ProofRejected with the reason

Names are imported when they are first used: `import solproof` loads nothing else. Inputs, outputs, proofs and
verdicts are frozen and can be pickled. Every error that is raised on purpose is a `SolproofError`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

__version__ = "0.1.0"


@cache  # the list is read when the first name is used, because `import solproof` must be quick
def _homes() -> dict[str, tuple[str, str]]:
    """The module and the name there of each public name, as the stub beside this file lists them."""
    import ast  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    homes: dict[str, tuple[str, str]] = {}
    renamed: dict[str, str] = {}
    for node in ast.parse(Path(__file__).with_suffix(".pyi").read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            homes |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            renamed |= {target.id: node.value.id for target in node.targets if isinstance(target, ast.Name)}
    renamed |= {name: name for name in homes if not name.startswith("_")}
    return {name: homes[inner] for name, inner in sorted(renamed.items())}


def __getattr__(name: str) -> Any:
    homes = _homes()
    if name == "__all__":
        return ["__version__", *homes]
    if name not in homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = homes[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_homes(), "__all__"})
