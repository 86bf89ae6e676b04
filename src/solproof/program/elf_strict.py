"""The strict ELF loader, for sBPF V3 and later: one or two program headers, nothing else.

    program header 0 (optional)  PT_LOAD, PF_R, address 0: the read-only data
    program header 1             PT_LOAD, PF_X, address 1 << 32: the text, which cannot be read

The contents follow the program headers in this order, without gaps, in multiples of 8 bytes. The loader
ignores further program headers, sections and symbols. It relocates nothing, because calls are relative and
syscalls are already hashes.

Source: `load_with_strict_parser` of solana-sbpf 0.21.0 (`elf.rs`), without labels, and SIMD-0189.
"""

from __future__ import annotations

from hashlib import sha256

from solproof.isa.instruction import SLOT_BYTES
from solproof.program.elf_records import (
    CLASS_64,
    CURRENT_VERSION,
    FILE_HEADER,
    LITTLE_ENDIAN,
    MAGIC,
    PROGRAM_HEADER,
    PT_LOAD,
    FileHeader,
    ProgramHeader,
)
from solproof.program.errors import ElfError, elf_error, out_of_bounds, parse_error
from solproof.program.program import READ_ONLY_DATA_ADDRESS, TEXT_ADDRESS, Program

_MACHINE = 247  # BPF
_EXECUTE, _READ = 1, 4
# The bytes of the identification after the OS ABI: the ABI version and the padding.
_IDENTIFICATION_END = slice(8, 16)


def load_strict(elf: bytes, version: int) -> Program:
    """Read the two segments of a file. Raises `ElfError`."""
    header, table = _file_header(elf)
    segments = [ProgramHeader(*row) for row in PROGRAM_HEADER.iter_unpack(elf[table.start : table.stop])]
    expected = [(_READ, READ_ONLY_DATA_ADDRESS), (_EXECUTE, TEXT_ADDRESS)]
    if segments[0].flags != _READ:
        expected = expected[1:]
    elif len(segments) == 1:
        raise _bad_header("e_phnum is 1 and program header 0 is read-only, expected a header for the text")
    offset = table.stop
    contents = []
    for index, (flags, address) in enumerate(expected):
        size = _check_segment(index, segments[index], flags, address, range(offset, len(elf)))
        contents.append(elf[offset : offset + size])
        offset += size
    text = contents[-1]
    return Program(
        version=version,
        text=text,
        text_address=TEXT_ADDRESS,
        image=b"".join(contents[:-1]),
        image_address=READ_ONLY_DATA_ADDRESS,
        entry=_entry(header, len(text)),
        functions={},
        file_sha256=sha256(elf).digest(),
    )


def _file_header(elf: bytes) -> tuple[FileHeader, range]:
    """The file header, and the range of the program headers.

    The type of the file and all fields about sections may have any value.
    """
    if len(elf) < FILE_HEADER.size:
        raise out_of_bounds(
            f"the file has {len(elf)} bytes, expected at least {FILE_HEADER.size} for the ELF header"
        )
    header = FileHeader(*FILE_HEADER.unpack_from(elf))
    rest = elf[_IDENTIFICATION_END]
    for name, found, expected in (
        ("magic", header.magic, MAGIC),
        ("class", header.file_class, CLASS_64),
        ("byte order", header.byte_order, LITTLE_ENDIAN),
        ("identification version", header.identification_version, CURRENT_VERSION),
        ("the OS ABI", header.abi, 0),
        ("the end of the identification", rest, bytes(len(rest))),
        ("e_machine", header.machine, _MACHINE),
        ("e_version", header.version, CURRENT_VERSION),
        ("e_phoff", header.program_headers_offset, FILE_HEADER.size),
        ("e_ehsize", header.size, FILE_HEADER.size),
        ("e_phentsize", header.program_header_size, PROGRAM_HEADER.size),
    ):
        if found != expected:
            raise _bad_header(f"{name} is {found!r}, expected {expected!r}")
    if header.program_headers == 0:
        raise _bad_header("e_phnum is 0, expected 1 or more")
    table = range(FILE_HEADER.size, FILE_HEADER.size + PROGRAM_HEADER.size * header.program_headers)
    if table.stop > len(elf):
        raise _bad_header(f"the program header table ends at {table.stop:#x}, the file at {len(elf):#x}")
    return header, table


def _check_segment(index: int, segment: ProgramHeader, flags: int, address: int, rest: range) -> int:
    """The size of a segment in bytes.

    It must begin at the start of `rest`, the unread part of the file, and fit in it.
    """
    for name, found, expected in (
        ("p_type", segment.type, PT_LOAD),
        ("p_flags", segment.flags, flags),
        ("p_offset", segment.offset, rest.start),
        ("p_vaddr", segment.address, address),
        ("p_paddr", segment.physical_address, address),
        ("p_memsz", segment.memory_size, segment.file_size),
    ):
        if found != expected:
            raise _bad_segment(index, f"{name} is {found:#x}, expected {expected:#x}")
    if not rest:  # even an empty segment must start within the file
        raise _bad_segment(
            index, f"p_offset is {rest.start:#x}, expected less than the file's {rest.stop:#x}"
        )
    if segment.file_size > len(rest):
        raise _bad_segment(index, f"p_filesz is {segment.file_size:#x}, expected at most {len(rest):#x}")
    if segment.file_size % SLOT_BYTES:
        raise _bad_segment(index, f"p_filesz is {segment.file_size:#x}, expected a multiple of {SLOT_BYTES}")
    return segment.file_size


def _entry(header: FileHeader, text_bytes: int) -> int:
    # Agave checks that the last byte of the slot is in the text. This is equivalent, because the text ends
    # with a slot.
    offset = header.entry - TEXT_ADDRESS
    if offset % SLOT_BYTES or not 0 <= offset < text_bytes:
        raise _bad_header(
            f"e_entry is {header.entry:#x}, expected a multiple of {SLOT_BYTES} "
            f"from {TEXT_ADDRESS:#x} to less than {TEXT_ADDRESS + text_bytes:#x}"
        )
    return offset // SLOT_BYTES


def _bad_header(detail: str) -> ElfError:
    return parse_error("invalid file header", detail)


def _bad_segment(index: int, detail: str) -> ElfError:
    return elf_error("InvalidProgramHeader", detail=f"program header {index}: {detail}")
