"""The memory of one run: image (read-only), stack, heap and input, each in its own 4 GiB of address space.

Addresses are virtual, and lengths are in bytes. Memory is recorded by *word*: the 8 bytes at `region << 32 |
index * 8`. An access touches the one or two words that contain it.

Before V3, the image includes the text and is region 1. From V3 on, it is region 0 and does not contain the
text (SIMD-0189). A V0 stack has holes: each 4 KiB frame is followed by 4 KiB of addresses without memory.
Only the first byte of an access must lie outside a hole. The bytes after it are its physical neighbours
(solana-sbpf 0.21, `MemoryRegion::vm_to_host`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from solproof.vm.faults import access_violation
from solproof.vm.word_accesses import WordAccesses

STACK, HEAP, INPUT = 2, 3, 4
FRAME_SIZE = 4096
STACK_SIZE = 64 * FRAME_SIZE
DEFAULT_HEAP_SIZE = 32 * 1024
MAXIMUM_HEAP_SIZE = 256 * 1024
WORD = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """The parameters of the memory map: the sBPF version, and sizes in bytes."""

    version: int
    image_size: int
    heap_size: int
    input_size: int

    @property
    def image_region(self) -> int:
        """The region of the image."""
        return 0 if self.version >= 3 else 1

    @property
    def stack_gaps(self) -> bool:
        """Whether the stack has holes."""
        return self.version == 0

    def size(self, region: int) -> int:
        """The length of a region in bytes, 0 for a region that does not exist."""
        sizes = {
            self.image_region: self.image_size,
            STACK: STACK_SIZE,
            HEAP: self.heap_size,
            INPUT: self.input_size,
        }
        return sizes.get(region, 0)

    def locate(self, address: int, length: int, *, write: bool) -> tuple[int, int]:
        """The region and physical offset of an access. Raises the reference's fault if it is not allowed."""
        region, offset = address >> 32, address & 0xFFFF_FFFF
        in_hole = False
        if region == STACK and self.stack_gaps:
            in_hole = bool(offset & FRAME_SIZE)
            offset = (offset >> 13 << 12) | (offset & (FRAME_SIZE - 1))
        size = self.size(region)
        if in_hole or size == 0 or offset + length > size or (write and region == self.image_region):
            raise access_violation(address, length, stack_frames=self.version not in (1, 2))
        return region, offset

    def word_index(self, region: int, offset: int) -> int:
        """The virtual index of the word that contains a physical offset."""
        if region == STACK and self.stack_gaps:
            return (offset >> 12 << 10) | ((offset & (FRAME_SIZE - 1)) >> 3)
        return offset >> 3


