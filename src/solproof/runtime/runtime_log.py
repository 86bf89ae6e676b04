"""Log lines as the runtime prints them, a frozen format (stable_log.rs, solana-program-runtime 4.1)."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from solproof.runtime.accounts import address_text

LOG_BYTES_LIMIT = 10_000  # LOG_MESSAGES_BYTES_LIMIT, solana-svm-log-collector 4.1


def program_invoke(program_id: bytes, depth: int) -> str:
    """The first line of an invocation; a transaction's own instructions have depth 1."""
    return f"Program {address_text(program_id)} invoke [{depth}]"


def program_log(message: str) -> str:
    """A program's own message."""
    return f"Program log: {message}"


def program_data(items: Iterable[bytes]) -> str:
    """A program's own data, each item in base64."""
    return "Program data: " + " ".join(base64.b64encode(item).decode("ascii") for item in items)


def program_consumption(remaining: int) -> str:
    """The answer to `sol_log_compute_units_`."""
    return f"Program consumption: {remaining} units remaining"


def program_consumed(program_id: bytes, consumed: int, limit: int) -> str:
    """What an invocation consumed, of the units it had before its heap was paid."""
    return f"Program {address_text(program_id)} consumed {consumed} of {limit} compute units"


def program_return(program_id: bytes, data: bytes) -> str:
    """The data that a program returned; there is no such line when it is empty."""
    return f"Program return: {address_text(program_id)} {base64.b64encode(data).decode('ascii')}"


def program_success(program_id: bytes) -> str:
    """The last line of an invocation that succeeded."""
    return f"Program {address_text(program_id)} success"


def program_failure(program_id: bytes, message: str) -> str:
    """The last line of an invocation that failed."""
    return f"Program {address_text(program_id)} failed: {message}"


def truncate(lines: Iterable[str], limit: int = LOG_BYTES_LIMIT) -> tuple[str, ...]:
    """Drop the lines that do not fit in `limit` bytes of UTF-8; "Log truncated" stands once, for the first of
    them.

    A shorter line may still fit after a longer one was dropped (`LogCollector::log`).
    """
    kept: list[str] = []
    written = 0
    truncated = False
    for line in lines:
        length = len(line.encode("utf-8"))
        if written + length < limit:
            written += length
            kept.append(line)
        elif not truncated:
            truncated = True
            kept.append("Log truncated")
    return tuple(kept)
