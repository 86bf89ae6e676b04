"""The opcode table: all 150 mnemonics of sBPF V0 to V4.

One row per code and mnemonic. A code can mean different things in different versions (0x27 multiplies, but
stores a byte in V2), so a lookup always needs the version of the program.

Source: solana-sbpf 0.21.0, `ebpf.rs` for codes and `verifier.rs` for the versions that accept them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Format(Enum):
    """Operand shape: which fields of the 8-byte slot an opcode uses, and for what."""

    REGISTER = "destination"
    REGISTER_IMMEDIATE = "destination, immediate"
    REGISTER_REGISTER = "destination, source"
    ENDIAN = "destination, width in bits in the immediate"
    LOAD_DOUBLE_IMMEDIATE = "destination, 64-bit immediate over two slots"
    LOAD = "destination, [source + offset]"
    STORE_IMMEDIATE = "[destination + offset], immediate"
    STORE_REGISTER = "[destination + offset], source"
    JUMP = "offset"
    JUMP_IMMEDIATE = "destination, immediate, offset"
    JUMP_REGISTER = "destination, source, offset"
    CALL_IMMEDIATE = "key or relative target in the immediate"
    CALL_REGISTER = "register: number in the immediate (V0, V1), source (V2) or destination (V3, V4)"
    EXIT = "none"


@dataclass(frozen=True, slots=True)
class Opcode:
    """One row of the table: an 8-bit code, its name, and the sBPF versions in which it means that."""

    code: int
    mnemonic: str
    versions: frozenset[int]
    format: Format


VERSIONS = (0, 1, 2, 3, 4)

ALL_VERSIONS = frozenset(VERSIONS)
NOT_V2 = frozenset({0, 1, 3, 4})
ONLY_V2 = frozenset({2})
FROM_V3 = frozenset({3, 4})

OPCODES = (
    # every version
    Opcode(0x04, "ADD32_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x05, "JA", ALL_VERSIONS, Format.JUMP),
    Opcode(0x07, "ADD64_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x0C, "ADD32_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x0F, "ADD64_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x14, "SUB32_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x15, "JEQ64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0x17, "SUB64_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x1C, "SUB32_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x1D, "JEQ64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0x1F, "SUB64_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x25, "JGT64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0x2D, "JGT64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0x35, "JGE64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0x3D, "JGE64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0x44, "OR32_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x45, "JSET64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0x47, "OR64_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x4C, "OR32_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x4D, "JSET64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0x4F, "OR64_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x54, "AND32_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x55, "JNE64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0x57, "AND64_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x5C, "AND32_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x5D, "JNE64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0x5F, "AND64_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x64, "LSH32_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x65, "JSGT64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0x67, "LSH64_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x6C, "LSH32_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x6D, "JSGT64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0x6F, "LSH64_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x74, "RSH32_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x75, "JSGE64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0x77, "RSH64_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0x7C, "RSH32_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x7D, "JSGE64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0x7F, "RSH64_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0x85, "CALL_IMM", ALL_VERSIONS, Format.CALL_IMMEDIATE),
    Opcode(0x8D, "CALL_REG", ALL_VERSIONS, Format.CALL_REGISTER),
    Opcode(0x95, "EXIT", ALL_VERSIONS, Format.EXIT),
    Opcode(0xA4, "XOR32_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0xA5, "JLT64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0xA7, "XOR64_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0xAC, "XOR32_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0xAD, "JLT64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0xAF, "XOR64_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0xB4, "MOV32_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0xB5, "JLE64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0xB7, "MOV64_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0xBC, "MOV32_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0xBD, "JLE64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0xBF, "MOV64_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0xC4, "ARSH32_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0xC5, "JSLT64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0xC7, "ARSH64_IMM", ALL_VERSIONS, Format.REGISTER_IMMEDIATE),
    Opcode(0xCC, "ARSH32_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0xCD, "JSLT64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    Opcode(0xCF, "ARSH64_REG", ALL_VERSIONS, Format.REGISTER_REGISTER),
    Opcode(0xD5, "JSLE64_IMM", ALL_VERSIONS, Format.JUMP_IMMEDIATE),
    Opcode(0xDC, "BE", ALL_VERSIONS, Format.ENDIAN),
    Opcode(0xDD, "JSLE64_REG", ALL_VERSIONS, Format.JUMP_REGISTER),
    # every version but V2 (SIMD-0173 and SIMD-0174 replaced them there)
    Opcode(0x18, "LD_DW_IMM", NOT_V2, Format.LOAD_DOUBLE_IMMEDIATE),
    Opcode(0x24, "MUL32_IMM", NOT_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x27, "MUL64_IMM", NOT_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x2C, "MUL32_REG", NOT_V2, Format.REGISTER_REGISTER),
    Opcode(0x2F, "MUL64_REG", NOT_V2, Format.REGISTER_REGISTER),
    Opcode(0x34, "DIV32_IMM", NOT_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x37, "DIV64_IMM", NOT_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x3C, "DIV32_REG", NOT_V2, Format.REGISTER_REGISTER),
    Opcode(0x3F, "DIV64_REG", NOT_V2, Format.REGISTER_REGISTER),
    Opcode(0x61, "LD_W_REG", NOT_V2, Format.LOAD),
    Opcode(0x62, "ST_W_IMM", NOT_V2, Format.STORE_IMMEDIATE),
    Opcode(0x63, "ST_W_REG", NOT_V2, Format.STORE_REGISTER),
    Opcode(0x69, "LD_H_REG", NOT_V2, Format.LOAD),
    Opcode(0x6A, "ST_H_IMM", NOT_V2, Format.STORE_IMMEDIATE),
    Opcode(0x6B, "ST_H_REG", NOT_V2, Format.STORE_REGISTER),
    Opcode(0x71, "LD_B_REG", NOT_V2, Format.LOAD),
    Opcode(0x72, "ST_B_IMM", NOT_V2, Format.STORE_IMMEDIATE),
    Opcode(0x73, "ST_B_REG", NOT_V2, Format.STORE_REGISTER),
    Opcode(0x79, "LD_DW_REG", NOT_V2, Format.LOAD),
    Opcode(0x7A, "ST_DW_IMM", NOT_V2, Format.STORE_IMMEDIATE),
    Opcode(0x7B, "ST_DW_REG", NOT_V2, Format.STORE_REGISTER),
    Opcode(0x84, "NEG32", NOT_V2, Format.REGISTER),
    Opcode(0x87, "NEG64", NOT_V2, Format.REGISTER),
    Opcode(0x94, "MOD32_IMM", NOT_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x97, "MOD64_IMM", NOT_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x9C, "MOD32_REG", NOT_V2, Format.REGISTER_REGISTER),
    Opcode(0x9F, "MOD64_REG", NOT_V2, Format.REGISTER_REGISTER),
    Opcode(0xD4, "LE", NOT_V2, Format.ENDIAN),
    # V2 only (SIMD-0173, SIMD-0174)
    Opcode(0x27, "ST_1B_IMM", ONLY_V2, Format.STORE_IMMEDIATE),
    Opcode(0x2C, "LD_1B_REG", ONLY_V2, Format.LOAD),
    Opcode(0x2F, "ST_1B_REG", ONLY_V2, Format.STORE_REGISTER),
    Opcode(0x36, "UHMUL64_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x37, "ST_2B_IMM", ONLY_V2, Format.STORE_IMMEDIATE),
    Opcode(0x3C, "LD_2B_REG", ONLY_V2, Format.LOAD),
    Opcode(0x3E, "UHMUL64_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0x3F, "ST_2B_REG", ONLY_V2, Format.STORE_REGISTER),
    Opcode(0x46, "UDIV32_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x4E, "UDIV32_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0x56, "UDIV64_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x5E, "UDIV64_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0x66, "UREM32_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x6E, "UREM32_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0x76, "UREM64_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x7E, "UREM64_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0x86, "LMUL32_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x87, "ST_4B_IMM", ONLY_V2, Format.STORE_IMMEDIATE),
    Opcode(0x8C, "LD_4B_REG", ONLY_V2, Format.LOAD),
    Opcode(0x8E, "LMUL32_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0x8F, "ST_4B_REG", ONLY_V2, Format.STORE_REGISTER),
    Opcode(0x96, "LMUL64_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0x97, "ST_8B_IMM", ONLY_V2, Format.STORE_IMMEDIATE),
    Opcode(0x9C, "LD_8B_REG", ONLY_V2, Format.LOAD),
    Opcode(0x9E, "LMUL64_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0x9F, "ST_8B_REG", ONLY_V2, Format.STORE_REGISTER),
    Opcode(0xB6, "SHMUL64_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0xBE, "SHMUL64_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0xC6, "SDIV32_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0xCE, "SDIV32_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0xD6, "SDIV64_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0xDE, "SDIV64_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0xE6, "SREM32_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0xEE, "SREM32_REG", ONLY_V2, Format.REGISTER_REGISTER),
    Opcode(0xF6, "SREM64_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0xF7, "HOR64_IMM", ONLY_V2, Format.REGISTER_IMMEDIATE),
    Opcode(0xFE, "SREM64_REG", ONLY_V2, Format.REGISTER_REGISTER),
    # V3 and V4 (SIMD-0377)
    Opcode(0x16, "JEQ32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0x1E, "JEQ32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0x26, "JGT32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0x2E, "JGT32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0x36, "JGE32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0x3E, "JGE32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0x46, "JSET32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0x4E, "JSET32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0x56, "JNE32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0x5E, "JNE32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0x66, "JSGT32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0x6E, "JSGT32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0x76, "JSGE32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0x7E, "JSGE32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0xA6, "JLT32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0xAE, "JLT32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0xB6, "JLE32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0xBE, "JLE32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0xC6, "JSLT32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0xCE, "JSLT32_REG", FROM_V3, Format.JUMP_REGISTER),
    Opcode(0xD6, "JSLE32_IMM", FROM_V3, Format.JUMP_IMMEDIATE),
    Opcode(0xDE, "JSLE32_REG", FROM_V3, Format.JUMP_REGISTER),
)

_BY_CODE = {(row.code, version): row for row in OPCODES for version in row.versions}
_BY_MNEMONIC = {row.mnemonic: row for row in OPCODES}


def opcode(code: int, version: int) -> Opcode | None:
    """The meaning of a code in an sBPF version, or None where the code is not an instruction."""
    return _BY_CODE.get((code, version))


def by_mnemonic(mnemonic: str) -> Opcode:
    """The row of a mnemonic such as `ADD64_REG`; raises KeyError for a name that is not in the table."""
    return _BY_MNEMONIC[mnemonic]