class Memory:
    """The bytes of a run. During a syscall it collects the words that the syscall touches."""

    def __init__(self, layout: Layout, image: bytes, input_region: bytes) -> None:
        self.layout = layout
        self.data: dict[int, bytearray] = {
            layout.image_region: _padded(image),
            STACK: bytearray(STACK_SIZE + WORD),
            HEAP: bytearray(layout.heap_size + WORD),
            INPUT: _padded(input_region),
        }
        self._touched: list[tuple[int, int, bytes]] | None = None

    def begin_syscall(self) -> None:
        """Collect the words that are touched from here on."""
        self._touched = []

    def end_syscall(self) -> WordAccesses | None:
        """The words that were touched since `begin_syscall`, each once, in the order of the first touch.

        None without `begin_syscall`.
        """
        touched, self._touched = self._touched, None
        if touched is None:
            return None
        start = [np.arange(first, first + len(old), WORD) for _, first, old in touched]
        sizes = [len(part) for part in start]
        region = np.repeat(np.array([region for region, _, _ in touched], np.int64), sizes)
        offset = np.concatenate([np.zeros(0, np.int64), *start])
        old = np.frombuffer(b"".join(old for _, _, old in touched), "<u8")
        if len(touched) > 1:
            _, first = np.unique(region << 32 | offset, return_index=True)
            first.sort()
            region, offset, old = region[first], offset[first], old[first]
        new = np.zeros(len(old), np.uint64)
        for each in set(region.tolist()) if len(touched) > 1 else {part[0] for part in touched}:
            here = region == each
            new[here] = np.frombuffer(self.data[each], "<u8")[offset[here] // WORD]
        index = offset // WORD
        if self.layout.stack_gaps:
            in_frame = (offset >> 12 << 10) | ((offset & (FRAME_SIZE - 1)) >> 3)
            index = np.where(region == STACK, in_frame, index)
        return WordAccesses(region, index, old, new)

    def check(self, address: int, length: int, *, write: bool = False) -> None:
        """Raise the fault that an access would raise. Touches nothing."""
        self.layout.locate(address, length, write=write)

    def read(self, address: int, length: int) -> bytes:
        """The `length` bytes at an address. Raises `Fault` if the range is not readable."""
        region, offset = self.layout.locate(address, length, write=False)
        self._touch(region, offset, length)
        return bytes(self.data[region][offset : offset + length])

    def write(self, address: int, content: bytes) -> None:
        """Store bytes at an address. Raises `Fault` if the range is not writable."""
        region, offset = self.layout.locate(address, len(content), write=True)
        self._touch(region, offset, len(content))
        self.data[region][offset : offset + len(content)] = content

    def input_region(self) -> bytes:
        """The bytes of the input region, without padding."""
        return bytes(memoryview(self.data[INPUT])[: self.layout.input_size])

    def _touch(self, region: int, offset: int, length: int) -> None:
        if self._touched is not None and length:
            start = offset & -WORD
            end = offset + length + -(offset + length) % WORD
            self._touched.append((region, start, bytes(self.data[region][start:end])))


class ReplayMemory:
    """The memory of one frame, in which the verifier replays its syscalls.

    Of stack and heap the verifier knows only the words that each event lists. Of the image and of the input
    it has all bytes. The claim lists the words of these two that the program itself may access, and an event
    that touches such a *listed* word must list it too, because the program may have changed it. No
    instruction can access any other word of them, so the bytes here are its value.

    A syscall that touches a word that its event does not list but should raises `KeyError` with the word as
    argument.

    listed: for the regions of the image and of the input, the indices of the listed words, rising.
    """

    def __init__(
        self, layout: Layout, image: bytes, input_region: bytes, listed: Mapping[int, Sequence[int]]
    ) -> None:
        self.layout = layout
        self.listed = listed
        self.data = {layout.image_region: _padded(image), INPUT: _padded(input_region)}
        self.words: dict[tuple[int, int], int] = {}
        self.event: set[tuple[int, int]] = set()
        self.used: set[tuple[int, int]] = set()

    def may_list(self, region: int, index: int) -> bool:
        """Whether an event may list a word: any word of stack and heap, and otherwise a listed word."""
        if region not in self.data:
            return True
        indices = self.listed[region]
        position = bisect_left(indices, index)
        return position < len(indices) and indices[position] == index

    def begin(self, words: Mapping[tuple[int, int], int]) -> None:
        """Begin an event that lists these words, each with its value before the event."""
        self.words, self.event, self.used = {}, set(words), set()
        for (region, index), value in words.items():
            if region in self.data:
                self.data[region][index * WORD : (index + 1) * WORD] = value.to_bytes(WORD, "little")
            else:
                self.words[region, index] = value

    def word(self, region: int, index: int) -> int:
        """The value of a word that the event lists."""
        if region in self.data:
            return int.from_bytes(self.data[region][index * WORD : (index + 1) * WORD], "little")
        return self.words[region, index]

    def input_region(self) -> bytes:
        """The bytes of the input region, without padding. A listed word has its value of its last event."""
        return bytes(memoryview(self.data[INPUT])[: self.layout.input_size])

    def check(self, address: int, length: int, *, write: bool = False) -> None:
        """Like `Memory.check`."""
        self.layout.locate(address, length, write=write)

    def read(self, address: int, length: int) -> bytes:
        """Like `Memory.read`."""
        region, offset = self.layout.locate(address, length, write=False)
        if region in self.data:
            self._use(region, offset, length)
            return bytes(self.data[region][offset : offset + length])
        keys = self._keys(region, offset, length)
        content = b"".join(self.words[key].to_bytes(WORD, "little") for key in keys)
        return content[offset % WORD : offset % WORD + length]

    def write(self, address: int, content: bytes) -> None:
        """Like `Memory.write`."""
        region, offset = self.layout.locate(address, len(content), write=True)
        if region in self.data:
            self._use(region, offset, len(content))
            self.data[region][offset : offset + len(content)] = content
            return
        keys = self._keys(region, offset, len(content))
        joined = bytearray(b"".join(self.words[key].to_bytes(WORD, "little") for key in keys))
        joined[offset % WORD : offset % WORD + len(content)] = content
        for position, key in enumerate(keys):
            self.words[key] = int.from_bytes(joined[position * WORD : (position + 1) * WORD], "little")

    def _use(self, region: int, offset: int, length: int) -> None:
        """Mark the listed words of a range as used."""
        if length == 0:
            return
        indices = self.listed[region]
        first = bisect_left(indices, offset // WORD)
        for index in indices[first : bisect_right(indices, (offset + length - 1) // WORD)]:
            if (region, index) not in self.event:
                raise KeyError((region, index))
            self.used.add((region, index))

    def _keys(self, region: int, offset: int, length: int) -> list[tuple[int, int]]:
        if length == 0:
            return []
        keys = []
        for position in range(offset & -WORD, offset + length, WORD):
            key = (region, self.layout.word_index(region, position))
            # Check at once, because a call may name gigabytes, and an event cannot list them.
            if key not in self.words:
                raise KeyError(key)
            keys.append(key)
        self.used.update(keys)
        return keys


def _padded(content: bytes) -> bytearray:
    """A copy, followed by at least one word of zeros, up to the end of a word."""
    return bytearray().join((content, bytes(WORD + -len(content) % WORD)))
