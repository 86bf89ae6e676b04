"""Chips that are not instructions.

The program, memory and registers before and after a run, the statement's public tables, lookups, refreshes.
"""
