"""Cross-program invocations by the puppet: the structures that the syscalls of both ABIs read.

Every pointer, length and flag can be overridden, so that tests can make each of them wrong.
Layouts: `sol_invoke_signed_c` and `sol_invoke_signed_rust` of solana-program-runtime 4.1 (cpi.rs).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tests.support.puppet.layout import AccountAddresses
from tests.support.puppet.script import Script, words


class Abi(Enum):
    """How the structures are laid out."""

    C = "sol_invoke_signed_c"
    RUST = "sol_invoke_signed_rust"


@dataclass(frozen=True, slots=True)
class Meta:
    """An account of the instruction. The flags are bytes."""

    key: bytes
    is_signer: int = 0
    is_writable: int = 0


@dataclass(frozen=True, slots=True)
class Info:
    """An AccountInfo: the addresses of an account, the length that it gives, and fields with other values.

    The names of overrides are `key`, `owner`, `lamports`, `data`, and for the Rust ABI also `lamports_cell`
    and `data_cell`.
    """

    addresses: AccountAddresses
    length: int
    overrides: Mapping[str, int] = field(default_factory=dict)

    def value(self, name: str) -> int:
        """The address in a field."""
        found: int = getattr(self.addresses, name)
        return self.overrides.get(name, found)


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of the syscall.

    data: the instruction data, or their address and length.
    overrides: other values, by the names `instruction`, `infos`, `info_count`, `signers` and `signer_count`
        for the registers, and `program`, `metas`, `meta_count`, `data` and `data_length` for the head.
    repeat: how often the same structures are passed in a row.
    """

    program: bytes
    metas: Sequence[Meta] = ()
    data: bytes | tuple[int, int] = b""
    infos: Sequence[Info] = ()
    seeds: Sequence[Sequence[bytes]] = ()
    overrides: Mapping[str, int] = field(default_factory=dict)
    abi: Abi = Abi.RUST
    repeat: int = 1


def invoke(script: Script, call: Invocation) -> None:
    """Append the structures and the command of an invocation."""
    other = call.overrides
    arguments = {
        "instruction": _instruction(script, call),
        "infos": _infos(script, call),
        "info_count": len(call.infos),
        "signers": _signers(script, call.seeds),
        "signer_count": len(call.seeds),
    }
    script.syscall(call.abi.value, *(other.get(name, value) for name, value in arguments.items()))
    if call.repeat > 1:
        script.repeat(1, call.repeat)


def _instruction(script: Script, call: Invocation) -> int:
    address, length = (script.put(call.data), len(call.data)) if isinstance(call.data, bytes) else call.data
    rust = call.abi is Abi.RUST
    head = {
        "metas": _rust_metas(script, call.metas) if rust else _c_metas(script, call.metas),
        "meta_count": len(call.metas),
        "data": address,
        "data_length": length,
    }
    if not rust:
        head["program"] = script.put(call.program)
    head |= {name: call.overrides[name] for name in head.keys() & call.overrides.keys()}
    if not rust:
        return script.put(
            words([head[name] for name in ("program", "metas", "meta_count", "data", "data_length")])
        )
    metas = [head["metas"], len(call.metas), head["meta_count"]]
    return script.put(words([*metas, head["data"], length, head["data_length"]]) + call.program)


def _rust_metas(script: Script, metas: Sequence[Meta]) -> int:
    return script.put(b"".join(meta.key + bytes([meta.is_signer, meta.is_writable]) for meta in metas))


def _c_metas(script: Script, metas: Sequence[Meta]) -> int:
    keys = [script.put(meta.key) for meta in metas]
    return script.put(
        b"".join(
            struct.pack("<QBB6x", key, meta.is_writable, meta.is_signer)
            for key, meta in zip(keys, metas, strict=True)
        )
    )


def _infos(script: Script, call: Invocation) -> int:
    make = _rust_info if call.abi is Abi.RUST else _c_info
    return script.put(b"".join([make(script, info) for info in call.infos]))


def _c_info(_: Script, info: Info) -> bytes:
    key, lamports, data, owner = (info.value(name) for name in ("key", "lamports", "data", "owner"))
    return words([key, lamports, info.length, data, owner, 0, 0])


def _rust_info(script: Script, info: Info) -> bytes:
    """An info with its two cells: three words of the reference count and the borrow flag, and the value."""
    lamports = script.put(words([1, 0, 0, info.value("lamports")]))
    data = script.put(words([1, 0, 0, info.value("data"), info.length]))
    cells = info.overrides.get("lamports_cell", lamports), info.overrides.get("data_cell", data)
    return words([info.value("key"), *cells, info.value("owner"), 0, 0])


def _signers(script: Script, groups: Sequence[Sequence[bytes]]) -> int:
    if not groups:
        return 0
    pairs = []
    for group in groups:
        seeds = [words([script.put(seed, align=1), len(seed)]) for seed in group]
        pairs.append(words([script.put(b"".join(seeds)), len(group)]))
    return script.put(b"".join(pairs))
