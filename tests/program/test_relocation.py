"""Each kind of relocation, the rewriting of calls, and the function registry."""

from __future__ import annotations

import pytest

from solproof.isa.instruction import wide_immediate
from solproof.isa.integers import MASK32
from solproof.program.elf import load
from solproof.program.errors import ElfError
from solproof.program.program import Program
from solproof.program.relocation import FunctionRegistry
from solproof.program.syscall_names import ENTRYPOINT_HASH, SYSCALL_HASHES, function_hash
from tests.support.elf_files import ElfBytes, small_elf
from tests.support.loader_reference import assert_like_reference

ELF = small_elf()
IMAGE = 0x1_0000_0000


def loaded(elf: ElfBytes) -> Program:
    assert_like_reference(elf.data)
    return load(elf.data)


def key(program: Program, pc: int) -> int:
    return program.instruction(pc).immediate & MASK32


def wide(program: Program, pc: int) -> int:
    return wide_immediate(program.instruction(pc), program.instruction(pc + 1))


def test_symbol_addresses_add_the_immediate() -> None:
    assert wide(loaded(ELF), 0) == IMAGE + ELF.offset(".rodata") + 4


def test_symbol_addresses_in_the_image_stay() -> None:
    assert wide(loaded(ELF.symbol(3, value=IMAGE + 0x1000)), 0) == IMAGE + 0x1000 + 4


def test_symbol_addresses_saturate() -> None:
    assert wide(loaded(ELF.symbol(3, value=(1 << 64) - 2)), 0) == (1 << 64) - 1


def test_relative_addresses_in_the_text() -> None:
    assert wide(loaded(ELF), 2) == IMAGE + ELF.offset(".data.rel.ro")


def test_relative_addresses_in_the_image_stay() -> None:
    high = ELF.patch(ELF.offset(".text") + 24 + 4, (3).to_bytes(4, "little"))
    assert wide(loaded(high), 2) == 3 * IMAGE + ELF.offset(".data.rel.ro")


def test_pointers_take_their_upper_half() -> None:
    data = ELF.offset(".data.rel.ro")
    image = loaded(ELF.patch(data, b"\xff\xff\xff\xff")).image
    assert int.from_bytes(image[data : data + 8], "little") == IMAGE + ELF.offset(".rodata")
    assert image[data + 8 : data + 16] == bytes.fromhex("8877665544332211")


def test_pointers_never_carry_beyond_the_next_region() -> None:
    data = ELF.offset(".data.rel.ro")
    image = loaded(ELF.patch(data + 4, b"\xff\xff\xff\xff")).image
    assert int.from_bytes(image[data : data + 8], "little") == 0x1_FFFF_FFFF


def test_undefined_symbols_become_syscalls() -> None:
    assert key(loaded(ELF), 4) == SYSCALL_HASHES["sol_log_"]


def test_defined_functions_become_hashes_of_their_place() -> None:
    program = loaded(ELF)
    assert key(program, 5) == key(program, 6) == function_hash(8)
    assert program.functions == {ENTRYPOINT_HASH: 0, function_hash(8): 8}


def test_a_function_at_address_0_is_a_syscall() -> None:
    assert key(loaded(ELF.symbol(2, value=0)), 5) not in loaded(ELF).functions


def test_the_symbol_entrypoint_keeps_its_name_but_not_its_place() -> None:
    named = ELF.replace(b"function\0data", b"entrypoint\0\0\0")
    program = loaded(named.header(entry=ELF.offset(".text") + 32))
    assert key(program, 5) == ENTRYPOINT_HASH
    assert program.entry == 4
    assert program.functions == {ENTRYPOINT_HASH: 4, function_hash(8): 8}


def test_relocations_apply_in_table_order() -> None:
    text = ELF.offset(".text")
    twice = ELF.relocation(4, text + 32, 10, 2)
    assert key(loaded(twice), 4) == function_hash(8)


def test_minus_one_is_not_a_relative_call() -> None:
    unresolved = ELF.relocation(2, ELF.offset(".data.rel.ro"), 8)
    assert loaded(unresolved).instruction(4).immediate == -1


def test_registry() -> None:
    functions = FunctionRegistry()
    assert functions.register(3) == functions.register(3) == function_hash(3)
    assert functions == {function_hash(3): 3}
    with pytest.raises(ElfError) as caught:
        functions.register(4, function_hash(3))
    shown = f"{function_hash(3):#x}"
    assert str(caught.value) == (
        f"ElfError::SymbolHashCollision: Symbol hash collision {shown} (functions 3 and 4 have the same hash)"
    )


def test_registry_keeps_syscalls_free() -> None:
    with pytest.raises(ElfError) as caught:
        FunctionRegistry().register(4, SYSCALL_HASHES["abort"])
    assert str(caught.value) == (
        "ElfError::SymbolHashCollision: Symbol hash collision 0xb6fc1a11 "
        "(function 4 has the hash of syscall abort)"
    )
