"""The memory map: every edge of every region, for every size, compared with the reference machine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest

from assurance.places import FRAME, HEAP, IMAGE, INPUT, SIZES, STACK, STRIDE, image, sizes
from assurance.program_builder import ProgramBuilder
from solproof.isa.opcodes import VERSIONS
from solproof.vm.faults import Fault
from solproof.vm.memory import INPUT as INPUT_REGION
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
IMAGE_REGION = LAYOUT.image_region
CONTENT = bytes(range(1, INPUT_LENGTH + 1))
IMAGE_CONTENT = bytes(range(51, 71))
Words = dict[tuple[int, int], int]


def word(content: bytes) -> int:
    return int.from_bytes(content.ljust(8, b"\0"), "little")


def replay_memory(words: Words, image: Sequence[int] = (), given: Sequence[int] = ()) -> ReplayMemory:
    """The memory in which an event that lists these words is replayed.

    image, given: the indices of the words of the image and of the input that the frame lists.
    """
    listed = {IMAGE_REGION: image, INPUT_REGION: given}
    memory = ReplayMemory(LAYOUT, IMAGE_CONTENT, CONTENT, listed)
    memory.begin(words)
    return memory


def missing(memory: ReplayMemory, address: int, length: int) -> tuple[int, int]:
    """The word for which a read or a write fails."""
    found = []
    for access in (lambda: memory.read(address, length), lambda: memory.write(address, bytes(length))):
        with pytest.raises(KeyError) as caught:
            access()
        found.append(caught.value.args[0])
    assert found[0] == found[1]
    region, index = found[0]
    return region, index


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 30])
@pytest.mark.parametrize("address", [STACK + 3, STACK + FRAME - 5, STACK + STRIDE, HEAP + HEAP_SIZE - 30])
def test_replay_memory_is_memory(address: int, length: int) -> None:
    """A syscall sees the same values through the words that it touched as in the whole memory."""
    memory = Memory(LAYOUT, IMAGE_CONTENT, CONTENT)
    content = bytes(range(100, 100 + length))
    memory.begin_syscall()
    memory.write(address, content)
    accesses = memory.end_syscall()
    assert accesses is not None
    words = {(each.region, each.index): each.old for each in accesses}
    replayed = replay_memory(words)
    assert replayed.read(address, length) == bytes(length)
    replayed.write(address, content)
    assert replayed.read(address, length) == content == memory.read(address, length)
    assert replayed.used == set(words)
    assert [replayed.word(each.region, each.index) for each in accesses] == [each.new for each in accesses]


def test_replay_memory_holds_nothing_else() -> None:
    """Of stack and heap, there is only what the event lists."""
    replayed = replay_memory({(3, 0): 5})
    assert replayed.read(HEAP, 8) == (5).to_bytes(8, "little")
    assert missing(replayed, HEAP + 4, 5) == (3, 1)
    replayed.begin({})
    assert missing(replayed, HEAP, 8) == (3, 0)


def test_replay_stops_at_the_first_missing_word() -> None:
    """However long the range is, nothing is built for the words after the first missing one."""
    replayed = ReplayMemory(Layout(0, 0, 2**31, 0), b"", b"", {1: (), INPUT_REGION: ()})
    replayed.begin({(3, 0): 5})
    with pytest.raises(KeyError) as caught:
        replayed.read(HEAP, 2**31)
    assert caught.value.args == ((3, 1),)
    assert replayed.used == set()


# THE WORDS OF IMAGE AND INPUT


def test_words_that_the_frame_does_not_list() -> None:
    """The verifier knows their bytes, and an event cannot list them."""
    replayed = replay_memory({})
    assert replayed.read(INPUT + 3, 18) == CONTENT[3:]
    assert replayed.read(IMAGE, 20) == IMAGE_CONTENT
    replayed.write(INPUT + 6, b"abc")
    assert replayed.used == set()
    replayed.begin({})
    assert replayed.read(INPUT, INPUT_LENGTH) == CONTENT[:6] + b"abc" + CONTENT[9:]
    assert replayed.input_region() == CONTENT[:6] + b"abc" + CONTENT[9:]
    for region, index in ((INPUT_REGION, 0), (INPUT_REGION, 2), (IMAGE_REGION, 0), (INPUT_REGION, 2**32 - 1)):
        assert not replayed.may_list(region, index)


def test_words_of_other_regions_may_be_listed() -> None:
    """They are of no use to an event that does not touch them."""
    replayed = replay_memory({})
    assert all(replayed.may_list(region, 2**32 - 1) for region in (0, 2, 3, 5, 255))


@pytest.mark.parametrize(("region", "address"), [(1, IMAGE), (4, INPUT)])
def test_words_that_the_frame_lists(region: int, address: int) -> None:
    """The event gives them the value before it. It must list each of them that the call touches."""
    listed = {"image" if region == 1 else "given": [0, 2]}
    replayed = replay_memory({(region, 2): word(b"new")}, **listed)
    assert [replayed.may_list(region, index) for index in range(4)] == [True, False, True, False]
    before = (IMAGE_CONTENT if region == 1 else CONTENT)[8:16]
    assert replayed.read(address + 8, 11) == before + b"new"
    assert replayed.used == {(region, 2)}
    with pytest.raises(KeyError) as caught:
        replayed.read(address + 7, 2)
    assert caught.value.args == ((region, 0),)
    assert replayed.read(address + 8, 0) == b""
    replayed.begin({})
    assert replayed.used == set()
    with pytest.raises(KeyError) as caught:
        replayed.read(address + 15, 2)
    assert caught.value.args == ((region, 2),)


def test_listed_words_are_written_like_others() -> None:
    """A write of some bytes of a listed word keeps the others, which the event gives."""
    words = {(INPUT_REGION, 0): word(b"ABCDEFGH"), (INPUT_REGION, 1): word(b"IJKLMNOP")}
    replayed = replay_memory(words, given=[0, 1])
    replayed.write(INPUT + 6, b"xyz")
    assert replayed.word(INPUT_REGION, 0) == word(b"ABCDEFxy")
    assert replayed.word(INPUT_REGION, 1) == word(b"zJKLMNOP")
    assert replayed.used == set(words)
    assert replayed.input_region() == b"ABCDEFxyzJKLMNOP" + CONTENT[16:]


def test_the_last_word_is_partial() -> None:
    """Its bytes after the end of the input do not exist, whatever an event gives them."""
    replayed = replay_memory({(INPUT_REGION, 2): word(b"ABCDEFGH")}, given=[2])
    assert replayed.read(INPUT + 16, 5) == b"ABCDE"
    with pytest.raises(Fault):
        replayed.read(INPUT + 16, 6)
    replayed.write(INPUT + 20, b"?")
    assert replayed.word(INPUT_REGION, 2) == word(b"ABCD?FGH")
    assert replayed.input_region() == CONTENT[:16] + b"ABCD?"


def test_the_image_is_not_written() -> None:
    replayed = replay_memory({(IMAGE_REGION, 0): 7}, image=[0])
    with pytest.raises(Fault):
        replayed.write(IMAGE, b"?")
    assert replayed.used == set()
