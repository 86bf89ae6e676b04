"""From a recorded run to the tables of the proof, vectorised."""
