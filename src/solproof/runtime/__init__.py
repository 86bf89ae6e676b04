"""Everything between accounts and the raw sBPF machine.

These modules define inputs and results, serialize instructions, implement syscalls and apply the account
rules. Import public names from the modules that define them, such as `execution_input`, `execution_output`
and `execute`.
"""
