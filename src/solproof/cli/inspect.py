"""`solproof inspect`."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import click

from solproof.cli.options import (
    FILE,
    RawOptions,
    is_bytecode,
    json_option,
    naming_program,
    note_bytecode,
    raw_options,
)
from solproof.cli.show import Fields, print_json, print_lines
from solproof.errors import InputError
from solproof.files import read_file
from solproof.isa.instruction import decode_program
from solproof.isa.opcodes import opcode
from solproof.loading import is_input_bin
from solproof.program.elf_records import MAGIC as ELF_MAGIC
from solproof.program.program import Program
from solproof.program.raw import RawFormat
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.program.verifier import load_program
from solproof.proof.claim import Claim
from solproof.proof.proof_file import FORMAT, ProofFile
from solproof.proof.proof_file import MAGIC as PROOF_MAGIC
from solproof.svm import bincode
from solproof.svm.accounts import address_text
from solproof.svm.features import MAINNET, FeatureSet
from solproof.svm.syscalls import GATES, SUPPORTED
from solproof.vm.trace import SyscallEvent

EXAMPLE = """\b
Examples:
  solproof inspect transfer.proof
  solproof inspect token.so --json
"""


@click.command(epilog=EXAMPLE)
@click.argument("file", type=FILE, metavar="FILE")
@raw_options
@json_option
def inspect(file: Path, as_json: bool, raw: bool, sbpf_version: int | None, entry: int | None) -> None:
    """Describe a proof, a program or an input.bin.

    What a proof says is what its maker wrote: only "solproof verify" tells whether it is true.
    """
    options = RawOptions(raw, sbpf_version, entry)
    content = read_file(file, "file")
    program_format = options.program_format(content, file)
    if program_format is None and is_bytecode(content):
        note_bytecode(file)
        program_format = RawFormat()
    if program_format is not None or content.startswith(ELF_MAGIC):
        with naming_program(file):
            fields = describe_program(content, program_format)
    elif content.startswith(PROOF_MAGIC):
        fields = describe_proof(content)
    elif is_input_bin(content):
        try:
            fields = describe_input(content)
        except InputError as error:
            raise InputError(f"file {file}: {error}") from None
    else:
        raise InputError(
            f"file {file}: starts with {content[:8]!r}, "
            f"expected a proof ({PROOF_MAGIC!r}), a program ({ELF_MAGIC!r}) or an input.bin"
        )
    if as_json:
        print_json(fields)
    else:
        print_lines(_lines(fields, 0))


def describe_proof(content: bytes) -> Fields:
    """The header and the claim of a proof file; raises `ProofRejected` or `ProofVersionError`."""
    file = ProofFile.from_bytes(content)
    claim = Claim.from_bytes(file.claim)
    syscalls = Counter(_name(event) for event in claim.events)
    return {
        "kind": "proof",
        "format_version": FORMAT,
        "solproof_version": file.version,
        "system_digest": file.system_digest.hex(),
        "program_sha256": file.program_sha256.hex(),
        "input_sha256": file.input_sha256.hex(),
        "key_digest": file.key_digest.hex(),
        "claimed_security_bits": file.security_bits,
        "claimed_security_regime": file.security_regime,
        "claim": {
            "exit_code": claim.exit_code,
            "fault": claim.fault or None,
            "pc": claim.final.pc,
            "instructions": claim.instructions,
            "touched_input_words": len(claim.index),
            "memory_units": claim.memory_units,
            "syscalls": dict(sorted(syscalls.items())),
            "events": [_event(number, event) for number, event in enumerate(claim.events)],
        },
        "bytes": {"file": len(content), "claim": len(file.claim), "engine_proof": len(file.proof)},
    }


def _name(event: SyscallEvent) -> str:
    return SYSCALL_NAMES.get(event.key, f"unknown {event.key:#010x}")


def _event(number: int, event: SyscallEvent) -> Fields:
    return {
        "number": number,
        "clk": event.clk,
        "syscall": _name(event),
        "arguments": list(event.arguments),
        "result": event.result,
        "words": len(event.words),
    }


def describe_program(content: bytes, program_format: RawFormat | None = None) -> Fields:
    """What the loader makes of a program's file, ELF or raw bytecode; raises `ProgramError`."""
    program = load_program(content, program_format)
    return {
        "kind": "program",
        "format": "elf" if program_format is None else "raw",
        "sha256": program.file_sha256.hex(),
        "bytes": len(content),
        "sbpf_version": program.version,
        "entry": program.entry,
        "slots": program.slots,
        "text_address": f"{program.text_address:#x}",
        "image_bytes": len(program.image),
        "functions": len(program.functions),
        "syscalls": _syscalls(program),
    }


