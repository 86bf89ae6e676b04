"""The regions of memory that a program sees, with their content before and after a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from solproof.tracing.columns import Columns
from solproof.vm.memory import HEAP, INPUT, STACK, STACK_SIZE, WORD, Layout
from solproof.vm.trace import Run

PADDING = 2 * WORD
"""Spare bytes after each region, so that the words around its last byte are whole."""


@dataclass(frozen=True, slots=True)
class Region:
    """One region: `size` bytes from a virtual address on.

    has_holes: whether only every second 4 KiB block of its addresses is mapped, as in a V0 stack. `content`
    is then the concatenation of the mapped blocks.
    """

    name: str
    address: int
    size: int
    writable: bool
    has_holes: bool
    content: bytes = field(repr=False)


def regions_before(run: Run, input_region: bytes) -> Iterator[Region]:
    """The memory at the start of a run. `input_region` is its serialized input."""
    layout = run.layout
    yield _region(layout, layout.image_region, run.program.image)
    yield _region(layout, STACK, bytes(STACK_SIZE))
    yield _region(layout, HEAP, bytes(layout.heap_size))
    yield _region(layout, INPUT, input_region)


def regions_after(columns: Columns, input_region: bytes) -> Iterator[Region]:
    """The memory at the end of a run: every store and every word of a syscall, applied in order."""
    layout = columns.run.layout
    data = {
        region.address >> 32: np.frombuffer(region.content + bytes(PADDING), np.uint8).copy()
        for region in regions_before(columns.run, input_region)
    }
    for block in columns.blocks():
        stores = np.flatnonzero(block.has_access & block.is_store)
        done = 0
        for index, event in block.events.items():
            upto = int(np.searchsorted(stores, index - block.start))
            chosen, done = stores[done:upto], upto
            _store(layout, data, block.address[chosen], block.size[chosen], block.new[chosen])
            words = [((word.region << 32) + word.index * WORD, word.new) for word in event.words]
            if words:
                address, value = np.array(words, np.uint64).T
                _store(layout, data, address, np.full(len(words), WORD), value)
        chosen = stores[done:]
        _store(layout, data, block.address[chosen], block.size[chosen], block.new[chosen])
    for number, content in data.items():
        yield _region(layout, number, content[: layout.size(number)].tobytes())


def _region(layout: Layout, number: int, content: bytes) -> Region:
    names = {layout.image_region: "image", STACK: "stack", HEAP: "heap", INPUT: "input"}
    return Region(
        names[number],
        number << 32,
        len(content),
        writable=number != layout.image_region,
        has_holes=number == STACK and layout.stack_gaps,
        content=content,
    )


def _store(
    layout: Layout,
    data: dict[int, NDArray[np.uint8]],
    address: NDArray[np.uint64],
    size: NDArray[np.int64],
    value: NDArray[np.uint64],
) -> None:
    """Apply stores in order. If several stores write the same byte, the last one wins."""
    region = (address >> np.uint64(32)).astype(np.int64)
    offset = (address & np.uint64(0xFFFF_FFFF)).astype(np.int64)
    if layout.stack_gaps:
        offset = np.where(region == STACK, offset >> 13 << 12 | offset & 0xFFF, offset)
    parts = np.ascontiguousarray(value, "<u8").view(np.uint8).reshape(-1, WORD)
    for number, content in data.items():
        chosen = region == number
        exists = np.arange(WORD) < size[chosen][:, None]
        places = (offset[chosen][:, None] + np.arange(WORD))[exists]
        # If an assignment gives one place several values, NumPy keeps the last.
        content[places] = parts[chosen][exists]
