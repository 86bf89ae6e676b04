"""The exit statuses of the command line: what each means, and an example that ends with it.

The status says whether the command did its work, not whether the program succeeded. Statuses 2 to 8 are those
of the exceptions in `solproof.errors`.
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.errors import (
    InputError,
    NotEnoughMemory,
    OutputError,
    ProofRejected,
    ProofVersionError,
    ProvingError,
    UnsupportedError,
)

UNEXPECTED = 1
INTERRUPTED = 130  # 128 + SIGINT, as shells report it
READER_GONE = 141  # 128 + SIGPIPE


@dataclass(frozen=True, slots=True)
class ExitStatus:
    """A status with its meaning; `details` say more, command by command.

    `example` are lines for a shell in a directory with what `make demo` leaves, of which the last ends with
    the status; none where a line cannot bring it about.
    """

    number: int
    meaning: str
    details: str = ""
    example: tuple[str, ...] = ()


_PROGRAM = "demo/p_token.so --input demo/p_token_transfer.json"
_PROOF = f"solproof prove {_PROGRAM} -o transfer.proof"

STATUSES = (
    ExitStatus(
        0,
        'the command did its work (a program that fails is still a result: see "success")',
        example=(f"solproof run {_PROGRAM}",),
    ),
    ExitStatus(
        UNEXPECTED,
        "something unexpected; check: a constraint or a bus does not hold; doctor: proving does not work",
        "A bug, or the system: memory ran out, a device failed. `--verbose` prints the traceback of a bug.",
    ),
    ExitStatus(
        InputError.exit_status,
        "a file, a value or an option is not what it has to be",
        "ProgramError, for a program that the runtime would not load, is one of these.",
        ("solproof opcode 0x300",),
    ),
    ExitStatus(
        UnsupportedError.exit_status,
        "a real Solana feature that this version does not run or prove yet",
        "Cross-program invocation, when the program calls it; a feature of the cluster.",
        (f"solproof run {_PROGRAM} --feature account_data_direct_mapping",),
    ),
    ExitStatus(
        ProofRejected.exit_status,
        "the proof is rejected",
        "It is of another program or input, or it is damaged or false; the message says which.",
        (
            _PROOF,
            f"solproof verify transfer.proof --program {_PROGRAM} --compute-unit-limit 200000",
        ),
    ),
    ExitStatus(
        ProofVersionError.exit_status,
        "the proof was made by another version: neither valid nor invalid here",
        "The example writes another format version into the file.",
        (
            _PROOF,
            "printf '\\001' | dd of=transfer.proof bs=1 seek=8 conv=notrunc",
            f"solproof verify transfer.proof --program {_PROGRAM}",
        ),
    ),
    ExitStatus(
        OutputError.exit_status,
        "a result could not be written; nothing is left half-written",
        example=(f"solproof prove {_PROGRAM} -o no/such/folder/transfer.proof",),
    ),
    ExitStatus(
        ProvingError.exit_status,
        "the prover refused: security below its target, or a table outside its limits",
        "zisk prove: ZisK failed; zisk doctor: it would fail.",
    ),
    ExitStatus(
        NotEnoughMemory.exit_status,
        "proving would need more memory than it may use",
        "Nothing was proven.",
        (f"solproof prove {_PROGRAM} -o transfer.proof --max-memory 16M",),
    ),
    ExitStatus(
        INTERRUPTED, "interrupted", "Ctrl-C, or SIGINT from another process; nothing is left half-written."
    ),
    ExitStatus(
        READER_GONE,
        "the reader of standard output is gone",
        "The example shows it in a shell with `pipefail`.",
        (f"set -o pipefail; solproof trace {_PROGRAM} --constraints | head -n 1",),
    ),
)
