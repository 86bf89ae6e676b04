"""Builds the guest, once for each address that ZisK links programs to.

    python guest/build.py            writes src/solproof/zisk/elf and their SHA-256 digests

It needs `ziglang` from the development extra. Its version is pinned, so the same sources give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

GUEST = Path(__file__).resolve().parent
ROOT = GUEST.parent
sys.path[:0] = [str(GUEST), str(ROOT / "src")]

import operations_table  # noqa: E402
import runtime_headers  # noqa: E402
import zisk_headers  # noqa: E402
from solproof.program.syscall_names import ENTRYPOINT_HASH  # noqa: E402
from solproof.runtime.syscalls import GATES  # noqa: E402

PACKAGED = ROOT / "src/solproof/zisk/elf"
LINK_BASES = (0x8000_0000, 0x9000_0000)
COMPILER = "0.17.1"
FLAGS = (
    *("-target", "riscv64-freestanding-none", "-mcpu=generic_rv64+m+a", "-mabi=lp64", "-mcmodel=medany"),
    *("-O2", "-g0", "-std=c11", "-ffreestanding", "-fno-builtin", "-fno-pic", "-fno-stack-protector"),
    *(
        "-fno-sanitize=all",
        "-fno-unwind-tables",
        "-fno-asynchronous-unwind-tables",
        "-fno-strict-aliasing",
        "-fomit-frame-pointer",
    ),
    *("-ffunction-sections", "-fdata-sections", "-Wall", "-Wextra", "-Wshadow", "-Werror"),
    *("-Wno-unused-parameter", "-nostdlib", "-static", "-Wl,--gc-sections", "-Wl,--build-id=none", "-Wl,-s"),
)
LINKER_SCRIPT = """\
ENTRY(_start)
PHDRS {{ text PT_LOAD FLAGS(1); constants PT_LOAD FLAGS(4); }}
SECTIONS {{
  . = {base:#x};
  .text : ALIGN(8) {{ *(.text.start) *(.text .text.*) . = ALIGN(8); }} :text
  . = ALIGN(0x1000);
  .rodata : ALIGN(8) {{ *(.rodata .rodata.* .srodata .srodata.*) . = ALIGN(8); }} :constants
  /DISCARD/ : {{ *(.comment) *(.note*) *(.eh_frame*) *(.riscv.attributes) }}
}}
ASSERT(SIZEOF(.text) > 0, "no code")
"""


def build(directory: Path) -> dict[str, bytes]:
    """The ELF files by name. Generated headers go to `directory`. Raises `CalledProcessError`."""
    for name, text in HEADERS.items():
        (directory / name).write_text(text())
    return {elf_name(base): link(directory, base) for base in LINK_BASES}


def elf_name(base: int) -> str:
    """The name of the guest's file for a link address."""
    return f"guest_{base:x}.elf"


def link(directory: Path, base: int) -> bytes:
    """Compile and link for one address."""
    script, elf = directory / "zisk.ld", directory / elf_name(base)
    script.write_text(LINKER_SCRIPT.format(base=base))
    sources = sorted(path.name for path in GUEST.glob("*.c"))
    command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, "-I.", f"-I{directory}", f"-Wl,-T,{script}"]
    subprocess.run([*command, "-o", str(elf), *sources], check=True, cwd=GUEST)
    return elf.read_bytes()


def syscall_header() -> str:
    """The text of syscall_hashes.h: the syscalls and their gates, and the hash of the entrypoint's name."""
    gates = (
        f"GATE({name.upper().strip('_')}, {gate.feature.upper()}, {int(gate.inverted)})"
        for name, gate in GATES.items()
    )
    return (
        operations_table.syscall_hashes()
        + "#define ALL_GATES "
        + " ".join(gates)
        + f"\n#define ENTRYPOINT_HASH {ENTRYPOINT_HASH:#x}\n"
    )


HEADERS = {
    "operations.h": operations_table.header,
    "features.h": operations_table.features,
    "syscall_hashes.h": syscall_header,
    "costs.h": runtime_headers.costs,
    "limits.h": runtime_headers.limits,
    "sysvars.h": runtime_headers.sysvars,
    "endings.h": zisk_headers.endings,
    "outputs.h": zisk_headers.outputs,
    "zisk.h": zisk_headers.zisk,
}
"""The generated headers, by file name."""


def main() -> None:
    """Build the guest, and replace the packaged files."""
    PACKAGED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        guests = build(Path(directory))
    for name, content in guests.items():
        (PACKAGED / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in guests.items()}
    (PACKAGED / "digests.json").write_text(json.dumps(digests, indent=2) + "\n")
    for name, content in guests.items():
        print(f"{name}: {len(content):,} bytes, SHA-256 {digests[name]}")


if __name__ == "__main__":
    main()
