"""`solproof inspect`."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import click

from solproof.cli.terminal.files import INPUT_FILE, read_file
from solproof.cli.terminal.options import (
    RawOptions,
    is_bytecode,
    json_option,
    naming_program,
    note_bytecode,
    raw_options,
)
from solproof.cli.terminal.show import Fields, print_json, print_lines
from solproof.display import NO_FRAME
from solproof.errors import InputError
from solproof.formats import bincode
from solproof.formats.loading import is_input_bin
from solproof.isa.instruction import slots_with
from solproof.isa.opcodes import by_mnemonic
from solproof.program.bytecode_verifier import load_program
from solproof.program.calls import resolve_call
from solproof.program.elf_records import MAGIC as ELF_MAGIC
from solproof.program.executable_hash import executable_hash
from solproof.program.program import Program
from solproof.program.raw import RawFormat
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.program.unknown_calls import unknown_calls
from solproof.runtime.accounts import address_text
from solproof.runtime.execution_input import MAXIMUM_PROGRAM_LENGTH
from solproof.runtime.features import MAINNET, FeatureSet
from solproof.runtime.syscalls import GATES
from solproof.statement.claim import Claim, FrameClaim
from solproof.statement.proof_file import FORMAT, ProofFile
from solproof.statement.proof_file import MAGIC as PROOF_MAGIC
from solproof.vm.trace import SyscallEvent

EXAMPLE = """\b
Examples:
  solproof inspect transfer.proof
  solproof inspect transfer.proof --program p_token.so
  solproof inspect transaction.proof --json
  solproof inspect p_token.so --json
