"""Links BPF objects into programs, and compiles C into such objects."""
