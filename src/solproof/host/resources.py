"""The host: its processor, its memory, and how much memory this process may use."""

from __future__ import annotations

import os
import platform
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

UNIT = 1024
_CPUINFO, _MEMINFO, _STATM = Path("/proc/cpuinfo"), Path("/proc/meminfo"), Path("/proc/self/statm")
_STATUS = Path("/proc/self/status")
_GROUP_LIMITS = (
    # (limit, use) of the container's control group: version 2, version 1.
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


def processor_name() -> str:
    """The processor's name, as the system reports it."""
    return _cpuinfo().get("model name") or platform.processor() or platform.machine()


def usable_cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def total_memory() -> int:
    """The memory of the host in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def available_memory() -> int:
    """Bytes that this process may hold in total, including those that it holds now.

    The system and the control group limit what is left. If neither reports a limit, this is all memory.
    """
    left = [_group_left(limit, use) for limit, use in _GROUP_LIMITS]
    known = [amount for amount in (_system_left(), *left) if amount is not None]
    return min(total_memory(), resident_memory() + min(known)) if known else total_memory()


def resident_memory() -> int:
    """Bytes that this process holds now, 0 if the system does not report them."""
    content = _text(_STATM)
    return int(content.split()[1]) * os.sysconf("SC_PAGE_SIZE") if content else 0


def peak_memory() -> int:
    """The largest number of bytes that this process has held so far."""
    for line in _text(_STATUS).splitlines():
        # Not getrusage, because its value also covers what the parent process held when it started this one.
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * UNIT
    unit = 1 if sys.platform == "darwin" else UNIT
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _system_left() -> int | None:
    for line in _text(_MEMINFO).splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * UNIT
    return None


def _group_left(limit: Path, use: Path) -> int | None:
    most, now = _text(limit).strip(), _text(use).strip()
    return max(int(most) - int(now), 0) if most.isdigit() and now.isdigit() else None


def _cpuinfo() -> Mapping[str, str]:
    """The fields of the first processor."""
    first = _text(_CPUINFO).partition("\n\n")[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
