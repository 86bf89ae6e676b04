"""Input memory that is broken at random.

The guest always ends with a documented output, and gives the same verdict on an input as solproof's own
reader. It never touches memory that is not its own, because the emulator would report that.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from solproof.demo import scenario
from solproof.formats import bincode
from solproof.zisk import chunks
from solproof.zisk.abi import ABIS, DEFAULT
from solproof.zisk.emulator import emulate
from solproof.zisk.frame import segment_payload
from tests.support.guest_agreement import PROGRAMS
from tests.support.guest_frames import LARGEST, memory, run_memory
from tests.support.guest_verdicts import assert_same_verdict, small_input
from tests.support.token_programs import CLASSIC, P_TOKEN, elf

WORDS = (0, 1, 7, 8, 255, 1 << 16, 10 << 20, 128 << 20, 1 << 31, 1 << 32, 1 << 63, 2**64 - 8, 2**64 - 1)
SMALL = bincode.pack(small_input())


def broken(content: bytes, source: random.Random, places: int | None = None) -> bytes:
    """Change some bytes, replace words by edge values, and remove or repeat ranges."""
    changed = bytearray(content)
    for _ in range(source.choice((1, 1, 1, 2, 4))):
        place = source.randrange(min(len(changed), places or len(changed)))
        match source.randrange(6):
            case 0:
                changed[place] = source.randrange(256)
            case 1:
                changed[place] ^= 1 << source.randrange(8)
            case 2 | 3:
                changed[place : place + 8] = source.choice(WORDS).to_bytes(8, "little")
            case 4:
                del changed[place : place + source.choice((1, 8, 32, 100))]
            case 5:
                changed[place:place] = changed[place : place + source.choice((1, 8, 32, 100))]
    return bytes(changed) or b"\0"


def test_inputs() -> None:
    source = random.Random("inputs")
    places = (None, 32, 400)  # most of the input are sysvars, where every content is valid
    verdicts = {assert_same_verdict(broken(SMALL, source, source.choice(places))) for _ in range(PROGRAMS)}
    assert verdicts == {"input", "program", "run"}


@pytest.mark.parametrize("token", [P_TOKEN, CLASSIC])
def test_files(token: str) -> None:
    """ELF files with broken text, and with broken headers and tables, which are at both ends of a file."""
    given = scenario.transfer(elf(token))
    source = random.Random(token)
    for _ in range(PROGRAMS // 8):
        program = given.program
        if source.randrange(2):
            program = broken(program, source, 512)
        else:
            start = len(program) - source.choice((64, 512, 4096, len(program)))
            program = program[:start] + broken(program[start:], source)
        assert_same_verdict(bincode.pack(replace(given, program=program)))


def test_lengths() -> None:
    """A wrong length, in every memory map. All accesses stay aligned."""
    source = random.Random("lengths")
    for number in range(PROGRAMS // 4):
        length = source.choice((*WORDS, LARGEST, LARGEST + 1, source.randrange(2 * len(SMALL))))
        content = memory(broken(SMALL, source), length)
        outputs = run_memory(content, ABIS[number % len(ABIS)], check_alignment=True)
        assert not outputs.success or length <= LARGEST


@pytest.mark.parametrize("token", [P_TOKEN, CLASSIC])
def test_states(token: str) -> None:
    """States that no guest produced. Whatever they are, the run ends and stays in the guest's own memory."""
    given = bincode.pack(scenario.transfer(elf(token)))
    parts = chunks.split(
        given, 40 if token == P_TOKEN else 1500, lambda payload: emulate(payload, count_steps=False)
    )
    state = parts[0].emulation.state
    source = random.Random(f"states {token}")
    endings = set()
    for number in range(PROGRAMS // 4):
        changed = broken(state, source, source.choice((8 * 17, 1024, None)))
        instructions = source.choice((0, 1, 100, 2**64 - 1))
        payload = segment_payload(given, instructions, changed[: len(changed) // 8 * 8])
        outputs = run_memory(memory(payload), DEFAULT, check_alignment=number % 8 == 0)
        endings.add(outputs.refusal or outputs.fault)
    assert "the state that the segment starts from is malformed" in endings
    assert len(endings) > 1
