"""How many bytes loads and stores move."""

from __future__ import annotations

from collections.abc import Mapping

LOADS: Mapping[str, int] = {  # bytes
    "LD_B": 1,
    "LD_H": 2,
    "LD_W": 4,
    "LD_DW": 8,
    # V2, which moved them to other codes
    "LD_1B": 1,
    "LD_2B": 2,
    "LD_4B": 4,
    "LD_8B": 8,
}
STORES: Mapping[str, int] = {  # bytes
    "ST_B": 1,
    "ST_H": 2,
    "ST_W": 4,
    "ST_DW": 8,
    # V2, which moved them to other codes
    "ST_1B": 1,
    "ST_2B": 2,
    "ST_4B": 4,
    "ST_8B": 8,
}
