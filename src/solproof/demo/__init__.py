"""The demonstration: real token programs, one Transfer, and the real runtime to compare with."""
