"""Writes a C header with the tables of the guest's decoder and verifier, from solproof's own opcode table.

There are three dialects of sBPF: V0 and V1, V2, and V3 and V4. If two mnemonics do the same after their
immediate is prepared, the guest has one operation for both.
"""

from __future__ import annotations

from solproof.errors import UnsupportedError
from solproof.isa.opcodes import OPCODES, Action, Form, Format, Immediate, Opcode
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.runtime.features import FEATURES, MAINNET

DIALECTS = (0, 2, 3)
"""One version of each dialect."""


def words(*lines: str) -> tuple[str, ...]:
    """The words of some lines."""
    return tuple(" ".join(lines).split())


BOTH = (
    *words("ADD64 SUB64 OR64 AND64 XOR64 MOV64 LSH64 RSH64 ARSH64 MUL64 DIV64 MOD64"),
    *words("ADD32 ADD32Z SUB32 MUL32 MUL32Z OR32 XOR32 LSH32 RSH32 ARSH32 DIV32 MOD32"),
    *words("UHMUL64 SHMUL64 SDIV64 SREM64 SDIV32 SREM32"),
    *words("JEQ64 JNE64 JGT64 JGE64 JLT64 JLE64 JSET64 JSGT64 JSGE64 JSLT64 JSLE64"),
    *words("JEQ32 JNE32 JGT32 JGE32 JLT32 JLE32 JSET32 JSGT32 JSGE32 JSLT32 JSLE32"),
)
"""Operations with a register or an immediate operand."""

MEMORY = tuple(
    f"{name}_{kind}"
    for name in words("LD1 LD2 LD4 LD8 ST1R ST2R ST4R ST8R ST1I ST2I ST4I ST8I")
    for kind in ("ANYWHERE", "FRAME")
)
SINGLE = words(
    "RSUB64_I SUB32Z_R RSUB32Z_I AND32_R MOV32_R MOV32S_R NEG64 NEG32 BE16 BE32 BE64 LDDW JA",
    "CALL ENTER CALLX EXIT SYSCALL UNSUPPORTED OVERRUN STOP",
)
OPERATIONS = (*(f"{name}_{form}" for name in BOTH for form in "RI"), *MEMORY, *SINGLE)

NAMES = {
    "ADD32_ZERO_EXTENDED": "ADD32Z",
    "SUB32_ZERO_EXTENDED": "SUB32Z",
    "LMUL32": "MUL32Z",
    "MOV32_SIGN_EXTENDED": "MOV32S",
    "REVERSE_SUB64": "RSUB64",
    "REVERSE_SUB32": "RSUB32Z",
}
"""The guest's names of operations, if they differ from the keys in `Opcode.operations`."""

ON_64_BITS = {"MOV32": "MOV64", "AND32": "AND64"}
"""32-bit operations that equal a 64-bit operation if the upper half of the operand is zero."""

BYTE_ORDERS = {"LE": ("AND64_I", "LITTLE_ENDIAN"), "BE": ("BE16", "BIG_ENDIAN")}
IMMEDIATES = {
    Immediate.SIGN_EXTENDED: "SIGNED",
    Immediate.ZERO_EXTENDED: "UNSIGNED",
    Immediate.SHIFTED: "SHIFTED",
}
ENDS = words("END JUMP JUMP_REGISTERS JUMP_IMMEDIATE CALL_REGISTER")
"""The operand forms of the instructions that end a block."""

RULES = words("UNKNOWN NONE STORE WIDE DIVISOR SHIFT_32 SHIFT_64 ENDIAN JUMP CALL_REGISTER ADD_IMMEDIATE")
ANY_REGISTERS, STORE_REGISTERS, OTHER_REGISTERS = 1, 2, 255
"""Values of `register_rules`: for registers that every instruction may use (the number of RULE_NONE), for
registers that only a store may use (the number of RULE_STORE), and for all other registers.
"""


def header() -> str:
    """The text of operations.h."""
    rows = {(row.code, version): row for row in OPCODES for version in DIALECTS if version in row.versions}
    meanings, rules = [], []
    for version in DIALECTS:
        meanings.append([meaning(rows.get((code, version)), version) for code in range(256)])
        rules.append([rule(rows.get((code, version))) for code in range(256)])
    registers = [registers_rule(pair & 15, pair >> 4) for pair in range(256)]
    return "\n".join(
        [
            "#pragma once",
            '#include "platform.h"',
            "static inline u32 dialect(u32 version) { return version < 2 ? 0 : version == 2 ? 1 : 2; }",
            enumeration("RULE", RULES),
            "#define ALL_OPERATIONS " + " ".join(f"OPERATION({name})" for name in OPERATIONS),
            "#define MEANINGS {" + ", ".join("{" + ", ".join(row) + "}" for row in meanings) + "}",
            table("u8", "verifier_rules[3][256]", rules),
            "__attribute__((unused)) static const u8 register_rules[256] = {"
            + ", ".join(map(str, registers))
            + "};",
            "",
        ]
    )


