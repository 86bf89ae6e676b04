"""Every page by its file name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from solproof.reference.circuit import buses_page, chips_page
from solproof.reference.errors_page import errors_page
from solproof.reference.exit_codes_page import exit_codes_page
from solproof.reference.guest_endings_page import guest_endings_page
from solproof.reference.opcodes_page import opcodes_page
from solproof.reference.python_page import python_page
from solproof.reference.syscalls_page import syscalls_page

PAGES: Mapping[str, Callable[[], str]] = {
    "opcodes.md": opcodes_page,
    "chips.md": chips_page,
    "buses.md": buses_page,
    "syscalls.md": syscalls_page,
    "errors.md": errors_page,
    "exit-codes.md": exit_codes_page,
    "python.md": python_page,
    "guest-endings.md": guest_endings_page,
}
