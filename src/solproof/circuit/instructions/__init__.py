"""Instruction families: each module holds all that the circuit knows of its opcodes.

Its parts stand under the same banners: OPCODES, COLUMNS AND CONSTRAINTS, WITNESS.
"""
