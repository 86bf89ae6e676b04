"""Instructions of the token programs of mainnet: p-token, classic SPL Token and Token-2022.

The accounts suit the instructions.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from solders.litesvm import LiteSVM

from solproof.demo import scenario
from solproof.demo.scenario import (
    DECIMALS,
    DESTINATION_OWNER,
    MINT,
    MINT_AUTHORITY,
    SOURCE_OWNER,
    TOKEN_PROGRAM,
    destination_account,
    mint_account,
    source_account,
    token_account_data,
    wallet,
)
from solproof.execution.execute import Execution
from solproof.oracle.litesvm import runtime
from solproof.runtime.accounts import Account, InstructionAccount, address_bytes, merge_privileges
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.sysvars import Sysvars
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.mainnet_programs import PROGRAM_IDS, mainnet_programs
from tests.support.syscall_harness import replay

P_TOKEN, CLASSIC, TOKEN_2022 = "p-token", "classic", "Token-2022"
TOKEN_2022_PROGRAM = address_bytes(PROGRAM_IDS["token_2022"])
RENT = Sysvars().account("rent")
DELEGATE = scenario.demo_key("delegate")
FRESH_MINT = Account(scenario.demo_key("fresh mint"), TOKEN_PROGRAM, scenario.MINT_LAMPORTS, bytes(82))
FRESH_ACCOUNT = Account(
    scenario.demo_key("fresh account"), TOKEN_PROGRAM, scenario.TOKEN_ACCOUNT_LAMPORTS, bytes(165)
)


@cache
def elf(token: str) -> bytes:
    names = {P_TOKEN: "p_token", CLASSIC: "token", TOKEN_2022: "token_2022"}
    return mainnet_programs()[names[token]]


def given(token: str, data: bytes, *entries: InstructionAccount) -> ExecutionInput:
    return ExecutionInput(elf(token), TOKEN_PROGRAM, merge_privileges(entries), data, Parameters())


def writable(account: Account) -> InstructionAccount:
    return InstructionAccount(account, is_writable=True)


def signer(key: bytes) -> InstructionAccount:
    return InstructionAccount(wallet(key), is_signer=True)


def read_only(account: Account) -> InstructionAccount:
    return InstructionAccount(account)


def with_delegate(delegated_amount: int) -> Account:
    source = source_account()
    data = token_account_data(
        MINT, SOURCE_OWNER, scenario.SOURCE_AMOUNT, delegate=DELEGATE, delegated_amount=delegated_amount
    )
    return Account(source.key, source.owner, source.lamports, data)


def amount(code: int, value: int, *rest: int) -> bytes:
    return struct.pack("<BQ", code, value) + bytes(rest)


Instruction = Callable[[str], ExecutionInput]
SUCCEEDING: dict[str, tuple[Instruction, int]] = {
    "InitializeMint": (
        lambda token: given(
            token,
            bytes([0, DECIMALS]) + MINT_AUTHORITY + b"\1" + DELEGATE,
            writable(FRESH_MINT),
            read_only(RENT),
        ),
        1,
    ),
    "InitializeMint2": (
        lambda token: given(token, bytes([20, 9]) + MINT_AUTHORITY + b"\0", writable(FRESH_MINT)),
        1,
    ),
    "InitializeAccount": (
        lambda token: given(
            token,
            bytes([1]),
            writable(FRESH_ACCOUNT),
            read_only(mint_account()),
            read_only(wallet(DESTINATION_OWNER)),
            read_only(RENT),
        ),
        1,
    ),
    "InitializeAccount3": (
        lambda token: given(
            token, bytes([18]) + DESTINATION_OWNER, writable(FRESH_ACCOUNT), read_only(mint_account())
        ),
        1,
    ),
    "MintTo": (
        lambda token: given(
            token,
            amount(7, 12_345),
            writable(mint_account()),
            writable(destination_account()),
            signer(MINT_AUTHORITY),
        ),
        2,
    ),
    "Transfer": (lambda token: scenario.transfer(elf(token)), 2),
    "Transfer everything": (lambda token: scenario.transfer(elf(token), scenario.SOURCE_AMOUNT), 2),
    "Transfer nothing": (lambda token: scenario.transfer(elf(token), 0), 0),
    "Transfer to itself": (
        lambda token: given(
            token, amount(3, 5), writable(source_account()), writable(source_account()), signer(SOURCE_OWNER)
        ),
        0,
    ),
    "Transfer by a delegate": (
        lambda token: given(
            token, amount(3, 7), writable(with_delegate(7)), writable(destination_account()), signer(DELEGATE)
        ),
        2,
    ),
    "TransferChecked": (
        lambda token: given(
            token,
            amount(12, 1_000, DECIMALS),
            writable(source_account()),
            read_only(mint_account()),
            writable(destination_account()),
            signer(SOURCE_OWNER),
        ),
        2,
    ),
    "Approve": (
        lambda token: given(
            token,
            amount(4, 99),
            writable(source_account()),
            read_only(wallet(DELEGATE)),
            signer(SOURCE_OWNER),
        ),
        1,
    ),
    "Revoke": (
        lambda token: given(token, bytes([5]), writable(with_delegate(7)), signer(SOURCE_OWNER)),
        1,
    ),
    "Burn": (
        lambda token: given(
            token,
            amount(8, 1_000),
            writable(source_account()),
            writable(mint_account()),
            signer(SOURCE_OWNER),
        ),
        2,
    ),
    "CloseAccount": (
        lambda token: given(
            token,
            bytes([9]),
            writable(destination_account()),
            writable(wallet(SOURCE_OWNER)),
            signer(DESTINATION_OWNER),
        ),
        2,
    ),
    "SetAuthority": (
        lambda token: given(
            token,
            bytes([6, 0, 1]) + DELEGATE,
            writable(mint_account()),
            signer(MINT_AUTHORITY),
        ),
        1,
    ),
    "GetAccountDataSize": (lambda token: given(token, bytes([21]), read_only(mint_account())), 0),
    "AmountToUiAmount": (lambda token: given(token, amount(23, 1_234_567), read_only(mint_account())), 0),
    "UiAmountToAmount": (lambda token: given(token, b"\x1812.75", read_only(mint_account())), 0),
}
FAILING: dict[str, tuple[Instruction, str]] = {
    "Transfer of too much": (
        lambda token: scenario.transfer(elf(token), scenario.SOURCE_AMOUNT + 1),
        "Custom(1)",
    ),
    "Transfer without a signature": (
        lambda token: given(
            token,
            amount(3, 5),
            writable(source_account()),
            writable(destination_account()),
            read_only(wallet(SOURCE_OWNER)),
        ),
        "MissingRequiredSignature",
    ),
    "Transfer by another owner": (
        lambda token: given(
            token,
            amount(3, 5),
            writable(source_account()),
            writable(destination_account()),
            signer(DESTINATION_OWNER),
        ),
        "Custom(4)",
    ),
    "TransferChecked with other decimals": (
        lambda token: given(
            token,
            amount(12, 1_000, DECIMALS + 1),
            writable(source_account()),
            read_only(mint_account()),
            writable(destination_account()),
            signer(SOURCE_OWNER),
        ),
        "Custom(18)",
    ),
    "InitializeMint twice": (
        lambda token: given(
            token, bytes([0, 9]) + MINT_AUTHORITY + b"\0", writable(mint_account()), read_only(RENT)
        ),
        "Custom(6)",
    ),
    "CloseAccount with a balance": (
        lambda token: given(
            token,
            bytes([9]),
            writable(source_account()),
            writable(wallet(DESTINATION_OWNER)),
            signer(SOURCE_OWNER),
        ),
        "Custom(11)",
    ),
    "Transfer into an account that is read-only": (
        lambda token: given(
            token,
            amount(3, 5),
            writable(source_account()),
            read_only(destination_account()),
            signer(SOURCE_OWNER),
        ),
        "ReadonlyDataModified",
    ),
    "Too few accounts": (
        lambda token: given(token, amount(3, 5), writable(source_account())),
        "NotEnoughAccountKeys",
    ),
    "No such instruction": (lambda token: given(token, b"\xfa"), "Custom(12)"),
}


def scene_of(token: str, instruction: Instruction) -> ExecutionInput:
    """The input of an instruction. Token-2022 gets the same instructions on its own accounts."""
    scene = instruction(token)
    if token != TOKEN_2022:
        return scene
    entries = tuple(replace(entry, account=_of_token_2022(entry.account)) for entry in scene.accounts)
    return replace(scene, program_id=TOKEN_2022_PROGRAM, accounts=entries)


def _of_token_2022(account: Account) -> Account:
    return replace(account, owner=TOKEN_2022_PROGRAM) if account.owner == TOKEN_PROGRAM else account


def against_litesvm(token: str, instruction: Instruction) -> Execution:
    execution = assert_like_litesvm(scene_of(token, instruction), machine(token == CLASSIC))
    replay(execution)
    return execution


@cache
def machine(classic_token: bool) -> LiteSVM:
    return runtime(classic_token=classic_token)
