"""Scripts of the puppet: data that lie in the heap while it runs, and commands."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from solproof.vm.limits import HEAP_START
from tests.support.puppet.program import COMMAND_BYTES, Command, syscall_code

MASK = 2**64 - 1
RESULT = HEAP_START + 8
"""A word of every script for the results of syscalls."""

_STORES = {1: Command.STORE_8, 2: Command.STORE_16, 4: Command.STORE_32, 8: Command.STORE_64}


class Script:
    """A script that grows by one command or one piece of data at a time."""

    def __init__(self) -> None:
        self._data = bytearray(8)
        self._commands: list[bytes] = []

    def put(self, content: bytes, align: int = 8) -> int:
        """Append data. Returns the address at which they will lie."""
        self._data += bytes(-(len(self._data) + 8) % align)
        self._data += content
        return HEAP_START + 8 + len(self._data) - len(content)

    def command(self, code: int, *arguments: int, result: int = 0) -> None:
        """Append a command. Its result goes to the address `result`, if that is not 0."""
        words = [code, *arguments, *[0] * (5 - len(arguments)), result, 0]
        self._commands.append(struct.pack("<8Q", *(word & MASK for word in words)))

    def syscall(self, name: str, *arguments: int, result: int = 0) -> None:
        """Call a syscall with these values of r1 and the next registers."""
        self.command(syscall_code(name), *arguments, result=result)

    def exit(self, code: int = 0) -> None:
        """End the program with this value of r0."""
        self.command(Command.EXIT, code)

    def store(self, address: int, value: int, width: int = 8) -> None:
        """Store a value of 1, 2, 4 or 8 bytes."""
        self.command(_STORES[width], address, value)

    def write(self, address: int, content: bytes) -> None:
        """Copy bytes to an address with `sol_memcpy_`."""
        self.syscall("sol_memcpy_", address, self.put(content), len(content))

    def add(self, address: int, value: int) -> None:
        """Add a value to a u64."""
        self.command(Command.ADD_64, address, value)

    def log_data(self, *ranges: tuple[int, int]) -> None:
        """Log some ranges, each given as its address and its length."""
        pairs = b"".join(struct.pack("<QQ", *each) for each in ranges)
        self.syscall("sol_log_data", self.put(pairs), len(ranges))

    def log_result(self) -> None:
        """Log the word at `RESULT`."""
        self.log_data((RESULT, 8))

    def repeat(self, commands: int, times: int) -> None:
        """Execute the last commands again, so that they run `times` times in all."""
        self.command(Command.REPEAT, self.put(struct.pack("<Q", times)), (commands + 1) * COMMAND_BYTES)

    def return_data(self, content: bytes) -> None:
        """Set the return data."""
        self.syscall("sol_set_return_data", self.put(content), len(content))

    def content(self) -> bytes:
        """The script as the puppet reads it. A script that does not end by itself ends with `exit 0`."""
        data = bytes(self._data) + bytes(-len(self._data) % 8)
        ending = struct.pack("<8Q", Command.EXIT, *[0] * 7)
        return struct.pack("<Q", 8 + len(data)) + data + b"".join([*self._commands, ending])


def inline(script: Script) -> bytes:
    """The instruction data with a script in them."""
    content = script.content()
    return struct.pack("<QQ", 0, len(content)) + content


def reference(address: int, length: int) -> bytes:
    """The instruction data that name a script at an address of the frame."""
    return struct.pack("<QQ", address, length)


def words(values: Sequence[int]) -> bytes:
    """Numbers as consecutive u64."""
    return struct.pack(f"<{len(values)}Q", *(value & MASK for value in values))
