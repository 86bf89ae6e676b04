"""Linked programs do what their C source says, in LiteSVM and here. What cannot be linked is refused."""

from __future__ import annotations

import re
from random import Random

import pytest

from solproof.errors import ProgramError
from solproof.isa.instruction import SLOT_BYTES
from solproof.linker.build import link_program
from solproof.linker.link import link
from solproof.linker.object_file import read_object
from solproof.program.bytecode_verifier import load_program
from solproof.program.names import function_names
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.runtime.execution_input import ExecutionInput
from tests.support.c_programs import PROGRAM_ID, compiled, linked
from tests.support.litesvm_oracle import assert_like_litesvm

VERSIONS = (0, 3)

TABLES = """
#include <solproof.h>
static const char *const names[] = {"zero", "one", "two", NULL};
static const uint64_t lengths[] = {4, 3, 3};
static uint64_t triple(uint64_t value) { return value * 3; }
static uint64_t square(uint64_t value) { return value * value; }
static uint64_t (*const operations[])(uint64_t) = {triple, square};
uint64_t library(uint64_t value);
__attribute__((noinline)) static uint64_t factorial(uint64_t value) {
    return value < 2 ? 1 : value * factorial(value - 1);
}
__attribute__((noinline)) static uint64_t count(const char *const *list) {
    uint64_t number = 0;
    while (list[number] != NULL) number++;
    return number;
}
uint64_t entrypoint(uint8_t *input) {
    SolInput given;
    SolAccount accounts[1];
    uint8_t local[3000];
    if (!sol_read_input(input, &given, accounts, 1) || given.data_length != 2) return ERROR_INVALID_ARGUMENT;
    sol_log_(names[given.data[0]], lengths[given.data[0]]);
    sol_memset_(local, given.data[1], sizeof(local));
    sol_log_64_(operations[given.data[0] & 1](7), factorial(local[2999]), count(names), library(5), 0);
    return SUCCESS;
}
"""
LIBRARY = """
#include <stdint.h>
extern uint64_t sol_log_64_(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
static const uint64_t table[] = {10, 20, 30, 40, 50, 60};
uint64_t unused(void) { return sol_log_64_(1, 2, 3, 4, 5); }
__attribute__((noinline)) static uint64_t factorial(uint64_t value) { return table[value]; }
uint64_t library(uint64_t value) { return factorial(value) + 1; }
"""
ENTRYPOINT = "#include <solproof.h>\nuint64_t entrypoint(uint8_t *input) { (void)input; return %s; }\n"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("data", "name", "result"), [(b"\0\4", "zero", 21), (b"\1\5", "one", 49)])
def test_litesvm_runs_it_with_the_same_units(version: int, data: bytes, name: str, result: int) -> None:
    """Strings, tables of pointers, function pointers, recursion, a null pointer, a library, a large frame."""
    given = ExecutionInput(linked(version, TABLES, LIBRARY), PROGRAM_ID, (), data)
    execution = assert_like_litesvm(given)
    factorial = {4: 24, 5: 120}[data[1]]
    assert execution.output.success
    assert list(execution.output.logs[1:3]) == [
        f"Program log: {name}",
        f"Program log: {result:#x}, {factorial:#x}, 0x3, 0x3d, 0x0",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_program_has_what_it_needs_and_can_be_deployed(version: int) -> None:
    content = linked(version, TABLES, LIBRARY)
    program = load_program(content, deployment=set(SYSCALL_NAMES))
    names = [function.name for function in function_names(content, program).functions]
    assert sorted(names) == ["count", "entrypoint", "factorial", "factorial.2", "library", "square", "triple"]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_level_of_optimization(version: int) -> None:
    """Without -ffunction-sections, calls between functions of one section have no relocation."""
    source = """
    #include <solproof.h>
    __attribute__((noinline)) static uint64_t add(uint64_t a, uint64_t b) { return a + b; }
    uint64_t entrypoint(uint8_t *input) { return add(*input, 41) - 41 + sizeof(input) - 8; }
    """
    for optimization in "0123sz":
        content = compiled(source, "-fno-function-sections", optimization=optimization)
        assembly = link([read_object("a.o", content)], version)
        assert len(assembly.text) == assembly.slots * SLOT_BYTES
        assert set(assembly.labels) <= {"entrypoint", "add"}
    given = ExecutionInput(linked(version, source), PROGRAM_ID, (), b"")
    assert assert_like_litesvm(given).output.success


def test_a_syscall_by_its_hash() -> None:
    source = ENTRYPOINT % '((uint64_t (*)(const char *, uint64_t))(uintptr_t)0x207559bd)("hi", 2), 0'
    execution = assert_like_litesvm(ExecutionInput(linked(3, source), PROGRAM_ID, (), b""))
    assert "Program log: hi" in execution.output.logs


def test_weak_functions() -> None:
    """A definition wins over a weak definition, which counts if it is the only one."""
    weak = ENTRYPOINT.replace(
        "uint64_t ent", "__attribute__((weak, noinline)) uint64_t f(void) { return 1; }\nuint64_t ent"
    )
    assert not assert_like_litesvm(
        ExecutionInput(linked(3, weak % "f()"), PROGRAM_ID, (), b"")
    ).output.success
    strong = "#include <stdint.h>\nuint64_t f(void); uint64_t f(void) { return 0; }\n"
    assert assert_like_litesvm(
        ExecutionInput(linked(3, weak % "f()", strong), PROGRAM_ID, (), b"")
    ).output.success


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (
            ["int unrelated(void) { return 1; }"],
            "no object defines entrypoint, expected a function uint64_t entrypoint(uint8_t *input)",
        ),
        (
            ["extern long sol_lgo_(void); long entrypoint(void) { return sol_lgo_(); }"],
            "object 0.o: entrypoint uses sol_lgo_, which is no syscall and which no object defines; "
            "did you mean sol_log_?",
        ),
        (
            ["extern long (*f)(void); long entrypoint(void) { return f(); }"],
            "object 0.o: entrypoint uses f, which is no syscall and which no object defines",
        ),
        (
            ["extern void sol_log_(void); long entrypoint(void) { return (long)sol_log_; }"],
            "object 0.o: entrypoint takes the address of the syscall sol_log_, expected a call",
        ),
        (
            ["long entrypoint(void) { return 0; }", "long entrypoint(void) { return 1; }"],
            "object 1.o: defines entrypoint again, first defined in object 0.o",
        ),
        (
            ["static long count; long entrypoint(void) { return count++; }"],
            "object 0.o: count in .bss.count is writable data, which Solana programs cannot have: "
            "make it const, or keep it in an account",
        ),
        (
            ["long count = 5; long entrypoint(void) { return count++; }"],
            "object 0.o: count in .data.count is writable data, which Solana programs cannot have: "
            "make it const, or keep it in an account",
        ),
        (
            ["long entrypoint(void) { return ((long (*)(void))6)(); }"],
            "object 0.o: entrypoint calls 0x6, which is no hash of a syscall",
        ),
        (
            [
                "const long big __attribute__((aligned(64))) = 5; "
                "const volatile long *entrypoint(void) { return &big; }"
            ],
            "object 0.o: big in .rodata.big needs an alignment of 64 bytes, expected at most 8",
        ),
    ],
)
def test_refused(sources: list[str], message: str) -> None:
    with pytest.raises(ProgramError) as caught:
        linked(3, *sources)
    assert str(caught.value) == message


