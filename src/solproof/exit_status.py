"""The exit statuses of the command line, with the meaning of each and an example that ends with it.

The status shows whether the command did its work, not whether the program succeeded. Statuses 2 to 9 belong
to the exceptions in `solproof.errors`.
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
    RemoteError,
    UnsupportedError,
)

UNEXPECTED = 1
HUNG_UP = 129  # 128 + SIGHUP, as shells report it
INTERRUPTED = 130  # 128 + SIGINT
READER_GONE = 141  # 128 + SIGPIPE
TERMINATED = 143  # 128 + SIGTERM


@dataclass(frozen=True, slots=True)
class ExitStatus:
    """A status and its meaning.

    details: more about the meaning, for people
    example: shell lines for a directory after `make demo`. The last line ends with the status. Empty if no
             command line can reliably cause the status.
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
        'the command did its work; a failing program is a result too (see "success")',
        example=(f"solproof run {_PROGRAM}",),
    ),
    ExitStatus(
        UNEXPECTED,
        "an unexpected error; check: a constraint or a bus does not hold; doctor: proving does not work; "
        "fixture, fetch: a result differs from the recorded one",
        "A bug, or a failure of the system, such as a lack of memory or a device error. `--verbose` prints "
        "the traceback of a bug.",
    ),
    ExitStatus(
        InputError.exit_status,
        "a file, a value or an option is invalid",
        "ProgramError is the InputError for a program that the runtime would not load. NotAProof is for a "
        "file that does not start like a proof.",
        ("solproof opcode 0x300",),
    ),
    ExitStatus(
        UnsupportedError.exit_status,
        "the run uses a real Solana feature that this version does not run or prove yet",
        "Examples are an unsupported feature of the cluster, and a processor below x86-64-v2.",
        (f"solproof run {_PROGRAM} --feature account_data_direct_mapping",),
    ),
    ExitStatus(
        ProofRejected.exit_status,
        "the proof is rejected",
        "The proof is about another program or input, is damaged, or is false. The message gives the reason.",
        (
            _PROOF,
            f"solproof verify transfer.proof --program {_PROGRAM} --compute-unit-limit 200000",
        ),
    ),
    ExitStatus(
        ProofVersionError.exit_status,
        "another version made the proof, so it is neither valid nor invalid here",
        "The example writes another format version into the file.",
        (
            _PROOF,
            "printf '\\001' | dd of=transfer.proof bs=1 seek=8 conv=notrunc",
            f"solproof verify transfer.proof --program {_PROGRAM}",
        ),
    ),
    ExitStatus(
        OutputError.exit_status,
        "a result could not be written; no partial file is left",
        example=(f"solproof prove {_PROGRAM} -o no/such/folder/transfer.proof",),
    ),
    ExitStatus(
        ProvingError.exit_status,
        "the prover refused, because security is below its target or a table is outside its limits",
        "For zisk prove: ZisK failed. For zisk doctor: ZisK would fail.",
    ),
    ExitStatus(
        NotEnoughMemory.exit_status,
        "the record, the witness or the proof would need more memory than it may use",
        "Nothing was proven.",
        (f"solproof prove {_PROGRAM} -o transfer.proof --max-memory 16M",),
    ),
    ExitStatus(
        RemoteError.exit_status,
        "a node of a cluster could not be asked, or did not answer",
        "The message names the host of the node, without the rest of its URL.",
        ("solproof fetch " + "1" * 64 + " --url http://127.0.0.1:9 -o scene.json",),
    ),
    ExitStatus(
        HUNG_UP,
        "the terminal is gone",
        "By SIGHUP. No partial file is left. Under `nohup` a command continues.",
    ),
    ExitStatus(
        INTERRUPTED, "interrupted", "By Ctrl-C, or by SIGINT from another process. No partial file is left."
    ),
    ExitStatus(
        READER_GONE,
        "the reader of standard output has closed it",
        "The example shows this in a shell with `pipefail`.",
        (f"set -o pipefail; solproof trace {_PROGRAM} --constraints | head -n 1",),
    ),
    ExitStatus(
        TERMINATED, "terminated", "By SIGTERM, which `kill` and `timeout` send. No partial file is left."
    ),
)
