"""The chips of memory: the program's image, the input, stack and heap, refreshes."""
