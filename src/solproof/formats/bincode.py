"""`SolanaExecutionInput` (`input.bin`) and its result, `SolanaExecutionOutput`, in the default encoding of
bincode 1.x.

Integers are little-endian and have a fixed width. A boolean is one byte. A vector is a 64-bit length and its
elements. An option is one byte, then its value if there is one. An enum is a 32-bit index.
docs/input-format.md lists the fields.

Reading is strict. A field that is cut short or out of range raises `InputError` with its name and offset, and
so do bytes after the end.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import fields
from typing import TypeVar

from solproof.arguments import bytes_argument
from solproof.errors import InputError
from solproof.formats.reader import ByteReader, ReaderErrors
from solproof.isa.opcodes import VERSIONS
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import (
    KEY_LENGTH,
    MAXIMUM_ACCOUNTS,
    MAXIMUM_DATA_LENGTH,
    Account,
    InstructionAccount,
)
from solproof.runtime.epoch_stakes import MAXIMUM_VOTE_ACCOUNTS, EpochStakes
from solproof.runtime.execution_input import (
    MAXIMUM_INSTRUCTION_DATA_LENGTH,
    MAXIMUM_PROGRAM_LENGTH,
    ExecutionInput,
    Loader,
    Parameters,
)
from solproof.runtime.execution_output import ExecutionOutput, ReturnData
from solproof.runtime.features import FEATURES, MAINNET, FeatureSet
from solproof.runtime.log_collector import LOG_BYTES_LIMIT
from solproof.runtime.syscalls.return_data import MAXIMUM_RETURN_DATA
from solproof.runtime.sysvars import MAXIMUM_SYSVAR_LENGTH, Sysvars

ERRORS = ReaderErrors(
    lambda _, message: InputError(message),
    "{field} at offset {offset}: expected {length} bytes, {left} are left",
    "expected the end at offset {offset}, {left} more bytes follow",
)
MAXIMUM_TEXT_LENGTH = 2 * LOG_BYTES_LIMIT

_ELF, _RAW = 0, 1  # variants of ProgramFormat

Value = TypeVar("Value")


def pack(execution_input: ExecutionInput) -> bytes:
    """The bytes of an input.bin.

    Sysvars, stakes and features are left out if they are the defaults, and the other programs if there are
    none.
    """
    parameters = execution_input.parameters
    stakes = parameters.epoch_stakes
    parts = [
        pack_vector(execution_input.program),
        execution_input.program_id,
        struct.pack("<Q", len(execution_input.accounts)),
        *(
            pack_account(entry.account) + struct.pack("<??", entry.is_signer, entry.is_writable)
            for entry in execution_input.accounts
        ),
        pack_vector(execution_input.instruction_data),
        struct.pack("<QII", parameters.compute_unit_limit, parameters.heap_size, parameters.loader.value),
        _option(None if parameters.sysvars == Sysvars() else parameters.sysvars.to_bytes()),
        _option(None if stakes == EpochStakes() else pack_epoch_stakes(stakes)),
        _option(None if parameters.features == MAINNET else pack_features(parameters.features)),
        _program_format(execution_input.program_format),
    ]
    if programs := execution_input.programs:
        parts.append(struct.pack("<Q", len(programs)))
        parts += (program_id + pack_vector(file) for program_id, file in programs)
    return b"".join(parts)


def unpack(content: bytes) -> ExecutionInput:
    """The input in an input.bin.

    Raises `InputError` if the content is malformed, and `TypeError` if it is not bytes.
    """
    content = bytes_argument(content, "input.bin", "its content as bytes (solproof.load takes its path)")
    reader = Reader(content, "input.bin")
    program = reader.byte_vector("program", MAXIMUM_PROGRAM_LENGTH)
    program_id = reader.take(KEY_LENGTH, "program_id")
    accounts = reader.vector("accounts", MAXIMUM_ACCOUNTS, reader.instruction_account)
    instruction_data = reader.byte_vector("instruction_data", MAXIMUM_INSTRUCTION_DATA_LENGTH)
    parameters = reader.parameters("parameters")
    program_format = reader.program_format("program_format")
    programs = reader.programs("programs") if reader.left else ()
    reader.finish()
    return ExecutionInput(
        program, program_id, accounts, instruction_data, parameters, program_format, programs
    )


def pack_output(output: ExecutionOutput) -> bytes:
    """The bytes of a `SolanaExecutionOutput`."""
    parts = [
        struct.pack("<?", output.success),
        _option(None if output.exit_code is None else struct.pack("<Q", output.exit_code)),
        _option(None if output.error is None else _text(output.error)),
        _option(None if output.error_message is None else _text(output.error_message)),
        _option(None if output.fault is None else _text(output.fault)),
        struct.pack("<QQQ", output.pc, output.compute_units, output.compute_units_charged),
        struct.pack("<QQ", output.instructions, output.accounts_modified),
        struct.pack("<Q", len(output.accounts)),
        *(pack_account(account) for account in output.accounts),
        struct.pack("<Q", len(output.logs)),
        *(_text(line) for line in output.logs),
        output.return_data.program_id,
        pack_vector(output.return_data.data),
    ]
    return b"".join(parts)


def unpack_output(content: bytes) -> ExecutionOutput:
    """The result in `content`. Raises `InputError` if the content is malformed."""
    reader = Reader(content, "output.bin")
    output = ExecutionOutput(
        success=reader.boolean("success"),
        exit_code=reader.option("exit_code", reader.unsigned_64),
        error=reader.option("error", reader.text),
        error_message=reader.option("error_message", reader.text),
        fault=reader.option("fault", reader.text),
        pc=reader.unsigned_64("pc"),
        compute_units=reader.unsigned_64("compute_units"),
        compute_units_charged=reader.unsigned_64("compute_units_charged"),
        instructions=reader.unsigned_64("instructions"),
        accounts_modified=reader.unsigned_64("accounts_modified"),
        accounts=reader.vector("accounts", MAXIMUM_ACCOUNTS, reader.account),
        logs=reader.vector("logs", LOG_BYTES_LIMIT, reader.text),
        return_data=ReturnData(
            reader.take(KEY_LENGTH, "return_data.program_id"),
            reader.byte_vector("return_data.data", MAXIMUM_RETURN_DATA),
        ),
    )
    reader.finish()
    return output


class Reader(ByteReader):
    """Takes bincode values from the front of `content`. Every method needs the name of the field for errors.

    A method raises `InputError` if the bytes do not encode its type.
    """

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content, name, ERRORS)

    # BASIC TYPES

    def unsigned_8(self, field: str) -> int:
        """A u8."""
        return self.unsigned(1, field)

    def unsigned_32(self, field: str) -> int:
        """A u32."""
        return self.unsigned(4, field)

    def unsigned_64(self, field: str) -> int:
        """A u64."""
        return self.unsigned(8, field)

    def boolean(self, field: str) -> bool:
        """A bool: 0 or 1."""
        value = self.unsigned(1, field)
        if value > 1:
            self.offset -= 1
            raise self._error(field, f"expected 0 or 1, got {value}")
        return value == 1

    def byte_vector(self, field: str, longest: int) -> bytes:
        """A Vec<u8> of at most `longest` bytes."""
        return self.take(self._length(field, longest), field)

    def text(self, field: str) -> str:
        """A String."""
        content = self.byte_vector(field, MAXIMUM_TEXT_LENGTH)
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            self.offset -= len(content)
            raise self._error(field, "expected UTF-8") from None

    def option(self, field: str, value: Callable[[str], Value]) -> Value | None:
        """An Option<Value>."""
        return value(field) if self.boolean(field) else None

    def vector(self, field: str, longest: int, element: Callable[[str], Value]) -> tuple[Value, ...]:
        """A Vec<Value> of at most `longest` elements."""
        return tuple(element(f"{field}[{position}]") for position in range(self._length(field, longest)))

    def rising(
        self,
        field: str,
        longest: int,
        element: Callable[[str], Value],
        address: Callable[[Value], bytes],
    ) -> tuple[Value, ...]:
        """A vector of at most `longest` elements, in rising order of their addresses, each address once."""
        found: list[Value] = []
        for position in range(self._length(field, longest)):
            start = self.offset
            found.append(element(f"{field}[{position}]"))
            if position and address(found[-1]) <= address(found[-2]):
                self.offset = start
                raise self._error(f"{field}[{position}]", "expected addresses in rising order")
        return tuple(found)

    # STRUCTS

    def key(self, field: str) -> bytes:
        """An address or a hash of 32 bytes."""
        return self.take(KEY_LENGTH, field)

    def account(self, field: str) -> Account:
        """An `Account`."""
        return Account(
            key=self.key(f"{field}.key"),
            owner=self.key(f"{field}.owner"),
            lamports=self.unsigned_64(f"{field}.lamports"),
            data=self.byte_vector(f"{field}.data", MAXIMUM_DATA_LENGTH),
            executable=self.boolean(f"{field}.executable"),
        )

    def instruction_account(self, field: str) -> InstructionAccount:
        """An `InstructionAccount`."""
        return InstructionAccount(
            self.account(field), self.boolean(f"{field}.is_signer"), self.boolean(f"{field}.is_writable")
        )

    def parameters(self, field: str) -> Parameters:
        """The `Parameters`."""
        return Parameters(
            compute_unit_limit=self.unsigned_64(f"{field}.compute_unit_limit"),
            heap_size=self.unsigned_32(f"{field}.heap_size"),
            loader=self._loader(f"{field}.loader"),
            sysvars=self.option(f"{field}.sysvars", self.sysvars) or Sysvars(),
            epoch_stakes=self.option(f"{field}.epoch_stakes", self.epoch_stakes) or EpochStakes(),
            features=self.option(f"{field}.features", self.features) or MAINNET,
        )

    def sysvars(self, field: str) -> Sysvars:
        """The `Sysvars`."""
        names = [sysvar.name for sysvar in fields(Sysvars)]
        return Sysvars(**{name: self.byte_vector(f"{field}.{name}", MAXIMUM_SYSVAR_LENGTH) for name in names})

    def epoch_stakes(self, field: str) -> EpochStakes:
        """The `EpochStakes`."""
        total = self.unsigned_64(f"{field}.total")
        listed = self.rising(
            f"{field}.vote_accounts", MAXIMUM_VOTE_ACCOUNTS, self._vote_account, lambda entry: entry[0]
        )
        return EpochStakes(total, listed)

    def features(self, field: str) -> FeatureSet:
        """A `FeatureSet`: the addresses of the active features."""
        addresses = self.rising(field, len(FEATURES), self.key, lambda address: address)
        return FeatureSet.from_addresses(addresses)

    def program_format(self, field: str) -> RawFormat | None:
        """A `ProgramFormat`: None for an ELF file."""
        if self._below(field, self.unsigned_32, _RAW + 1) != _RAW:
            return None
        version = self._below(f"{field}.version", self.unsigned_8, len(VERSIONS))
        return RawFormat(version, self.unsigned_64(f"{field}.entry"))

    def programs(self, field: str) -> tuple[tuple[bytes, bytes], ...]:
        """A vector of programs, each with its id. It is left out if it would be empty."""
        start = self.offset
        found = self.vector(field, MAXIMUM_ACCOUNTS, self._program)
        if not found:
            self.offset = start
            raise self._error(field, "expected at least one program or the end")
        return found

    def _program(self, field: str) -> tuple[bytes, bytes]:
        program_id = self.key(f"{field}.program_id")
        return program_id, self.byte_vector(f"{field}.program", MAXIMUM_PROGRAM_LENGTH)

    def _vote_account(self, field: str) -> tuple[bytes, int]:
        return self.key(f"{field}.address"), self.unsigned_64(f"{field}.stake")

    def _loader(self, field: str) -> Loader:
        return Loader(self._below(field, self.unsigned_32, len(Loader)))

    def _below(self, field: str, read: Callable[[str], int], limit: int) -> int:
        start = self.offset
        value = read(field)
        if value >= limit:
            self.offset = start
            raise self._error(field, f"expected 0 to {limit - 1}, got {value}")
        return value

    def _length(self, field: str, longest: int) -> int:
        length = self.unsigned_64(field)
        if length > longest:
            self.offset -= 8
            raise self._error(field, f"expected a length of at most {longest}, got {length}")
        return length

    def _error(self, field: str, problem: str) -> InputError:
        return InputError(f"{self.name}: {field} at offset {self.offset}: {problem}")


# ENCODING


def pack_vector(content: bytes) -> bytes:
    """A Vec<u8>."""
    return struct.pack("<Q", len(content)) + content


def pack_account(account: Account) -> bytes:
    """An `Account`."""
    return (
        account.key
        + account.owner
        + struct.pack("<Q", account.lamports)
        + pack_vector(account.data)
        + struct.pack("<?", account.executable)
    )


def pack_epoch_stakes(stakes: EpochStakes) -> bytes:
    """The `EpochStakes`."""
    entries = (address + struct.pack("<Q", stake) for address, stake in stakes.vote_accounts)
    return struct.pack("<QQ", stakes.total, len(stakes.vote_accounts)) + b"".join(entries)


def pack_features(features: FeatureSet) -> bytes:
    """A `FeatureSet`: the addresses of the active features in rising order."""
    addresses = features.addresses()
    return struct.pack("<Q", len(addresses)) + b"".join(addresses)


def _text(text: str) -> bytes:
    return pack_vector(text.encode("utf-8"))


def _option(content: bytes | None) -> bytes:
    return b"\0" if content is None else b"\1" + content


def _program_format(program_format: RawFormat | None) -> bytes:
    if program_format is None:
        return struct.pack("<I", _ELF)
    return struct.pack("<IBQ", _RAW, program_format.version, program_format.entry)
