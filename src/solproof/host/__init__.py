"""This computer: bytes and files in and out, memory and processors."""
