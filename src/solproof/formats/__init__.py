"""Inputs and outputs as JSON, bincode and solders objects."""
