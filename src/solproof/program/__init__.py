"""Programs: the ELF loader, the verifier, and what they make of a file."""