def test_pointers_before_the_program() -> None:
    """A V3 program has every address. Before V3, the loader only computes addresses inside the program."""
    source = """
    const char text[] = "a";
    const char *const pointer = text - 4096;
    const void *entrypoint(void) { return &pointer; }
    """
    load_program(linked(3, source))
    with pytest.raises(ProgramError) as caught:
        linked(0, source)
    message = r"object 0\.o: pointer needs the address -\d+ bytes after the start of the program, expected .+"
    assert re.fullmatch(message, str(caught.value))


def test_an_entrypoint_without_instructions() -> None:
    with pytest.raises(ProgramError) as caught:
        linked(3, '__asm__(".globl entrypoint\\nentrypoint:\\n");')
    assert str(caught.value) == "object 0.o: entrypoint has no instruction"


@pytest.mark.parametrize("version", VERSIONS)
def test_broken_objects_never_crash(version: int) -> None:
    """Objects with changed bytes become programs, or are refused."""
    content = compiled(TABLES, optimization="s")
    library = compiled(LIBRARY)
    random = Random(version)
    refused = 0
    for _ in range(60):
        changed = bytearray(content)
        for _ in range(3):
            changed[random.randrange(len(content))] = random.randrange(256)
        try:
            link_program([("a.o", bytes(changed)), ("b.o", library)], version)
        except ProgramError:
            refused += 1
    assert refused


def test_relocations_that_no_program_has() -> None:
    """A 32-bit pointer in data."""
    source = """
    const int small = 5;
    __asm__(".section .rodata.t,\\"a\\"\\n.globl t\\nt:\\n.long small\\n.text");
    extern const int t[];
    const int *entrypoint(void) { return t; }
    """
    with pytest.raises(ProgramError) as caught:
        linked(3, source)
    assert str(caught.value) == (
        "object 0.o: .rodata.t: .rodata.t+0x0 has a relocation of type 3, expected one that fits its place: "
        "1 (R_BPF_64_64), 2 (R_BPF_64_ABS64), 10 (R_BPF_64_32)"
    )


@pytest.mark.parametrize("version", [1, 2, 4])
def test_versions_without_the_frames_of_bpf(version: int) -> None:
    with pytest.raises(ProgramError) as caught:
        linked(version, ENTRYPOINT % "0")
    assert str(caught.value) == (
        f"sBPF V{version} cannot be linked, expected V0 or V3: a BPF compiler does not move r10 itself"
    )
