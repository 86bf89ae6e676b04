"""The meaning of each opcode in words, and the document that defines it.

`dst` and `src` are registers, and `b` is src or the immediate, sign-extended to 64 bits. Results are modulo
2^64. The machine computes with `solproof.isa.semantics`. A test checks that both change in the same
versions.
"""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.opcodes import ALL_VERSIONS, FROM_V3, NOT_V2, ONLY_V2, Action, Opcode

Versions = frozenset[int]

_ZERO, _SIGN = "zero-extended", "sign-extended"
_HALF = "low 32 bits of"

_SAME: dict[str, str] = {
    "ADD64": "dst = dst + b",
    "SUB64_REG": "dst = dst - src",
    "NEG32": f"dst = {_HALF} -dst, {_ZERO}",
    "NEG64": "dst = -dst",
    "MOV32_IMM": f"dst = {_HALF} b, {_ZERO}",
    "MOV64": "dst = b",
    "LD_DW_IMM": "dst = the 64-bit immediate of this slot and the next",
    "AND32": f"dst = {_HALF} (dst AND b), {_ZERO}",
    "AND64": "dst = dst AND b",
    "OR32": f"dst = {_HALF} (dst OR b), {_ZERO}",
    "OR64": "dst = dst OR b",
    "XOR32": f"dst = {_HALF} (dst XOR b), {_ZERO}",
    "XOR64": "dst = dst XOR b",
    "HOR64": "dst = dst OR (immediate << 32)",
    "LSH32": f"dst = {_HALF} (dst << (b mod 32)), {_ZERO}",
    "LSH64": "dst = dst << (b mod 64)",
    "RSH32": f"dst = ({_HALF} dst) >> (b mod 32), {_ZERO}",
    "RSH64": "dst = dst >> (b mod 64)",
    "ARSH32": f"dst = ({_HALF} dst, signed) >> (b mod 32), {_ZERO}",
    "ARSH64": "dst = signed dst >> (b mod 64)",
    "MUL32": f"dst = {_HALF} (dst * b), {_SIGN}",
    "MUL64": "dst = dst * b",
    "LMUL32": f"dst = {_HALF} (dst * b), {_ZERO}",
    "LMUL64": "dst = dst * b",
    "UHMUL64_IMM": f"dst = upper 64 bits of the 128 of dst * immediate, unsigned, the immediate {_ZERO}",
    "UHMUL64_REG": "dst = upper 64 bits of the 128 of dst * src, unsigned",
    "SHMUL64": "dst = upper 64 bits of the 128 of dst * b, signed",
    "DIV32": f"dst = ({_HALF} dst) / ({_HALF} b), unsigned",
    "DIV64": "dst = dst / b, unsigned",
    "MOD32": f"dst = ({_HALF} dst) mod ({_HALF} b), unsigned",
    "MOD64": "dst = dst mod b, unsigned",
    "UDIV32": f"dst = ({_HALF} dst) / ({_HALF} b), unsigned",
    "UDIV64_IMM": f"dst = dst / immediate, unsigned, the immediate {_ZERO}",
    "UDIV64_REG": "dst = dst / src, unsigned",
    "UREM32": f"dst = ({_HALF} dst) mod ({_HALF} b), unsigned",
    "UREM64_IMM": f"dst = dst mod immediate, unsigned, the immediate {_ZERO}",
    "UREM64_REG": "dst = dst mod src, unsigned",
    "SDIV32": f"dst = ({_HALF} dst) / ({_HALF} b), signed, rounded towards 0, {_ZERO}",
    "SDIV64": "dst = dst / b, signed, rounded towards 0",
    "SREM32": f"dst = remainder of SDIV32, with the sign of dst, {_ZERO}",
    "SREM64": "dst = remainder of SDIV64, with the sign of dst",
    "LE": f"dst = low 16, 32 or 64 bits of dst, {_ZERO}; the immediate is the width",
    "BE": f"dst = low 16, 32 or 64 bits of dst, bytes reversed, {_ZERO}; the immediate is the width",
    "JA": "jump by offset",
    "EXIT": "return to the caller, or end the program with r0",
}
_OPERATORS = {
    "JEQ": "dst = b",
    "JNE": "dst ≠ b",
    "JGT": "dst > b, unsigned",
    "JGE": "dst ≥ b, unsigned",
    "JLT": "dst < b, unsigned",
    "JLE": "dst ≤ b, unsigned",
    "JSET": "dst AND b ≠ 0",
    "JSGT": "dst > b, signed",
    "JSGE": "dst ≥ b, signed",
    "JSLT": "dst < b, signed",
    "JSLE": "dst ≤ b, signed",
}
_SAME |= {f"{name}64": f"jump by offset if {condition}" for name, condition in _OPERATORS.items()}
_SAME |= {
    f"{name}32": f"jump by offset if {condition}, low 32 bits only" for name, condition in _OPERATORS.items()
}