"""

SHOWN_SITES = 4
"""If a call may be at more slots than this, the text output counts them and does not list them."""


@click.command(epilog=EXAMPLE)
@click.argument("file", type=INPUT_FILE, metavar="FILE")
@click.option(
    "--program",
    "-p",
    "program_path",
    type=INPUT_FILE,
    metavar="FILE",
    help="With a proof of an instruction: the program that the proof names, to find its syscalls.",
)
@raw_options
@json_option
def inspect(
    file: Path,
    program_path: Path | None,
    as_json: bool,
    raw: bool,
    sbpf_version: int | None,
    entry: int | None,
) -> None:
    """Describe a proof, a program or an input.bin.

    Verifies nothing: the fields of a proof are what its maker wrote. Use "solproof verify" to check them. A
    proof has a part for each frame, which is one run of one program. It needs no other file.
    """
    options = RawOptions(raw, sbpf_version, entry)
    content = read_file(file, "file")
    if program_path is not None:
        fields = describe_proof(content, _named_program(content, program_path, options))
    elif (program_format := _program_format(content, file, options)) or content.startswith(ELF_MAGIC):
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
        is_empty = fields["kind"] == "proof" and not fields["claim"]["frames"]
        print_lines([*_lines(fields, 0), *([NO_FRAME] if is_empty else [])])


def _program_format(content: bytes, path: Path, options: RawOptions) -> RawFormat | None:
    program_format = options.program_format(content, path)
    if program_format is None and is_bytecode(content):
        note_bytecode(path)
        program_format = RawFormat()
    return program_format


def _named_program(proof: bytes, path: Path, options: RawOptions) -> Program:
    """Load the program at `path`. Raises `InputError` if it is not the program that the proof names."""
    named = ProofFile.from_bytes(proof).program_sha256
    if named is None:
        raise InputError(f"program {path}: the proof is about a transaction, which names no program")
    expected = named.hex()
    content = read_file(path, "program", MAXIMUM_PROGRAM_LENGTH)
    digest = sha256(content).hexdigest()
    if digest != expected:
        raise InputError(f"program {path}: has the SHA-256 {digest}, but the proof names {expected}")
    with naming_program(path):
        return load_program(content, _program_format(content, path, options))


def describe_proof(content: bytes, program: Program | None = None) -> Fields:
    """The header and the claim of a proof file, as JSON fields.

    A claim does not say where its syscalls were called, except at the last instruction of a frame. If
    `program` is given, the slots of the first frame that call each syscall come from it. Raises
    `ProofRejected` or `ProofVersionError` if the file cannot be read as a proof.
    """
    file = ProofFile.from_bytes(content)
    claim = Claim.from_bytes(file.claim)
    sites = [None if program is None else _call_sites(program), *[None] * len(claim.frames)]
    return {
        "kind": "proof",
        "about": "transaction" if file.program_sha256 is None else "instruction",
        "format_version": FORMAT,
        "solproof_version": file.version,
        "system_digest": file.system_digest.hex(),
        "program_sha256": None if file.program_sha256 is None else file.program_sha256.hex(),
        "input_sha256": file.input_sha256.hex(),
        "claimed_security_bits": file.security_bits,
        "claimed_security_regime": file.security_regime or None,
        "claim": {
            "frames": [
                _frame(number, frame, called)
                for number, (frame, called) in enumerate(zip(claim.frames, sites, strict=False), start=1)
            ]
        },
        "bytes": {"file": len(content), "claim": len(file.claim), "engine_proof": len(file.proof)},
    }


def _frame(number: int, frame: FrameClaim, sites: dict[int, list[int]] | None) -> Fields:
    def pcs(event: SyscallEvent) -> list[int] | None:
        if event.clk == frame.final.clk:
            return [frame.final.pc]
        return None if sites is None else sites.get(event.key, [])

    return {
        "number": number,
        "exit_code": None if frame.fault else frame.final.registers[0],
        "fault": frame.fault or None,
        "pc": frame.final.pc,
        "instructions": frame.instructions,
        "executed_slots": len(frame.slots),
        "touched_image_words": len(frame.image),
        "touched_input_words": len(frame.index),
        "memory_units": frame.memory_units,
        "syscalls": dict(sorted(Counter(_name(event) for event in frame.events).items())),
        "events": [_event(position, event, pcs(event)) for position, event in enumerate(frame.events)],
    }


def _name(event: SyscallEvent) -> str:
    return SYSCALL_NAMES.get(event.key, f"unknown {event.key:#010x}")


def _event(number: int, event: SyscallEvent, pcs: list[int] | None) -> Fields:
    return {
        "number": number,
        "clk": event.clk,
        "pcs": pcs,
        "syscall": _name(event),
        "arguments": list(event.arguments),
        "result": event.result,
        "words": len(event.words),
    }


def describe_program(content: bytes, program_format: RawFormat | None = None) -> Fields:
    """The properties of a loaded program, from ELF or raw bytecode, as JSON fields.

    Raises `ProgramError` if the program cannot be loaded.
    """
    program = load_program(content, program_format)
    return {
        "kind": "program",
        "format": "elf" if program_format is None else "raw",
        "sha256": program.file_sha256.hex(),
        "executable_hash": executable_hash(content).hex(),
        "bytes": len(content),
        "sbpf_version": program.version,
        "entry": program.entry,
        "slots": program.slots,
        "text_address": f"{program.text_address:#x}",
        "image_bytes": len(program.image),
        "functions": len(program.functions),
        "syscalls": _syscalls(program),
        "unknown_calls": {
            name: f"pc {', '.join(map(str, pcs))}" for name, pcs in unknown_calls(program, content).items()
        },
    }


def describe_input(content: bytes) -> Fields:
    """The content of an input.bin, as JSON fields. Raises `InputError` if it is malformed."""
    given = bincode.unpack(content)
    parameters = given.parameters
    return {
        "kind": "input",
        "program_bytes": len(given.program),
        "program_sha256": sha256(given.program).hexdigest(),
        "program_format": _format_text(given.program_format),
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
    """The features in words, as differences from those of mainnet."""
    more = [f"with {name}" for name in sorted(features.active - MAINNET.active)]
    less = [f"without {name}" for name in sorted(MAINNET.active - features.active)]
    return ", ".join(["mainnet's", *more, *less])


def _format_text(program_format: RawFormat | None) -> str:
    if program_format is None:
        return "elf"
    return f"raw, sBPF V{program_format.version}, entry {program_format.entry}"


def _syscalls(program: Program) -> dict[str, str]:
    """The known syscalls that the text calls, by name.

    The value of each tells whether this version supports the syscall and whether it is active on mainnet.
    """
    return {name: _state(name) for name in sorted(SYSCALL_NAMES[key] for key in _call_sites(program))}


def _call_sites(program: Program) -> dict[int, list[int]]:
    """The slots that call each syscall, by the hash of its name."""
    code = by_mnemonic("CALL_IMM").code
    sites: dict[int, list[int]] = {}
    # The second slot of an lddw cannot look like a call, because the verifier requires its code to be 0.
    for pc in slots_with(code, program.text):
        call = resolve_call(program, pc, program.instruction(pc), SYSCALL_NAMES)
        if call is not None and call.is_syscall:
            sites.setdefault(call.target, []).append(pc)
    return sites


def _state(name: str) -> str:
    gate = GATES.get(name)
    if gate is None or gate.is_open(MAINNET):
        return "supported"
    return f"supported where {gate.feature} is {'not ' if gate.inverted else ''}active, unlike on mainnet"


def _element(element: Fields | str, depth: int) -> list[str]:
    """The lines for one element of a list: one line for an event, else one line for each field."""
    indent = "  " * depth
    if isinstance(element, str):
        return [f"{indent}{element}"]
    if "arguments" not in element:
        return ["", *_lines(element, depth)]
    arguments = ", ".join(f"{argument:#x}" for argument in element["arguments"])
    return [
        f"{indent}{element['number']}  clk {element['clk']}{_place(element['pcs'])}: "
        f"{element['syscall']}({arguments}) "
        f"= {element['result']:#x}, {element['words']} words"
    ]


def _place(pcs: list[int] | None) -> str:
    """The possible slots of a call, in words. Empty if they are unknown."""
    if pcs is None:
        return ""
    if len(pcs) > SHOWN_SITES:
        return f", pc one of {len(pcs)} calls"
    return f", pc {' or '.join(map(str, pcs))}"


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
            lines.append(f"{label}  {_text(value)}")
    return lines


def _text(value: object) -> str:
    """One value in words."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case _:
            return str(value)
