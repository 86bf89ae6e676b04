"""Random sequences of token instructions. Each finds the accounts as the last successful one left them.

Source of layouts and instruction codes: spl-token-interface 2 (state.rs, instruction.rs).
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from solproof.demo.scenario import SYSTEM_PROGRAM, demo_key, mint_data, token_account_data
from solproof.runtime.accounts import Account, InstructionAccount, merge_privileges
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.runtime.sysvars import Sysvars

LAMPORTS = 10**9
MINT_LENGTH, ACCOUNT_LENGTH, MULTISIG_LENGTH = 82, 165, 355
OWNER = slice(32, 64)
MINT_AUTHORITY = slice(4, 36)
WALLETS = tuple(demo_key(f"wallet {number}") for number in range(3))
MINTS = tuple(demo_key(f"mint {number}") for number in range(3))
ACCOUNTS = tuple(demo_key(f"account {number}") for number in range(5))
MULTISIG = demo_key("multisig")
RENT = Sysvars().account("rent")

ODDITY = 0.15
"""How often a part of an instruction is deliberately wrong."""

ROLES: dict[int, str] = {
    0: "mint! rent",
    1: "account! mint wallet rent",
    2: "multisig! rent wallet wallet wallet",
    3: "account! account! owner",
    4: "account! wallet owner",
    5: "account! owner",
    6: "account! owner",
    7: "mint! account! authority",
    8: "account! mint! owner",
    9: "account! wallet! owner",
    10: "account! mint authority",
    11: "account! mint authority",
    12: "account! mint account! owner",
    13: "account! mint wallet owner",
    14: "mint! account! authority",
    15: "account! mint! owner",
    16: "account! mint rent",
    17: "account!",
    18: "account! mint",
    19: "multisig! wallet wallet wallet",
    20: "mint!",
    21: "mint",
    22: "account!",
    23: "mint",
    24: "mint",
    38: "account! wallet! owner",
}
"""The accounts that an instruction takes, by code. "!" marks writable ones. Other codes are tried too."""

INITIALIZING = {0, 1, 2, 16, 18, 19, 20, 22}


class TokenInstructions:
    """The state of some accounts of a token program, and random instructions for them."""

    def __init__(self, program: bytes, program_id: bytes, source: random.Random) -> None:
        self.program = program
        self.program_id = program_id
        self.source = source
        self.state: dict[bytes, Account] = {}
        for key in WALLETS:
            self.state[key] = Account(key, SYSTEM_PROGRAM, LAMPORTS, b"")
        for key in (*MINTS, *ACCOUNTS, MULTISIG):
            self._renew(key)

    def draw(self) -> ExecutionInput:
        """The next instruction."""
        source = self.source
        code = source.choice(list(ROLES))
        keys: list[bytes] = []
        entries = [self._entry(role, keys, fresh=code in INITIALIZING) for role in ROLES[code].split()]
        if MULTISIG in keys and code not in INITIALIZING:
            for key in source.sample(WALLETS, source.choice([1, 2, 2, 3])):
                entries.append(InstructionAccount(self.state[key], is_signer=True))
        if source.random() < ODDITY / 3:
            code = source.randrange(256)
        if source.random() < ODDITY:
            self._spoil(entries)
        data = bytes([code]) + self._data(code)
        if source.random() < ODDITY / 3:
            data = data[: source.randrange(len(data) + 1)]
        return ExecutionInput(self.program, self.program_id, merge_privileges(entries), data)

    def apply(self, output: ExecutionOutput) -> None:
        """Keep the accounts that an instruction left. A closed account is replaced by an unused one."""
        for account in output.accounts:
            if account.key == RENT.key:
                continue
            self.state[account.key] = account
            if account.lamports == 0:
                self._renew(account.key)

    def _renew(self, key: bytes) -> None:
        """Prepare an account before its use: usually initialized, with some tokens."""
        source = self.source
        fresh = source.random() < 0.25
        if key in MINTS:
            authority, freezer = source.choice([*WALLETS, None]), source.choice([*WALLETS, None])
            data = mint_data(authority, 10**9, source.choice([0, 6, 9]), freeze_authority=freezer)
            data = bytes(MINT_LENGTH) if fresh else data
        elif key in ACCOUNTS:
            delegate = source.choice([None, *WALLETS])
            data = token_account_data(
                source.choice(MINTS),
                source.choice([*WALLETS, MULTISIG]),
                source.choice([0, 1, 10**6, 2**64 - 1]),
                delegate=delegate,
                delegated_amount=0 if delegate is None else source.choice([0, 5, 10**6]),
            )
            data = bytes(ACCOUNT_LENGTH) if fresh else data
        else:
            data = bytes(MULTISIG_LENGTH) if fresh else bytes([2, 3, 1]) + b"".join(WALLETS) + bytes(32 * 8)
        self.state[key] = Account(key, self.program_id, LAMPORTS, data)

    def _entry(self, role: str, keys: list[bytes], *, fresh: bool) -> InstructionAccount:
        """An account for a role. `keys` are those before it. `fresh`: the first one is usually unused."""
        name, is_writable = role.removesuffix("!"), role.endswith("!")
        if name == "rent":
            return InstructionAccount(RENT)
        pools: dict[str, Callable[[], bytes]] = {
            "mint": lambda: self._of(MINTS, fresh=True) if fresh and not keys else self._mint(keys),
            "account": lambda: self._of(ACCOUNTS, fresh=fresh and not keys),
            "multisig": lambda: MULTISIG,
            "wallet": lambda: self.source.choice(WALLETS),
            "owner": lambda: self._field(keys, ACCOUNTS, OWNER),
            "authority": lambda: self._field(keys, MINTS, MINT_AUTHORITY),
        }
        key = pools[name]()
        keys.append(key)
        is_signer = name in ("owner", "authority") and key != MULTISIG
        return InstructionAccount(self.state[key], is_signer, is_writable)

    def _mint(self, keys: list[bytes]) -> bytes:
        """Usually the mint of the first account."""
        if keys and keys[0] in ACCOUNTS and self.source.random() > ODDITY:
            mint = self.state[keys[0]].data[:32]
            if mint in self.state:
                return mint
        return self._of(MINTS, fresh=False)

    def _of(self, kind: tuple[bytes, ...], *, fresh: bool) -> bytes:
        """Usually an account that is unused if `fresh` is set, and used otherwise."""
        keys = [key for key in kind if any(self.state[key].data) is not fresh]
        return self.source.choice(keys if keys and self.source.random() > ODDITY else kind)

    def _field(self, keys: list[bytes], kind: tuple[bytes, ...], place: slice) -> bytes:
        """Usually the key in this field of the first account of a kind."""
        named = next((self.state[key].data[place] for key in keys if key in kind), b"")
        if named in self.state and self.source.random() > ODDITY:
            return named
        return self.source.choice(WALLETS)

    def _spoil(self, entries: list[InstructionAccount]) -> None:
        source = self.source
        position = source.randrange(len(entries))
        entry = entries[position]
        match source.randrange(5):
            case 0:
                del entries[position]
            case 1:
                entries.append(source.choice(entries))
            case 2:
                entries[position] = InstructionAccount(entry.account, not entry.is_signer, entry.is_writable)
            case 3:
                entries[position] = InstructionAccount(entry.account, entry.is_signer, not entry.is_writable)
            case _:
                other = self.state[source.choice(list(self.state))]
                entries[position] = InstructionAccount(other, entry.is_signer, entry.is_writable)

    def _data(self, code: int) -> bytes:
        source = self.source
        amount = struct.pack("<Q", source.choice([0, 1, 5, 10**6, 2**64 - 1, source.getrandbits(20)]))
        decimals = bytes([source.choice([0, 6, 9, 255])])
        key = source.choice(WALLETS)
        optional = source.choice([b"\0", b"\1" + source.choice(WALLETS)])
        match code:
            case 0 | 20:
                return decimals + key + optional
            case 2 | 19:
                return bytes([source.randrange(5)])
            case 3 | 4 | 7 | 8 | 23:
                return amount
            case 6:
                return bytes([source.randrange(5)]) + optional
            case 12 | 13 | 14 | 15:
                return amount + decimals
            case 16 | 18:
                return key
            case 24:
                return source.choice([b"12.75", b"0", b"1000000", b"x", b"1.2.3", b"\xff", b""])
        return source.randbytes(source.randrange(12)) if code not in ROLES else b""
