"""Estimates of a proof before it is made: rows, cells, memory, time and size."""
