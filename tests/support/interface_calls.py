"""Runs instructions of real programs by name: data, accounts and privileges come from the interface."""

from __future__ import annotations

from typing import Any

from solproof.execution.execute import Execution
from solproof.interfaces.interface import Decoded, Interface
from solproof.interfaces.registry import KNOWN
from tests.support.scene import Scene


class Caller:
    """A scene of one program, whose interface is known."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        interface = KNOWN.of(scene.program_id)
        assert interface is not None
        self.interface: Interface = interface

    def call(
        self,
        name: str,
        arguments: dict[str, Any] | None = None,
        *,
        more: str = "",
        error: str | None = None,
        **accounts: str,
    ) -> Execution:
        """Run an instruction, compare it with LiteSVM, and decode what was encoded.

        Arguments are given in the form in which they are decoded. An account has the name of its role, unless
        `accounts` gives it another. The instruction ends before a role whose name is "".

        more: further accounts, as `Scene.run` takes them.
        """
        known = self.interface.instruction(name)
        values = arguments or {}
        data = known.encode(values)
        listed = []
        for role in known.accounts:
            account = accounts.get(role.name, role.name)
            if not account:
                break
            listed.append(account + "*" * role.is_signer + "!" * role.is_writable)
        execution = self.scene.run(data, " ".join([*listed, more]), error)
        decoded = self.interface.decode_instruction(data)
        assert decoded is not None
        assert (decoded.name, decoded.values) == (name, values)
        return execution

    def decoded(self, name: str) -> Decoded:
        """The meaning of an account."""
        account = self.scene.account(name)
        decoded = KNOWN.decode_account(account.owner, account.data)
        assert decoded is not None, account
        return decoded
