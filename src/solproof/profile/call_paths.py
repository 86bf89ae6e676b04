"""The call path of each instruction of a run, reconstructed from the calls and exits in its trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.accesses.program import FamilyCode
from solproof.vm.trace import Run

ROOT = 0
CALLS = (FamilyCode.CALL, FamilyCode.CALL_REGISTER)


@dataclass(frozen=True, slots=True)
class Path:
    """One call path, given by its last frame and its parent path.

    parent: the number of the path without the last frame, or -1 for the program itself.
    target: the pc where the function starts, or the hash of the syscall.
    calls: how often the frame was entered from this parent.
    """

    parent: int
    is_syscall: bool
    target: int
    calls: int


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class CallPaths:
    """Every call path of a run, parents before children, and the path of each executed instruction: [n].

    A call instruction belongs to the caller. A syscall is a frame of its own, which includes the instruction
    that calls it.
    """

    paths: tuple[Path, ...]
    of_step: Integers


def call_paths(run: Run, codes: Integers, syscall_keys: Integers) -> CallPaths:
    """Reconstruct the paths of a run.

    codes: [n], the family code of each instruction; 0 if it cannot be executed.
    syscall_keys: [n], the hash of the called syscall; ignored at other instructions.
    """
    count, completed = run.instructions, run.final.steps
    reached = np.append(run.trace.pc, run.final.pc)  # the last call may be the last instruction executed
    is_exit = codes == FamilyCode.EXIT
    parents, targets, calls = [-1], [run.program.entry], [1]
    numbers: dict[tuple[int, int], int] = {}
    open_paths, starts, entered = [ROOT], [0], [ROOT]
    for index in np.flatnonzero((np.isin(codes, CALLS) | is_exit)[:completed]).tolist():
        if is_exit[index]:
            open_paths.pop()
        else:
            key = open_paths[-1], int(reached[index + 1])
            number = numbers.setdefault(key, len(parents))
            if number == len(parents):
                parents.append(key[0])
                targets.append(key[1])
                calls.append(0)
            calls[number] += 1
            open_paths.append(number)
        starts.append(index + 1)
        entered.append(open_paths[-1])
    of_step = np.repeat(np.array(entered), np.diff([*starts, count]))
    functions = [
        Path(*fields) for fields in zip(parents, [False] * len(parents), targets, calls, strict=True)
    ]

    at = np.flatnonzero(codes == FamilyCode.SYSCALL)
    callers = np.stack([of_step[at], syscall_keys[at]])
    leaves, leaf_of_call, times = np.unique(callers, axis=1, return_inverse=True, return_counts=True)
    of_step[at] = len(functions) + leaf_of_call.reshape(-1)
    syscalls = [
        Path(int(parent), True, int(key), int(number))
        for (parent, key), number in zip(leaves.T, times, strict=True)
    ]
    return CallPaths((*functions, *syscalls), of_step)
