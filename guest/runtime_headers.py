"""C headers from the constants of solproof's machine and runtime: costs, limits and sysvars."""

from __future__ import annotations

from dataclasses import fields
from types import ModuleType

from c_header import enumeration, header, initializer, numbers
from solproof.isa.opcodes import VERSIONS
from solproof.program import elf_file
from solproof.runtime import accounts, budget, epoch_stakes, execution_input, program_address, serialization
from solproof.runtime.execution_input import Loader
from solproof.runtime.serialization import ALIGNED_FIELDS, UNALIGNED_FIELDS, RecordFields
from solproof.runtime.syscalls import addresses, allocation, hashing, return_data, sysvar, translation
from solproof.runtime.sysvars import (
    ADDRESSES,
    BOOLEAN_OFFSETS,
    EXACT_LENGTHS,
    LONGEST_LENGTHS,
    ONLY_TYPED,
    PADDING,
    Sysvars,
)
from solproof.vm import limits as machine
from solproof.vm import memory

LIMITS: tuple[tuple[ModuleType, tuple[str, ...]], ...] = (
    (machine, ("REGISTERS", "MAXIMUM_CALL_DEPTH", "STACK_START", "HEAP_START", "INPUT_START")),
    (memory, ("FRAME_SIZE", "STACK_SIZE", "MAXIMUM_HEAP_SIZE")),
    (elf_file, ("SECTION_NAME_LIMIT", "SYMBOL_NAME_LIMIT")),
    (accounts, ("KEY_LENGTH", "MAXIMUM_DATA_LENGTH", "MAXIMUM_ACCOUNTS")),
    (epoch_stakes, ("MAXIMUM_VOTE_ACCOUNTS",)),
    (execution_input, ("MAXIMUM_PROGRAM_LENGTH", "MAXIMUM_INSTRUCTION_DATA_LENGTH")),
    (serialization, ("MAXIMUM_DATA_INCREASE", "NOT_A_DUPLICATE")),
    (program_address, ("MAXIMUM_SEEDS", "MAXIMUM_SEED_LENGTH", "LARGEST_BUMP")),
    (addresses, ("NO_ADDRESS",)),
    (allocation, ("LONGEST_ALLOCATION",)),
    (hashing, ("MAXIMUM_SLICES",)),
    (return_data, ("MAXIMUM_RETURN_DATA",)),
    (translation, ("LONGEST_RANGE",)),
)
"""The limits that the guest has, by the module that defines them."""

LENGTH_BYTES = 8
"""The length of an account's data stands before the data, as a u64."""


def costs() -> str:
    """The text of costs.h, which has everything that the runtime charges."""
    return header(
        *numbers(
            {name: value for name, value in vars(budget).items() if name.isupper() and isinstance(value, int)}
        )
    )


def limits() -> str:
    """The text of limits.h, which has limits, places in memory, and the values that depend on the loader."""
    return header(
        *numbers({name: getattr(module, name) for module, names in LIMITS for name in names}),
        f"#define NEWEST_VERSION {max(VERSIONS)}",
        f"#define FRAME_STRIDES {initializer(machine.FRAME_STRIDES[version] for version in VERSIONS)}",
        f'#define ADDRESS_MARKER "{program_address.MARKER.decode("ascii")}"',
        enumeration("loader", {f"LOADER_{loader.name}": loader.value for loader in Loader}),
        f"#define ALIGNED_FIELDS {record_fields(ALIGNED_FIELDS)}",
        f"#define UNALIGNED_FIELDS {record_fields(UNALIGNED_FIELDS)}",
    )


def record_fields(record: RecordFields) -> str:
    """The offsets of owner, lamports, length and data in a record, 0 for an owner that is not read back."""
    return initializer((record.owner or 0, record.lamports, record.data - LENGTH_BYTES, record.data))


def sysvars() -> str:
    """The text of sysvars.h: lengths, addresses and defaults of the sysvars, and how the getters write them.

    The guest takes the first sysvars of the table for those that `sol_get_sysvar` serves. Raises `ValueError`
    if that would be wrong.
    """
    names = [field.name for field in fields(Sysvars)]
    served = [name for name in names if name not in ONLY_TYPED]
    if served != names[: len(served)]:
        raise ValueError(f"expected {', '.join(ONLY_TYPED)} after all other sysvars")
    sizes = [EXACT_LENGTHS.get(name) or LONGEST_LENGTHS[name] for name in names]
    is_exact = " && ".join(f"(sysvar) != {name.upper()}" for name in LONGEST_LENGTHS)
    booleans = (f"BOOLEAN({name.upper()}, {offset})" for name, offset in BOOLEAN_OFFSETS.items())
    return header(
        enumeration("sysvar", {name.upper(): number for number, name in enumerate(names)}),
        *numbers({"SYSVARS": len(names), "SERVED_SYSVARS": len(served)}),
        f"#define SYSVAR_SIZES {initializer(sizes)}",
        f"#define HAS_EXACT_SIZE(sysvar) ({is_exact})",
        f"#define SYSVAR_BOOLEANS {' '.join(booleans)}",
        "#define SYSVAR_ADDRESSES {" + ", ".join(initializer(ADDRESSES[name]) for name in served) + "}",
        "#define TYPED_SYSVARS " + " ".join(typed_sysvar(*getter) for getter in sysvar.GETTERS),
        *(line for name in names for line in default_sysvar(name)),
        *numbers(
            {
                "OFFSET_AND_LENGTH_EXCEED_SYSVAR": sysvar.OFFSET_AND_LENGTH_EXCEED_SYSVAR,
                "SYSVAR_NOT_FOUND": sysvar.SYSVAR_NOT_FOUND,
            }
        ),
    )


def typed_sysvar(syscall: str, name: str, alignment: int) -> str:
    """A typed getter: syscall, sysvar, size of the C struct, where its padding starts, and its alignment."""
    length = EXACT_LENGTHS[name]
    start, padding = PADDING.get(name, (length, 0))
    return f"TYPED({syscall.upper()}, {name.upper()}, {length + padding}, {start}, {alignment})"


def default_sysvar(name: str) -> list[str]:
    """The default content of a sysvar: a number of zeros, or a size and the bytes up to the last nonzero."""
    content: bytes = getattr(Sysvars(), name)
    if not any(content):
        return [f"#define DEFAULT_{name.upper()}_ZEROS {len(content)}"]
    return [
        f"#define DEFAULT_{name.upper()}_SIZE {len(content)}",
        f"#define DEFAULT_{name.upper()} {initializer(content.rstrip(bytes(1)))}",
    ]
