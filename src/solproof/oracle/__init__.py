"""The real runtime, which everything is compared with."""
