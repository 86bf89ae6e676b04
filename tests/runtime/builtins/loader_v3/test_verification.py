"""Files that are deployed: broken ones, and those that only a deployment refuses, compared with LiteSVM."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from assurance.programs import assembled
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf
from solproof.runtime.accounts import address_text
from tests.support.broken_lenient_files import BROKEN as BROKEN_LENIENT
from tests.support.broken_lenient_files import MESSAGES as LENIENT_MESSAGES
from tests.support.broken_strict_files import BROKEN as BROKEN_STRICT
from tests.support.broken_strict_files import MESSAGES as STRICT_MESSAGES
from tests.support.elf_files import ElfBytes, small_elf
from tests.support.loader_accounts import (
    DEPLOY,
    EXTEND,
    PROGRAM_KEY,
    UPGRADE,
    V3_ELF,
    Loaded,
    buffer,
    deploy_mentions,
    extend_mentions,
    loader_instruction,
    program,
    program_data,
    uninitialized,
    upgrade_mentions,
)
from tests.support.refused_programs import REFUSED

SMALL = small_elf()
TEXT = SMALL.offset(".text")
NAMES = b"\0sol_log_\0function\0data\0"
OUT_OF_BOUNDS = "Offset or value is out of bounds"
DEPLOYED = f"Deployed program {address_text(PROGRAM_KEY)}"


def calls(name: bytes) -> bytes:
    """The small file, which calls a syscall with this name instead of `sol_log_`."""
    strings = b"\0" + name + b"\0data\0"
    # The function needs no name.
    return SMALL.replace(NAMES.ljust(24, b"\0"), strings.ljust(24, b"\0")).symbol(2, name_offset=0).data


def unresolved(name: str, slot: int = 33) -> str:
    return f"Unresolved symbol ({name}) at instruction #{slot} (ELF file offset {slot * 8:#x})"


def deploys(file: bytes, line: str | None, activate: tuple[str, ...] = ()) -> Loaded:
    """The deployment of a file, which fails with a line, or succeeds."""
    return Loaded(
        "",
        None if line == DEPLOYED else "InvalidAccountData",
        line,
        loader_instruction(DEPLOY, deploy_mentions(), struct.pack("<Q", len(file) + 64)),
        [uninitialized(PROGRAM_KEY), buffer(file)],
        activate,
    )


@pytest.mark.parametrize("name", BROKEN_LENIENT)
def test_broken_lenient_files(name: str) -> None:
    check_line(BROKEN_LENIENT[name].data, LENIENT_MESSAGES[name])


@pytest.mark.parametrize("name", BROKEN_STRICT)
def test_broken_strict_files(name: str) -> None:
    check_line(BROKEN_STRICT[name].data, STRICT_MESSAGES[name])


def check_line(file: bytes, message: str) -> None:
    """Check that a deployment logs the text in a message `ElfError::Name: text (explanation)`."""
    sent = deploys(file, "").compare()
    assert sent.error == {"InstructionError": [0, "InvalidAccountData"]}
    assert message.split(": ", 1)[1].startswith(f"{sent.logs[-2]} (")


@pytest.mark.parametrize(
    "name", [name for name, (_, text, _) in REFUSED.items() if text and not len(text) % 8]
)
def test_refused_texts(name: str) -> None:
    version, text, message = REFUSED[name]
    file = write_elf(replace(assembled("exit", version), text=text))
    words = message.split(": ", 1)[1].rsplit(" (`", 1)[0]
    deploys(file, f"Verifier error: {words}").check()


ONLY_AT_DEPLOYMENT = {
    "unknown syscall": (calls(b"sol_unknown_"), unresolved("sol_unknown_")),
    "name that is not UTF-8": (calls(b"\xff\xfe"), unresolved("\ufffd\ufffd")),
    "sol_alloc_free_": (calls(b"sol_alloc_free_"), unresolved("sol_alloc_free_")),
    "syscall of an inactive feature": (calls(b"sol_blake3"), unresolved("sol_blake3")),
    "text elsewhere": (
        SMALL.section(".text", address=TEXT + 8).header(entry=TEXT + 8).data,
        OUT_OF_BOUNDS,
    ),
    "text elsewhere before an unknown syscall": (
        ElfBytes(calls(b"unknown"), SMALL.sections, SMALL.places)
        .section(".text", address=TEXT + 8)
        .header(entry=TEXT + 8)
        .data,
        OUT_OF_BOUNDS,
    ),
    "rodata elsewhere": (SMALL.section(".rodata", address=SMALL.offset(".rodata") + 8).data, OUT_OF_BOUNDS),
}


@pytest.mark.parametrize("name", ONLY_AT_DEPLOYMENT)
def test_what_only_a_deployment_refuses(name: str) -> None:
    file, line = ONLY_AT_DEPLOYMENT[name]
    load_program(file)
    deploys(file, line).check()


def test_features_decide_which_syscalls_exist() -> None:
    deploys(calls(b"sol_blake3"), DEPLOYED, ("blake3_syscall_enabled",)).check()
    deploys(calls(b"sol_get_sysvar"), DEPLOYED).check()


@pytest.mark.parametrize("version", range(3))
def test_every_old_version(version: int) -> None:
    deploys(small_elf(version).data, DEPLOYED).check()
    disabled = ("disable_sbpf_v0_v1_v2_deployment",)
    line = "Detected sbpf_version required by the executable which are not enabled"
    deploys(small_elf(version).data, line, disabled).check()


def test_no_version_can_be_deployed() -> None:
    names = ("enable_sbpf_v3_deployment_and_execution",)
    case = replace(
        deploys(V3_ELF, "Detected sbpf_version required by the executable which are not enabled"),
        activate=("disable_sbpf_v0_v1_v2_deployment",),
        deactivate=names,
    )
    case.check()
    replace(case, stored=[uninitialized(PROGRAM_KEY), buffer(V3_ELF[:51])], line=OUT_OF_BOUNDS).check()


def test_upgrades_verify_the_new_file() -> None:
    stored = [program(), buffer(calls(b"unknown")), program_data(SMALL.data)]
    given = loader_instruction(UPGRADE, upgrade_mentions())
    Loaded("", "InvalidAccountData", unresolved("unknown"), given, stored).check()


def test_extensions_verify_the_old_file() -> None:
    stored = [program(), program_data(calls(b"sol_alloc_free_"))]
    given = loader_instruction(EXTEND, extend_mentions(), struct.pack("<I", 10_240))
    Loaded("", "InvalidAccountData", unresolved("sol_alloc_free_"), given, stored).check()
