"""docs/solana.md: its figures match the demo's Transfer and the constants of the machine."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from solproof.demo import programs, scenario
from solproof.execution.execute import Execution, execute
from solproof.isa.opcodes import VERSIONS
from solproof.program.elf import MAINNET_VERSIONS
from solproof.program.elf_file import parse
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.runtime.budget import HEAP_PAGE_COST, MAXIMUM_COMPUTE_UNIT_LIMIT, heap_cost
from solproof.runtime.features import FEATURES, MAINNET
from solproof.runtime.syscalls import SUPPORTED, invoke
from solproof.tracing.steps import Step, trace
from solproof.vm.limits import FRAME_STRIDES, MAXIMUM_CALL_DEPTH
from solproof.vm.memory import DEFAULT_HEAP_SIZE, FRAME_SIZE, MAXIMUM_HEAP_SIZE, STACK_SIZE

PAGE = (Path(__file__).resolve().parents[2] / "docs/solana.md").read_text()
WORDS = " ".join(PAGE.split())
ELF = programs.p_token()
ROLES = ("source", "destination", "owner of the source")
AMOUNT = slice(64, 72)
MEANINGS = {
    1: "three accounts",
    3: "the first has 165 bytes of data, so it is a token account",
    5: "the second is not a duplicate",
    7: "it is a token account too",
    17: "nine bytes of instruction data",
    19: "the instruction is Transfer",
    23: "the source is initialized",
    26: "the destination is initialized",
    33: "the amount, at an address that is not a multiple of 8",
    35: "the balance of the source, which is enough",
    65: "the owner has signed",
    68: "the new balance of the source",
    69: "it is stored in its account",
    70: "the balance of the destination",
    71: "the new balance of the destination",
    72: "it is stored in its account",
    73: "the result: 0, success",
    76: "the end of the run",
}


@cache
def execution() -> Execution:
    """The Transfer of the demo."""
    return execute(scenario.transfer(ELF))


def accounts() -> list[str]:
    """The page's table of accounts."""
    lines = []
    for role, entry, after in zip(
        ROLES, execution().input.accounts, execution().output.accounts, strict=True
    ):
        balances = [
            f"{int.from_bytes(data[AMOUNT], 'little'):,} units" if data else "unchanged"
            for data in (entry.account.data, after.data)
        ]
        flags = ["yes" if flag else "no" for flag in (entry.is_signer, entry.is_writable)]
        lines.append(f"| {role} | {len(after.data)} | {' | '.join(flags)} | {' | '.join(balances)} |")
    return lines


def steps() -> list[str]:
    """The page's table of instructions."""

    def line(step: Step, meaning: str) -> str:
        value = f"{step.memory[0].new:,}" if step.memory else ""
        if not step.memory and step.mnemonic != "EXIT":
            value = f"{step.registers_after[step.operands['destination']]:,}"
        return f"| {step.index + 1} | `{step.assembly}` | {value} | {meaning} |"

    return [line(step, MEANINGS[step.index + 1]) for step in trace(execution()) if step.index + 1 in MEANINGS]


def test_the_run() -> None:
    assert "\n".join(accounts()) in PAGE
    assert "\n".join(steps()) in PAGE
    assert "```text\n" + "\n".join(execution().output.logs) + "\n```" in PAGE
    output = execution().output
    assert (output.instructions, output.compute_units, output.accounts_modified) == (76, 76, 2)
    assert execution().input.instruction_data.hex() == "0380de800200000000"
    touched = [access for step in trace(execution()) for access in step.memory]
    assert (
        len({address // 8 for each in touched for address in (each.address, each.address + each.size - 1)})
        == 30
    )
    assert sum(each.kind == "write" for each in touched) == 2


def test_loading() -> None:
    program = execution().invocation.program
    assert program.version == 0
    for part in (
        f"V0 file of {len(ELF):,} bytes",
        f"applies {len(parse(ELF).relocations)} relocations",
        f"{program.slots:,} slots of 8 bytes at {program.text_address:#x}",
        f"image of {len(program.image):,} bytes",
        f"slot {program.entry} as the entry",
        f"input region of {len(execution().invocation.serialized.region):,} bytes",
    ):
        assert part in WORDS, part
    assert list(MAINNET_VERSIONS) == [0, 1, 2, 3]
    assert VERSIONS == (0, 1, 2, 3, 4)


def test_the_machine() -> None:
    assert (MAXIMUM_CALL_DEPTH, FRAME_SIZE, STACK_SIZE) == (64, 4 * 1024, 256 * 1024)
    assert (FRAME_STRIDES[0], FRAME_STRIDES[1], FRAME_STRIDES[2]) == (8 * 1024, 0, 0)
    assert (DEFAULT_HEAP_SIZE, MAXIMUM_HEAP_SIZE) == (32 * 1024, 256 * 1024)
    assert (heap_cost(64 * 1024), HEAP_PAGE_COST) == (8, 8)
    assert f"At most {MAXIMUM_COMPUTE_UNIT_LIMIT:,}" in WORDS


def test_syscalls_and_features() -> None:
    assert f"runs {len(SUPPORTED)} of the {len(SYSCALL_HASHES)} syscalls" in WORDS
    assert {syscall.name for syscall in invoke.SYSCALLS} == set(re.findall(r"`(sol_invoke\w+)`", PAGE))
    named = {name for name in FEATURES if f"`{name}`" in PAGE}
    assert len(named) == 3
    assert not any(name in MAINNET for name in named)


def test_a_failure() -> None:
    given = scenario.transfer(ELF, scenario.SOURCE_AMOUNT + 1)
    output = execute(given).output
    assert f"fails with `{output.error}` after {output.compute_units} units" in WORDS


if __name__ == "__main__":
    print("\n".join(accounts()), "\n".join(steps()), "\n".join(execution().output.logs), sep="\n\n")
