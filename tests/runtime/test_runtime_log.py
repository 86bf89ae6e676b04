"""Log lines and their truncation."""

from __future__ import annotations

from solproof.runtime import runtime_log
from solproof.runtime.accounts import address_bytes

PROGRAM = address_bytes("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
NAME = "Program TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


def test_lines() -> None:
    assert runtime_log.program_invoke(PROGRAM, 1) == f"{NAME} invoke [1]"
    assert runtime_log.program_log("hello") == "Program log: hello"
    assert runtime_log.program_data([b"\0", b"", b"abc"]) == "Program data: AA==  YWJj"
    assert runtime_log.program_data([]) == "Program data: "
    assert runtime_log.program_consumption(7) == "Program consumption: 7 units remaining"
    assert runtime_log.program_consumed(PROGRAM, 3, 9) == f"{NAME} consumed 3 of 9 compute units"
    assert (
        runtime_log.program_return(PROGRAM, b"\1") == f"{NAME.replace('Program ', 'Program return: ')} AQ=="
    )
    assert runtime_log.program_success(PROGRAM) == f"{NAME} success"
    assert runtime_log.program_failure(PROGRAM, "why") == f"{NAME} failed: why"
