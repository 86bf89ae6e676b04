"""The memory of the running machine.

It has fast loads and stores of 1, 2, 4 and 8 bytes, and records each access with the words that it touched.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from solproof.vm.memory import FRAME_SIZE, STACK, Layout, Memory
from solproof.vm.record_budget import RecordBudget
from solproof.vm.trace import Recorder

REGIONS = 5
MASKS = {1: 0xFF, 2: 0xFFFF, 4: 0xFFFF_FFFF, 8: 0xFFFF_FFFF_FFFF_FFFF}
two_words: Callable[[bytearray, int], tuple[int, int]] = Struct("<QQ").unpack_from


class RecordedMemory(Memory):
    """A `Memory` whose loads and stores append their address and the old words to a recorder."""

    def __init__(
        self,
        layout: Layout,
        image: bytes,
        input_region: bytes,
        recorder: Recorder,
        budget: RecordBudget | None = None,
    ) -> None:
        super().__init__(layout, image, input_region)
        self._budget = budget
        self._sizes = [layout.size(region) for region in range(REGIONS)]
        self._image_region = layout.image_region
        self._buffers = [self.data.get(region, bytearray()) for region in range(REGIONS)]
        self._record_address = recorder.address.append
        self._record_first = recorder.first_word.append
        self._record_second = recorder.second_word.append

    def begin_syscall(self) -> None:
        """Collect the words that are touched from here on, if the run is recorded."""
        if self._budget is not None:
            super().begin_syscall()

    def _touch(self, region: int, offset: int, length: int) -> None:
        if self._budget is not None:
            self._budget.charge(length)
        super()._touch(region, offset, length)

    def load(self, address: int, size: int) -> int:
        """The little-endian value of `size` bytes. Raises `Fault`."""
        region, offset = address >> 32, address & 0xFFFF_FFFF
        if region == STACK:
            offset = self._stack_offset(address, offset, size, write=False)
        if region >= REGIONS or offset + size > self._sizes[region]:
            self.layout.locate(address, size, write=False)  # raises
        # Both words that an access can touch. Every buffer ends with a spare word.
        first, second = two_words(self._buffers[region], offset & -8)
        self._record_address(address)
        self._record_first(first)
        self._record_second(second)
        shift = (offset & 7) << 3
        if shift + (size << 3) <= 64:
            return first >> shift & MASKS[size]
        return (second << 64 | first) >> shift & MASKS[size]

    def store(self, address: int, size: int, value: int) -> None:
        """Store the low `size` bytes of a value. Raises `Fault`."""
        region, offset = address >> 32, address & 0xFFFF_FFFF
        if region == STACK:
            offset = self._stack_offset(address, offset, size, write=True)
        if region >= REGIONS or region == self._image_region or offset + size > self._sizes[region]:
            self.layout.locate(address, size, write=True)  # raises
        buffer = self._buffers[region]
        first, second = two_words(buffer, offset & -8)
        self._record_address(address)
        self._record_first(first)
        self._record_second(second)
        buffer[offset : offset + size] = (value & MASKS[size]).to_bytes(size, "little")

    def _stack_offset(self, address: int, offset: int, size: int, *, write: bool) -> int:
        if not self.layout.stack_gaps:
            return offset
        if offset & FRAME_SIZE:
            self.layout.locate(address, size, write=write)  # raises, because the access starts in a hole
        return (offset >> 13 << 12) | (offset & (FRAME_SIZE - 1))
