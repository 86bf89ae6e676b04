"""The compiled parts of solproof, built from the Rust workspace `native/`.

`prover` makes and checks proofs of tables and knows nothing of Solana. `primitives` computes the cryptography
of the syscalls. They are two modules so that running a program does not load the prover. Importing this
package loads neither.

`processor` names the instruction set extensions of this machine. A wheel for x86-64 has a prover for each
level of processors, in a directory of its own. This package then looks for its modules first in the
directory of this machine's level. So the code that imports `prover` does not see the levels.
"""

import os
from pathlib import Path

from solproof._native.levels import LEVELS, VARIABLE, Level, choose_level, refuse_level


def _choose(directory: Path) -> Level | None:
    wanted = os.environ.get(VARIABLE)
    if not (directory / LEVELS[0].directory).is_dir():
        refuse_level(wanted)
        return None
    from solproof._native import processor  # noqa: PLC0415

    return choose_level(frozenset(processor.features()), wanted)


LEVEL = _choose(Path(__file__).parent)
"""The level whose prover is used, or None if this build has a single prover."""

if LEVEL is not None:
    __path__.insert(0, str(Path(__file__).with_name(LEVEL.directory)))
