"""Random calls of syscalls with arguments near the edges of memory, compared with LiteSVM."""

from __future__ import annotations

import random

from solproof.execution.execute import Execution
from solproof.runtime.execution_input import Loader, Parameters
from solproof.runtime.features import MAINNET
from solproof.runtime.syscalls import GATES
from solproof.runtime.sysvars import ADDRESSES
from tests.support.syscall_harness import FRAME, HEAP, HEAP_END, IMAGE, INPUT, MASK, check

EDGES = [0, IMAGE, FRAME, FRAME + 0x1000, FRAME + 0x2000, FRAME + 0x7F000, HEAP, HEAP_END, INPUT, INPUT + 48]
FEATURES = MAINNET.changed(
    [gate.feature for gate in GATES.values() if not gate.inverted],
    [gate.feature for gate in GATES.values() if gate.inverted],
)
SIZES = [0, 1, 4, 8, 16, 31, 32, 33, 250, 1024, 1025, 4096, 40_000, 2**31, 2**60, 2**63, MASK]


def address(source: random.Random) -> int:
    if source.random() < 0.5:
        return HEAP + 512 + source.randrange(256)
    return (source.choice(EDGES) + source.randint(-40, 40)) & MASK


def size(source: random.Random) -> int:
    return source.choice([*SIZES, source.randrange(64), source.randrange(64), source.randrange(64)])


def argument(source: random.Random) -> int:
    return address(source) if source.random() < 0.6 else size(source)


def random_call(name: str, seed: int) -> Execution:
    """A call compared with LiteSVM."""
    source = random.Random(f"{name} {seed}")
    content = bytearray(source.choice([source.randbytes(256), b"text" * 64, bytes(256)]))
    # Slices and addresses of sysvars, so that calls that need them can find them.
    for offset in range(0, 64, 16):
        content[offset : offset + 16] = address(source).to_bytes(8, "little") + size(source).to_bytes(
            8, "little"
        )
    content[64:96] = source.choice(list(ADDRESSES.values()))
    arguments = [argument(source) for _ in range(5)]
    if source.random() < 0.5:
        arguments[0] = source.choice([HEAP + 512, HEAP + 512 + 64])
        arguments[1] = source.choice([2, 4, HEAP + 640, HEAP + 641])
        arguments[2] = source.randrange(64)
        arguments[3] = source.choice([source.randrange(64), HEAP + 700])
    limit = source.choice([1_400_000, 1_400_000, source.randrange(150, 400)])
    parameters = Parameters(compute_unit_limit=limit, loader=source.choice(list(Loader)), features=FEATURES)
    memory, version = {HEAP + 512: bytes(content)}, source.randrange(4)
    return check(name, arguments, memory, (HEAP + 512, 512), parameters, version=version)
