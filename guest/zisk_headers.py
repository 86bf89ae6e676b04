"""C headers from `solproof.zisk`: endings, output words and ZisK's memory."""

from __future__ import annotations

import re

from c_header import enumeration, header, numbers
from solproof.zisk import abi, emulator, frame
from solproof.zisk.endings import ENDINGS, PROGRAM_REFUSAL_GROUPS, EndingGroup
from solproof.zisk.outputs import FORMAT_VERSION, Word

WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def endings() -> str:
    """The text of endings.h."""
    return header(
        enumeration("ending", constants(ENDINGS)),
        enumeration("refusal", constants(PROGRAM_REFUSAL_GROUPS)),
    )


def constants(groups: tuple[EndingGroup, ...]) -> dict[str, int]:
    """The numbers of all constants. A constant's name is its group's prefix and the ending in capitals."""
    return {
        group.prefix + WORD_STARTS.sub("_", name).upper(): number
        for group in groups
        for number, name in group.names.items()
    }


def outputs() -> str:
    """The text of outputs.h."""
    return header(
        enumeration("output", {f"OUTPUT_{word.name}": word.value for word in Word}),
        *numbers({"OUTPUT_WORDS": abi.OUTPUT_WORDS, "OUTPUT_FORMAT_VERSION": FORMAT_VERSION}),
    )


def zisk() -> str:
    """The text of zisk.h: memory, how a host frames an input, and the numbers of the precompiles.

    Only the oldest memory map differs from the others.
    """
    (old,) = (each for each in abi.ABIS if each.has_count)
    return header(
        *numbers(
            {
                "RAM_START": abi.GUEST_RAM_START,
                "RAM_END": abi.GUEST_RAM_END,
                "C_STACK_TOP": abi.RAM_END,
                "INPUT_SIZE": abi.INPUT_SIZE,
                "OLD_INPUT": old.input_address,
                "OLD_OUTPUT": old.output_address,
                "SEGMENT_MAGIC": frame.SEGMENT_MAGIC,
                "SHA256_PRECOMPILE": emulator.SHA256_CSR,
                "KECCAK_PRECOMPILE": emulator.KECCAK_CSR,
            }
        ),
    )
