"""Instruction families: each module holds the whole life of its opcodes.

Its parts stand under the same banners: SEMANTICS, OPCODES, COLUMNS AND CONSTRAINTS, WITNESS.
"""
