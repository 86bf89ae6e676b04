"""The chips of syscalls: events, and the memory syscalls that the circuit proves."""