def describe_input(content: bytes) -> Fields:
    """The fields of an input.bin; raises `InputError`."""
    given = bincode.unpack(content)
    parameters = given.parameters
    return {
        "kind": "input",
        "program_bytes": len(given.program),
        "program_sha256": sha256(given.program).hexdigest(),
        "program_format": _program_format(given.program_format),
        "program_id": address_text(given.program_id),
        "accounts": [
            {
                "key": address_text(entry.account.key),
                "owner": address_text(entry.account.owner),
                "lamports": entry.account.lamports,
                "data_bytes": len(entry.account.data),
                "executable": entry.account.executable,
                "is_signer": entry.is_signer,
                "is_writable": entry.is_writable,
            }
            for entry in given.accounts
        ],
        "instruction_data": given.instruction_data.hex(),
        "parameters": {
            "compute_unit_limit": parameters.compute_unit_limit,
            "heap_size": parameters.heap_size,
            "loader": parameters.loader.name,
            "features": _features(parameters.features),
            "epoch_stake": parameters.epoch_stakes.total,
        },
    }


def _features(features: FeatureSet) -> str:
    """The set in words, as what it has more and less than mainnet's."""
    more = [f"with {name}" for name in sorted(features.active - MAINNET.active)]
    less = [f"without {name}" for name in sorted(MAINNET.active - features.active)]
    return ", ".join(["mainnet's", *more, *less])


def _program_format(program_format: RawFormat | None) -> str:
    if program_format is None:
        return "elf"
    return f"raw, sBPF V{program_format.version}, entry {program_format.entry}"


def _syscalls(program: Program) -> dict[str, str]:
    """The syscalls that the text calls by name, and whether this version runs them and mainnet has them."""
    names = set()
    second_slot = False
    for slot in decode_program(program.text):
        row = None if second_slot else opcode(slot.code, program.version)
        second_slot = row is not None and row.mnemonic == "LD_DW_IMM"
        key = slot.immediate & 0xFFFF_FFFF
        if row is not None and row.mnemonic == "CALL_IMM" and key in SYSCALL_NAMES:
            names.add(SYSCALL_NAMES[key])
    return {name: _state(name) for name in sorted(names)}


def _state(name: str) -> str:
    if name not in SUPPORTED:
        return "not supported yet"
    gate = GATES.get(name)
    if gate is None or gate.is_open(MAINNET):
        return "supported"
    return f"supported where {gate.feature} is {'not ' if gate.inverted else ''}active, unlike on mainnet"


def _element(element: Fields | str, depth: int) -> list[str]:
    """One element of a list: an event in one line, anything else with a line for each field."""
    indent = "  " * depth
    if isinstance(element, str):
        return [f"{indent}{element}"]
    if "arguments" not in element:
        return ["", *_lines(element, depth)]
    arguments = ", ".join(f"{argument:#x}" for argument in element["arguments"])
    return [
        f"{indent}{element['number']}  clk {element['clk']}: {element['syscall']}({arguments}) "
        f"= {element['result']:#x}, {element['words']} words"
    ]


def _lines(fields: Fields, depth: int) -> list[str]:
    """Nested fields as indented lines."""
    width = max(len(name) for name in fields)
    lines = []
    for name, value in fields.items():
        label = f"{'  ' * depth}{name:<{width}}"
        if isinstance(value, dict):
            lines += [
                label.rstrip() + ("" if value else "  none"),
                *(_lines(value, depth + 1) if value else []),
            ]
        elif isinstance(value, list):
            lines.append(f"{label}  {len(value)}")
            for element in value:
                lines += _element(element, depth + 1)
        else:
            lines.append(f"{label}  {value:,}" if type(value) is int else f"{label}  {value}")
    return lines
