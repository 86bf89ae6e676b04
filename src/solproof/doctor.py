"""Checks of this computer: can it prove, how fast is its prover, and can it run all tests?"""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from solproof import __version__
from solproof.errors import SolproofError
from solproof.host.resources import available_memory, processor_name, total_memory, usable_cores

DEPENDENCIES = ("numpy", "click", "rich", "solders", "base58", "mmh3", "pyelftools")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LEAST_MEMORY = 512 * 2**20
"""With less memory, even a small proof may fail on a running system."""

_VECTORS = ((16, "avx512f", "AVX-512"), (8, "avx2", "AVX2"), (4, "neon", "NEON"))
_NATIVE_CALLS = {"processor": "features()", "prover": "parameters_default()", "primitives": "keccak256(b'')"}
"""A short call into each native module."""

_PROGRAM = bytes.fromhex("b700000000000000 9500000000000000")  # mov64 r0, 0; exit
_TIME_LIMIT = 300


class State(Enum):
    """The result of a check. `ABSENT` means that something is missing that only the tests need."""

    OK = "ok"
    WARNING = "warning"
    ABSENT = "absent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. If its state is `FAILED`, proving does not work."""

    name: str
    state: State
    detail: str


def examine() -> Iterator[Check]:
    """Run every check, the quick ones first."""
    yield Check(
        "python", State.OK, f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    )
    yield Check("solproof", State.OK, __version__)
    yield _dependencies()
    yield Check("processor", State.OK, f"{processor_name()}, {usable_cores()} cores usable")
    yield _memory()
    yield from _native()
    yield _browser()


def _dependencies() -> Check:
    versions = {}
    for name in DEPENDENCIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            return Check("packages", State.FAILED, f"{name} is not installed: pip install {name}")
    return Check("packages", State.OK, ", ".join(f"{name} {version}" for name, version in versions.items()))


def _memory() -> Check:
    total, available = total_memory(), available_memory()
    detail = f"{available / 2**30:.1f} GiB may be used, of {total / 2**30:.1f} GiB"
    if available < LEAST_MEMORY:
        return Check("memory", State.WARNING, f"{detail}; a small proof takes up to {LEAST_MEMORY >> 20} MiB")
    return Check("memory", State.OK, detail)


def _native() -> Iterator[Check]:
    """The checks that use the native modules.

    Loading a module that was built for another processor kills the process. So this process loads a module
    only after a subprocess has survived it.
    """
    modules = _native_modules()
    yield modules
    if modules.state is State.OK:
        proving = _proving()
        if proving.state is State.OK:
            yield _build()
        yield proving
        yield _oracle()


def _native_modules() -> Check:
    """Load each native module and call it once, in a subprocess."""
    for name, call in _NATIVE_CALLS.items():
        process = subprocess.run(
            [sys.executable, "-c", f"import solproof._native.{name} as {name}; {name}.{call}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if process.returncode != 0:
            return Check("native", State.FAILED, _why(name, process))
    return Check("native", State.OK, f"{', '.join(_NATIVE_CALLS)} load")


def _build() -> Check:
    """Which vector instructions the prover was built with, and whether the processor has better ones."""
    from solproof._native import LEVEL, processor  # noqa: PLC0415
    from solproof._native.levels import VARIABLE  # noqa: PLC0415
    from solproof.backend.plonky3 import VECTOR_LANES  # noqa: PLC0415

    advice = f"{VARIABLE} asks for this level" if VARIABLE in os.environ else "build it here (make install)"
    return judge_build(VECTOR_LANES, frozenset(processor.features()), LEVEL.name if LEVEL else None, advice)


def judge_build(lanes: int, features: frozenset[str], level: str | None, advice: str) -> Check:
    """Judge a build with `lanes` field elements per vector, on a processor with these features.

    `level`: the level of processors whose prover is used, or None if the build has a single prover.
    `advice`: what to say if the processor has better vectors.
    """
    best, name = next(
        ((width, name) for width, feature, name in _VECTORS if feature in features), (1, "no vectors")
    )
    built = f"built for vectors of {lanes} field elements" if lanes > 1 else "built without vectors"
    if level is not None:
        built = f"level {level} of this wheel, {built}"
    if lanes < best:
        return Check(
            "engine",
            State.WARNING,
            f"{built}, this processor has {name} for {best}: proofs take several times longer; {advice}",
        )
    return Check("engine", State.OK, f"{built}, the most that this processor has ({name})")


def _proving() -> Check:
    """Prove and verify the smallest program, in separate processes."""
    from solproof.formats import bincode  # noqa: PLC0415
    from solproof.program.raw import RawFormat  # noqa: PLC0415
    from solproof.runtime.execution_input import ExecutionInput  # noqa: PLC0415

    given = ExecutionInput(_PROGRAM, bytes(32), (), b"", program_format=RawFormat())
    with tempfile.TemporaryDirectory(prefix="solproof-doctor-") as directory:
        input_bin, proof = Path(directory, "input.bin"), Path(directory, "proof")
        input_bin.write_bytes(bincode.pack(given))
        commands = (["prove", input_bin, "--output", proof], ["verify", proof, "--input", input_bin])
        seconds = []
        for command in commands:
            arguments = [sys.executable, "-m", "solproof", *map(str, command), "--json", "--quiet"]
            try:
                process = subprocess.run(
                    arguments, capture_output=True, text=True, check=False, timeout=_TIME_LIMIT
                )
            except subprocess.TimeoutExpired:
                return Check("proving", State.FAILED, f"{command[0]}: not finished after {_TIME_LIMIT} s")
            if process.returncode != 0:
                return Check("proving", State.FAILED, _why(str(command[0]), process))
            seconds.append(json.loads(process.stdout)["seconds"]["total"])
    return Check("proving", State.OK, f"proven in {seconds[0]:.2f} s, verified in {seconds[1]:.2f} s")


def _why(what: str, process: subprocess.CompletedProcess[str]) -> str:
    if process.returncode == -signal.SIGILL:
        return f"{what}: the native modules were built for another processor; build them here (make install)"
    if process.returncode == -signal.SIGKILL:
        return f"{what}: the system killed it, most likely because memory ran out"
    lines = process.stderr.strip().splitlines()
    return f"{what}: {lines[-1] if lines else f'ended with status {process.returncode}'}"


def _oracle() -> Check:
    """Check that LiteSVM runs the token program, with the same result as solproof."""
    from solproof.demo.programs import p_token  # noqa: PLC0415
    from solproof.demo.scenario import run_token_instruction, transfer  # noqa: PLC0415
    from solproof.execution.execute import execute  # noqa: PLC0415

    try:
        given = transfer(p_token())
        theirs = run_token_instruction(given, classic_token=False)
        ours = execute(given, recorded=False).output
    except (ImportError, RuntimeError, SolproofError) as error:
        return Check("oracle", State.ABSENT, f"LiteSVM does not run the token program: {error}")
    if (theirs.success, theirs.compute_units, theirs.logs) != (ours.success, ours.compute_units, ours.logs):
        return Check("oracle", State.WARNING, "LiteSVM and solproof disagree on a Transfer of p-token")
    return Check("oracle", State.OK, "LiteSVM runs a Transfer of p-token with the same result as solproof")


def _browser() -> Check:
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        return Check("browser", State.ABSENT, "no Chromium: needed only for the tests of HTML pages")
    if find_spec("playwright") is None:
        return Check("browser", State.ABSENT, f"{found}, but no playwright: needed only for tests")
    return Check("browser", State.OK, found)
