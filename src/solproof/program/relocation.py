"""Relocation of V0 to V2 programs: calls become hashes, addresses become virtual addresses.

Source: `Executable::relocate` of solana-sbpf 0.21.0 (`elf.rs`).
"""

from __future__ import annotations

from collections.abc import Container
from enum import IntEnum
from struct import Struct

from solproof.isa.instruction import SLOT_BYTES, slots_with
from solproof.isa.integers import MASK32
from solproof.isa.opcodes import by_mnemonic
from solproof.program.elf_file import ElfFile
from solproof.program.elf_records import MAXIMUM, Relocation, Section, Symbol
from solproof.program.errors import elf_error, out_of_bounds
from solproof.program.program import IMAGE_ADDRESS
from solproof.program.syscall_names import ENTRYPOINT_HASH, SYSCALL_NAMES, function_hash, symbol_hash


class _Type(IntEnum):
    SYMBOL_ADDRESS = 1  # R_BPF_64_64
    RELATIVE = 8  # R_BPF_64_RELATIVE
    CALL = 10  # R_BPF_64_32


_CALL = by_mnemonic("CALL_IMM").code
_EXTERNAL = -1
_IMMEDIATE_OFFSET = 4
_IMMEDIATE, _WORD, _POINTER = Struct("<i"), Struct("<I"), Struct("<Q")


class FunctionRegistry(dict[int, int]):
    """Call key to program counter. Two functions never share a key, nor do a function and a syscall."""

    def register(self, pc: int, key: int | None = None) -> int:
        """Add the function at `pc` under `key`, by default the hash of its pc, and return the key.

        Raises `SymbolHashCollision`.
        """
        key = function_hash(pc) if key is None else key
        if key in SYSCALL_NAMES:
            raise elf_error(
                "SymbolHashCollision",
                key,
                detail=f"function {pc} has the hash of syscall {SYSCALL_NAMES[key]}",
            )
        if self.setdefault(key, pc) != pc:
            raise elf_error(
                "SymbolHashCollision", key, detail=f"functions {self[key]} and {pc} have the same hash"
            )
        return key


def relocate(
    file: ElfFile, text: Section, deployment: Container[int] | None = None
) -> tuple[bytearray, FunctionRegistry]:
    """Fix the calls of a file, then apply its relocations in table order.

    deployment: the hashes of the syscalls that the file may call, or None for all.
    Returns the changed bytes of the file and the functions found.
    """
    data = bytearray(file.data)
    functions = FunctionRegistry()
    place = text.file_range
    fix_calls(data, place, functions)
    keys: dict[int, int] = {}
    for relocation in file.relocations:
        match relocation.type:
            case _Type.SYMBOL_ADDRESS:
                _relocate_symbol_address(data, file, relocation)
            case _Type.RELATIVE:
                _relocate_relative(data, place, relocation)
            case _Type.CALL:
                if relocation.symbol not in keys:
                    keys[relocation.symbol] = _call_key(file, text, functions, relocation, deployment)
                _write(data, relocation.offset + _IMMEDIATE_OFFSET, keys[relocation.symbol])
            case unknown:
                raise elf_error(
                    "UnknownRelocation",
                    unknown,
                    detail=f"at file offset {relocation.offset:#x}, expected type 1, 8 or 10",
                )
    return data, functions


def fix_calls(
    data: bytearray, place: range, functions: FunctionRegistry, *, keep_syscalls: bool = False
) -> None:
    """Replace the target of each relative call in the text at `place` by its hash, and register the target.

    An immediate of -1 marks a call that a relocation resolves. With `keep_syscalls`, a call stays unchanged
    if its source field is 0 and its immediate is already the hash of a syscall. Raises
    `RelativeJumpOutOfBounds` and `SymbolHashCollision`.
    """
    slots = len(place) // SLOT_BYTES
    keys: dict[int, int] = {}
    for slot in slots_with(_CALL, bytes(data[place.start : place.start + slots * SLOT_BYTES])):
        at = place.start + slot * SLOT_BYTES
        (immediate,) = _IMMEDIATE.unpack_from(data, at + _IMMEDIATE_OFFSET)
        if immediate == _EXTERNAL:
            continue
        if keep_syscalls and immediate & MASK32 in SYSCALL_NAMES and data[at + 1] >> 4 == 0:
            continue
        target = slot + 1 + immediate
        if not 0 <= target < slots:
            raise elf_error(
                "RelativeJumpOutOfBounds",
                slot,
                detail=f"the call goes to slot {target}, expected 0 to {slots - 1}",
            )
        if target not in keys:
            keys[target] = functions.register(target)
        _WORD.pack_into(data, at + _IMMEDIATE_OFFSET, keys[target])


