"""Programs that are read back from LiteSVM equal the originals."""

from __future__ import annotations

from hashlib import sha256

import pytest
from solders.pubkey import Pubkey

from solproof.demo.programs import TOKEN, classic_token, p_token, read_program
from solproof.errors import InputError
from solproof.oracle.litesvm import runtime
from tests.support.mainnet_programs import mainnet_programs

P_TOKEN_SHA256 = "53e587eee80c786bcfba1450397d92179a0f01def776d19fb4ddf690d64431cc"
CLASSIC_TOKEN_SHA256 = "7b44674b9704fa7640fbebfac68389f338b500b8c2bc29175c27ed66838b5a3c"


def test_p_token() -> None:
    elf = p_token()
    assert len(elf) == 100_312
    assert sha256(elf).hexdigest() == P_TOKEN_SHA256
    assert read_program(runtime(), TOKEN) == elf


def test_classic_token() -> None:
    elf = classic_token()
    assert len(elf) == 134_080
    assert sha256(elf).hexdigest() == CLASSIC_TOKEN_SHA256


def test_all_are_different_elf_files() -> None:
    programs = mainnet_programs()
    assert len(programs) == len(set(programs.values())) == 8
    assert all(elf.startswith(b"\x7fELF") for elf in programs.values())


def test_no_account() -> None:
    unknown = Pubkey(bytes([7] * 32))
    with pytest.raises(InputError) as caught:
        read_program(runtime(), unknown)
    assert str(caught.value) == f"there is no account {unknown}, expected a program"


def test_not_a_program() -> None:
    machine = runtime()
    wallet = Pubkey(bytes([8] * 32))
    machine.airdrop(wallet, 10**9)
    with pytest.raises(InputError) as caught:
        read_program(machine, wallet)
    assert str(caught.value) == f"account {wallet} is not executable, expected a program"
