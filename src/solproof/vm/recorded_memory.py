"""The memory of the running machine.

Fast loads and stores of 1, 2, 4 and 8 bytes, each recorded with the words it touched.
"""

from __future__ import annotations

from solproof.vm.memory import FRAME_SIZE, IMAGE, STACK, Layout, Memory
from solproof.vm.trace import Recorder

MASKS = {1: 0xFF, 2: 0xFFFF, 4: 0xFFFF_FFFF, 8: 0xFFFF_FFFF_FFFF_FFFF}


class RecordedMemory(Memory):
    """A `Memory` whose loads and stores append their address and the old words to a recorder."""

    def __init__(self, layout: Layout, image: bytes, input_region: bytes, recorder: Recorder) -> None:
        super().__init__(layout, image, input_region)
        self._sizes = [layout.size(region) for region in range(5)]
        self._record_address = recorder.address.append
        self._record_first = recorder.first_word.append
        self._record_second = recorder.second_word.append

    def load(self, address: int, size: int) -> int:
        """The little-endian value of `size` bytes; raises `Fault`."""
        region, offset = self._position(address, size, write=False)
        return (self._record(region, offset, address) >> (offset & 7) * 8) & MASKS[size]

    def store(self, address: int, size: int, value: int) -> None:
        """Store the low `size` bytes of a value; raises `Fault`."""
        region, offset = self._position(address, size, write=True)
        self._record(region, offset, address)
        self.data[region][offset : offset + size] = (value & MASKS[size]).to_bytes(size, "little")

    def _position(self, address: int, size: int, *, write: bool) -> tuple[int, int]:
        # The common case of Layout.locate, without its calls; anything unusual goes there.
        region, offset = address >> 32, address & 0xFFFF_FFFF
        if region == STACK and self.layout.stack_gaps:
            if offset & FRAME_SIZE:
                return self.layout.locate(address, size, write=write)
            offset = (offset >> 13 << 12) | (offset & 0xFFF)
        if region > 4 or offset + size > self._sizes[region] or (write and region == IMAGE):
            return self.layout.locate(address, size, write=write)
        return region, offset

    def _record(self, region: int, offset: int, address: int) -> int:
        """Record an access; returns the 16 bytes from the first word on, as one integer."""
        start = offset & -8
        both = int.from_bytes(self.data[region][start : start + 16], "little")
        self._record_address(address)
        self._record_first(both & 0xFFFF_FFFF_FFFF_FFFF)
        self._record_second(both >> 64)
        return both
