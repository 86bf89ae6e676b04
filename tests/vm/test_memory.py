"""The memory map: every edge of every region, for every size, compared with the reference machine."""

from __future__ import annotations

from itertools import product

import pytest

from assurance.places import FRAME, HEAP, IMAGE, INPUT, SIZES, STACK, STRIDE, image, sizes
from assurance.program_builder import ProgramBuilder
from solproof.isa.opcodes import VERSIONS
from solproof.vm.memory import Layout, Memory, ReplayMemory
from tests.support.conformance import assert_like_oracle

INPUT_LENGTH = 21
HEAP_SIZE = 32 * 1024


def edges(version: int) -> list[int]:
    """Addresses around the start and the end of each region and of some frames and holes.

    From V3 on there is both an image, at 0, and a text that cannot be read, at `IMAGE`.
    """
    starts = [0, IMAGE, STACK, HEAP, INPUT, 5 << 32]
    ends = [image(version) + 8 * 4, IMAGE + 8 * 4, HEAP + HEAP_SIZE, INPUT + INPUT_LENGTH]
    ends += [STACK + 64 * FRAME, STACK + 64 * STRIDE]
    frames = [STACK + frame * STRIDE + part for frame in (0, 1, 62, 63) for part in (0, FRAME)]
    return sorted({(edge + step) % 2**64 for edge in [*starts, *ends, *frames] for step in range(-9, 10)})


@pytest.mark.parametrize("access", ["LD", "ST"])
@pytest.mark.parametrize(
    ("version", "name"), [(version, name) for version in VERSIONS for name in sizes(version)]
)
def test_edges(version: int, name: str, access: str) -> None:
    outcomes = set()
    for address in edges(version):
        builder = ProgramBuilder(version)
        builder.constant(1, address)
        builder.emit(
            f"LD_{name}_REG" if access == "LD" else f"ST_{name}_IMM", *((0, 1) if access == "LD" else (1,))
        )
        builder.exit()
        outcome = assert_like_oracle(builder.build(), bytes(range(1, INPUT_LENGTH + 1)))
        outcomes.add(outcome.fault.name if outcome.fault else "allowed")
    assert outcomes - {"StackAccessViolation"} == {"allowed", "AccessViolation"}
    assert ("StackAccessViolation" in outcomes) == (version not in (1, 2))


@pytest.mark.parametrize("length", range(9))
def test_short_inputs(length: int) -> None:
    for (name, _), start in product(SIZES.items(), range(length + 1)):
        builder = ProgramBuilder()
        builder.constant(1, INPUT + start)
        builder.emit(f"LD_{name}_REG", 0, 1)
        builder.exit()
        assert_like_oracle(builder.build(), bytes(range(1, length + 1)))


LAYOUT = Layout(version=0, image_size=20, heap_size=HEAP_SIZE, input_size=INPUT_LENGTH)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 30])
@pytest.mark.parametrize("address", [STACK + 3, STACK + FRAME - 5, STACK + STRIDE, HEAP + HEAP_SIZE - 30])
def test_replay_memory_is_memory(address: int, length: int) -> None:
    """A syscall sees the same values through the words that it touched as in the whole memory."""
    memory = Memory(LAYOUT, bytes(20), bytes(INPUT_LENGTH))
    content = bytes(range(100, 100 + length))
    memory.touched = {}
    memory.write(address, content)
    words = memory.touched
    memory.touched = None
    replayed = ReplayMemory(LAYOUT, words)
    assert replayed.read(address, length) == bytes(length)
    replayed.write(address, content)
    assert replayed.read(address, length) == content == memory.read(address, length)
    assert replayed.used == set(words)
    assert replayed.words == {word: memory.word(*word) for word in words}


def test_replay_memory_holds_nothing_else() -> None:
    replayed = ReplayMemory(LAYOUT, {(3, 0): 5})
    assert replayed.read(HEAP, 8) == (5).to_bytes(8, "little")
    with pytest.raises(KeyError) as caught:
        replayed.read(HEAP + 4, 5)
    assert caught.value.args == ((3, 1),)


def test_replay_stops_at_the_first_missing_word() -> None:
    """However long the range is, nothing is built for the words after the first missing one."""
    replayed = ReplayMemory(Layout(0, 0, 32 * 1024, 2**31), {(4, 0): 5})
    with pytest.raises(KeyError) as caught:
        replayed.read(4 << 32, 2**31)
    assert caught.value.args == ((4, 1),)
    assert replayed.used == set()
