"""The page of the opcodes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from types import ModuleType

from solproof.circuit.instructions.family import Family
from solproof.circuit.instructions.registry import FAMILY_OF, MODULES
from solproof.isa.meanings import meanings, rule_of
from solproof.isa.mnemonics import names_of
from solproof.isa.opcodes import OPCODES, VERSIONS, Action, Opcode
from solproof.reference.markdown import heading, source_link, table
from solproof.reference.opcodes import cells, chips_of, cost_text, home

SOURCE = "solana-sbpf"
CLASSES = {
    0: ("LD", "The 64-bit immediate."),
    1: ("LDX", "Loads. In V2, they are in class 4."),
    2: ("ST", "Stores of an immediate. In V2, they are in class 7."),
    3: ("STX", "Stores of a register. In V2, they are in class 7."),
    4: ("ALU32", "Arithmetic on 32 bits. In V2, also loads."),
    5: ("JMP64", "Jumps on 64 bits, calls, exit."),
    6: (
        "PQR (V2), JMP32 (from V3)",
        "In V2, products, quotients and remainders. From V3 on, jumps on 32 bits.",
    ),
    7: ("ALU64", "Arithmetic on 64 bits. In V2, also stores."),
}
"""The classes by the low three bits of a code, with upstream's names (`ebpf.rs`)."""

LEGEND = f"""\
- `dst` and `src` are registers, with their values before the instruction.
  `b` is `src` in a mnemonic with _REG.
  In a mnemonic with _IMM, it is the 32-bit immediate, sign-extended to 64 bits.
  Results are modulo 2^64.
- A shift `>>` is logical unless it is marked as signed.
- A divisor of 0 stops the program with DivideByZero.
  A signed -2^63 / -1 (on 32 bits, -2^31 / -1) stops it with DivideOverflow.
- The offset of a jump counts 8-byte slots from the next instruction.
  LD_DW_IMM takes two slots, and all other instructions take one.
- r10 is read-only, except that ADD64_IMM may move it by multiples of 64 in V1 and V2 (SIMD-0166).
- If a program's version does not have a code, the program cannot be loaded: VerifierError::UnknownOpCode.
  Mainnet refuses all programs of V4.
- CU: compute units.
- Cells: field elements of a row of the chip that the prover commits to, in columns and auxiliary columns.
- Every executed instruction is one row of one of its chips.
  A call and its return share a row, and a program's last instruction has no row.
- Loads and stores have three chips.
  One takes 8 bytes at a multiple of 8.
  `_narrow` takes 1, 2 or 4 bytes at a multiple of their number, and `_unaligned` takes all other accesses.
- Source: codes and rules are those of {SOURCE} 0.21.0 (`ebpf.rs`, `interpreter.rs`, `verifier.rs`).
  The table names a SIMD if it created or changed the opcode.

`solproof opcode CODE` prints where an opcode is defined, executed, constrained and tested."""


def opcodes_page() -> str:
    """Tables by class, then a section for each family."""
    lines = heading(
        "Opcodes",
        f"All {len(OPCODES)} opcodes of sBPF V0 to V4: what each does, in which versions, what it costs, and "
        "which chips prove it.",
        "`isa/opcodes.py`, `isa/meanings.py`, `circuit/instructions/` and the circuit",
    )
    lines += LEGEND.splitlines()
    for number, (name, meaning) in CLASSES.items():
        rows = sorted((row for row in OPCODES if row.code & 7 == number), key=lambda row: row.code)
        lines += ["", f"## Class {number}: {name}", "", meaning, ""]
        lines += table(
            (
                "code",
                "mnemonic",
                "assembler",
                "versions",
                "meaning",
                "family",
                "chips",
                "cells",
                "CU",
                "source",
            ),
            (cell for row in rows for cell in _rows(row)),
        )
    lines += ["", "## Codes that mean different things", ""]
    lines += table(("code", "meaning"), _ambiguous())
    lines += [
        "",
        "## Families",
        "",
        "A family is a module of `circuit/instructions/`, with the opcodes that the same chips prove.",
    ]
    for module in MODULES:
        lines += ["", *_family(module)]
    return "\n".join(lines) + "\n"


def versions_text(versions: Iterable[int]) -> str:
    """The versions as text, such as `V0, V2`."""
    return ", ".join(f"V{version}" for version in VERSIONS if version in versions)


def _rows(row: Opcode) -> Iterator[tuple[object, ...]]:
    """One row for each meaning of the opcode."""
    family = FAMILY_OF[row]
    chips = chips_of(row, family)
    module = _name(home(family))
    names = [*names_of(row), *(["syscall"] if row.action is Action.CALL else [])]
    for versions, meaning in meanings(row).items():
        yield (
            f"{row.code:#04x}",
            row.mnemonic,
            ", ".join(names),
            versions_text(versions),
            meaning,
            f"[{module}](#{module})",
            ", ".join(f"[{chip.name}](chips.md#{chip.name})" for chip in chips),
            ", ".join(str(sum(cells(chip).values())) for chip in chips),
            cost_text(row),
            ", ".join(filter(None, (SOURCE, rule_of(row)))),
        )


def _ambiguous() -> Iterator[tuple[str, str]]:
    for code in sorted({row.code for row in OPCODES}):
        rows = [row for row in OPCODES if row.code == code]
        if len(rows) > 1:
            texts = (f"{versions_text(row.versions)}: {row.mnemonic}" for row in rows)
            yield f"{code:#04x}", "; ".join(texts)


def _family(module: ModuleType) -> list[str]:
    name = _name(module)
    families: tuple[Family, ...] = module.FAMILIES
    mnemonics = [row.mnemonic for family in families for row in family.opcodes]
    codes = [code for family in families for code in family.codes]
    chips = [executor.chip for family in families for executor in family.executors]
    module_path, test_path = (
        f"src/solproof/circuit/instructions/{name}.py",
        f"tests/circuit/instructions/test_{name}.py",
    )
    return [
        f"### {name}",
        "",
        *(inspect.getdoc(module) or "").splitlines(),
        "",
        f"- Module: {source_link(module_path)}; tests: {source_link(test_path)}",
        f"- Mnemonics: {', '.join(mnemonics)}",
        "- Numbers in the program table: " + ", ".join(f"{code.value} {code.name}" for code in codes),
        *(f"- Chip [{chip.name}](chips.md#{chip.name}): {chip.claim}" for chip in chips),
    ]


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]
