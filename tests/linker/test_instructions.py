"""Instructions of BPF that sBPF lacks or defines otherwise are refused, with what helps."""

from __future__ import annotations

import pytest

from solproof.errors import ProgramError
from solproof.isa.assemble import assemble
from solproof.isa.instruction import Instruction
from solproof.linker.instructions import Refused, check_frame, translated
from tests.support.c_programs import linked

IN_ASSEMBLY = '__asm__(".globl entrypoint\\n.type entrypoint, @function\\nentrypoint:\\n%s\\nexit");'
PLACE = "object 0.o: entrypoint: the instruction at .text+0x0"


@pytest.mark.parametrize(
    ("instruction", "version", "message"),
    [
        (
            "w1 += w2",
            3,
            "adds, subtracts or multiplies 32 bits, and sBPF extends such a result otherwise; "
            "compile with -mcpu=v2",
        ),
        (
            "lock *(u64 *)(r1 + 0) += r2",
            0,
            "is an atomic operation, which sBPF V0 does not have; compile with -mcpu=v2",
        ),
        ("if w1 > w2 goto +0", 0, "is a 32-bit jump, which sBPF V0 does not have; compile with -mcpu=v2"),
        (
            "r1 = *(s8 *)(r1 + 0)",
            3,
            "has opcode 0x91, which sBPF V3 does not have; compile with -mcpu=v2",
        ),
        (
            "r1 s/= r2",
            3,
            "is a signed division or a move with sign extension, which sBPF does not have; "
            "compile with -mcpu=v2",
        ),
        (
            "r1 = (s8)r2",
            0,
            "is a signed division or a move with sign extension, which sBPF does not have; "
            "compile with -mcpu=v2",
        ),
        (
            "r1 = *(u64 *)(r10 - 4104)",
            0,
            "uses a variable 4104 bytes below the end of the stack frame, expected at most 4096",
        ),
    ],
)
def test_refused(instruction: str, version: int, message: str) -> None:
    with pytest.raises(ProgramError) as caught:
        linked(version, IN_ASSEMBLY % instruction)
    assert str(caught.value) == f"{PLACE} {message}"


def test_the_address_of_a_variable_outside_the_frame() -> None:
    source = IN_ASSEMBLY % "r1 = r10\\nr1 += -5000"
    with pytest.raises(ProgramError) as caught:
        linked(0, source)
    assert str(caught.value) == (
        "object 0.o: entrypoint: the instruction at .text+0x8 uses a variable 5000 bytes below the end of "
        "the stack frame, expected at most 4096"
    )
    move, add = Instruction(0xBF, 1, 10), Instruction(0x07, 1, 0, 0, -4096)
    check_frame(move, add)
    check_frame(None, Instruction(0x07, 1, 0, 0, -5000))


@pytest.mark.parametrize("field", ["destination", "immediate"])
@pytest.mark.parametrize("version", [0, 3])
def test_calls_of_registers(field: str, version: int) -> None:
    """Compilers write the register into one of two fields. Each version of sBPF reads one of them."""
    expected = assemble("callx r7", version).text
    assert translated(Instruction(0x8D, **{field: 7}), version).encode() == expected


def test_unknown_codes() -> None:
    with pytest.raises(Refused) as caught:
        translated(Instruction(0xFF), 0)
    assert str(caught.value) == "has opcode 0xff, which sBPF V0 does not have; compile with -mcpu=v2"
