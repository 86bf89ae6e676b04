"""The symbol table of an assembled or linked program, from its labels.

The loaders ignore it. Profiles, traces and listings take the names of functions from it.
"""

from __future__ import annotations

from bisect import bisect_right

from solproof.isa.assemble import TEXT_ADDRESS, Assembly
from solproof.isa.instruction import SLOT_BYTES
from solproof.program.elf_records import STT_FUNC, STT_NOTYPE, STT_OBJECT, SYMBOL

_GLOBAL = 1 << 4


def symbol_table(
    assembly: Assembly, text: tuple[int, int], data: tuple[int, int] | None
) -> tuple[bytes, bytes]:
    """The contents of `.symtab` and `.strtab`.

    text, data: the section number and the address of the text, and those of the data if there is any.

    A label of the text is a function if it is the entry, if something calls it, or if something takes its
    address. A function ends where the next one starts. Any other label of the text has no type and no size.
    """
    functions = _functions(assembly)
    symbols, names = bytearray(SYMBOL.size), bytearray(b"\0")

    def add(name: str, kind: int, section: int, address: int, size: int) -> None:
        symbols.extend(SYMBOL.pack(len(names), _GLOBAL | kind, 0, section, address, size))
        names.extend(name.encode() + b"\0")

    for name, pc in assembly.labels.items():
        section, address = text
        size = 0
        if pc in functions:
            following = bisect_right(functions, pc)
            end = functions[following] if following < len(functions) else assembly.slots
            size = (end - pc) * SLOT_BYTES
        add(name, STT_FUNC if size else STT_NOTYPE, section, address + pc * SLOT_BYTES, size)
    if data is not None:
        section, address = data
        for name, offset in assembly.data_labels.items():
            add(name, STT_OBJECT, section, address + offset, 0)
    return bytes(symbols), bytes(names)


def _functions(assembly: Assembly) -> list[int]:
    """The program counters at which functions start, in ascending order."""
    end = TEXT_ADDRESS + assembly.slots * SLOT_BYTES
    taken = {
        (address - TEXT_ADDRESS) // SLOT_BYTES
        for address in (*assembly.addresses.values(), *assembly.pointers.values())
        if TEXT_ADDRESS <= address < end
    }
    return sorted({assembly.entry, *assembly.calls.values(), *taken} & set(range(assembly.slots)))
