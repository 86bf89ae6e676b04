"""Where compute units and prover cells go: by function, opcode family, syscall and chip."""
