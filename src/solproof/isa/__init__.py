"""The sBPF instruction set: the opcode table, the 8-byte encoding, the assembler and the disassembler."""
