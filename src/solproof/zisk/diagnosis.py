"""Explanations of ZisK's failures: the known texts, their causes, and their remedies.

The causes come from the sources of ZisK 0.9 to 0.18. docs/zisk.md lists them in order of likelihood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from solproof.zisk.tools import Finished

SIGABRT, SIGKILL, SIGSEGV = 6, 9, 11
SHELL_SIGNAL = 128


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One failure, with its explanation.

    symptom: the visible failure.
    cause: the reason.
    remedies: possible remedies, the most likely first.
    """

    symptom: str
    cause: str
    remedies: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.symptom}: {self.cause}. " + " ".join(
            f"({n}) {r}." for n, r in enumerate(self.remedies, 1)
        )


EMULATOR_MODE = "stay in emulator mode, which needs none of this: solproof zisk prove without --assembly"
MEMORY_LOCK = "allow locked memory: ulimit -l unlimited, or give the tool -u (--unlock-mapped-memory)"
SHARED_MEMORY = "give the container shared memory: docker run --shm-size 32G, or mount a larger /dev/shm"
SETUP = "repeat the setup, which must follow every change of the guest: leave --skip-setup out"
LEFTOVERS = "remove what an earlier run left in /dev/shm (files that start with ZISK)"
MORE_MEMORY = "use a machine with more memory: a prover process takes about 25 GB"

ASSEMBLY_SERVICE = (
    "a service of the assembly mode died or never answered: "
    "at its start it maps several GiB of locked and shared memory"
)
_KNOWN: tuple[tuple[str, Diagnosis], ...] = (
    (
        r"Timeout: service .* not ready",
        Diagnosis(
            "a service of the assembly mode was not ready in time",
            "its memory could not be locked, so that it ended before it answered",
            (MEMORY_LOCK, SHARED_MEMORY, EMULATOR_MODE),
        ),
    ),
    (
        r"Failed to read full response payload",
        Diagnosis(
            "Failed to read full response payload",
            ASSEMBLY_SERVICE,
            (EMULATOR_MODE, MEMORY_LOCK, SHARED_MEMORY, SETUP, LEFTOVERS),
        ),
    ),
    (
        r"Child process returned error|Error during (ROM Histogram|ASM) execution",
        Diagnosis(
            "Child process returned error",
            "a process of the assembly mode ended with an error, mostly while it mapped its memory",
            (EMULATOR_MODE, MEMORY_LOCK, SHARED_MEMORY, SETUP, LEFTOVERS),
        ),
    ),
    (
        r"No space left on device|ftruncate|Bus error|SIGBUS",
        Diagnosis(
            "shared memory is full",
            "traces of 4 to 6 GiB each are kept in /dev/shm, of which a container has 64 MiB",
            (SHARED_MEMORY, LEFTOVERS, EMULATOR_MODE),
        ),
    ),
    (
        r"Cannot allocate memory|memory allocation of \d+ bytes failed|out of memory",
        Diagnosis("memory ran out", "a prover process takes about 25 GB", (MORE_MEMORY, MEMORY_LOCK)),
    ),
    (
        r"(proving ?key|starkinfo|pilout).*(not found|No such file|does not exist)"
        r"|No such file.*(proving|stark)",
        Diagnosis(
            "the proving key is missing",
            "ZisK proves with a key of some 30 GB that is downloaded apart from its programs",
            ("install it: ziskup setup_params, or name its folder with --proving-key",),
        ),
    ),
    (
        r"unexpected argument|unrecognized subcommand|Found argument .* which wasn't expected",
        Diagnosis(
            "the tool does not know an option",
            "its version is not the one whose options were used",
            ("name the version of the installed tool with --zisk-version",),
        ),
    ),
)
_SIGNALS = {
    SIGABRT: Diagnosis(
        "signal 6 (abort)",
        ASSEMBLY_SERVICE + ", and aborts when it cannot",
        (EMULATOR_MODE, MEMORY_LOCK, SHARED_MEMORY, SETUP),
    ),
    SIGKILL: Diagnosis(
        "signal 9 (killed)", "the system ended it, mostly for want of memory", (MORE_MEMORY, EMULATOR_MODE)
    ),
    SIGSEGV: Diagnosis(
        "signal 11 (segmentation fault)",
        "code of the assembly mode that was made for another guest, or memory that could not be mapped",
        (SETUP, EMULATOR_MODE, MEMORY_LOCK),
    ),
}


def diagnose(finished: Finished) -> Diagnosis | None:
    """The most likely reason why a tool of ZisK failed.

    None if it did not fail, or if the reason is unknown.
    """
    if finished.status == 0:
        return None
    for pattern, diagnosis in _KNOWN:
        if re.search(pattern, finished.output, re.IGNORECASE):
            return diagnosis
    return _SIGNALS.get(_signal(finished))


def _signal(finished: Finished) -> int:
    """The signal that ended a process or, by its output, one of its children. 0 if there was no signal."""
    if finished.status < 0:
        return -finished.status
    if finished.status > SHELL_SIGNAL:
        return finished.status - SHELL_SIGNAL
    found = re.search(r"signal:? (\d+)|SIG(ABRT|KILL|SEGV)", finished.output)
    if found is None:
        return 0
    return int(found[1]) if found[1] else {"ABRT": SIGABRT, "KILL": SIGKILL, "SEGV": SIGSEGV}[found[2]]
