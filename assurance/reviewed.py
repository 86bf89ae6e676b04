"""The reviewed lists: cells that may change without notice, and rules that others imply."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from assurance.mutation import Subject

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Survivor:
    """Columns of a chip that may have any value in some rows, and why that is sound. `chip` may be `*`."""

    chip: str
    columns: tuple[str, ...]
    when: tuple[tuple[str, int], ...]
    reason: str

    def covers(self, subject: Subject, column: str) -> bool:
        """Whether the entry allows this column of this row to have any value."""
        if self.chip not in ("*", subject.chip.name) or not {"*", column} & set(self.columns):
            return False
        return all(_condition(subject, name) == value for name, value in self.when)


def _condition(subject: Subject, name: str) -> int:
    if name == "padding":
        return int(subject.is_padding)
    if name == "last_real":
        following = subject.around[2, subject.chip.index("is_real")]
        return int(bool(subject.is_last[1]) or not following)
    return subject.cell(name) if any(note.name == name for note in subject.chip.main) else -1


@cache
def survivors() -> tuple[Survivor, ...]:
    """The entries of `survivors.toml`."""
    document = tomllib.loads((FOLDER / "survivors.toml").read_text())
    return tuple(
        Survivor(
            entry["chip"],
            tuple(entry["columns"]),
            tuple(entry.get("when", {}).items()),
            entry["reason"],
        )
        for entry in document["survivor"]
    )


@dataclass(frozen=True, slots=True)
class Implied:
    """Rules, given as patterns of names, that are implied by others, and the reason."""

    chips: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str

    def covers(self, chip: str, rule: str) -> bool:
        """Whether the entry is about this rule of this chip."""
        return any(fnmatchcase(chip, each) for each in self.chips) and any(
            fnmatchcase(rule, each) for each in self.rules
        )


@cache
def implied() -> tuple[Implied, ...]:
    """The entries of `implied.toml`."""
    document = tomllib.loads((FOLDER / "implied.toml").read_text())
    return tuple(
        Implied(tuple(entry["chips"]), tuple(entry["rules"]), entry["reason"])
        for entry in document["implied"]
    )
