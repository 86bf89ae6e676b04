"""Options that name an instruction with its arguments, and the IDLs with the names that a program uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from solproof.cli.terminal.changes import read_key
from solproof.cli.terminal.files import KEYED_FILE, KeyedFile, read_file
from solproof.cli.terminal.reporting import note
from solproof.errors import InputError
from solproof.formats.changes import Changes, changed_input
from solproof.formats.idl import parse_idl
from solproof.interfaces.arguments import arguments_from_texts
from solproof.interfaces.interface import InstructionType, Interface
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.runtime.accounts import InstructionAccount, address_text
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.transaction.scene import Scene

Command = TypeVar("Command", bound=Callable[..., Any])
INTERFACE_PARAMETERS = ("idls", "instruction", "arguments")
"""The parameters of these options."""
_READ = "solproof.idls"


def interface_options(command: Command) -> Command:
    """Add the options."""
    options = (
        click.option(
            "--idl",
            "idls",
            type=KEYED_FILE,
            multiple=True,
            metavar="[PUBKEY=]FILE",
            help="The Anchor IDL of a program, which names its instructions, accounts, events and errors. "
            "Can be repeated.",
        ),
        click.option(
            "--instruction",
            metavar="NAME",
            help="The instruction, by its name in the IDL or in a known interface: its data are made from "
            "the --arg options.",
        ),
        click.option(
            "--arg",
            "arguments",
            multiple=True,
            metavar="NAME=VALUE",
            help="An argument of --instruction, as in: --arg amount=5. Can be repeated.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def read_interfaces(parameters: Mapping[str, Any], given: ExecutionInput | Scene | None = None) -> Interfaces:
    """The interfaces of the known programs, and those of the IDLs on the command line.

    given: what the command runs. An IDL without an address is that of the program that an instruction runs.
    Raises `InputError`, which names the file.
    """
    interfaces = KNOWN
    idls: Sequence[KeyedFile] = parameters.get("idls", ())
    for idl in idls:
        interface = _read(idl.path)
        if idl.key is not None:
            interface = replace(interface, addresses=(read_key(idl.key, "--idl"),))
        elif not interface.addresses and isinstance(given, ExecutionInput):
            interface = replace(interface, addresses=(given.program_id,))
        elif not interface.addresses:
            raise InputError(f"--idl {idl.path}: the IDL has no address, expected PUBKEY={idl.path}")
        interfaces = interfaces.with_interface(interface)
    return interfaces


def _read(path: Path) -> Interface:
    """The interface of an IDL. A file is read once for each command, because it may be standard input."""
    read: dict[Path, Interface] = click.get_current_context().meta.setdefault(_READ, {})
    if path not in read:
        content = read_file(path, "--idl")
        try:
            read[path] = parse_idl(content)
        except InputError as error:
            raise InputError(f"--idl {path}: {str(error).removeprefix('idl: ')}") from None
    return read[path]


def check_instruction_options(parameters: Mapping[str, Any]) -> None:
    """Raise a usage error if the options contradict each other."""
    context = click.get_current_context()
    if parameters.get("instruction") is None:
        if parameters.get("arguments"):
            raise click.UsageError("--arg: expected --instruction as well.", context)
    elif parameters.get("data") is not None:
        raise click.UsageError("--data and --instruction exclude each other.", context)


def with_instruction(given: ExecutionInput, parameters: Mapping[str, Any]) -> ExecutionInput:
    """An input with the instruction data that the options describe.

    With an IDL, prints a note about each account that is missing or has less privileges than the IDL asks
    for. Raises `InputError` if the instruction is not known, or an argument is missing or not valid.
    """
    name = parameters["instruction"]
    interface = read_interfaces(parameters, given).of(given.program_id)
    if interface is None:
        address = address_text(given.program_id)
        raise InputError(
            f"--instruction {name}: the interface of {address} is not known, expected --idl {address}=FILE"
        )
    instruction = interface.instruction(name)
    data = instruction.encode(arguments_from_texts(instruction, parameters["arguments"]))
    for departure in _departures(instruction, given.accounts) if interface.anchor else ():
        note(departure)
    return changed_input(given, Changes(instruction_data=data))


def _departures(instruction: InstructionType, accounts: Sequence[InstructionAccount]) -> list[str]:
    """What the accounts of an input lack for an instruction."""
    found = []
    for position, role in enumerate(instruction.accounts):
        wanted = f"{instruction.name} expects {role.name}"
        if position >= len(accounts):
            if not role.optional:
                found.append(f"accounts[{position}]: missing, {wanted}")
            continue
        entry = accounts[position]
        if role.is_signer and not entry.is_signer:
            found.append(f"accounts[{position}]: does not sign, {wanted} to sign")
        if role.is_writable and not entry.is_writable:
            found.append(f"accounts[{position}]: is read-only, {wanted} to be writable")
    return found
