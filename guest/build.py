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
from solproof.runtime.syscalls import GATES  # noqa: E402
from solproof.runtime.sysvars import ADDRESSES, ONLY_TYPED, Sysvars  # noqa: E402

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
    (directory / "operations.h").write_text(operations_table.header())
    (directory / "syscall_hashes.h").write_text(syscall_header())
    (directory / "features.h").write_text(operations_table.features())
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
    """The syscalls, their gates, and the addresses of the sysvars that `sol_get_sysvar` serves."""
    gates = (
        f"GATE({name.upper().strip('_')}, {gate.feature.upper()}, {int(gate.inverted)})"
        for name, gate in GATES.items()
    )
    served = [name for name in Sysvars.__slots__ if name not in ONLY_TYPED]
    addresses = ", ".join("{" + ", ".join(map(str, ADDRESSES[name])) + "}" for name in served)
    return (
        operations_table.syscall_hashes()
        + "#define ALL_GATES "
        + " ".join(gates)
        + f"\n#define SYSVAR_ADDRESSES {{{addresses}}}\n"
    )


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