def _relocate_symbol_address(data: bytearray, file: ElfFile, relocation: Relocation) -> None:
    """R_BPF_64_64: the two immediates of an `lddw` become the symbol's address plus the first immediate."""
    low = relocation.offset + _IMMEDIATE_OFFSET
    addend = _read(data, low)
    address = _in_image(min(_symbol(file, relocation).value + addend, MAXIMUM))
    _write(data, low, address & MASK32)
    _write(data, low + SLOT_BYTES, address >> 32)


def _relocate_relative(data: bytearray, text: range, relocation: Relocation) -> None:
    """R_BPF_64_RELATIVE: the immediates of an `lddw` in the text, a 64-bit pointer elsewhere."""
    low = relocation.offset + _IMMEDIATE_OFFSET
    if relocation.offset not in text:
        # Because of a toolchain bug, such an address is in the upper half of its 8 bytes.
        _write(data, relocation.offset, IMAGE_ADDRESS + _read(data, low), _POINTER)
        return
    high = low + SLOT_BYTES
    address = _read(data, low) | _read(data, high) << 32
    if address == 0:
        raise elf_error(
            "InvalidVirtualAddress",
            address,
            detail=f"the lddw at file offset {relocation.offset:#x} holds 0, expected an address",
        )
    address = _in_image(address)
    _write(data, low, address & MASK32)
    _write(data, high, address >> 32)


def _call_key(
    file: ElfFile,
    text: Section,
    functions: FunctionRegistry,
    relocation: Relocation,
    deployment: Container[int] | None,
) -> int:
    """R_BPF_64_32: the immediate of a call becomes the hash of a defined function or of a syscall's name."""
    symbol = _symbol(file, relocation)
    name = file.symbol_name(symbol)
    if symbol.is_function and symbol.value != 0:
        if not text.contains(symbol.value):
            raise out_of_bounds(
                f"function `{name.decode(errors='replace')}` is at {symbol.value:#x}, outside .text"
            )
        pc = (symbol.value - text.address) // SLOT_BYTES
        return functions.register(pc, ENTRYPOINT_HASH if name == b"entrypoint" else None)
    key = symbol_hash(name)
    if deployment is not None and key not in deployment:
        raise elf_error(
            "UnresolvedSymbol",
            name.decode(errors="replace"),
            relocation.offset // SLOT_BYTES,
            relocation.offset,
            detail="no syscall has this name",
        )
    return key


def _symbol(file: ElfFile, relocation: Relocation) -> Symbol:
    if relocation.symbol >= len(file.symbols):
        raise elf_error(
            "UnknownSymbol",
            relocation.symbol,
            detail=f"at file offset {relocation.offset:#x}; there are {len(file.symbols)} dynamic symbols",
        )
    return file.symbols[relocation.symbol]


def _in_image(address: int) -> int:
    """An address that the linker left below the image is relative to the image."""
    return address + IMAGE_ADDRESS if address < IMAGE_ADDRESS else address


def _read(data: bytearray, offset: int) -> int:
    _check(data, offset, _WORD.size)
    value: int = _WORD.unpack_from(data, offset)[0]
    return value


def _write(data: bytearray, offset: int, value: int, record: Struct = _WORD) -> None:
    _check(data, offset, record.size)
    record.pack_into(data, offset, value)


def _check(data: bytearray, offset: int, size: int) -> None:
    if offset + size > len(data):
        raise out_of_bounds(
            f"a relocation touches file offset {offset:#x}, the file has {len(data):#x} bytes"
        )
