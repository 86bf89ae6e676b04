"""The assembler against upstream's: every name, operand shape and version, and whole programs."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solproof.errors import InputError
from solproof.isa.assemble import Assembly, assemble
from solproof.isa.instruction import decode_program, wide_immediate
from solproof.isa.mnemonics import OPERANDS, ROWS, Kind, names_of
from solproof.isa.opcodes import OPCODES, VERSIONS, Opcode, opcode
from solproof.isa.source import AssemblyError
from solproof.program.syscall_names import NAMES, SYSCALL_HASHES
from tests.support.oracle.oracle import oracle

SHAPES = sorted(set(OPERANDS.values()), key=str)
NUMBERS = (0, 1, -1, 7, 63, 0x7FFF_FFFF, -0x8000_0000)
TEXT = 0x1_0000_0000


def operand(kind: Kind, random: Random) -> str:
    """An operand of a kind, as a source may contain it. The last label is far behind."""
    register = f"r{random.randrange(11)}"
    offset = random.choice(("", "+0x8", "-0x1", " + 5", "-32768", "+32767", "+0"))
    match kind:
        case Kind.IMMEDIATE:
            number = random.choice((*NUMBERS, random.randrange(-(1 << 31), 1 << 31)))
            return random.choice((str(number), f"{number:#x}"))
        case Kind.WIDE:
            return random.choice(("0", "-1", "0x8000000000000000", f"{random.getrandbits(64):#x}"))
        case Kind.TARGET | Kind.CALLED:
            return random.choice(("function_0", "lbb_5", "+3", "-1", "end"))
        case Kind.LOAD_ADDRESS | Kind.STORE_ADDRESS:
            return f"[{register}{offset}]"
    return register


def program(statement: str) -> str:
    return f"function_0:\nexit\n.fill 3, 0x95\n{statement}\nexit\nlbb_5:\nexit\nend:\nexit"


@pytest.mark.parametrize(
    ("row", "version"),
    [
        pytest.param(row, version, id=f"{row.mnemonic}-V{version}")
        for row in OPCODES
        for version in sorted(row.versions)
    ],
)
def test_every_opcode(row: Opcode, version: int) -> None:
    random = Random(f"{row.mnemonic} {version}")
    for name in names_of(row):
        for _ in range(8):
            operands = ", ".join(operand(kind, random) for kind in OPERANDS[row.format])
            source = program(f"{name} {operands}")
            text, entry = oracle().assemble(source, version)
            ours = assemble(source, version)
            assert (ours.text, ours.entry) == (text, entry), source
            if f"{name} {operands}".startswith(("add64 r10, ", "add r10, ")) and version not in (1, 2):
                continue  # upstream's no-operation
            assert opcode(decode_program(text)[4].code, version) is row


@pytest.mark.parametrize("version", VERSIONS)
def test_every_name_with_every_shape(version: int) -> None:
    """Upstream refuses what we refuse, unless its opcode is another instruction in that version."""
    random = Random(version)
    accepted = 0
    for name in ROWS:
        for shape in SHAPES:
            source = program(f"{name} {', '.join(operand(kind, random) for kind in shape)}")
            theirs = upstream(source, version)
            try:
                ours = assemble(source, version).text
            except AssemblyError:
                if theirs is not None:
                    row = opcode(theirs[4 * 8], version)
                    assert row is None or name not in names_of(row), source
            else:
                accepted += 1
                assert ours == theirs, source
    assert accepted > 150


def upstream(source: str, version: int) -> bytes | None:
    try:
        return oracle().assemble(source, version)[0]
    except ValueError:
        return None


SPACES = st.sampled_from([" ", "  ", "\n", "\n\n   "])


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 4), st.integers(0, 2**32), st.integers(1, 30), st.data())
def test_programs(version: int, seed: int, length: int, data: st.DataObject) -> None:
    random = Random(seed)
    rows = [row for row in OPCODES if version in row.versions]
    statements = []
    for index in range(length):
        row = random.choice(rows)
        name = random.choice(list(names_of(row)))
        label = f"label_{index}:{data.draw(SPACES)}" if random.random() < 0.3 else ""
        operands = [operand(kind, random) for kind in OPERANDS[row.format]]
        statements.append(f"{label}{name} {', '.join(operands)}\n")
    statements.insert(random.randrange(length + 1), "entrypoint:\n")
    statements.append(f"syscall {random.choice(NAMES)}\nsyscall -0x2a\nend: exit\n")
    source = "function_0:\n" + "".join(statements[:1]) + "lbb_5: " + "".join(statements[1:])
    ours = assemble(source, version)
    assert (ours.text, ours.entry) == oracle().assemble(source, version)


# THE ASSEMBLY


def test_calls_and_syscalls() -> None:
    source = "f: call g\nsyscall sol_log_\nsyscall 0xb6fc1a11\ng: call -4\nentrypoint: exit"
    hashes = [SYSCALL_HASHES["sol_log_"], SYSCALL_HASHES["abort"]]
    for version in VERSIONS:
        assembly = assemble(source, version)
        assert (assembly.entry, assembly.calls) == (4, {0: 3, 3: 0})
        assert assembly.syscalls == {1: "sol_log_", 2: None}
        slots = decode_program(assembly.text)
        assert [slot.immediate & 0xFFFF_FFFF for slot in slots[1:3]] == hashes
        relative = [(1, 2), (1, -4)] if version >= 3 else [(0, 3), (0, 0)]
        assert [(slots[pc].source, slots[pc].immediate) for pc in (0, 3)] == relative


def loaded(assembly: Assembly, pc: int) -> int:
    low, high = decode_program(assembly.text)[pc : pc + 2]
    return wide_immediate(low, high)


@pytest.mark.parametrize("version", VERSIONS)
def test_addresses_of_labels(version: int) -> None:
    pair = "mov32 r1, {0}\nhor64 r1, {0}\n" if version == 2 else "lddw r1, {0}\n"
    source = pair.format("data") + pair.format("code") + "code: exit\n.rodata\n.byte 1, 2\ndata: .quad 3"
    assembly = assemble(source, version)
    data = 2 if version >= 3 else TEXT + 5 * 8 + 2
    assert assembly.data_address == data - 2
    assert (loaded(assembly, 0), loaded(assembly, 2)) == (data, TEXT + 4 * 8)
    slots = (0, 1, 2, 3) if version == 2 else (0, 2)
    assert assembly.addresses == {pc: data if pc < 2 else TEXT + 4 * 8 for pc in slots}


def test_the_frame_pointer_moves_only_where_a_program_moves_it() -> None:
    codes = [assemble("add64 r10, -64", version).text[0] for version in VERSIONS]
    assert codes == [0x47, 0x07, 0x07, 0x47, 0x47]


# ERRORS

SIGNED_32 = "a number from -2147483648 to 2147483647"


@pytest.mark.parametrize(
    ("source", "version", "message"),
    [
        (
            "exit\n  mul64 r1, 5",
            2,
            "line 2, column 3: found mul64, which is in V0, V1, V3, V4, expected an instruction of V2",
        ),
        (
            "lmul64 r1, 5",
            0,
            "line 1, column 1: found lmul64, which is in V2, expected an instruction of V0",
        ),
        ("foo r1", 0, "line 1, column 1: found foo, expected the name of an instruction"),
        ("add64", 0, "line 1, column 1: found nothing as operand 1 of add64, expected a register"),
        (
            "add64 r1, [r2]",
            0,
            "line 1, column 11: found memory operand [r2...] as operand 2 of add64, "
            "expected a number or a register",
        ),
        (
            "jeq r1, 2",
            0,
            "line 1, column 1: found nothing as operand 3 of jeq, expected a label or a distance",
        ),
        (
            "exit r1",
            0,
            "line 1, column 6: found register r1 as operand 1 of exit, expected no further operand",
        ),
        ("hor64 r1, r2", 2, "line 1, column 11: found register r2 as operand 2 of hor64, expected a number"),
        (
            "stw r1, 5",
            3,
            "line 1, column 5: found register r1 as operand 1 of stw, expected [register + offset]",
        ),
        ("mov r0, 0x80000000", 0, f"line 1, column 9: found number 2147483648, expected {SIGNED_32}"),
        ("mov r0, x", 0, f"line 1, column 9: found name x, expected {SIGNED_32}"),
        (
            "ldxb r0, [r1+0x8000]",
            0,
            "line 1, column 13: found number 32768, expected a number from -32768 to 32767",
        ),
        ("ja x", 0, "line 1, column 4: found x, expected a label or constant of this source"),
        ("x: ja -x", 0, "line 1, column 7: found -x, expected a label or constant of this source"),
        ("lddw r1, x", 0, "line 1, column 10: found x, expected a label or constant of this source"),
        (
            "ja x\n.rodata\nx:",
            0,
            "line 1, column 4: x is in .rodata, expected a label of .text",
        ),
        (
            "ja x\n.fill 32768, 0\nx: exit",
            0,
            "line 1, column 4: name x is 32768 slots away, expected -32768 to 32767",
        ),
        (
            "call 2147483647",
            0,
            "line 1, column 6: found target 2147483648, expected at most 2147483647",
        ),
        (
            "syscall r1",
            0,
            "line 1, column 1: found register r1 as operand of syscall, "
            "expected the name of a syscall or its hash",
        ),
        (
            "syscall",
            0,
            "line 1, column 1: found nothing as operand of syscall, "
            "expected the name of a syscall or its hash",
        ),
        (
            "syscall 0x100000000",
            0,
            "line 1, column 9: found number 4294967296, expected a number from -2147483648 to 4294967295",
        ),
    ],
)
def test_errors(source: str, version: int, message: str) -> None:
    with pytest.raises(AssemblyError) as caught:
        assemble(source, version)
    assert str(caught.value) == message
    assert isinstance(caught.value, InputError)


def test_versions() -> None:
    with pytest.raises(ValueError, match=r"^sBPF version is 5, expected 0 to 4$"):
        assemble("exit", 5)
