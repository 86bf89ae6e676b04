"""Programs that an input gives as files, for its own program to call, compared with LiteSVM."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.errors import InputError, ProgramError
from solproof.execution.execute import execute
from solproof.formats.program_files import program_account, upgradeable_program
from solproof.runtime.accounts import InstructionAccount, address_text
from solproof.runtime.execution_input import ExecutionInput
from tests.support.calling_programs import callee, caller
from tests.support.elf_builder import build_elf
from tests.support.litesvm_oracle import assert_like_litesvm

CALLER, CALLEE, OTHER = (bytes([number]) * 32 for number in (21, 22, 23))


def calling(called: bytes, data: bytes = b"", then: str = "exit") -> ExecutionInput:
    """An input whose program calls the program of a file."""
    return ExecutionInput(
        caller(CALLEE, data, then),
        CALLER,
        (InstructionAccount(program_account(CALLEE)),),
        b"",
        programs=((CALLEE, called),),
    )


# POSITIVE


def test_a_program_calls_a_program_that_is_given_as_a_file() -> None:
    execution = assert_like_litesvm(calling(callee(b"hello"), b"four"))
    assert execution.output.success
    assert execution.output.return_data.data == b"hello"
    assert execution.output.return_data.program_id == CALLEE
    assert "Program log: 0x4, 0x0, 0x0, 0x0, 0x0" in execution.output.logs
    assert [frame.invocation.program_id for frame in execution.frames] == [CALLER, CALLEE]


def test_the_caller_goes_on_after_the_call() -> None:
    execution = assert_like_litesvm(calling(callee(b"x"), then="add64 r0, 5; exit"))
    assert execution.output.exit_code == 5


@pytest.mark.parametrize(
    ("called", "error"),
    [
        (callee(b"", exit_code=7), "Custom(7)"),
        (build_elf("ldxdw r0, [r0]; exit"), "ProgramFailedToComplete"),
        (caller(CALLER), "MissingAccount"),
    ],
)
def test_errors_of_the_called_program_end_the_run(called: bytes, error: str) -> None:
    assert assert_like_litesvm(calling(called)).output.error == error


def test_programs_that_are_not_called_change_nothing() -> None:
    given = calling(callee(b"hello"))
    more = replace(given, programs=((OTHER, build_elf("exit")), *given.programs))
    assert execute(more).output == execute(given).output


def test_a_given_program_runs_like_a_deployed_program() -> None:
    given = calling(callee(b"hello"))
    program, programdata = upgradeable_program(CALLEE, callee(b"hello"))
    deployed = replace(
        given, accounts=(InstructionAccount(program), InstructionAccount(programdata)), programs=()
    )
    assert execute(deployed).output.logs == execute(given).output.logs


# NEGATIVE


def test_a_program_that_is_not_given_cannot_be_called() -> None:
    given = replace(calling(callee(b"")), programs=())
    assert execute(given).output.error == "UnsupportedProgramId"


def test_a_program_that_is_not_an_account_cannot_be_called() -> None:
    given = replace(calling(callee(b"")), accounts=())
    assert assert_like_litesvm(given).output.error == "MissingAccount"


def test_a_file_that_is_no_program_is_named() -> None:
    with pytest.raises(ProgramError) as raised:
        execute(calling(b"\x7fELF"))
    assert str(raised.value).startswith(f"programs[{address_text(CALLEE)}]: ElfError::")


@pytest.mark.parametrize(
    ("programs", "message"),
    [
        (((b"\1", b""),), "programs[0]: program id: expected 32 bytes, got 1"),
        (
            ((OTHER, b""), (CALLEE, bytes(10 * 2**20 + 1))),
            "programs[1]: expected at most 10485760 bytes, got 10485761",
        ),
        (((CALLEE, b""), (CALLEE, b"")), "programs: expected each program id once"),
        (((CALLER, b""),), "programs: expected only other programs, got the input's own program id"),
    ],
)
def test_refused_programs(programs: tuple[tuple[bytes, bytes], ...], message: str) -> None:
    with pytest.raises(InputError) as raised:
        replace(calling(callee(b"")), programs=programs)
    assert str(raised.value) == message
