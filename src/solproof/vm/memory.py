"""The memory of one run: image (read-only), stack, heap and input, each in its own 4 GiB of address space.

Addresses are virtual, lengths are bytes. Memory is recorded by *word*: the 8 bytes at
`region << 32 | index * 8`; an access touches the one or two words that hold it. The image, text included, is
region 1; from V3 on it is region 0 and holds no text (SIMD-0189). A V0 stack has holes: 4 KiB frames at every
8 KiB. Only the first byte of an access must lie outside a hole; the bytes that follow are the physical
neighbours (solana-sbpf 0.21, `MemoryRegion::vm_to_host`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solproof.vm.faults import access_violation

STACK, HEAP, INPUT = 2, 3, 4
FRAME_SIZE = 4096
STACK_SIZE = 64 * FRAME_SIZE
DEFAULT_HEAP_SIZE = 32 * 1024
MAXIMUM_HEAP_SIZE = 256 * 1024
WORD = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """What the memory map of a run depends on: the sBPF version, and sizes in bytes."""

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
        """The length of a region in bytes; 0 for a region that does not exist."""
        sizes = {
            self.image_region: self.image_size,
            STACK: STACK_SIZE,
            HEAP: self.heap_size,
            INPUT: self.input_size,
        }
        return sizes.get(region, 0)

    def locate(self, address: int, length: int, *, write: bool) -> tuple[int, int]:
        """The region and the physical offset of an access; raises the reference's fault when not allowed."""
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
        """The virtual index of the word that holds a physical offset."""
        if region == STACK and self.stack_gaps:
            return (offset >> 12 << 10) | ((offset & (FRAME_SIZE - 1)) >> 3)
        return offset >> 3


class Memory:
    """The bytes of a run, and the words that a syscall touches while `touched` is a dictionary."""

    def __init__(self, layout: Layout, image: bytes, input_region: bytes) -> None:
        self.layout = layout
        self.data: dict[int, bytearray] = {
            layout.image_region: _padded(image),
            STACK: bytearray(STACK_SIZE + WORD),
            HEAP: bytearray(layout.heap_size + WORD),
            INPUT: _padded(input_region),
        }
        self.touched: dict[tuple[int, int], int] | None = None

    def check(self, address: int, length: int, *, write: bool = False) -> None:
        """Raise the fault that an access would raise; touches nothing."""
        self.layout.locate(address, length, write=write)

    def read(self, address: int, length: int) -> bytes:
        """The `length` bytes at an address; raises `Fault` when the range is not readable."""
        region, offset = self.layout.locate(address, length, write=False)
        self._touch(region, offset, length)
        return bytes(self.data[region][offset : offset + length])

    def write(self, address: int, content: bytes) -> None:
        """Store bytes at an address; raises `Fault` when the range is not writable."""
        region, offset = self.layout.locate(address, len(content), write=True)
        self._touch(region, offset, len(content))
        self.data[region][offset : offset + len(content)] = content

    def word(self, region: int, index: int) -> int:
        """The value of the word with a virtual index."""
        offset = index * WORD
        if region == STACK and self.layout.stack_gaps:
            offset = (index >> 10 << 12) | ((index & 0x1FF) << 3)
        return int.from_bytes(self.data[region][offset : offset + WORD], "little")

    def input_region(self) -> bytes:
        """The input region as it stands, without padding."""
        return bytes(memoryview(self.data[INPUT])[: self.layout.input_size])

    def _touch(self, region: int, offset: int, length: int) -> None:
        if self.touched is None or length == 0:
            return
        for position in range(offset & -WORD, offset + length, WORD):
            key = (region, self.layout.word_index(region, position))
            if key not in self.touched:
                self.touched[key] = int.from_bytes(self.data[region][position : position + WORD], "little")


class ReplayMemory:
    """A memory that holds only the words an event names: the verifier replays a syscall on it.

    Touching any other word raises `KeyError`, with the word as argument: the event does not list what the
    syscall reads or writes.
    """

    def __init__(self, layout: Layout, words: Mapping[tuple[int, int], int]) -> None:
        self.layout = layout
        self.words = dict(words)
        self.used: set[tuple[int, int]] = set()

    def check(self, address: int, length: int, *, write: bool = False) -> None:
        """As `Memory.check`."""
        self.layout.locate(address, length, write=write)

    def read(self, address: int, length: int) -> bytes:
        """As `Memory.read`, from the listed words."""
        region, offset = self.layout.locate(address, length, write=False)
        keys = self._keys(region, offset, length)
        content = b"".join(self.words[key].to_bytes(WORD, "little") for key in keys)
        return content[offset % WORD : offset % WORD + length]

    def write(self, address: int, content: bytes) -> None:
        """As `Memory.write`, into the listed words."""
        region, offset = self.layout.locate(address, len(content), write=True)
        keys = self._keys(region, offset, len(content))
        joined = bytearray(b"".join(self.words[key].to_bytes(WORD, "little") for key in keys))
        joined[offset % WORD : offset % WORD + len(content)] = content
        for position, key in enumerate(keys):
            self.words[key] = int.from_bytes(joined[position * WORD : (position + 1) * WORD], "little")

    def _keys(self, region: int, offset: int, length: int) -> list[tuple[int, int]]:
        if length == 0:
            return []
        keys = []
        for position in range(offset & -WORD, offset + length, WORD):
            key = (region, self.layout.word_index(region, position))
            # At once: a call may name gigabytes, an event cannot list them.
            if key not in self.words:
                raise KeyError(key)
            keys.append(key)
        self.used.update(keys)
        return keys


def _padded(content: bytes) -> bytearray:
    """A copy, followed by at least one word of zeros and ending on a word."""
    return bytearray().join((content, bytes(WORD + -len(content) % WORD)))
