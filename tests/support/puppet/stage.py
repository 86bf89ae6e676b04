"""A stage for puppets: a LiteSVM, accounts, and one transaction that runs there and in solproof."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from solders.account import Account as SoldersAccount
from solders.compute_budget import request_heap_frame, set_compute_unit_limit
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from solproof.execution.run import run
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.accounts import address_bytes
from solproof.runtime.features import FEATURES, MAINNET, FeatureSet
from solproof.runtime.transaction.scene import Scene
from solproof.vm.limits import INPUT_START
from tests.support.puppet.invocation import Abi, Info, Invocation, Meta, invoke
from tests.support.puppet.layout import InputLayout
from tests.support.puppet.program import puppet
from tests.support.puppet.script import Script, inline, reference
from tests.support.transaction_agreement import assert_agreement
from tests.support.transaction_results import TransactionResult, send

LOADER_V1 = address_bytes("BPFLoader1111111111111111111111111111111111")
LOADER_V2 = address_bytes("BPFLoader2111111111111111111111111111111111")
LOADER_V3 = address_bytes("BPFLoaderUpgradeab1e11111111111111111111111")
LAMPORTS = 10**10
NOWHERE = INPUT_START + 2**32
"""An address behind every region."""
PAYER = Keypair.from_seed(bytes(32)).pubkey()


@dataclass(frozen=True, slots=True)
class Puppet:
    """A puppet on the stage."""

    key: bytes
    version: int = 3
    loader: bytes = LOADER_V3


CALLERS = {
    "loader v1": Puppet(bytes([0xA0]) * 32, 0, LOADER_V1),
    "loader v2": Puppet(bytes([0xA1]) * 32, 0, LOADER_V2),
    "loader v3, V0": Puppet(bytes([0xA2]) * 32, 0, LOADER_V3),
    "loader v3, V3": Puppet(bytes([0xA3]) * 32, 3, LOADER_V3),
}
CALLER, OLD_CALLER = CALLERS["loader v3, V3"], CALLERS["loader v1"]
CHAIN = tuple(Puppet(bytes([0xB0 + number]) * 32) for number in range(10))
CALLEE, OLD_CALLEE = CHAIN[0], Puppet(bytes([0xAF]) * 32, 0, LOADER_V1)
PUPPETS = (*CALLERS.values(), *CHAIN, OLD_CALLEE)
_PUPPET_KEYS = {each.key for each in PUPPETS}


@dataclass(frozen=True, slots=True)
class Mention:
    """An account that a frame gets."""

    key: bytes
    is_writable: bool = True
    is_signer: bool = False


@dataclass(slots=True)
class Frame:
    """One frame of a puppet: its program, its accounts in order, and its script.

    sizes: the lengths of accounts' data when the frame starts.
    """

    program: Puppet
    accounts: Sequence[Mention]
    sizes: Mapping[bytes, int]
    script: Script = field(default_factory=Script)

    @property
    def layout(self) -> InputLayout:
        """Where the fields of the accounts are."""
        listed = [(mention.key, self.sizes[mention.key]) for mention in self.accounts]
        return InputLayout.of(listed, loader_v1=self.program.loader == LOADER_V1)

    def info(self, key: bytes, length: int | None = None, /, **overrides: int) -> Info:
        """The account info of an account, with other values in some fields."""
        size = self.sizes[key] if length is None else length
        return Info(self.layout.accounts[key], size, overrides)

    def invoke(
        self,
        program: bytes,
        metas: Sequence[Meta] = (),
        data: bytes | tuple[int, int] = b"",
        infos: Sequence[Info] | None = None,
        /,
        *,
        abi: Abi = Abi.RUST,
        seeds: Sequence[Sequence[bytes]] = (),
        repeat: int = 1,
        **overrides: int,
    ) -> None:
        """Invoke a program. Without `infos`, every account of the metas that the frame has gets one."""
        if infos is None:
            keys = dict.fromkeys(meta.key for meta in metas)
            infos = [self.info(key) for key in keys if key in self.layout.accounts]
        invoke(self.script, Invocation(program, metas, data, infos, seeds, overrides, abi, repeat))

    def call(self, callee: Frame, *, abi: Abi = Abi.RUST) -> None:
        """Invoke another puppet, with the accounts and the script of its frame. Puppets get no info."""
        metas = [Meta(each.key, each.is_signer, each.is_writable) for each in callee.accounts]
        keys = dict.fromkeys(meta.key for meta in metas if meta.key not in _PUPPET_KEYS)
        infos = [self.info(key) for key in keys]
        self.invoke(callee.program.key, metas, inline(callee.script), infos, abi=abi)


class Stage:
    """A LiteSVM that has puppets. Each transaction gets the accounts that its caller gives.

    Use `stage`, which makes each of them only once.
    """

    def __init__(self, features: FeatureSet = MAINNET) -> None:
        self.features = features
        known = LiteSVM.mainnet_feature_set()
        for name, address in FEATURES.items():
            if name in features and name not in MAINNET:
                known.activate(Pubkey(address), 0)
            elif name in MAINNET and name not in features:
                known.deactivate(Pubkey(address))
        self.svm = (
            LiteSVM()
            .with_feature_set(known)
            .with_builtins()
            .with_sigverify(False)
            .with_transaction_history(0)
        )
        for each in PUPPETS:
            self.svm.add_program_with_loader(Pubkey(each.key), puppet(each.version), Pubkey(each.loader))

    def frame(
        self, program: Puppet, mentions: Sequence[Mention], accounts: Mapping[bytes, SoldersAccount]
    ) -> Frame:
        """A frame with an empty script. `accounts`: what `run` will get, for the lengths."""
        sizes = {}
        for key in [mention.key for mention in mentions]:
            state = accounts.get(key) or self.svm.get_account(Pubkey(key))
            sizes[key] = 0 if state is None else len(state.data)
        return Frame(program, mentions, sizes)

    def run(
        self,
        accounts: Mapping[bytes, SoldersAccount],
        *instructions: Frame | Instruction,
        limit: int | None = None,
        heap: int | None = None,
    ) -> TransactionResult:
        """Run a transaction of instructions and of frames at the top. Asserts that solproof does the same."""
        scene = self.scene(accounts, *instructions, limit=limit, heap=heap)
        expected = send(self.svm, VersionedTransaction.from_bytes(scene.transaction))
        assert_agreement(run(scene).output, expected)
        return expected

    def scene(
        self,
        accounts: Mapping[bytes, SoldersAccount],
        *instructions: Frame | Instruction,
        limit: int | None = None,
        heap: int | None = None,
    ) -> Scene:
        """The scene of a transaction of instructions and of frames at the top.

        limit: compute units of the transaction.
        heap: bytes of the heap of each frame.
        """
        for key, state in accounts.items():
            self.svm.set_account(Pubkey(key), state)
        self.svm.set_account(PAYER, SoldersAccount(LAMPORTS, b"", Pubkey(bytes(32))))
        listed = [] if limit is None else [set_compute_unit_limit(limit)]
        listed += [] if heap is None else [request_heap_frame(heap)]
        listed += [
            self._instruction(number, each) if isinstance(each, Frame) else each
            for number, each in enumerate(instructions)
        ]
        message = MessageV0.try_compile(PAYER, listed, [], self.svm.latest_blockhash())
        signatures = [Signature.default()] * message.header.num_required_signatures
        transaction = VersionedTransaction.populate(message, signatures)
        return scene_from_litesvm(self.svm, transaction, self.features)

    def _instruction(self, number: int, frame: Frame) -> Instruction:
        """The script lies in an account of its own, because it may be longer than a transaction."""
        shelf, content = bytes([0x50 + number]) * 32, frame.script.content()
        self.svm.set_account(Pubkey(shelf), SoldersAccount(LAMPORTS, content, Pubkey(bytes(32))))
        mentions = [*frame.accounts, Mention(shelf, is_writable=False)]
        placed = Frame(frame.program, mentions, {**frame.sizes, shelf: len(content)})
        data = reference(placed.layout.accounts[shelf].data, len(content))
        metas = [AccountMeta(Pubkey(each.key), each.is_signer, each.is_writable) for each in mentions]
        return Instruction(Pubkey(frame.program.key), data, metas)


@cache
def stage(features: FeatureSet = MAINNET) -> Stage:
    """The stage with these features."""
    return Stage(features)


def owned(owner: bytes, data: bytes = b"", lamports: int = LAMPORTS) -> SoldersAccount:
    """An account of a program."""
    return SoldersAccount(lamports, data, Pubkey(owner))


def consumption(result: TransactionResult) -> list[int]:
    """The compute units on the meter wherever the log shows them: at a command, and when a frame began."""
    found = re.findall(r"Program (?:consumption: |\S+ consumed \d+ of )(\d+)", "\n".join(result.logs))
    return [int(units) for units in found]


def ending(result: TransactionResult) -> str:
    """The text with which the last frame failed."""
    return result.logs[-1].partition(" failed: ")[2]


def data_lines(result: TransactionResult) -> list[list[bytes]]:
    """What the frames have logged with `Script.log_data`."""
    # An item without bytes leaves nothing in a line.
    lines = [line.split()[2:] for line in result.logs if line.startswith("Program data: ")]
    return [[base64.b64decode(item) for item in line] for line in lines]


UNRESTRICTED = MAINNET.changed(deactivate=["syscall_parameter_address_restrictions"])
"""Account infos may name any address."""
