"""The chips of memory: the image of the program, the input, stack and heap, and refreshes."""
