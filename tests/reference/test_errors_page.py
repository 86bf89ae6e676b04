"""The page of the errors is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from solproof.errors import SolproofError
from solproof.program.errors import ELF_ERRORS, VERIFIER_ERRORS, elf_error
from solproof.reference.errors_page import errors_page, exceptions
from solproof.runtime.instruction_error import BUILTIN_CODES, RUNTIME_MEANINGS, TEXTS, error_of_exit_code
from solproof.runtime.syscalls import SUPPORTED
from solproof.runtime.syscalls.faults import FAULTS as SYSCALL_FAULTS
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.vm import faults
from solproof.zisk.endings import ACCOUNT_RULES

PAGE = errors_page()
RUNTIME = Path(__file__).resolve().parents[2] / "src/solproof/runtime"


def descendants(error: type[SolproofError]) -> set[type[SolproofError]]:
    return {error}.union(*map(descendants, error.__subclasses__()))


def test_every_exception_is_on_the_page() -> None:
    own = {error for error in descendants(SolproofError) if error.__module__.startswith("solproof.")}
    assert {error for error in own if not error.__name__.startswith("_")} == set(exceptions())
    for error in exceptions():
        assert f"| `{error.__module__}.{error.__name__}` |" in PAGE
        assert error.__doc__


@pytest.mark.parametrize(
    "name",
    [*faults.FAULTS, *SYSCALL_FAULTS, *ELF_ERRORS, *VERIFIER_ERRORS, *RUNTIME_MEANINGS, *BUILTIN_CODES],
)
def test_every_name_is_on_the_page(name: str) -> None:
    assert f"| {name} | " in PAGE


def test_every_instruction_error_is_on_the_page() -> None:
    for number, (name, text) in enumerate(TEXTS.items()):
        assert f"| {number} | {name} | {text.replace('{:#x}', '{}')} |" in PAGE
    assert set(BUILTIN_CODES) <= set(TEXTS)


def test_every_error_that_the_runtime_sets_has_a_meaning() -> None:
    """Builtin programs have their own reasons. Errors of transactions are no errors of instructions."""
    sources = [
        path.read_text(encoding="utf-8")
        for path in RUNTIME.rglob("*.py")
        if path.relative_to(RUNTIME).parts[0] not in ("builtins", "transaction")
    ]
    found = set(re.findall(r'(?:failure|fault|rror)\(\s*"(\w+)"', "\n".join(sources))) & set(TEXTS)
    assert set(RUNTIME_MEANINGS) == found
    assert list(RUNTIME_MEANINGS) == [name for name in TEXTS if name in found]
    assert set(ACCOUNT_RULES.values()) <= found


def test_codes_of_programs() -> None:
    for line in PAGE.splitlines():
        code, _, rest = line.removeprefix("| ").partition(" << 32 | ")
        if rest:
            error = error_of_exit_code(int(code) << 32)
            assert error is not None
            assert rest == f"{error.name} | {error.message} |"


def test_every_fault_of_a_syscall_has_a_text() -> None:
    names = {name for syscall in SUPPORTED.values() for name in syscall.faults}
    assert names == {*SYSCALL_FAULTS} | (names & {*TEXTS, *faults.FAULTS})
    assert names >= {*SYSCALL_FAULTS}


def test_texts() -> None:
    """The placeholders of texts are filled in for users. On the page they are plain gaps."""
    assert str(elf_error("SymbolHashCollision", 0xABC, detail="two")).startswith(
        "ElfError::SymbolHashCollision: Symbol hash collision 0xabc"
    )
    assert "| SymbolHashCollision | Symbol hash collision {} |" in PAGE
    assert str(syscall_fault("Panic", "lib.rs", 1, 2)) == "SBF program Panicked in lib.rs at 1:2"
    violation = faults.access_violation(0x3_0000_8000, 8, stack_frames=True)
    assert str(violation) == "Access violation in heap section at address 0x300008000 of size 8"
    made = (
        faults.divide_by_zero,
        faults.divide_overflow,
        faults.call_depth_exceeded,
        faults.call_outside_text_segment,
        faults.execution_overrun,
        faults.unsupported_instruction,
        faults.exceeded_max_instructions,
    )
    for make in made:
        fault = make()
        assert faults.FAULTS[fault.name].message == str(fault)
