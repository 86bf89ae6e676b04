"""A recorded run as arrays: every access of registers and memory, chained in time."""
