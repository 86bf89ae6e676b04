"""Instruction families: each module holds the whole life of its opcodes.

The banners are the same in all: SEMANTICS, OPCODES, COLUMNS AND CONSTRAINTS, WITNESS.
"""
