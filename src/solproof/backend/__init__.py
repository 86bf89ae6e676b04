"""The proof system: its interface, and the engine that implements it."""
