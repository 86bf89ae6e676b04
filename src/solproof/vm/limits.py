"""Constants of the machine under Agave's mainnet configuration (solana-sbpf 0.21 `Config`, Agave 4.1)."""

from __future__ import annotations

MASK64 = 2**64 - 1
MAXIMUM_CALL_DEPTH = 64
STACK_START = 0x2_0000_0000
INPUT_START = 0x4_0000_0000
FRAME_STRIDE = 0x2000
"""How far a call of V0 moves r10: a frame of 4 KiB and a hole of 4 KiB."""

REGISTERS = 11
FRAME_REGISTER = 11
"""Pseudo-register of the circuit: the clk of the open call and the call depth."""


def initial_registers(instruction_data_address: int) -> tuple[int, ...]:
    """r0..r10 before the first instruction.

    r1 has the address of the input, r2 that of its instruction data (SIMD-0321), r10 the end of frame 0.
    """
    return (0, INPUT_START, instruction_data_address, 0, 0, 0, 0, 0, 0, 0, STACK_START + 0x1000)
