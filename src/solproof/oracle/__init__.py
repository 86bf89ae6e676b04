"""The real runtime, which solproof is compared with."""
