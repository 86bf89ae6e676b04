"""The native modules of a build. Every other setting is in pyproject.toml.

A build makes each module once, for the processor of the machine that builds it (.cargo/config.toml). With
SOLPROOF_WHEEL=x86_64 or aarch64 (`make wheels`), it makes the modules of a wheel for other machines: the
prover once for each level of processors, and the other modules for every processor.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from setuptools import setup
from setuptools_rust import RustExtension

NATIVE = "solproof._native"


@dataclass(frozen=True)
class Machines:
    """The machines of a wheel. `levels`: the package of each prover in `_native`, and its processors."""

    target: str
    tag: str
    processor: str
    levels: dict[str, str]


# The oldest glibc for which Rust builds. cargo-zigbuild links with its symbols.
WHEELS = {
    "x86_64": Machines(
        "x86_64-unknown-linux-gnu.2.17",
        "manylinux_2_17_x86_64",
        "x86-64",
        {"x86_64_v2": "x86-64-v2", "x86_64_v3": "x86-64-v3", "x86_64_v4": "x86-64-v4"},
    ),
    # Every such processor has the vector instructions that Plonky3 uses (NEON), so there is one level.
    "aarch64": Machines("aarch64-unknown-linux-gnu.2.17", "manylinux_2_17_aarch64", "generic", {}),
}


def module(crate: str, package: str = NATIVE, **settings: Any) -> RustExtension:
    """A native module of the reviewed crates. `debug=False` optimises editable installations too."""
    return RustExtension(
        f"{package}.{crate}",
        f"native/{crate}/Cargo.toml",
        cargo_manifest_args=["--locked"],
        py_limited_api=True,
        debug=False,
        **settings,
    )


def portable(crate: str, machines: Machines, processor: str, package: str = NATIVE) -> RustExtension:
    """A native module for other machines.

    RUSTFLAGS takes the place of .cargo/config.toml. Each kind of processor has its own folder of crates.
    """
    environment = {name: value for name, value in os.environ.items() if name != "CARGO"}
    environment |= {"RUSTFLAGS": f"-C target-cpu={processor}", "CARGO_TARGET_DIR": f"build/cargo/{processor}"}
    return module(crate, package, args=["--target", machines.target], env=environment)


def main() -> None:
    wheel = os.environ.get("SOLPROOF_WHEEL")
    if wheel is None:
        setup(rust_extensions=[module(crate) for crate in ("processor", "primitives", "prover")])
        return
    machines = WHEELS[wheel]
    os.environ["CARGO"] = "cargo-zigbuild"  # setuptools-rust runs it in place of cargo
    provers = {f"{NATIVE}.{name}": processor for name, processor in machines.levels.items()}
    setup(
        options={"bdist_wheel": {"plat_name": machines.tag}},
        rust_extensions=[
            *(portable(crate, machines, machines.processor) for crate in ("processor", "primitives")),
            *(
                portable("prover", machines, processor, package)
                for package, processor in (provers or {NATIVE: machines.processor}).items()
            ),
        ],
    )


main()
