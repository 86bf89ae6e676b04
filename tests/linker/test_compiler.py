"""The compiler and its header: `solproof.h` agrees with the runtime."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from solproof.errors import InputError
from solproof.linker.compiler import INCLUDE_DIRECTORY, CompilerError, compile_source
from solproof.program.syscall_names import NAMES
from solproof.runtime.instruction_error import BUILTIN_CODES
from tests.support.c_programs import compiled

HEADER = (INCLUDE_DIRECTORY / "solproof.h").read_text()


def test_the_header_has_every_syscall() -> None:
    declared = re.findall(r"^extern [\w ]+?\**(\w+)\(", HEADER, re.MULTILINE)
    assert declared == list(NAMES)


def test_the_header_has_every_error_number() -> None:
    """ERROR_INVALID_ARGUMENT is 2 << 32, and so on."""
    found = re.findall(r"^#define ERROR_(\w+) SOL_ERROR\((\d+)\)$", HEADER, re.MULTILINE)
    assert found[0] == ("CUSTOM_ZERO", "1")
    expected = [re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper() for name in BUILTIN_CODES]
    assert found[1:] == [(name, str(number)) for number, name in enumerate(expected, start=2)]


def test_the_layouts_of_the_structures() -> None:
    """The sizes and offsets that sol_invoke_signed_c reads (solana-syscalls 4.1, cpi.rs)."""
    compiled(
        """
        #include <solproof.h>
        _Static_assert(sizeof(SolAddress) == 32, "");
        _Static_assert(sizeof(SolInstruction) == 40, "");
        _Static_assert(sizeof(SolAccountMeta) == 16 && offsetof(SolAccountMeta, is_writable) == 8, "");
        _Static_assert(offsetof(SolAccountMeta, is_signer) == 9, "");
        _Static_assert(sizeof(SolAccount) == 56 && offsetof(SolAccount, is_signer) == 48, "");
        _Static_assert(offsetof(SolAccount, is_executable) == 50, "");
        _Static_assert(sizeof(SolSigner) == 16 && sizeof(SolBytes) == 16 && sizeof(SolClock) == 40, "");
        _Static_assert(sizeof(SolRent) == 24 && offsetof(SolRent, burn_percent) == 16, "");
        """,
        "-Wpedantic",
        "-Wno-error",
    )


def test_the_program_in_the_documentation() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/c-programs.md").read_text()
    (source,) = re.findall(r"^```c\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert compiled(source)


def test_a_source_with_an_error_and_one_with_a_warning(tmp_path: Path) -> None:
    source = tmp_path / "a.c"
    source.write_text("int entrypoint(int unused) { return missing; }\n")
    with pytest.raises(CompilerError) as caught:
        compile_source(source)
    assert str(caught.value) == (
        f"source {source}: does not compile: {source}:1:37: error: use of undeclared identifier 'missing'"
    )
    assert "unused parameter 'unused'" in caught.value.messages
    source.write_text("int entrypoint(int unused) { return 0; }\n")
    assert "unused parameter 'unused'" in compile_source(source).warnings


def test_a_frame_of_more_than_4_kib(tmp_path: Path) -> None:
    source = tmp_path / "a.c"
    source.write_text("void f(char *); int entrypoint(void) { char large[5000]; f(large); return 0; }\n")
    with pytest.raises(CompilerError, match="stack limit is exceeded"):
        compile_source(source)


def test_a_compiler_that_is_not_there(tmp_path: Path) -> None:
    source = tmp_path / "a.c"
    source.write_text("int entrypoint(void) { return 0; }\n")
    with pytest.raises(InputError) as caught:
        compile_source(source, "no-such-clang")
    assert str(caught.value) == "compiler no-such-clang: cannot be started: No such file or directory"
