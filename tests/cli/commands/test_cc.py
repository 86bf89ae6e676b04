"""`solproof cc`."""

from __future__ import annotations

from pathlib import Path

from solproof.linker.compiler import INCLUDE_DIRECTORY
from solproof.program.bytecode_verifier import load_program
from tests.cli.conftest import Command
from tests.support.c_programs import compiled

SOURCE = '#include "limit.h"\nint two(void);\nint entrypoint(void) { return two() - LIMIT - MORE - EXTRA; }\n'
MISSING = "error: Missing {} (see solproof cc --help)"


def test_sources_objects_and_options(command: Command, tmp_path: Path) -> None:
    source, library, output = tmp_path / "a.c", tmp_path / "two.o", tmp_path / "a.so"
    source.write_text(SOURCE)
    library.write_bytes(compiled("int two(void) { return 2; }"))
    (tmp_path / "include").mkdir()
    (tmp_path / "include/limit.h").write_text("#define LIMIT 1\n")
    arguments = ["cc", source, library, "-o", output, "-I", tmp_path / "include", "-D", "MORE=1", "--quiet"]
    arguments.append("--compiler-option=-DEXTRA=0")
    result = command(*arguments, "-O", "s", "--sbpf-version", 0)
    assert (result.status, result.errors) == (0, "")
    assert result.output.startswith(f"{output}: ")
    assert load_program(output.read_bytes()).version == 0
    assert command(*arguments, "--json").fields["functions"].keys() == {"entrypoint", "two"}


def test_messages_of_the_compiler(command: Command, tmp_path: Path) -> None:
    source, output = tmp_path / "a.c", tmp_path / "a.so"
    source.write_text("int entrypoint(int unused) { return 0; }\n")
    result = command("cc", source, "-o", output)
    assert result.status == 0
    assert f"note: the compiler wrote:\n{source}:1:20: warning: unused parameter 'unused'" in result.errors
    output.unlink()
    source.write_text("int entrypoint(void) { return missing; }\n")
    result = command("cc", source, "-o", output)
    assert (result.status, result.output) == (2, "")
    assert "note: the compiler wrote:\n" in result.errors
    assert result.errors.splitlines()[-1] == (
        f"error: source {source}: does not compile: {source}:1:31: error: "
        "use of undeclared identifier 'missing'"
    )
    assert not output.exists()


def test_a_file_that_is_no_source(command: Command, tmp_path: Path) -> None:
    program, text, output = tmp_path / "a.so", tmp_path / "a.txt", tmp_path / "b.so"
    program.write_bytes(compiled("int two(void) { return 2; }"))
    result = command("cc", program, "-o", output, "--quiet")
    message = f"error: source {program}: is an ELF file, expected C, or an object that ends in .o\n"
    assert (result.status, result.output, result.errors) == (2, "", message)
    text.write_text("text")
    result = command("cc", text, "-o", output, "--quiet")
    message = "does not compile: the compiler wrote no object, expected a source that ends in .c"
    assert (result.status, result.errors.splitlines()[-1]) == (2, f"error: source {text}: {message}")


def test_the_directory_of_the_header(command: Command) -> None:
    assert command("cc", "--include-directory").output == f"{INCLUDE_DIRECTORY}\n"
    fields = command("cc", "--include-directory", "--json").fields
    assert fields == {"include_directory": str(INCLUDE_DIRECTORY)}
    assert (INCLUDE_DIRECTORY / "solproof.h").is_file()


def test_missing_arguments(command: Command, tmp_path: Path) -> None:
    source = tmp_path / "a.c"
    source.write_text("int entrypoint(void) { return 0; }\n")
    result = command("cc")
    assert (result.status, result.errors.splitlines()[0]) == (2, MISSING.format("argument 'SOURCE...'"))
    result = command("cc", source)
    assert (result.status, result.errors.splitlines()[0]) == (2, MISSING.format("option '--output' / '-o'"))
    result = command("cc", source, "-o", source, "--quiet")
    assert (result.status, result.errors) == (
        2,
        f"error: output {source}: the same file as SOURCE... {source}, expected another file\n",
    )
