"""The scene as bytes, `scene.bin`, in the encoding of input.bin. docs/input-format.md lists the fields.

A proof of a transaction is bound to the SHA-256 of these bytes, so a scene has exactly one encoding, and two
scenes that differ have different ones. Only the order of the accounts is not kept, because no result depends
on it: they are in rising order of their keys. Nothing is left out because it is a default.

Reading is strict. A field that is cut short, out of range or out of order raises `InputError` with its name
and offset, and so do bytes after the end.
"""

from __future__ import annotations

import struct

from solproof.arguments import bytes_argument
from solproof.errors import InputError
from solproof.formats.bincode import Reader, pack_account, pack_epoch_stakes, pack_features, pack_vector
from solproof.runtime.environment import Environment
from solproof.runtime.transaction.scene import (
    MAXIMUM_BLOCKHASHES,
    MAXIMUM_SCENE_ACCOUNTS,
    MAXIMUM_TRANSACTION_LENGTH,
    Scene,
)

MAGIC = b"SOLSCENE"
"""The first bytes. An input.bin has zeros at bytes 4 to 7, so no content is both."""
FORMAT = 1


def pack(scene: Scene) -> bytes:
    """The bytes of a scene.bin."""
    environment = scene.environment
    accounts = sorted(scene.accounts, key=lambda account: account.key)
    return b"".join(
        [
            MAGIC,
            struct.pack("<H", FORMAT),
            pack_vector(scene.transaction),
            struct.pack("<Q", len(accounts)),
            *map(pack_account, accounts),
            pack_features(environment.features),
            environment.sysvars.to_bytes(),
            pack_epoch_stakes(environment.epoch_stakes),
            struct.pack("<Q", len(scene.blockhashes)),
            *scene.blockhashes,
            struct.pack("<Q?", scene.lamports_per_signature, scene.verify_signatures),
        ]
    )


def unpack(content: bytes) -> Scene:
    """The scene in a scene.bin, with its accounts in rising order of their keys.

    Raises `InputError` if the content is malformed, and `UnsupportedError` for a feature that solproof does
    not support, and `TypeError` for content that is not bytes.
    """
    content = bytes_argument(content, "scene.bin", "its content as bytes")
    reader = Reader(content, "scene.bin")
    _take_head(reader)
    scene = Scene(
        transaction=reader.byte_vector("transaction", MAXIMUM_TRANSACTION_LENGTH),
        accounts=reader.rising(
            "accounts", MAXIMUM_SCENE_ACCOUNTS, reader.account, lambda account: account.key
        ),
        environment=Environment(
            features=reader.features("environment.features"),
            sysvars=reader.sysvars("environment.sysvars"),
            epoch_stakes=reader.epoch_stakes("environment.epoch_stakes"),
        ),
        blockhashes=reader.vector("blockhashes", MAXIMUM_BLOCKHASHES, reader.key),
        lamports_per_signature=reader.unsigned_64("lamports_per_signature"),
        verify_signatures=reader.boolean("verify_signatures"),
    )
    reader.finish()
    return scene


def is_scene_bin(content: bytes) -> bool:
    """Whether some content is a scene.bin, of any version, and not JSON or an input.bin."""
    return content.startswith(MAGIC)


def _take_head(reader: Reader) -> None:
    magic = reader.take(len(MAGIC), "magic")
    if magic != MAGIC:
        raise InputError(f"{reader.name}: magic at offset 0: expected {MAGIC!r}, got {magic!r}")
    version = reader.unsigned(2, "version")
    if version != FORMAT:
        raise InputError(f"{reader.name}: version at offset {len(MAGIC)}: expected {FORMAT}, got {version}")
