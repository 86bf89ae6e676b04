"""Constants of the machine under Agave's mainnet configuration (solana-sbpf 0.21 `Config`, Agave 4.1)."""

from __future__ import annotations

MAXIMUM_CALL_DEPTH = 64
STACK_START = 0x2_0000_0000
HEAP_START = 0x3_0000_0000
INPUT_START = 0x4_0000_0000
FRAME_STRIDES = {0: 0x2000, 1: 0, 2: 0, 3: 0x1000, 4: 0x1000}
"""How far a call moves r10 in bytes, by sBPF version.

V0 has a frame of 4 KiB and a hole of 4 KiB. V3 and V4 have a frame of 4 KiB. V1 and V2 programs move r10
themselves (SIMD-0166).
"""

FIRST_FRAME_ENDS = {0: 0x1000, 1: 0x40000, 2: 0x40000, 3: 0x1000, 4: 0x1000}
"""Where r10 starts, in bytes from the start of the stack, by sBPF version."""

REGISTERS = 11


def initial_registers(version: int, instruction_data_address: int) -> tuple[int, ...]:
    """r0 to r10 before the first instruction.

    r1 is the address of the input, and r2 is the address of its instruction data (SIMD-0321). r10 is the end
    of frame 0 or, in V1 and V2, the end of the stack.
    """
    frame_end = STACK_START + FIRST_FRAME_ENDS[version]
    return (0, INPUT_START, instruction_data_address, 0, 0, 0, 0, 0, 0, 0, frame_end)
