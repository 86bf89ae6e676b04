"""The proof system: what it offers, and the engine that implements it."""
