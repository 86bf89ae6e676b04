"""solproof inside ZisK: the guest that runs a program there, its inputs, its outputs, and its provers."""
