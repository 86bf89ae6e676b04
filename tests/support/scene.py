"""A sequence of instructions of one program, compared with LiteSVM.

Each instruction gets the accounts that the previous instruction left.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from solders.litesvm import LiteSVM

from solproof.demo.scenario import demo_key
from solproof.execution.execute import Execution
from solproof.oracle.litesvm import runtime
from solproof.program.bytecode_verifier import load_program
from solproof.program.program import Program
from solproof.runtime.accounts import Account, InstructionAccount, address_bytes, merge_privileges
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.sysvars import ADDRESSES, Sysvars
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.mainnet_programs import PROGRAM_IDS, mainnet_programs
from tests.support.syscall_harness import replay

SCENE_PROGRAMS = PROGRAM_IDS | {"p_token": "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"}
LOADERS = {"memo_v1": Loader.V1, "memo_v3": Loader.V2}
SYSTEM_PROGRAM = bytes(32)
LAMPORTS = 10**10


@cache
def loaded(name: str) -> Program:
    """The program with this name, loaded only once."""
    return load_program(mainnet_programs()[name])


@cache
def machine(parameters: Parameters) -> LiteSVM:
    """A LiteSVM that holds the programs."""
    return runtime(parameters)


class Scene:
    """The accounts that a program's instructions use, by their names.

    An account that was not made explicitly is a wallet. The name of a sysvar stands for its account.
    """

    def __init__(self, program: str, sysvars: Sysvars | None = None) -> None:
        self.program = program
        self.program_id = address_bytes(SCENE_PROGRAMS[program])
        self.parameters = Parameters(loader=LOADERS.get(program, Loader.V3), sysvars=sysvars or Sysvars())
        self.accounts: dict[str, Account] = {}

    def key(self, name: str) -> bytes:
        """The address of an account."""
        return self.account(name).key

    def account(self, name: str) -> Account:
        """The current state of an account."""
        if name in ADDRESSES:
            return self.parameters.sysvars.account(name)
        return self.accounts.setdefault(name, Account(demo_key(name), SYSTEM_PROGRAM, LAMPORTS, b""))

    def make(self, name: str, data: bytes, owner: bytes | None = None, lamports: int = LAMPORTS) -> None:
        """Make an account with this state. Without `owner`, the program itself owns it."""
        self.accounts[name] = Account(
            demo_key(name), self.program_id if owner is None else owner, lamports, data
        )

    def given(self, data: bytes, accounts: Sequence[str]) -> ExecutionInput:
        """An instruction. After an account's name, "*" marks a signer and "!" a writable account."""
        entries = [
            InstructionAccount(self.account(name.rstrip("*!")), "*" in name, "!" in name) for name in accounts
        ]
        program = mainnet_programs()[self.program]
        return ExecutionInput(program, self.program_id, merge_privileges(entries), data, self.parameters)

    def run(self, data: bytes, accounts: str = "", error: str | None = None) -> Execution:
        """Compare an instruction with LiteSVM, replay its syscalls, and keep the resulting accounts."""
        given = self.given(data, accounts.split())
        execution = assert_like_litesvm(given, machine(self.parameters), loaded(self.program))
        replay(execution)
        assert execution.output.error == error, execution.output.logs
        after = {account.key: account for account in execution.output.accounts}
        for name, account in self.accounts.items():
            self.accounts[name] = after.get(account.key, account)
        return execution
