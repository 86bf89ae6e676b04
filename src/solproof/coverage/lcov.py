"""Coverage as an lcov tracefile, which `genhtml`, editors and coverage services read.

A program whose source lines are known has records of its source files. Any other program has a record of its
listing, in which slot N is on line N + 1.

Source: geninfo(1) of lcov 2, "tracefile format".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from solproof.coverage.coverage import ProgramCoverage
from solproof.isa.disassemble import Names, disassemble
from solproof.program.source_lines import SourceLine
from solproof.program.syscall_names import SYSCALL_NAMES


@dataclass(slots=True)
class _Record:
    """A source file: functions by name with line and count, counts by line, and branches by line and slot."""

    functions: dict[str, tuple[int, int]] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    branches: list[tuple[int, int, int, int]] = field(default_factory=list)


def lcov(programs: Sequence[ProgramCoverage], listing_path: Callable[[ProgramCoverage], str]) -> str:
    """The tracefile of several programs.

    listing_path: the path of the listing of a program whose source lines are not known.
    """
    records: dict[str, _Record] = {}
    for program in programs:
        _collect(records, program, listing_path(program))
    return "".join(f"{line}\n" for path, record in records.items() for line in _lines(path, record))


def has_source(coverage: ProgramCoverage) -> bool:
    """Whether the source lines of a program are known, so that it needs no listing."""
    return bool(coverage.symbols.lines.rows)


def listing(coverage: ProgramCoverage) -> str:
    """The instructions of a program, slot N on line N + 1. The second slot of an `lddw` is an empty line."""
    program = coverage.program
    labels = {function.start: " ".join(function.name.split()) for function in coverage.functions}
    names = Names(labels, program.functions, SYSCALL_NAMES)
    lines = [""] * program.slots
    for pc, text in disassemble(program.text, program.version, names):
        lines[pc] = f"{text}  # {labels[pc]}" if pc in labels else text
    return "".join(f"{line}\n" for line in lines)


def _collect(records: dict[str, _Record], coverage: ProgramCoverage, listing_path: str) -> None:
    def place(pc: int) -> SourceLine | None:
        return coverage.symbols.lines.at(pc) if has_source(coverage) else SourceLine(listing_path, pc + 1)

    for pc, count in coverage.instructions.items():
        if (at := place(pc)) is not None:
            lines = records.setdefault(at.file, _Record()).lines
            lines[at.line] = max(lines.get(at.line, 0), count)
    for function in coverage.functions:
        if (at := place(function.start)) is not None:
            functions = records.setdefault(at.file, _Record()).functions
            line, count = functions.get(function.name, (at.line, 0))
            functions[function.name] = line, count + coverage.entered[function.start]
    for pc, (taken, passed) in coverage.branches.items():
        if (at := place(pc)) is not None:
            records[at.file].branches.append((at.line, pc, taken, passed))


def _lines(path: str, record: _Record) -> Iterator[str]:
    yield "TN:"
    yield f"SF:{path}"
    # A name ends with its line, and tools split at commas.
    functions = [(name.replace(",", ";"), at) for name, at in record.functions.items()]
    yield from (f"FN:{line},{name}" for name, (line, _) in functions)
    yield from (f"FNDA:{count},{name}" for name, (_, count) in functions)
    yield f"FNF:{len(functions)}"
    yield f"FNH:{sum(count > 0 for _, (_, count) in functions)}"
    hit = 0
    for line, pc, taken, passed in sorted(record.branches):
        for branch, count in enumerate((taken, passed)):
            hit += count > 0
            # A dash stands for a branch whose jump never ran.
            yield f"BRDA:{line},{pc},{branch},{count if taken + passed else '-'}"
    yield f"BRF:{2 * len(record.branches)}"
    yield f"BRH:{hit}"
    yield from (f"DA:{line},{count}" for line, count in sorted(record.lines.items()))
    yield f"LF:{len(record.lines)}"
    yield f"LH:{sum(count > 0 for count in record.lines.values())}"
    yield "end_of_record"
