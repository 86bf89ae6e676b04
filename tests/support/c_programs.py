"""Programs in C: compiled once each, linked, and run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from solproof.linker.build import link_program
from solproof.linker.compiler import compile_source

PROGRAM_ID = bytes([9] * 32)


@cache
def compiled(source: str, *options: str, optimization: str = "2") -> bytes:
    """The object of a C source, which can include solproof.h. It compiles without a warning."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "program.c"
        path.write_text(source)
        found = compile_source(path, optimization=optimization, options=("-std=c11", *options))
    assert found.warnings == ""
    return found.content


def linked(version: int, *sources: str) -> bytes:
    """The program of some C sources, which are the objects 0.o, 1.o, and so on."""
    objects = [(f"{number}.o", compiled(source)) for number, source in enumerate(sources)]
    return link_program(objects, version).content
