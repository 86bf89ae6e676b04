"""Derived addresses, compared with `solders`."""

from __future__ import annotations

import random

from solders.pubkey import Pubkey

from solproof.runtime.program_address import find_program_address, program_address


def test_found_addresses() -> None:
    source = random.Random(1)
    for _ in range(100):
        seeds = [source.randbytes(source.randrange(33)) for _ in range(source.randrange(15))]
        program_id = source.randbytes(32)
        address, bump = find_program_address(seeds, program_id)
        expected = Pubkey.find_program_address(seeds, Pubkey(program_id))
        assert (Pubkey(address), bump) == expected
        assert program_address([*seeds, bytes([bump])], program_id) == address
        assert bump == 255 or program_address([*seeds, b"\xff"], program_id) is None
