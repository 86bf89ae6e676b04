"""Valid proofs of ZK ElGamal and of possession of a BLS key, made by the crates that Agave uses.

native/primitives/examples/proofs.rs wrote them.
"""

from __future__ import annotations

from pathlib import Path

KNOWN_PROOFS = {
    name: bytes.fromhex(content)
    for name, content in (
        line.split() for line in Path(__file__).with_name("known_proofs.txt").read_text().splitlines()
    )
}
"""By kind: the statement and its proof. The statement of a proof of possession is the key."""
