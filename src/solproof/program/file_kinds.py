"""What a file is that is given as a program but is none, for errors."""

from __future__ import annotations

from solproof.program.elf_records import MAGIC

_TYPE, _MACHINE = slice(16, 18), slice(18, 20)
_RELOCATABLE = 1  # e_type of an object file (ET_REL)
_BPF_MACHINES = (247, 263)  # e_machine of BPF and SBPF
_MACHINES = {3: "x86", 40: "ARM", 62: "x86-64", 183: "AArch64", 243: "RISC-V"}
_ELF64_CLASS = 2

_PROGRAMDATA_START = b"\3\0\0\0"
_PROGRAMDATA_HEADER = 45
"""The data of a programdata account: its tag, and the length of what stands before the ELF file."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SHOWN_BYTES = 8


def file_kind(content: bytes) -> str | None:
    """What the file is in words, or None for an ELF file of the machine BPF and for an empty file."""
    if content.startswith(MAGIC):
        return _elf_kind(content)
    if content.startswith(_PROGRAMDATA_START) and content.startswith(MAGIC, _PROGRAMDATA_HEADER):
        return f"the data of a programdata account: the program starts at byte {_PROGRAMDATA_HEADER}"
    text = content.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if text.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer: `git lfs pull` gets the file itself"
    if text[:9].lower() == b"<!doctype" or text[:5].lower() == b"<html":
        return "an HTML page, not a program"
    if text.startswith((b"{", b"[")) and _is_text(text):
        return "JSON, not a program"
    if not content:
        return None
    return f"starts with {content[:SHOWN_BYTES]!r}, expected a program ({MAGIC!r})"


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _elf_kind(content: bytes) -> str | None:
    if len(content) < _MACHINE.stop or content[4] != _ELF64_CLASS:
        return None
    machine = int.from_bytes(content[_MACHINE], "little")
    if machine not in _BPF_MACHINES:
        name = _MACHINES.get(machine, f"machine {machine}")
        return f"an ELF file for {name}, expected a program for BPF"
    if int.from_bytes(content[_TYPE], "little") == _RELOCATABLE:
        return "an object file of BPF that is not linked: `solproof link` makes a program of it"
    return None
