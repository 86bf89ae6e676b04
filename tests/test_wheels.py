"""The wheels that `make wheels` has made: their contents, and proofs with them on several processors.

QEMU's emulation of a processor refuses the instructions that the processor lacks, as the processor does.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from solproof import __version__
from solproof._native import processor
from solproof._native.levels import LEVELS, VARIABLE, choose_level
from solproof.demo.programs import p_token
from solproof.demo.scenario import transfer
from solproof.formats import bincode

pytestmark = pytest.mark.slow

DISTRIBUTIONS = Path(__file__).resolve().parents[1] / "dist"
MAXIMUM_SIZE = 15_000_000
"""Bytes of a wheel."""

TAGS = {"x86_64": "manylinux_2_17_x86_64", "aarch64": "manylinux_2_17_aarch64"}
COMMON = {"processor.abi3.so", "primitives.abi3.so"}
PROVERS = {
    "x86_64": {f"{level.directory}/prover.abi3.so" for level in LEVELS},
    "aarch64": {"prover.abi3.so"},
}


def made(architecture: str) -> Path:
    """The wheel of this version for an architecture. The test is skipped if there is no such wheel."""
    name = f"solproof-{__version__}-cp310-abi3-{TAGS[architecture]}.whl"
    path = DISTRIBUTIONS / name
    if not path.exists():
        pytest.skip(f"dist/{name} does not exist; `make wheels` makes the wheels")
    return path


@pytest.fixture(params=TAGS)
def architecture(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_the_size(architecture: str) -> None:
    assert made(architecture).stat().st_size <= MAXIMUM_SIZE


def test_the_native_modules(architecture: str) -> None:
    prefix = "solproof/_native/"
    with zipfile.ZipFile(made(architecture)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".so")]
    assert {name.removeprefix(prefix) for name in names} == COMMON | PROVERS[architecture]


def test_the_tag_is_true(architecture: str) -> None:
    """`auditwheel` reads the symbols of libc that the modules need."""
    path, tag = made(architecture), TAGS[architecture]
    process = subprocess.run(
        [sys.executable, "-m", "auditwheel", "show", str(path)], capture_output=True, text=True, check=True
    )
    shown = " ".join(process.stdout.split())
    assert f'is consistent with the following platform tag: "{tag}"' in shown


def test_the_metadata() -> None:
    with zipfile.ZipFile(made("x86_64")) as archive:
        directory = f"solproof-{__version__}.dist-info"
        metadata = archive.read(f"{directory}/METADATA").decode()
        licenses = {name for name in archive.namelist() if name.startswith(f"{directory}/licenses/")}
    assert "\n# solproof\n" in metadata
    assert "\nClassifier: Operating System :: POSIX :: Linux\n" in metadata
    assert {Path(name).name for name in licenses} == {"LICENSE-MIT", "LICENSE-APACHE"}


@dataclass(frozen=True)
class Machine:
    """A way to run the environment: in QEMU as some processor, or natively with a level that is asked for."""

    level: str
    emulated: str | None = None

    def __str__(self) -> str:
        return self.emulated or self.level

    def skip_if_absent(self) -> None:
        if platform.machine() != "x86_64":
            pytest.skip(f"this machine is no x86-64: {platform.machine()}")
        if self.emulated is None:
            best = choose_level(frozenset(processor.features()), None)
            names = [level.name for level in LEVELS]
            if names.index(self.level) > names.index(best.name):
                pytest.skip(f"this processor has only the levels up to {best.name}")
        elif shutil.which("qemu-x86_64") is None:
            pytest.skip("qemu-x86_64 is not on this machine (Debian's package qemu-user)")


MACHINES = (
    *(Machine(level.name) for level in LEVELS),
    Machine("x86-64-v3", "Haswell"),
    Machine("x86-64-v2", "Nehalem"),
)


@dataclass(frozen=True)
class Environment:
    """An environment that has the wheel and its dependencies, and nothing else."""

    directory: Path
    variables: Mapping[str, str] = field(
        default_factory=lambda: {
            name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", VARIABLE)
        }
    )

    def python(self, emulated: str | None) -> Path:
        """The interpreter of the environment, if wanted in QEMU as a processor.

        It starts subprocesses in the same way, because it takes the path of the script for its own.
        """
        python = self.directory / "bin/python"
        if emulated is None:
            return python
        script = python.with_name(f"python-{emulated}")
        script.write_text(f'#!/bin/sh\nexec qemu-x86_64 -cpu {emulated} -0 "$0" {python} "$@"\n')
        script.chmod(0o755)
        return script

    def run(self, arguments: list[str], machine: Machine) -> subprocess.CompletedProcess[str]:
        """A command of solproof."""
        variables = dict(self.variables)
        if machine.emulated is None:
            variables[VARIABLE] = machine.level
        return subprocess.run(
            [str(self.python(machine.emulated)), "-m", "solproof", *arguments],
            cwd=self.directory,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    wheel = made("x86_64")
    environment = Environment(tmp_path_factory.mktemp("environment"))
    venv.create(environment.directory, with_pip=True)
    subprocess.run(
        [
            environment.python(None),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            str(wheel),
        ],
        env=dict(environment.variables),
        check=True,
    )
    (environment.directory / "input.bin").write_bytes(bincode.pack(transfer(p_token())))
    return environment


Solproof = Callable[..., Any]


@pytest.fixture(params=MACHINES, ids=str)
def machine(request: pytest.FixtureRequest) -> Machine:
    machine: Machine = request.param
    machine.skip_if_absent()
    return machine


@pytest.fixture
def solproof(machine: Machine, environment: Environment) -> Solproof:
    """Runs a command on the machine, and returns its JSON."""

    def run(*arguments: str) -> Any:
        process = environment.run([*arguments, "--json", "--quiet"], machine)
        assert process.returncode == 0, process.stderr or process.stdout
        return json.loads(process.stdout)

    return run


def test_run_prove_verify(solproof: Solproof, machine: Machine) -> None:
    proof = f"{machine}.proof"
    assert solproof("run", "input.bin")["compute_units"] == 76
    solproof("prove", "input.bin", "--output", proof)
    assert solproof("verify", proof, "--input", "input.bin")["compute_units"] == 76


def test_doctor(solproof: Solproof, machine: Machine) -> None:
    checks = {check["name"]: check for check in solproof("doctor")["checks"]}
    assert checks["native"]["state"] == checks["proving"]["state"] == "ok"
    assert re.match(rf"level {machine.level} of this wheel, built ", checks["engine"]["detail"])


def test_a_processor_below_every_level(environment: Environment) -> None:
    """As QEMU knows it, Conroe has SSSE3, but no SSE4.1."""
    machine = Machine("", "Conroe")
    machine.skip_if_absent()
    for command in (["run", "input.bin"], ["doctor"]):
        process = environment.run(command, machine)
        assert (process.returncode, process.stdout, process.stderr) == (
            3,
            "",
            "error: this processor is below x86-64-v2, the lowest level that solproof runs on: "
            "it lacks cmpxchg16b, popcnt, sse4.1, sse4.2\n",
        )
