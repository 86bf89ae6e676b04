"""Instruction families. Each module contains all the circuit's code for its opcodes.

All modules have the same sections: OPCODES, COLUMNS AND CONSTRAINTS, WITNESS.
"""
