"""Everything between accounts and the raw sBPF machine: inputs, serialization, syscalls, account rules,
results.

The public names live in their modules: `execution_input`, `execution_output`, `execute`, `input_file`,
`bincode`, `solders_objects`.
"""
