"""`Interfaces`: the interfaces of several programs, which decode by the address of a program.

Decoding never fails. What is not known, or is not what a program writes, is None.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from solproof.interfaces.anchor import EVENT_INSTRUCTION, FRAMEWORK_ERRORS
from solproof.interfaces.interface import Decoded, ErrorType, Interface
from solproof.interfaces.known.small_programs import ASSOCIATED_TOKEN, LOADER, LOOKUP_TABLE, MEMO_V1, MEMO_V2
from solproof.interfaces.known.stake import STAKE
from solproof.interfaces.known.system import COMPUTE_BUDGET_PROGRAM, PRECOMPILE_PROGRAMS, SYSTEM
from solproof.interfaces.known.token import TOKEN
from solproof.interfaces.known.token_2022 import TOKEN_2022
from solproof.representation import short_repr
from solproof.runtime.accounts import address_bytes
from solproof.runtime.instruction_error import InstructionError

PROGRAM_DATA = "Program data: "
"""In front of the fields of `sol_log_data` in the log, which are in base64 with a space between them."""

_FRAME = re.compile(
    r"Program (?P<program>[1-9A-HJ-NP-Za-km-z]{32,44}) ((?P<starts>invoke \[)|success$|failed: )"
)
"""The lines at the start and at the end of an instruction (`solproof.runtime.runtime_log`)."""


BUILTIN_PROGRAMS = (SYSTEM, COMPUTE_BUDGET_PROGRAM, *PRECOMPILE_PROGRAMS, LOADER)
KNOWN_PROGRAMS = (
    *BUILTIN_PROGRAMS,
    *(TOKEN, TOKEN_2022, ASSOCIATED_TOKEN, MEMO_V1, MEMO_V2, LOOKUP_TABLE, STAKE),
)
"""The programs that every cluster has. Any other program needs an IDL."""


@dataclass(frozen=True)
class Interfaces:
    """Interfaces of programs, by default those of the programs that every cluster has.

    Of two interfaces for the same program, the later counts.
    """

    interfaces: tuple[Interface, ...] = KNOWN_PROGRAMS

    __repr__ = short_repr

    def with_interface(self, interface: Interface, *addresses: bytes) -> Interfaces:
        """These interfaces and one more, for its own addresses and for `addresses`."""
        return Interfaces(
            (*self.interfaces, replace(interface, addresses=(*interface.addresses, *addresses)))
        )

    @cached_property
    def _by_address(self) -> dict[bytes, Interface]:
        return {address: one for one in self.interfaces for address in one.addresses}

    def of(self, program: bytes) -> Interface | None:
        """The interface of a program."""
        return self._by_address.get(program)

    def decode_instruction(
        self, program: bytes, data: bytes, accounts: Sequence[bytes] = ()
    ) -> Decoded | None:
        """The meaning of an instruction for a program. `accounts`: the addresses that it lists.

        An event that an Anchor program hands to itself is decoded as the event.
        """
        interface = self.of(program)
        if interface is None:
            return None
        event = self.decode_event_instruction(program, data)
        return interface.decode_instruction(data, accounts) if event is None else event

    def decode_event_instruction(self, program: bytes, data: bytes) -> Decoded | None:
        """The event that an Anchor program hands to itself as an instruction."""
        interface = self.of(program)
        if interface is None or not interface.anchor or not data.startswith(EVENT_INSTRUCTION):
            return None
        return interface.decode_event(data[len(EVENT_INSTRUCTION) :])

    def decode_account(self, owner: bytes, data: bytes) -> Decoded | None:
        """The meaning of the data of an account, by the program that owns it."""
        interface = self.of(owner)
        return None if interface is None else interface.decode_account(data)

    def error(self, program: bytes, code: int) -> ErrorType | None:
        """What a program calls one of its own errors, the number in `Custom`."""
        interface = self.of(program)
        if interface is None:
            return None
        found = interface.errors.get(code)
        return FRAMEWORK_ERRORS.get(code) if found is None and interface.anchor else found

    def error_name(self, program: bytes, error: InstructionError | int | None) -> str | None:
        """The name of a program's own error, given the error or its number. None for every other error."""
        code = error.custom_code if isinstance(error, InstructionError) else error
        found = None if code is None else self.error(program, code)
        return None if found is None else found.name

    def decode_log(self, program: bytes, line: str) -> Decoded | None:
        """The event in a line of the log, which a program wrote."""
        interface = self.of(program)
        if interface is None or not interface.events or not line.startswith(PROGRAM_DATA):
            return None
        try:
            data = base64.b64decode(line.removeprefix(PROGRAM_DATA).split(" ")[0], validate=True)
        except binascii.Error:
            return None
        return interface.decode_event(data)

    def events_in(self, logs: Sequence[str]) -> Iterator[tuple[int, bytes, Decoded]]:
        """The events in a log: the number of the line, from 0, the program that wrote it, and the event.

        The lines `Program ... invoke [height]` say which program is running.
        """
        running: list[str] = []
        for number, line in enumerate(logs):
            running = _running(running, line)
            if not running or not line.startswith(PROGRAM_DATA):
                continue
            program = address_bytes(running[-1])
            event = self.decode_log(program, line)
            if event is not None:
                yield number, program, event


def _running(running: list[str], line: str) -> list[str]:
    """The programs that run after a line of the log, from the caller to the callee."""
    found = _FRAME.match(line)
    if found is None:
        return running
    return [*running, found["program"]] if found["starts"] else running[:-1]


BUILTIN = Interfaces(BUILTIN_PROGRAMS)
"""Programs that are a part of the runtime."""

KNOWN = Interfaces()
