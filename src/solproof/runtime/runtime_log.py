"""Log lines as the runtime prints them, a frozen format (stable_log.rs, solana-program-runtime 4.1)."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from solproof.runtime.accounts import address_text


def program_invoke(program_id: bytes, depth: int) -> str:
    """The first line of an invocation. A transaction's own instructions have depth 1."""
    return f"Program {address_text(program_id)} invoke [{depth}]"


def program_log(message: str) -> str:
    """A message from the program."""
    return f"Program log: {message}"


def program_data(items: Iterable[bytes]) -> str:
    """Data from the program, each item in base64."""
    return "Program data: " + " ".join(base64.b64encode(item).decode("ascii") for item in items)


def program_consumption(remaining: int) -> str:
    """The line that `sol_log_compute_units_` writes."""
    return f"Program consumption: {remaining} units remaining"


def program_consumed(program_id: bytes, consumed: int, limit: int) -> str:
    """The compute units that an invocation consumed, and those that it had before it paid for its heap."""
    return f"Program {address_text(program_id)} consumed {consumed} of {limit} compute units"


def program_return(program_id: bytes, data: bytes) -> str:
    """The data that a program returned. The runtime omits this line if the data is empty."""
    return f"Program return: {address_text(program_id)} {base64.b64encode(data).decode('ascii')}"


def program_success(program_id: bytes) -> str:
    """The last line of an invocation that succeeded."""
    return f"Program {address_text(program_id)} success"


def program_failure(program_id: bytes, message: str) -> str:
    """The last line of an invocation that failed."""
    return f"Program {address_text(program_id)} failed: {message}"
