"""Profiles in the formats that flame graph tools read: collapsed stacks, and speedscope's JSON.

Sources: https://github.com/brendangregg/FlameGraph for collapsed stacks, and file-format-spec.ts of
https://github.com/jlfwong/speedscope for speedscope ("evented" profiles).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from solproof import __version__
from solproof.profile.profile import OUTSIDE, PADDING, FrameCost, PathCost, Profile, Weight

SCHEMA = "https://www.speedscope.app/file-format-schema.json"
TITLES = {Weight.COMPUTE_UNITS: "compute units", Weight.CELLS: "prover cells"}


def collapsed(profile: Profile, weight: Weight) -> str:
    """One line for each call path, with its own weight. The weights add up to the run's or the proof's."""
    # The name of a symbol may contain the characters that separate frames and lines.
    names = [_plain(frame.name) for frame in profile.frames]
    lines = [
        (";".join(names[frame] for frame in _frames_of(profile.paths, number)), path.own.of(weight))
        for number, path in enumerate(profile.paths)
    ]
    lines += [(";".join(stack), cells) for stack, cells in outside_stacks(profile, weight)]
    return "".join(f"{stack} {value}\n" for stack, value in lines if value)


def speedscope(profile: Profile, name: str) -> str:
    """Both weights as profiles, in the order of the run. Cells of no instruction come at the end."""
    frames = [_frame(frame) for frame in profile.frames]
    outside = list(
        dict.fromkeys(part for stack, _ in outside_stacks(profile, Weight.CELLS) for part in stack)
    )
    positions = {part: len(frames) + number for number, part in enumerate(outside)}
    frames += [{"name": part} for part in outside]
    profiles = []
    for weight, title in TITLES.items():
        stacks = [[*_frames_of(profile.paths, number)] for number in range(len(profile.paths))]
        stretches = [
            (stacks[path], value)
            for path, value in zip(
                profile.timeline.path.tolist(), profile.timeline.of(weight).tolist(), strict=True
            )
        ]
        stretches += [
            ([positions[part] for part in stack], value) for stack, value in outside_stacks(profile, weight)
        ]
        events = list(_events(stretches))
        profiles.append(
            {
                "type": "evented",
                "name": title,
                "unit": "none",
                "startValue": 0,
                "endValue": int(np.sum([value for _, value in stretches])),
                "events": events,
            }
        )
    document = {
        "$schema": SCHEMA,
        "exporter": f"solproof@{__version__}",
        "name": name,
        "activeProfileIndex": 0,
        "shared": {"frames": frames},
        "profiles": profiles,
    }
    return json.dumps(document, separators=(",", ":")) + "\n"


def _frame(frame: FrameCost) -> dict[str, Any]:
    file, line = (frame.program, frame.pc) if frame.line is None else (frame.line.file, frame.line.line)
    fields = {"name": frame.name, "file": file, "line": line}
    return {name: value for name, value in fields.items() if value is not None}


def _plain(name: str) -> str:
    return " ".join(name.replace(";", ",").split())


def _frames_of(paths: Sequence[PathCost], number: int) -> list[int]:
    """The frames of a path, beginning with the program's frame."""
    frames = []
    while number >= 0:
        frames.append(paths[number].frame)
        number = paths[number].parent
    return frames[::-1]


def outside_stacks(profile: Profile, weight: Weight) -> list[tuple[tuple[str, str], int]]:
    """The stacks of the cells that belong to no instruction."""
    if weight is Weight.COMPUTE_UNITS:
        return []
    tables = [
        ((name, chip.name), chip.cells)
        for owner, name in OUTSIDE.items()
        for chip in profile.chips
        if chip.owner is owner
    ]
    padding = [((PADDING, chip.name), chip.padding_cells) for chip in profile.chips]
    return [item for item in (*tables, *padding) if item[1]]


def _events(stretches: Sequence[tuple[Sequence[int], int]]) -> Iterator[dict[str, Any]]:
    """The events that open and close frames, each at the total weight of the stretches before it."""
    at, current = 0, list[int]()
    for stack, value in stretches:
        common = 0
        while common < min(len(stack), len(current)) and stack[common] == current[common]:
            common += 1
        for frame in reversed(current[common:]):
            yield {"type": "C", "at": at, "frame": frame}
        for frame in stack[common:]:
            yield {"type": "O", "at": at, "frame": frame}
        at, current = at + value, list(stack)
    for frame in reversed(current):
        yield {"type": "C", "at": at, "frame": frame}
