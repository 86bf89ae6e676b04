"""The demonstration: real token programs, a Transfer, and the real runtime for comparison."""
