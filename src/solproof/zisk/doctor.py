"""Finds in advance what would make ZisK's prover fail. `read_system` reads the host, and `examine` judges."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from solproof.host.resources import total_memory
from solproof.runtime.syscalls.hashing import blake3
from solproof.zisk.abi import Abi, abi_of
from solproof.zisk.diagnosis import EMULATOR_MODE, LEFTOVERS, MEMORY_LOCK, MORE_MEMORY, SHARED_MEMORY
from solproof.zisk.guests import file_name, guest, rom_rows
from solproof.zisk.tools import CARGO_ZISK, Runner, find_tool, run_tool, tool_version

GIB = 1 << 30
PROVER_MEMORY = 25 * GIB
SHARED_MEMORY_NEEDED = 16 * GIB
"""Bytes for the traces of a small run. ZisK's own containers get 32 GiB."""

LOCKED_MEMORY_NEEDED = 8 * GIB
ROM_ROW_LIMIT = 1 << 22
UNLIMITED = -1


class Severity(Enum):
    """good: no problem. warning: a problem for the assembly mode only. bad: a problem for every proof."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result for one cause: the facts, and the remedy (empty if the verdict is good)."""

    name: str
    verdict: Severity
    reading: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class System:
    """The facts that `examine` judges.

    locked_memory, shared_memory, memory: bytes, -1 if there is no limit, None if it cannot be read.
    leftovers: files of ZisK in shared memory.
    cargo_zisk: its version, None if it is not installed.
    proving_key: whether the proving key is installed.
    setups: files in ZisK's cache. Their names contain the BLAKE3 digest of the guest that they belong to.
    """

    locked_memory: int | None
    shared_memory: int | None
    memory: int | None
    leftovers: tuple[str, ...]
    cargo_zisk: str | None
    proving_key: bool
    setups: tuple[str, ...]


def read_system(zisk: Path | None = None, run: Runner = run_tool) -> System:
    """Read this host. `zisk` is the folder of ZisK, by default the user's."""
    zisk = zisk or Path.home() / ".zisk"
    shared = Path("/dev/shm")
    locked = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
    tool = find_tool(CARGO_ZISK)
    return System(
        locked_memory=UNLIMITED if locked == resource.RLIM_INFINITY else locked,
        shared_memory=_size_of(shared),
        memory=total_memory(),
        leftovers=_names(shared, "[Zz][Ii][Ss][Kk]*"),
        cargo_zisk=None if tool is None else tool_version(tool, run),
        proving_key=(zisk / "provingKey").is_dir(),
        setups=_names(zisk / "cache", "*"),
    )


def examine(system: System, abi: Abi) -> list[Finding]:
    """Findings for all known causes, in the order of docs/zisk.md."""
    return [
        _tools(system, abi),
        _proving_key(system),
        _limit("locked memory", system.locked_memory, LOCKED_MEMORY_NEEDED, Severity.WARNING, MEMORY_LOCK),
        _limit("shared memory", system.shared_memory, SHARED_MEMORY_NEEDED, Severity.WARNING, SHARED_MEMORY),
        _limit("memory", system.memory, PROVER_MEMORY, Severity.BAD, MORE_MEMORY),
        _setup(system, abi),
        _leftovers(system),
        _rom(abi),
    ]


def _tools(system: System, abi: Abi) -> Finding:
    if system.cargo_zisk is None:
        remedy = "install ZisK; solproof zisk run works without it"
        return Finding("cargo-zisk", Severity.BAD, "not installed", remedy)
    found = abi_of(system.cargo_zisk)
    if found != abi:
        remedy = f"leave --zisk-version out, or name {system.cargo_zisk}"
        detail = f"version {system.cargo_zisk}, expected one with the memory map of {abi.name}"
        return Finding("cargo-zisk", Severity.BAD, detail, remedy)
    return Finding("cargo-zisk", Severity.GOOD, f"version {system.cargo_zisk}")


def _proving_key(system: System) -> Finding:
    if system.proving_key:
        return Finding("proving key", Severity.GOOD, "installed")
    return Finding(
        "proving key",
        Severity.BAD,
        "not found",
        "install it: ziskup setup_params, or give its folder with --proving-key",
    )


def _limit(name: str, found: int | None, needed: int, verdict: Severity, remedy: str) -> Finding:
    if found is None:
        return Finding(name, Severity.WARNING, "cannot be read", remedy)
    if found == UNLIMITED:
        return Finding(name, Severity.GOOD, "without limit")
    reading = f"{found / GIB:.1f} GiB"
    if found >= needed:
        return Finding(name, Severity.GOOD, reading)
    also = f"; or {EMULATOR_MODE}" if verdict is Severity.WARNING else ""
    return Finding(name, verdict, f"{reading}, {needed // GIB} GiB needed", remedy + also)


def _setup(system: System, abi: Abi) -> Finding:
    """Check for a setup. It is valid for one guest only, byte for byte.

    Up to version 0.15, its name begins with the name of the guest's file.
    """
    digest = blake3(guest(abi)).hex()
    stem = file_name(abi).removesuffix(".elf")
    if any(digest in name for name in system.setups):
        return Finding("setup", Severity.GOOD, "made for this guest")
    if any(name.startswith(stem) for name in system.setups):
        remedy = "let solproof zisk prove make it again (no --skip-setup)"
        return Finding("setup", Severity.BAD, "made for another build of the guest", remedy)
    return Finding("setup", Severity.GOOD, "none yet: solproof zisk prove makes it")


def _leftovers(system: System) -> Finding:
    if not system.leftovers:
        return Finding("leftovers", Severity.GOOD, "none in /dev/shm")
    names = ", ".join(system.leftovers[:3]) + (", ..." if len(system.leftovers) > 3 else "")
    return Finding("leftovers", Severity.WARNING, f"{len(system.leftovers)} in /dev/shm: {names}", LEFTOVERS)


def _rom(abi: Abi) -> Finding:
    rows = rom_rows(guest(abi))
    verdict = Severity.GOOD if rows <= ROM_ROW_LIMIT else Severity.BAD
    return Finding("ROM rows", verdict, f"{rows:,} of {ROM_ROW_LIMIT:,} for {file_name(abi)}")


def _size_of(path: Path) -> int | None:
    try:
        status = os.statvfs(path)
    except OSError:
        return None
    return status.f_frsize * status.f_blocks


def _names(folder: Path, pattern: str) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in folder.glob(pattern))) if folder.is_dir() else ()
