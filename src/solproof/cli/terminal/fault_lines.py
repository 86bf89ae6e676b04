"""Lines for people about the places where faults stopped programs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from solproof.cli.terminal.failure import printable
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import BAD
from solproof.execution.fault_places import CallSite, FaultPlace
from solproof.runtime.accounts import address_text

SHOWN_CALLS = 10
"""If more calls were open, the ones in the middle are only counted."""
_LABEL = 11


def fault_lines(places: Sequence[FaultPlace]) -> list[Line]:
    """For each fault, an empty line, a title, and the instruction, the open calls and the registers."""
    return [line for place in places for line in _lines(place)]


def _lines(place: FaultPlace) -> list[Line]:
    instruction = place.instruction or "the end of the program"
    rows: list[tuple[str, str]] = [
        ("program", address_text(place.program_id)),
        ("pc", f"{place.pc}: {instruction}"),
        *_stack(place.stack),
        *_registers(place.registers),
    ]
    message = Text("  ").append(printable(f"{place.fault}: {place.message}"), BAD)
    return [
        "",
        f"fault in frame {place.frame}",
        message,
        *(f"  {name:<{_LABEL}}{text}" for name, text in rows),
    ]


def _stack(stack: Sequence[CallSite]) -> list[tuple[str, str]]:
    """The function of the instruction, and the calls that led to it."""
    inner, *outer = stack
    shown = [f"{site.function} at pc {site.pc}{_source(site)}" for site in outer]
    if len(shown) > SHOWN_CALLS:
        half = SHOWN_CALLS // 2
        shown[half:-half] = [f"{len(shown) - 2 * half} more calls"]
    calls = [("called by" if position == 0 else "", text) for position, text in enumerate(shown)]
    return [("function", f"{inner.function}{_source(inner)}"), *calls]


def _source(site: CallSite) -> str:
    return "" if site.source is None else f", {site.source}"


def _registers(registers: Sequence[int]) -> list[tuple[str, str]]:
    """Two registers in each line, which fits 50 columns."""
    texts = [f"{f'r{number}':<4}{value:#018x}" for number, value in enumerate(registers)]
    pairs = [" ".join(texts[number : number + 2]) for number in range(0, len(texts), 2)]
    return [("registers" if position == 0 else "", text) for position, text in enumerate(pairs)]
