"""Programs: the ELF loader, the bytecode verifier, and the loaded program."""
