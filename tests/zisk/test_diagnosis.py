"""The explanations of ZisK's failures."""

from __future__ import annotations

import pytest

from solproof.zisk.diagnosis import Diagnosis, diagnose
from solproof.zisk.tools import Finished

EMULATOR_MODE = "stay in emulator mode"


@pytest.mark.parametrize(
    ("status", "output", "symptom", "first_remedy"),
    [
        (
            1,
            "Error: Failed to read full response payload",
            "Failed to read full response payload",
            EMULATOR_MODE,
        ),
        (101, "thread panicked: Child process returned error", "Child process returned error", EMULATOR_MODE),
        (1, "Error during ROM Histogram execution", "Child process returned error", EMULATOR_MODE),
        (1, "Error during ASM execution: x", "Child process returned error", EMULATOR_MODE),
        (
            1,
            "Timeout: service `mo` not ready\nFailed to read full response payload",
            "a service of the assembly mode was not ready in time",
            "allow locked memory",
        ),
        (-6, "", "signal 6 (abort)", EMULATOR_MODE),
        (134, "", "signal 6 (abort)", EMULATOR_MODE),
        (1, "child terminated by signal 6", "signal 6 (abort)", EMULATOR_MODE),
        (1, "process died: SIGABRT", "signal 6 (abort)", EMULATOR_MODE),
        (-9, "", "signal 9 (killed)", "use a machine with more memory"),
        (139, "", "signal 11 (segmentation fault)", "repeat the setup"),
        (1, "write: No space left on device", "shared memory is full", "give the container shared memory"),
        (1, "memory allocation of 4096 bytes failed", "memory ran out", "use a machine with more memory"),
        (1, "Proving key not found at /x", "the proving key is missing", "install it: ziskup setup_params"),
        (
            2,
            "error: unexpected argument '-l' found",
            "the tool does not know an option",
            "name the version of the installed tool",
        ),
    ],
)
def test_known_failures(status: int, output: str, symptom: str, first_remedy: str) -> None:
    found = diagnose(Finished(status, output))
    assert found is not None
    assert found.symptom == symptom
    assert found.remedies[0].startswith(first_remedy)


def test_what_is_not_known() -> None:
    assert diagnose(Finished(0, "signal 6 and all the rest, but it succeeded")) is None
    assert diagnose(Finished(1, "something else")) is None


def test_text() -> None:
    assert str(Diagnosis("symptom", "cause", ("one", "two"))) == "symptom: cause. (1) one. (2) two."
    found = diagnose(Finished(-9, ""))
    assert str(found) == (
        "signal 9 (killed): the system ended it, mostly for want of memory. "
        "(1) use a machine with more memory: a prover process takes about 25 GB. "
        "(2) stay in emulator mode, which needs none of this: solproof zisk prove without --assembly."
    )
