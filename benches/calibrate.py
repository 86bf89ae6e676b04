"""Calibrate `solproof estimate`: `python benches/calibrate.py [--write]` (or `make calibrate`).

Proves several programs, each in its own process, and fits the model to the measurements. Prints each program
beside its estimate by a model fitted to the other programs. `--write` replaces the calibration in the
package. Other work on the machine spoils the figures, so use more `--passes` over all programs to find quiet
moments. Then `python -m benches.figures` writes docs/benchmarks.md again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benches.mixed_loop import mixed_loop
from benches.transactions import token_transaction
from solproof import __version__, estimation
from solproof.backend.plonky3 import VECTOR_LANES
from solproof.circuit.frames import access_logs
from solproof.demo.programs import classic_token, p_token
from solproof.demo.scenario import transfer
from solproof.estimation.calibration import (
    FILE,
    Calibration,
    Errors,
    Host,
    Linear,
    Measurement,
    calibrate,
    fit,
    measurement_of,
)
from solproof.estimation.estimate import estimate_execution
from solproof.execution.run import run
from solproof.formats import bincode, scene_bincode
from solproof.host.resources import peak_memory, processor_name, total_memory, usable_cores
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf
from solproof.proving.prove import prove_execution
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.transaction.scene import Scene
from tests.support.mainnet_programs import mainnet_programs

CALIBRATION = Path(estimation.__path__[0]) / FILE
RUNS = 3
"""Proofs per program. The shortest time counts, because other work on the machine can only add to it."""

DIVIDING = """
entrypoint:
    mov64 r7, 4000
loop:
    mov64 r0, r7
    mul64 r0, 77
    div64 r0, r7
    mod64 r0, 13
    lsh64 r0, 3
    arsh64 r0, 2
    sub64 r7, 1
    jne r7, 0, loop
    mov64 r0, 0
    exit
"""
STORING = """
entrypoint:
    mov64 r7, 4000
    lddw r6, 0x300000000
loop:
    stxdw [r6+0], r7
    stxw [r6+0], r7
    ldxdw r0, [r6+0]
    ldxw r0, [r6+2]
    add64 r6, 8
    sub64 r7, 1
    jne r7, 0, loop
    mov64 r0, 0
    exit
"""
CALLING = """
leaf:
    mov64 r0, 0
    exit
entrypoint:
    mov64 r7, 6000
loop:
    call leaf
    mov64 r1, 1
    syscall sol_log_64_
    sub64 r7, 1
    jne r7, 0, loop
    exit
"""


HASHING = """
entrypoint:
    mov64 r7, 2000
    stxdw [r10-16], r10
    mov64 r1, 8
    stxdw [r10-8], r1
loop:
    mov64 r1, r10
    sub64 r1, 16
    mov64 r2, 1
    mov64 r3, r10
    sub64 r3, 64
    syscall sol_sha256
    sub64 r7, 1
    jne r7, 0, loop
    mov64 r0, 0
    exit
"""

LOGGING = """
entrypoint:
    mov64 r7, 3000
    mov64 r6, 0x41414141
    stxdw [r10-8], r6
loop:
    mov64 r1, r10
    sub64 r1, 8
    mov64 r2, 4
    syscall sol_log_
    sub64 r7, 1
    jne r7, 0, loop
    mov64 r0, 0
    exit
"""
SYSVARS = """
entrypoint:
    mov64 r7, 2500
loop:
    mov64 r1, r10
    sub64 r1, 64
    syscall sol_get_clock_sysvar
    sub64 r7, 1
    jne r7, 0, loop
    mov64 r0, 0
    exit
"""
FILLING = """
entrypoint:
    mov64 r7, 32
loop:
    lddw r1, 0x300000000
    mov64 r2, 7
    mov64 r3, 32768
    syscall sol_memset_
    sub64 r7, 1
    jne r7, 0, loop
    mov64 r0, 0
    exit
"""
COPYING = """
entrypoint:
    mov64 r7, 128
loop:
    lddw r1, 0x300000000
    lddw r2, 0x300004003
    mov64 r3, 16000
    syscall sol_memcpy_
    sub64 r7, 1
    jne r7, 0, loop
    mov64 r0, 0
    exit
"""
COMPARING = """
entrypoint:
    mov64 r7, 2000
    mov64 r4, r10
    sub64 r4, 8
loop:
    lddw r1, 0x300000000
    lddw r2, 0x300004003
    mov64 r3, 600
    syscall sol_memcmp_
    sub64 r7, 1
    jne r7, 0, loop
    mov64 r0, 0
    exit
