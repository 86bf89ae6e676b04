"""The lenient ELF loader, for sBPF V0 to V2: sections, relocations, and calls rewritten to hashes.

It ignores the version, so it reads a file of V1 or V2 like a file of V0. The order of the checks decides
which error a broken file gets.

Source: `load_with_lenient_parser` of solana-sbpf 0.21.0 (`elf.rs`) with Agave's settings: `optimize_rodata`
is off, labels are not collected, and `reject_broken_elfs` is on for deployments only.
"""

from __future__ import annotations

from collections.abc import Container
from hashlib import sha256

from solproof.isa.instruction import SLOT_BYTES
from solproof.program.elf_file import ElfFile, parse
from solproof.program.elf_records import Section
from solproof.program.errors import elf_error, out_of_bounds
from solproof.program.program import IMAGE_ADDRESS, Program
from solproof.program.relocation import relocate
from solproof.program.syscall_names import ENTRYPOINT_HASH

_MACHINES = {247: "BPF", 263: "SBPF"}
_SHARED_OBJECT = 3
_READ_ONLY_SECTIONS = (b".text", b".rodata", b".data.rel.ro", b".eh_frame")


def load_lenient(elf: bytes, version: int, deployment: Container[int] | None = None) -> Program:
    """Parse, validate and relocate a file, and lay out its read-only image. Raises `ElfError`.

    deployment: for a program that is deployed now, the hashes of the syscalls that it may call. Then each
        read-only section must be at its file offset, too.
    """
    file = parse(elf)
    text = _validate(file)
    if deployment is not None:
        _check_offset(text, b".text")
    relocated, functions = relocate(file, text, deployment)
    offset = max(file.header.entry - text.address, 0)
    if offset % SLOT_BYTES:
        raise elf_error(
            "InvalidEntrypoint",
            detail=f"it is {offset} bytes into .text, expected a multiple of {SLOT_BYTES}",
        )
    entry = offset // SLOT_BYTES
    # A relocation against the symbol `entrypoint` may have named another pc, but the file header decides.
    functions.pop(ENTRYPOINT_HASH, None)
    functions.register(entry, ENTRYPOINT_HASH)
    if deployment is not None:
        # Agave also checks that no two of these sections overlap, which the parser has refused already.
        for section, name in _read_only(file):
            _check_offset(section, name)
    image = _read_only_image(file, bytes(relocated))
    return Program(
        version=version,
        # If sections overlap in memory, take the text from the image, so that fetches and loads agree.
        text=image[text.address : text.address + len(text.file_range)],
        text_address=IMAGE_ADDRESS + text.address,
        image=image,
        image_address=IMAGE_ADDRESS,
        entry=entry,
        functions=dict(sorted(functions.items())),
        file_sha256=sha256(elf).digest(),
    )


def _validate(file: ElfFile) -> Section:
    """Check everything that the loader relies on, and return the only text section."""
    header = file.header
    if header.abi != 0:
        raise elf_error("WrongAbi", detail=f"the OS ABI is {header.abi}, expected 0 (none)")
    if header.machine not in _MACHINES:
        expected = " or ".join(f"{code} ({name})" for code, name in _MACHINES.items())
        raise elf_error("WrongMachine", detail=f"e_machine is {header.machine}, expected {expected}")
    if header.type != _SHARED_OBJECT:
        raise elf_error(
            "WrongType", detail=f"e_type is {header.type}, expected {_SHARED_OBJECT} (shared object)"
        )
    texts = [section for section, name in _named(file) if name == b".text"]
    if len(texts) != 1:
        raise elf_error("NotOneTextSection", detail=f"{len(texts)} sections are named .text, expected 1")
    for section, name in _named(file):
        writable_data = (
            section.is_writable and name.startswith(b".data") and not name.startswith(b".data.rel")
        )
        if name.startswith(b".bss") or writable_data:
            label = name.decode(errors="replace")
            raise elf_error(
                "WritableSectionNotSupported",
                label,
                detail="expected no .bss and no writable .data except .data.rel",
            )
    for index, section in enumerate(file.sections):
        end = section.offset + section.size
        if end > len(file.data):
            raise out_of_bounds(f"section {index} ends at {end:#x}, the file at {len(file.data):#x}")
    text = texts[0]
    if not text.contains(header.entry):
        raise elf_error(
            "EntrypointOutOfBounds",
            detail=f"e_entry is {header.entry:#x}, .text {text.address:#x} to {text.address + text.size:#x}",
        )
    _check_address(text, b".text")
    return text


def _read_only_image(file: ElfFile, data: bytes) -> bytes:
    """The read-only sections at their addresses, later sections over earlier ones, and zeros elsewhere."""
    sections = _read_only(file)
    for section, name in sections:
        _check_address(section, name)
    end = max(section.address + len(section.file_range) for section, _ in sections)
    if end > len(data):
        raise out_of_bounds(
            f"the read-only sections end at address {end:#x}, expected at most the file's {len(data):#x}"
        )
    image = bytearray(end)
    for section, _ in sections:
        place = section.file_range
        image[section.address : section.address + len(place)] = data[place.start : place.stop]
    return bytes(image)


def _check_offset(section: Section, name: bytes) -> None:
    if section.address != section.offset:
        raise out_of_bounds(
            f"{name.decode()} is at address {section.address:#x}, expected {section.offset:#x}, its offset"
        )


def _read_only(file: ElfFile) -> list[tuple[Section, bytes]]:
    return [(section, name) for section, name in _named(file) if name in _READ_ONLY_SECTIONS]


def _check_address(section: Section, name: bytes) -> None:
    if section.address > IMAGE_ADDRESS:
        raise out_of_bounds(
            f"{name.decode()} is at address {section.address:#x}, expected at most {IMAGE_ADDRESS:#x}"
        )


def _named(file: ElfFile) -> list[tuple[Section, bytes]]:
    return list(zip(file.sections, file.section_names, strict=True))
