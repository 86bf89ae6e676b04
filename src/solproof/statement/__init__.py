"""The statement of a proof: claim, public tables, replay, ending, and the proof file."""
