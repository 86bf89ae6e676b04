"""A run as people and tools read it: every step with its registers, memory, meter and constraints."""
