"""The places of faults as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from solproof.execution.fault_places import CallSite, FaultPlace
from solproof.runtime.accounts import address_text


def fault_fields(places: Iterable[FaultPlace]) -> list[dict[str, Any]]:
    """Where faults stopped frames, as JSON fields. docs/command-line.md describes them."""
    return [
        {
            "frame": place.frame,
            "program": address_text(place.program_id),
            "fault": place.fault,
            "message": place.message,
            "pc": place.pc,
            "instruction": place.instruction,
            "stack": [_site(site) for site in place.stack],
            "registers": list(place.registers),
        }
        for place in places
    ]


def _site(site: CallSite) -> dict[str, Any]:
    source = None if site.source is None else str(site.source)
    return {"function": site.function, "pc": site.pc, "source": source}
