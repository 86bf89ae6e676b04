"""What a proof says: claim, public tables, replay, ending, and the file that holds it."""
