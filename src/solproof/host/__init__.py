"""This computer: files in and out, memory and processors."""