def meaning(row: Opcode | None, version: int) -> str:
    """The operation of an opcode, how its operands are prepared, and a number.

    The number is how many bytes it accesses, how many slots it takes, or 0 if it ends a block.
    """
    operation, form = _meaning(row, version)
    if row is not None and row.size:
        return f"ACCESS({form}, {operation}, {row.size})"
    return f"MEANING({form}, {operation}, {0 if form in ENDS else 2 if form == 'WIDE' else 1})"


def _meaning(row: Opcode | None, version: int) -> tuple[str, str]:
    if row is None:
        return "UNSUPPORTED", "END"
    match row.format:
        case Format.ENDIAN:
            return BYTE_ORDERS[row.operations[version]]
        case Format.LOAD_DOUBLE_IMMEDIATE:
            return "LDDW", "WIDE"
        case Format.LOAD:
            return f"LD{row.size}", "LOAD"
        case Format.STORE_REGISTER:
            return f"ST{row.size}R", "STORE_REGISTER"
        case Format.STORE_IMMEDIATE:
            return f"ST{row.size}I", "STORE_IMMEDIATE"
        case Format.JUMP:
            return "JA", "JUMP"
        case Format.CALL_IMMEDIATE:
            return "CALL", "END"
        case Format.CALL_REGISTER:
            return "CALLX", "CALL_REGISTER"
        case Format.EXIT:
            return "EXIT", "END"
    operation = row.operations[version]
    name = NAMES.get(operation, operation)
    match row.format:
        case Format.REGISTER:
            return name, "REGISTERS"
        case Format.REGISTER_REGISTER:
            return f"{name}_R", "REGISTERS"
        case Format.JUMP_IMMEDIATE:
            return f"{name}_I", "JUMP_IMMEDIATE"
        case Format.JUMP_REGISTER:
            return f"{name}_R", "JUMP_REGISTERS"
    if operation in ON_64_BITS:
        return f"{ON_64_BITS[operation]}_I", "UNSIGNED"
    return f"{name}_I", IMMEDIATES[row.immediate]


def rule(row: Opcode | None) -> str:
    """The verifier's check of an opcode's operands."""
    return "RULE_" + _rule(row)


def _rule(row: Opcode | None) -> str:
    if row is None:
        return "UNKNOWN"
    match row.action:
        case Action.LOAD_IMMEDIATE:
            return "WIDE"
        case Action.JUMP:
            return "JUMP"
        case Action.CALL_REGISTER:
            return "CALL_REGISTER"
        case Action.STORE:
            return "STORE"
        case Action.COMPUTE if row.format is Format.ENDIAN:
            return "ENDIAN"
        case Action.COMPUTE if row.form is Form.IMMEDIATE and row.is_division:
            return "DIVISOR"
        case Action.COMPUTE if row.form is Form.IMMEDIATE and row.is_shift:
            return f"SHIFT_{row.width}"
    return "ADD_IMMEDIATE" if row.moves_frame_in else "NONE"


def registers_rule(destination: int, source: int) -> int:
    """Which instructions may name these registers. Only a store may have r10 as its destination."""
    if source > 10 or destination > 10:
        return OTHER_REGISTERS
    return STORE_REGISTERS if destination == 10 else ANY_REGISTERS


def syscall_hashes() -> str:
    """The text of syscall_hashes.h."""
    entries = (f"SYSCALL({name.upper().strip('_')}, {key:#x})" for name, key in SYSCALL_HASHES.items())
    names = (f"#define {name.upper().strip('_')}_HASH {key:#x}" for name, key in SYSCALL_HASHES.items())
    return "\n".join(["#pragma once", "#define ALL_SYSCALLS " + " ".join(entries), *names, ""])


def features() -> str:
    """The text of features.h: a number for each feature that can be active, and its address."""
    names = [name for name in FEATURES if is_supported(name)]
    mainnet = sum(1 << number for number, name in enumerate(names) if name in MAINNET)
    addresses = ",\n".join("{" + ", ".join(map(str, FEATURES[name])) + "}" for name in names)
    return (
        '#pragma once\n#include "platform.h"\n'
        + enumeration("FEATURE", (*(name.upper() for name in names), "COUNT"))
        + f"\n#define MAINNET_FEATURES {mainnet:#x}ULL\n"
        + "__attribute__((unused)) "
        + f"static const u8 feature_addresses[FEATURE_COUNT][32] = {{\n{addresses}\n}};\n"
    )


def is_supported(feature: str) -> bool:
    """Whether any input may have this feature."""
    try:
        MAINNET.changed([feature])
    except UnsupportedError:
        return False
    return True


def enumeration(prefix: str, names: tuple[str, ...]) -> str:
    """An enum whose constants have a prefix."""
    return "enum { " + ", ".join(f"{prefix}_{name}" for name in names) + " };"


def table(kind: str, name: str, rows: list[list[str]]) -> str:
    """A constant table of two dimensions."""
    content = ",\n".join("{" + ", ".join(row) + "}" for row in rows)
    return f"__attribute__((unused)) static const {kind} {name} = {{\n{content}\n}};"
