"""The sBPF machine: memory, faults, dispatch and the recorded trace of a run."""
