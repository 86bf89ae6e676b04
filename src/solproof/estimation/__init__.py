"""What a proof will take, before it is made: rows, cells, memory, time and size."""
