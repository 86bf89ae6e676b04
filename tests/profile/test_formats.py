"""Collapsed stacks and speedscope's JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from solproof.demo.programs import classic_token
from solproof.demo.scenario import transfer
from solproof.execution.execute import execute
from solproof.profile.cells import ChipCells, Owner
from solproof.profile.formats import collapsed, speedscope
from solproof.profile.profile import Cost, FrameCost, PathCost, Profile, Timeline, Weight, profile_execution
from tests.support.call_trees import NESTED, RECURSIVE, run_source


@pytest.fixture(scope="module")
def profile() -> Profile:
    return profile_execution(execute(transfer(classic_token())))


def check_speedscope(text: str) -> dict[str, Any]:
    """The document, checked against speedscope's format of evented profiles (file-format-spec.ts)."""
    document = json.loads(text)
    assert isinstance(document, dict)
    assert document["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    assert set(document) <= {"$schema", "shared", "profiles", "name", "activeProfileIndex", "exporter"}
    assert isinstance(document["name"], str) and isinstance(document["exporter"], str)
    assert 0 <= document["activeProfileIndex"] < len(document["profiles"])
    frames = document["shared"]["frames"]
    for frame in frames:
        assert isinstance(frame["name"], str)
        assert set(frame) <= {"name", "file", "line", "col"}
        assert isinstance(frame.get("line", 0), int)
    for profile in document["profiles"]:
        assert set(profile) == {"type", "name", "unit", "startValue", "endValue", "events"}
        assert profile["type"] == "evented"
        assert profile["unit"] in ("none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes")
        open_frames: list[int] = []
        at = profile["startValue"]
        for event in profile["events"]:
            assert set(event) == {"type", "at", "frame"}
            assert at <= event["at"] <= profile["endValue"]
            at = event["at"]
            assert 0 <= event["frame"] < len(frames)
            if event["type"] == "O":
                open_frames.append(event["frame"])
            else:
                assert event["type"] == "C"
                assert open_frames.pop() == event["frame"]
        assert open_frames == []
    return document


def weights(profile: dict[str, Any], frames: list[dict[str, Any]]) -> dict[str, int]:
    """The own weight of each stack, as a flame graph would draw it."""
    found: dict[str, int] = {}
    stack: list[str] = []
    at = profile["startValue"]
    for event in profile["events"]:
        if event["at"] > at:
            found[";".join(stack)] = found.get(";".join(stack), 0) + event["at"] - at
        at = event["at"]
        if event["type"] == "O":
            stack.append(frames[event["frame"]]["name"])
        else:
            stack.pop()
    return found


def test_both_formats_say_the_same(profile: Profile) -> None:
    document = check_speedscope(speedscope(profile, "transfer"))
    assert [found["name"] for found in document["profiles"]] == ["compute units", "prover cells"]
    ends = (profile.total.compute_units, profile.committed_cells)
    for found, weight, end in zip(document["profiles"], Weight, ends, strict=True):
        stacks = weights(found, document["shared"]["frames"])
        lines = [line.rpartition(" ") for line in collapsed(profile, weight).splitlines()]
        assert stacks == {stack: int(value) for stack, _, value in lines}
        assert found["endValue"] == end == sum(stacks.values())


@pytest.mark.parametrize("source", [NESTED, RECURSIVE])
def test_order_of_the_run(source: str) -> None:
    document = check_speedscope(speedscope(profile_execution(run_source(source)), "order"))
    events = document["profiles"][0]["events"]
    names = [document["shared"]["frames"][event["frame"]]["name"] for event in events if event["type"] == "O"]
    if source is NESTED:
        leaf = ["function_0", "sol_log_64_"]
        assert names == ["entrypoint", "function_3", *leaf, *leaf, *leaf]
    else:
        assert names == ["entrypoint", *5 * ["function_0"]]


def test_no_instructions() -> None:
    profile = profile_execution(run_source(NESTED, limit=0))
    assert collapsed(profile, Weight.COMPUTE_UNITS) == ""
    document = check_speedscope(speedscope(profile, "nothing"))
    assert document["profiles"][0]["events"] == []


def test_names_that_would_break_a_line() -> None:
    own = Cost(1, 1, 0)
    timeline = profile_execution(run_source(RECURSIVE)).timeline
    profile = Profile(
        total=own,
        frame_cells=0,
        proof_cells=0,
        padding_cells=0,
        functions=(FrameCost("<[u8; 32] as\nClone>", 0, 1, own, own),),
        syscalls=(),
        families=(),
        chips=(ChipCells("add", 52, 1, 15, Owner.INSTRUCTION),),
        paths=(PathCost(-1, 0, own),),
        timeline=Timeline(timeline.path[:1], timeline.compute_units[:1], timeline.cells[:1]),
    )
    assert collapsed(profile, Weight.COMPUTE_UNITS) == "<[u8, 32] as Clone> 1\n"
