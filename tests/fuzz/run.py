"""Fuzz one target for some time: `python -m tests.fuzz.run elf --seconds 600`, or `make fuzz`.

With Atheris, the coverage of the Python sources guides the fuzzer. Atheris has wheels for CPython on x86-64
Linux only. Without it, the kinds of outcomes guide the fuzzer. An input that is a finding is written to a
file, and `--reproduce` runs this file again. The exit status is 0 if nothing was found.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any, NoReturn

# Nothing from solproof may be imported before Atheris instruments it.
from tests.fuzz.loop import Finding, Guard, fuzz
from tests.fuzz.mutation import mutate
from tests.fuzz.target import Target

MODULES = {
    "elf": "programs",
    "raw": "programs",
    "assembly": "programs",
    "json": "inputs",
    "scene": "inputs",
    "scene_bin": "inputs",
    "fixture": "fixtures",
    "index": "inputs",
    "input_bin": "inputs",
    "output_bin": "inputs",
    "proof_file": "proofs",
    "claim": "proofs",
    "engine": "proofs",
    "command": "commands",
    "invoke": "invocations",
}
"""The targets, and their modules."""
IN_RUST = ("engine",)
"""Targets whose code is not Python, so that coverage cannot guide the fuzzer."""
FOUND = 77  # libFuzzer's own status for a finding
RESIDENT_MEBIBYTES = 2048


def target_of(name: str) -> Target:
    """The target with a name."""
    targets: Sequence[Target] = import_module(f"tests.fuzz.{MODULES[name]}").TARGETS
    return next(target for target in targets if target.name == name)


def has_coverage() -> bool:
    """Whether Atheris is installed."""
    return find_spec("atheris") is not None


def main() -> int:
    """Read the command line, fuzz, and report."""
    arguments = _arguments()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    is_guided = arguments.target not in IN_RUST and not arguments.no_coverage and not arguments.reproduce
    if is_guided and has_coverage():
        _fuzz_by_coverage(arguments)
    target = target_of(arguments.target)
    try:
        if arguments.reproduce:
            guard = Guard(target)
            guard.run(arguments.reproduce.read_bytes())
            statistics = guard.statistics
        else:
            statistics = fuzz(
                target, arguments.seed, executions=arguments.executions, seconds=arguments.seconds
            )
    except Finding as finding:
        _report(arguments, finding)
        return FOUND
    print(f"{target.name}: nothing found: {statistics}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description="Fuzz one target.")
    parser.add_argument("target", choices=MODULES)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--executions", type=int, default=sys.maxsize, help="stop after so many inputs, too")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--directory", type=Path, default=Path("fuzz"), help="for findings and Atheris' corpora"
    )
    parser.add_argument("--no-coverage", action="store_true", help="our own loop, even if Atheris is there")
    parser.add_argument("--reproduce", type=Path, metavar="FILE", help="run one input instead")
    return parser.parse_args()


def _report(arguments: argparse.Namespace, finding: Finding) -> None:
    name = hashlib.sha256(finding.data).hexdigest()[:16]
    place: Path = arguments.directory / f"{arguments.target}-{name}"
    place.write_bytes(finding.data)
    print(f"{arguments.target}: FOUND {finding}\nwritten to {place}", file=sys.stderr, flush=True)


def _fuzz_by_coverage(arguments: argparse.Namespace) -> NoReturn:
    """Hand over to libFuzzer, which ends the process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["solproof"]):
        target = target_of(arguments.target)
    guard = Guard(target)
    corpus = arguments.directory / "corpus" / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in guard.seeds:
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)

    before, start, is_reported = guard.statistics.executions, time.monotonic(), False

    def run(data: bytes) -> None:
        nonlocal is_reported
        statistics = guard.statistics
        try:
            guard.run(data)
        except Finding as finding:
            _report(arguments, finding)
            os._exit(FOUND)
        statistics.seconds = time.monotonic() - start
        # libFuzzer ends the process without returning to Python, so report just before that.
        is_over = (
            statistics.executions - before >= arguments.executions or statistics.seconds >= arguments.seconds
        )
        if is_over and not is_reported:
            print(f"{target.name}: nothing found: {statistics}", flush=True)
            is_reported = True

    def change(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        match random.randrange(3):
            case 0 if target.mutate is not None:
                return target.mutate(data, random)[:longest]
            case 1:
                return mutate(data, random, target.words, guard.seeds, longest)
        return bytes(atheris.Mutate(data, longest))

    options = [
        f"-seed={arguments.seed}",
        f"-max_total_time={arguments.seconds + 1}",
        f"-runs={arguments.executions if arguments.executions < sys.maxsize else -1}",
        f"-max_len={target.longest}",
        f"-rss_limit_mb={RESIDENT_MEBIBYTES}",
        f"-artifact_prefix={arguments.directory}/",
        "-print_final_stats=1",
        "-timeout=60",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], run, custom_mutator=change)
    atheris.Fuzz()
    raise AssertionError("libFuzzer returned")


if __name__ == "__main__":
    sys.exit(main())
