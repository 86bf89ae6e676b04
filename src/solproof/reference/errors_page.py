"""The page of the errors."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from importlib import import_module

import solproof
from solproof.errors import Reason, Rejection, SolproofError, VersionMismatch
from solproof.program.errors import ELF_ERRORS, VERIFIER_ERRORS
from solproof.reference.markdown import heading, table
from solproof.runtime.instruction_error import BUILTIN_CODES, RUNTIME_MEANINGS, TEXTS
from solproof.runtime.syscalls import SUPPORTED
from solproof.runtime.syscalls.faults import FAULTS as SYSCALL_FAULTS
from solproof.vm.faults import FAULTS, FaultText

SKIPPED = "__main__"


def errors_page() -> str:
    """Tables of exceptions, load errors, faults and instruction errors."""
    lines = heading(
        "Errors",
        "Every error that users can see, and what it means. Names and messages of the runtime are those of "
        "Agave 4.1 and solana-sbpf 0.21.0. `{}` stands for a value in a message.",
        "`errors.py`, `program/errors.py`, `vm/faults.py`, `runtime/syscalls/` and "
        "`runtime/instruction_error.py`",
    )
    lines += LEGEND.splitlines()
    lines += ["", "## Exceptions", ""]
    lines += table(
        ("exception", "kind of", "exit status", "raised when"),
        (
            (
                f"`{error.__module__}.{error.__name__}`",
                _public_base(error),
                error.exit_status,
                _meaning(error),
            )
            for error in exceptions()
        ),
    )
    lines += ["", "## Reasons for a rejection", "", *REJECTION_LEGEND.splitlines(), ""]
    lines += _reasons(Rejection)
    lines += ["", "## Reasons for another version", "", *VERSION_LEGEND.splitlines(), ""]
    lines += _reasons(VersionMismatch)
    for title, about, errors in (
        (
            "ElfError",
            "The file cannot be loaded. The text is `ElfError::Name: message (value found, value expected)`.",
            ELF_ERRORS,
        ),
        (
            "VerifierError",
            "The file loads, but its text breaks a rule. Instruction numbers count slots from 0.",
            VERIFIER_ERRORS,
        ),
    ):
        lines += ["", f"## {title}", "", about, ""]
        lines += table(
            ("name", "message", "meaning"),
            ((name, _template(text.message), text.meaning) for name, text in errors.items()),
        )
    lines += [
        "",
        "## Faults of the machine",
        "",
        "The name is the `fault` of the result. Its `error` is ProgramFailedToComplete.",
        "",
    ]
    lines += table(("name", "message", "meaning"), _faults(FAULTS.items()))
    lines += ["", "## Faults of syscalls", ""]
    lines += SYSCALLS_LEGEND.splitlines()
    lines += [""]
    lines += table(
        ("name", "message", "meaning", "syscalls"),
        ((*row, _raised_by(row[0])) for row in _faults(_syscall_faults())),
    )
    lines += ["", "## Instruction errors", "", *INSTRUCTION_LEGEND.splitlines(), ""]
    lines += table(
        ("number", "name", "message"),
        ((number, name, _template(text)) for number, (name, text) in enumerate(TEXTS.items())),
    )
    lines += ["", "### Set by the runtime", ""]
    lines += table(("name", "meaning"), RUNTIME_MEANINGS.items())
    lines += ["", "### Returned by programs", "", *CODES_LEGEND.splitlines(), ""]
    lines += table(("code", "name", "message"), _codes())
    return "\n".join(lines) + "\n"


LEGEND = """\
- Every exception of solproof is a `SolproofError`.
  The command line prints it in one line and exits with its [exit status](exit-codes.md).
  Any other exception that escapes is a bug.
- A program that fails does not raise an exception.
  `run`, `prove` and `verify` report the fault that stopped it and the runtime's instruction error.
  The failure can be proven."""
REJECTION_LEGEND = """\
A reason is `reason` of `ProofRejected`, and `failure.reason` with `--json`.
The verifier checks in the order of the table and stops at the first check that fails.
The checks from `frame-missing` to `input-padding` are made for each frame.
Those of a frame that another one calls come in the middle of its caller's."""
VERSION_LEGEND = """\
A reason is `reason` of `ProofVersionError`, and `failure.reason` with `--json`.
The verifier does not judge a proof of another version."""
SYSCALLS_LEGEND = """\
The name is the `fault` of the result, as in Agave's `SyscallError` or `InstructionError`.
The `error` of the result is the instruction error with the same name, or else ProgramFailedToComplete.
[syscalls.md](syscalls.md) lists the faults of each syscall."""
INSTRUCTION_LEGEND = """\
Name and message are the `error` and `error_message` of the result.
The number stands for the error in bincode.
After an error, all accounts are unchanged."""
CODES_LEGEND = """\
A program fails by returning a code other than 0 in r0.
Each program decides when it returns which code, and the message describes the code.
Any other code above 32 bits is InvalidError."""


def exceptions() -> list[type[SolproofError]]:
    """Every class of exceptions with a public name, each base before the classes derived from it."""
    for module in pkgutil.walk_packages(solproof.__path__, "solproof."):
        if not module.name.endswith(SKIPPED):
            import_module(module.name)
    found = [error for error in _family(SolproofError) if not error.__name__.startswith("_")]
    return list(dict.fromkeys(reversed(found)))[::-1]  # a class with two bases is found below each of them


def _family(error: type[SolproofError]) -> Iterator[type[SolproofError]]:
    yield error
    for derived in sorted(error.__subclasses__(), key=lambda each: (each.exit_status, each.__name__)):
        if derived.__module__.startswith("solproof."):
            yield from _family(derived)


def _reasons(reasons: type[Reason]) -> list[str]:
    return list(table(("reason", "meaning"), ((f"`{reason}`", reason.meaning) for reason in reasons)))


def _public_base(error: type[SolproofError]) -> str:
    return next(base.__name__ for base in error.__mro__[1:] if not base.__name__.startswith("_"))


def _meaning(error: type[SolproofError]) -> str:
    text = " ".join((inspect.getdoc(error) or "").split())
    return re.sub(r" Exit status \d+\.$", "", text)


def _template(message: str) -> str:
    """A message whose holes are plain braces."""
    return re.sub(r"\{[^}]*\}", "{}", message)


def _faults(faults: Iterable[tuple[str, FaultText]]) -> Iterator[tuple[str, str, str]]:
    for name, text in faults:
        yield name, _template(text.message), text.meaning


def _syscall_faults() -> Iterator[tuple[str, FaultText]]:
    yield from SYSCALL_FAULTS.items()
    names = dict.fromkeys(name for syscall in SUPPORTED.values() for name in syscall.faults)
    for name in names:
        if name in TEXTS:
            yield name, FaultText(TEXTS[name], RUNTIME_MEANINGS[name])
        elif name in FAULTS:
            yield name, FAULTS[name]


def _raised_by(name: str) -> str:
    raising = [syscall.name for syscall in SUPPORTED.values() if name in syscall.faults]
    others = [syscall.name for syscall in SUPPORTED.values() if name not in syscall.faults]
    return ", ".join(raising) if len(raising) <= len(others) else f"all except {', '.join(others)}"


def _codes() -> Iterator[tuple[str, str, str]]:
    yield "1 to 2^32 - 1", "Custom(code)", "custom program error: code, in hexadecimal"
    yield "1 << 32", "Custom(0)", "custom program error: 0x0"
    for code, name in enumerate(BUILTIN_CODES, start=2):
        yield f"{code} << 32", name, TEXTS[name]
