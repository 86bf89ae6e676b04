"""Each number of an ending has one meaning, and the names are those of the machine and the runtime."""

from __future__ import annotations

from solproof.program.errors import ELF_ERRORS, VERIFIER_ERRORS
from solproof.runtime.instruction_error import RUNTIME_MEANINGS
from solproof.runtime.syscalls.faults import FAULTS as SYSCALL_FAULTS
from solproof.vm.faults import FAULTS
from solproof.zisk import endings


def test_every_number_has_one_meaning() -> None:
    for groups in (endings.ENDINGS, endings.PROGRAM_REFUSAL_GROUPS):
        numbers = [number for group in groups for number in group.names]
        assert numbers == sorted(set(numbers))


def test_names_of_faults_and_rules() -> None:
    assert set(endings.FAULTS.values()) == set(FAULTS)
    assert set(endings.SYSCALL_FAULTS.values()) <= {*SYSCALL_FAULTS, *FAULTS, *RUNTIME_MEANINGS}
    assert set(endings.ACCOUNT_RULES.values()) <= set(RUNTIME_MEANINGS)


def test_names_of_refusals() -> None:
    assert set(endings.REFUSALS) == set(endings.Refused)
    assert set(endings.REFUSAL_DETAILS) <= set(endings.REFUSALS)
    deployment = {"UnresolvedSymbol"}
    assert set(endings.ELF_REFUSALS.values()) == set(ELF_ERRORS) - deployment
    assert set(endings.VERIFIER_REFUSALS.values()) == set(VERIFIER_ERRORS)