_DIFFERENT: Mapping[str, Mapping[Versions, str]] = {
    "ADD32": {
        NOT_V2: f"dst = {_HALF} (dst + b), {_SIGN}",
        ONLY_V2: f"dst = {_HALF} (dst + b), {_ZERO}",
    },
    "SUB32_IMM": {
        NOT_V2: f"dst = {_HALF} (dst - b), {_SIGN}",
        ONLY_V2: f"dst = {_HALF} (b - dst), {_ZERO}",
    },
    "SUB32_REG": {
        NOT_V2: f"dst = {_HALF} (dst - b), {_SIGN}",
        ONLY_V2: f"dst = {_HALF} (dst - b), {_ZERO}",
    },
    "SUB64_IMM": {NOT_V2: "dst = dst - b", ONLY_V2: "dst = b - dst"},
    "MOV32_REG": {NOT_V2: f"dst = {_HALF} src, {_ZERO}", ONLY_V2: f"dst = {_HALF} src, {_SIGN}"},
    "CALL_IMM": {
        ALL_VERSIONS - FROM_V3: "call the function, else the syscall, whose hash is the immediate",
        FROM_V3: "src 0: call the syscall whose hash is the immediate; src 1: call the function at pc + 1 + "
        "immediate",
    },
    "CALL_REG": {
        frozenset({0, 1}): "call the function whose address is in the register that the immediate names",
        ONLY_V2: "call the function whose address is in src",
        FROM_V3: "call the function whose address is in dst",
    },
}

_RULES: Mapping[str, str] = {
    "CALL_IMM": "SIMD-0178",
    "CALL_REG": "SIMD-0173, SIMD-0377",
    "HOR64": "SIMD-0173",
    "LE": "SIMD-0173",
    "LD_DW_IMM": "SIMD-0173",
    "ADD64_IMM": "SIMD-0166",
}


def meanings(row: Opcode) -> Mapping[Versions, str]:
    """The meaning of an opcode for each set of versions. Together the sets are all versions of the opcode."""
    if row.action in (Action.LOAD, Action.STORE):
        return {row.versions: _access(row)}
    for name in (row.mnemonic, row.stem):
        if name in _DIFFERENT:
            return _DIFFERENT[name]
        if name in _SAME:
            return {row.versions: _SAME[name]}
    raise KeyError(row.mnemonic)


def _access(row: Opcode) -> str:
    """The meaning of a load or a store."""
    what = "the byte" if row.size == 1 else f"the {row.size} bytes"
    if row.action is Action.LOAD:
        return f"dst = {what} at src + offset" + (f", {_ZERO}" if row.size < 8 else "")
    value = {1: "becomes the low byte of b", 8: "become b"}.get(row.size, f"become the low {row.size} of b")
    return f"{what} at dst + offset {value}"


def rule_of(row: Opcode) -> str:
    """The SIMDs that added or changed the opcode. Empty if only the sources of solana-sbpf define it."""
    for name in (row.mnemonic, row.stem):
        if name in _RULES:
            return _RULES[name]
    if row.versions == FROM_V3:
        return "SIMD-0377"
    if row.versions != ALL_VERSIONS:
        return "SIMD-0173" if row.action in (Action.LOAD, Action.STORE) else "SIMD-0174"
    return "SIMD-0174" if len(meanings(row)) > 1 else ""