"""


def bare(program: bytes) -> ExecutionInput:
    """A program without accounts."""
    return ExecutionInput(program, bytes(32), (), b"")


PROGRAMS: Mapping[str, Callable[[], ExecutionInput | Scene]] = {
    "p-token": lambda: transfer(p_token()),
    "classic token": lambda: transfer(classic_token()),
    "token-2022": lambda: transfer(mainnet_programs()["token_2022"]),
    # Large programs that refuse an instruction that they do not know.
    "stake, failing": lambda: transfer(mainnet_programs()["stake"]),
    "token-2022, failing": lambda: transfer(mainnet_programs()["token_2022"], 10**18),
    "lookup tables, failing": lambda: transfer(mainnet_programs()["address_lookup_table"]),
    "dividing loop": lambda: bare(write_elf(assemble(DIVIDING, 0))),
    "storing loop": lambda: bare(write_elf(assemble(STORING, 3))),
    "calling loop": lambda: bare(write_elf(assemble(CALLING, 3))),
    "hashing loop": lambda: bare(write_elf(assemble(HASHING, 3))),
    "logging loop": lambda: bare(write_elf(assemble(LOGGING, 3))),
    "sysvar loop": lambda: bare(write_elf(assemble(SYSVARS, 3))),
    "filling loop": lambda: bare(write_elf(assemble(FILLING, 3))),
    "copying loop": lambda: bare(write_elf(assemble(COPYING, 3))),
    "comparing loop": lambda: bare(write_elf(assemble(COMPARING, 3))),
    "transaction of 5 frames": lambda: token_transaction(1),
    "transaction of 15 frames": lambda: token_transaction(3),
    "transaction of 25 frames": token_transaction,
    "mixed loop of 7 thousand": lambda: bare(mixed_loop(300)),
    "mixed loop of 70 thousand": lambda: bare(mixed_loop(3_000)),
    "mixed loop of 350 thousand": lambda: bare(mixed_loop(15_000)),
    "mixed loop of a million": lambda: bare(mixed_loop(43_478)),
}

_NO_MODEL = Calibration(
    Host("", 0, 0, 0), "", "", Linear(0, 0, 0, 0, 0, 0, 0), Linear(0, 0, 0, 0, 0, 0, 0), Errors(0, 0, 0), ()
)


def measure(name: str, packed: bytes) -> Measurement:
    """Prove a packed input as the command does. Run this in its own process, which makes no input itself."""
    given = scene_bincode.unpack(packed) if scene_bincode.is_scene_bin(packed) else bincode.unpack(packed)
    start = time.perf_counter()
    execution = run(given)
    logs = access_logs(execution.frames)
    estimated = estimate_execution(execution, _NO_MODEL, logs)
    proof = prove_execution(execution, logs=logs)
    first = time.perf_counter() - start
    peak = peak_memory()
    times = [first]
    # The key is made once and cached. Only the first time includes it, and a command includes it too.
    made_once = first - proof.report.seconds["total"]
    for _ in range(RUNS - 1):
        times.append(made_once + prove_execution(execution).report.seconds["total"])
    return Measurement(
        name=name,
        load=estimated.load,
        seconds=round(min(times), 4),
        peak_bytes=peak,
        proof_bytes=len(proof.data),
    )


def in_a_process(name: str) -> Measurement:
    """The measurement of a program in a fresh process."""
    given = PROGRAMS[name]()
    packed = scene_bincode.pack(given) if isinstance(given, Scene) else bincode.pack(given)
    command = [sys.executable, __file__, "--one", name]
    output = subprocess.run(command, check=True, input=packed, stdout=subprocess.PIPE).stdout
    return measurement_of(json.loads(output))


def least(measurements: Sequence[Measurement]) -> Measurement:
    """The quickest of several measurements of one program, with the largest memory of all of them."""
    quickest = min(measurements, key=lambda item: item.seconds)
    return replace(quickest, peak_bytes=max(item.peak_bytes for item in measurements))


def main() -> None:
    """Measure, fit and print. Write the calibration if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="replace the package's calibration")
    parser.add_argument(
        "--passes", type=int, default=1, metavar="N", help="measure N times, use the shortest time"
    )
    parser.add_argument(
        "--one", help="measure only the packed input on standard input, as JSON (used by this script)"
    )
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(asdict(measure(arguments.one, sys.stdin.buffer.read()))))
        return
    passes = [[in_a_process(name) for name in PROGRAMS] for _ in range(arguments.passes)]
    measurements = tuple(map(least, zip(*passes, strict=True)))
    machine = Host(processor_name(), usable_cores(), total_memory(), VECTOR_LANES)
    found = calibrate(measurements, machine, date.today().isoformat(), __version__)
    for item in measurements:
        others = tuple(other for other in measurements if other is not item)
        seconds = fit(others, "seconds").at(item.load)
        peak = fit(others, "peak_bytes").at(item.load)
        print(
            f"{item.name:<28}{item.load.instructions:>10,} instructions {item.load.cells:>12,} cells  "
            f"{item.seconds:7.3f} s, estimated {seconds:7.3f}  "
            f"{item.peak_bytes / 2**20:7,.0f} MiB, estimated {peak / 2**20:7,.0f}  "
            f"{item.proof_bytes:>9,} bytes, estimated {item.load.proof_bytes:>9,}"
        )
    print("errors:", ", ".join(f"{name} {error:.1%}" for name, error in asdict(found.errors).items()))
    if arguments.write:
        CALIBRATION.write_text(json.dumps(asdict(found), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
