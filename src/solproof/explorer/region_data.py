"""A region of memory before a run in the form that the page needs: every page that is not all zeros."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solproof.explorer.container import Container
from solproof.tracing.memory_map import Region
from solproof.vm.memory import Layout

PAGE = 4096
WHOLE_REGION = 2**20
"""If a region has more bytes than this, the file holds only the pages that the run touched."""


def describe_region(
    region: Region, layout: Layout, touched: NDArray[np.uint64], container: Container, section: str
) -> dict[str, Any]:
    """Add the content of a region to a container. Returns its entry in the header.

    In a large region, only touched pages are added. `touched` holds the addresses that the run read or wrote.
    """
    number = region.address >> 32
    pages = -(-region.size // PAGE)
    content = np.zeros(pages * PAGE, np.uint8)
    content[: region.size] = np.frombuffer(region.content, np.uint8)
    rows = content.reshape(pages, PAGE)
    known = np.ones(pages, np.bool_)
    if region.size > WHOLE_REGION:
        here = touched[touched >> np.uint64(32) == number] & np.uint64(0xFFFF_FFFF)
        known[:] = False
        known[np.minimum(here.astype(np.int64) // PAGE, pages - 1)] = True
    filled = np.flatnonzero(known & rows.any(axis=1))
    container.add(section, rows[filled].reshape(-1), "u1")
    return {
        "name": region.name,
        "address": region.address,
        "size": layout.size(number),
        "writable": region.writable,
        "has_holes": region.has_holes,
        "pages": filled.tolist(),
        "unknown_pages": np.flatnonzero(~known).tolist() if not known.all() else [],
    }
