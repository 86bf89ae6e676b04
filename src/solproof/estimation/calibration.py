"""The measurements of one machine, and the model fitted to them: calibration.json beside this module.

`python benches/calibrate.py --write` makes the file. In the model, seconds and peak memory are linear in
seven numbers: the frames of a run, their instructions, their events, the words of the events, the words that
memory syscalls copy, set or compare, the cells of the proof, and its size. The size is computed, not fitted.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

import numpy as np

from solproof.representation import short_repr

FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class Load:
    """The numbers that time and memory depend on, summed over all frames.

    block_words: the rows of the blocks that chips prove for memory syscalls, about one for every 8 bytes.
    cells: main, auxiliary and quotient cells of all tables.
    proof_bytes: the expected size of the proof file. It grows with the columns of all tables.
    """

    frames: int
    instructions: int
    events: int
    event_words: int
    block_words: int
    cells: int
    proof_bytes: int


@dataclass(frozen=True, slots=True)
class Linear:
    """A fixed part, and one coefficient for each number of a `Load`."""

    fixed: float
    per_frame: float
    per_instruction: float
    per_event: float
    per_event_word: float
    per_block_word: float
    per_cell: float
    per_proof_byte: float

    def at(self, load: Load) -> float:
        """The value for a proof."""
        executed = self.per_frame * load.frames + self.per_instruction * load.instructions
        events = self.per_event * load.events + self.per_event_word * load.event_words
        blocks = self.per_block_word * load.block_words
        proof = self.per_cell * load.cells + self.per_proof_byte * load.proof_bytes
        return self.fixed + executed + events + blocks + proof


@dataclass(frozen=True, slots=True)
class Host:
    """The machine that was measured. `vector_lanes`: field elements per vector of the engine's build."""

    processor: str
    cores: int
    memory_bytes: int
    vector_lanes: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """One proof, made in its own process."""

    name: str
    load: Load
    seconds: float
    peak_bytes: int
    proof_bytes: int


@dataclass(frozen=True, slots=True)
class Errors:
    """The largest relative errors of the estimates for the measured programs.

    The seconds and peak memory of each program are estimated by a model fitted without that program.
    """

    seconds: float
    peak_bytes: float
    proof_bytes: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted model and its origin."""

    machine: Host
    date: str
    version: str
    seconds: Linear
    peak_bytes: Linear
    errors: Errors
    measurements: tuple[Measurement, ...]

    __repr__ = short_repr


@cache
def shipped_calibration() -> Calibration:
    """The calibration that comes with this version."""
    return calibration_of(json.loads(files(__package__).joinpath(FILE).read_text(encoding="utf-8")))


def calibration_of(fields: dict[str, Any]) -> Calibration:
    """A calibration from its stored form, which is that of `dataclasses.asdict`."""
    return Calibration(
        machine=Host(**fields["machine"]),
        date=fields["date"],
        version=fields["version"],
        seconds=Linear(**fields["seconds"]),
        peak_bytes=Linear(**fields["peak_bytes"]),
        errors=Errors(**fields["errors"]),
        measurements=tuple(measurement_of(measurement) for measurement in fields["measurements"]),
    )


def measurement_of(fields: dict[str, Any]) -> Measurement:
    """A measurement from its stored form."""
    return Measurement(**{**fields, "load": Load(**fields["load"])})


def calibrate(measurements: tuple[Measurement, ...], machine: Host, date: str, version: str) -> Calibration:
    """Fit the model. Find its errors by leaving out one program at a time."""

    def greatest(quantity: str) -> float:
        errors: list[float] = []
        for position, left_out in enumerate(measurements):
            model = fit(measurements[:position] + measurements[position + 1 :], quantity)
            expected = float(getattr(left_out, quantity))
            errors.append(abs(model.at(left_out.load) / expected - 1))
        return round(max(errors), 4)

    sizes = max(abs(item.load.proof_bytes / item.proof_bytes - 1) for item in measurements)
    return Calibration(
        machine=machine,
        date=date,
        version=version,
        seconds=fit(measurements, "seconds"),
        peak_bytes=fit(measurements, "peak_bytes"),
        errors=Errors(greatest("seconds"), greatest("peak_bytes"), round(sizes, 4)),
        measurements=measurements,
    )


def fit(measurements: tuple[Measurement, ...], quantity: str) -> Linear:
    """The linear model without negative coefficients that has the least sum of squared relative errors."""
    values = np.array([getattr(item, quantity) for item in measurements], np.float64)
    features = np.array([(1, *astuple(item.load)) for item in measurements], np.float64)
    weighted = features / values[:, None]
    number = features.shape[1]
    least, best = np.inf, np.zeros(number)
    # Tries every choice of features (only 255) and takes the best whose coefficients are not negative.
    for count in range(1, number + 1):
        for chosen in map(list, combinations(range(number), count)):
            found = np.linalg.lstsq(weighted[:, chosen], np.ones(len(values)), rcond=None)[0]
            error = float(np.sum((weighted[:, chosen] @ found - 1) ** 2))
            if (found >= 0).all() and error < least:
                least, best = error, np.zeros(number)
                best[chosen] = found
    return Linear(*(float(f"{coefficient:.6g}") for coefficient in best))
