"""Instruction families: each module holds the whole life of its opcodes (OPCODES, SEMANTICS, COLUMNS, CONSTRAINTS, WITNESS)."""
