"""A run in a form for people and tools: every step with its registers, memory, meter and constraints."""
