"""Write a program in assembly, run it, and look at every step.

    .venv/bin/python examples/assemble_and_trace.py

docs/assembly.md describes the syntax, and docs/trace.md the fields of a step.
"""

from __future__ import annotations

import solproof
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf

# The sum of the numbers from 1 to 3. The exit code of a program is its r0, and 0 means success.
SOURCE = """
entrypoint:
    mov64 r1, 3
    mov64 r0, 0
again:
    add64 r0, r1
    sub64 r1, 1
    jne r1, 0, again
    stxdw [r10-0x8], r0
    sub64 r0, 6
    exit
"""

# Version 3 of sBPF is the newest on mainnet. This program needs no accounts.
program = write_elf(assemble(SOURCE, version=3))
given = solproof.ExecutionInput(program, program_id=bytes(32), accounts=(), instruction_data=b"")
execution = solproof.run(given)
print(f"{len(program)} bytes, success: {execution.output.success}")

print("step  pc  instruction            r0  r1  memory")
for step in solproof.trace(execution):
    r0, r1 = step.registers_after[:2]
    stored = ", ".join(f"{access.kind} {access.new} at {access.address:#x}" for access in step.memory)
    print(f"{step.index:>4}  {step.pc:>2}  {step.assembly:<21}{r0:>4}{r1:>4}  {stored}".rstrip())

# The same rows satisfy every constraint of the circuit, which is what a proof shows.
assert solproof.check(execution) == []
print("every constraint holds")
