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
    """r0..r10 before the first instruction: the input in r1, its instruction data in r2 (SIMD-0321), the end of frame 0 in r10."""
    return (0, INPUT_START, instruction_data_address, 0, 0, 0, 0, 0, 0, 0, STACK_START + 0x1000)
