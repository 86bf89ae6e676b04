"""Every way in which an instruction ends, in every sBPF version, against LiteSVM.

`assert_like_litesvm` compares success, error, log (with the runtime's text for a fault), compute units, the
transaction's charge, return data and accounts. Each case is one small program.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest

from solproof.execution.execute import Execution
from solproof.isa.instruction import Instruction
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.budget import heap_cost
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.instruction_error import BUILTIN_CODES
from solproof.vm.faults import SyscallFault
from tests.support.elf_builder import RODATA, TEXT_OFFSET, build_elf, call, text_address, write_memory
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.syscall_harness import replay

PROGRAM = bytes([4]) * 32
VERSIONS = (0, 1, 2, 3)
V2 = 2
DYNAMIC_FRAMES = (1, 2)
STACK, HEAP, INPUT, TOP = 2 << 32, 3 << 32, 4 << 32, 2**64
INPUT_LENGTH = 8 + 8 + 13 + 32

every_version = pytest.mark.parametrize("version", VERSIONS)


def run(
    parts: Sequence[str],
    version: int,
    *,
    data: bytes = b"13 bytes long",
    compute_unit_limit: int = 5000,
    heap_size: int = 32 * 1024,
) -> Execution:
    """Run a program without accounts in LiteSVM and in solproof, and replay its syscalls."""
    parameters = Parameters(compute_unit_limit, heap_size)
    execution = assert_like_litesvm(ExecutionInput(build_elf(parts, version), PROGRAM, (), data, parameters))
    replay(execution)
    return execution


def stopped(execution: Execution, name: str) -> None:
    """Check that a fault of the machine stopped the program, and check its consequences."""
    output = execution.output
    assert execution.run.fault is not None
    assert execution.run.fault.name == name
    assert (output.success, output.exit_code, output.error) == (False, None, "ProgramFailedToComplete")
    assert output.compute_units_charged == execution.input.parameters.compute_unit_limit


def returned(execution: Execution) -> None:
    """Check that the program returned."""
    output = execution.output
    assert execution.run.fault is None
    heap = heap_cost(execution.input.parameters.heap_size)
    assert output.compute_units_charged == output.compute_units + heap


# ARITHMETIC


@every_version
@pytest.mark.parametrize("name", ["div64", "mod64", "div32", "mod32"])
@pytest.mark.parametrize("divisor", [0, 1, 1 << 32, 2**64 - 1])
def test_divisions(name: str, divisor: int, version: int) -> None:
    execution = run([f"lddw r1, 77; lddw r2, {divisor}; {name} r1, r2; exit"], version)
    width = 2**32 if "32" in name else 2**64
    if divisor % width == 0:
        stopped(execution, "DivideByZero")
    else:
        returned(execution)


@pytest.mark.parametrize("operation", ["sdiv", "srem"])
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("form", ["REG", "IMM"])
@pytest.mark.parametrize(
    ("numbers", "fault"),
    [
        ((0, -1), "DivideOverflow"),
        ((1, -1), None),
        ((0, 1), None),
        ((5, -3), None),
        ((0, 0), "DivideByZero"),
    ],
)
def test_signed_divisions(
    operation: str, bits: int, form: str, numbers: tuple[int, int], fault: str | None
) -> None:
    """V2 only. The dividend is a distance from the smallest number."""
    dividend, divisor = (1 << bits - 1) + numbers[0], numbers[1]
    if form == "IMM" and divisor == 0:
        pytest.skip("the verifier refuses it")
    division = f"{operation}{bits} r1, {'r2' if form == 'REG' else divisor}"
    execution = run([f"lddw r1, {dividend}; lddw r2, {divisor}; {division}; exit"], V2)
    if fault is None:
        returned(execution)
    else:
        stopped(execution, fault)


# MEMORY


def edges(version: int) -> Iterator[int]:
    """Addresses around every boundary of the memory map."""
    image = len(RODATA) if version >= 3 else TEXT_OFFSET
    ends = [0, image, 1 << 32, (1 << 32) + image, HEAP, HEAP + 32 * 1024]
    ends += [INPUT, INPUT + INPUT_LENGTH, 5 << 32]
    frames = [STACK + 4096 * frame for frame in (-2, -1, 0, 1, 2, 3, 63, 64, 65, 66, 126, 127, 128)]
    for end in [*ends, *frames, 2**63, TOP]:
        yield from (end + offset for offset in (-9, -8, -7, -4, -1, 0, 1, 4, 8) if 0 <= end + offset < TOP)


@every_version
@pytest.mark.parametrize("size", ["b", "h", "w", "dw"])
def test_accesses(size: str, version: int) -> None:
    """A load and a store at each edge: whether they fail, and with which message."""
    outcomes = set()
    for address in edges(version):
        for access in (f"ldx{size} r0, [r1]", f"stx{size} [r1], r10"):
            parts = [f"lddw r1, {address}", access, "lddw r0, 0; exit"]
            fault = run(parts, version).run.fault
            outcomes.add(fault.name if fault else None)
    frames = set() if version in DYNAMIC_FRAMES else {"StackAccessViolation"}
    assert outcomes == {None, "AccessViolation"} | frames


@every_version
def test_addresses_wrap_around(version: int) -> None:
    parts = [f"lddw r1, {TOP - 8}; ldxdw r0, [r1+16]; exit"]
    execution = run(parts, version)
    if version < 3:
        stopped(execution, "AccessViolation")  # address 8
    else:
        assert execution.output.exit_code == int.from_bytes(RODATA[8:16], "little")


@every_version
@pytest.mark.parametrize("seed", range(10))
def test_random_accesses(seed: int, version: int) -> None:
    source = random.Random(seed)
    near = list(edges(version))
    parts: list[str] = []
    for _ in range(3):
        size, offset = source.choice(["b", "h", "w", "dw"]), source.randrange(-32_768, 32_768)
        address = (source.choice(near) + source.randrange(-16, 16) - offset) % TOP
        access = source.choice([f"ldx{size} r0, [r1{offset:+}]", f"stx{size} [r1{offset:+}], r10"])
        parts += [f"lddw r1, {address}", access]
    run([*parts, "exit"], version)


# CALLS


def recursion(depth: int, ending: str = "exit") -> list[str]:
    """A function that calls itself until r1, which starts at `depth`, is 0. Each call writes to its frame."""
    return [
        f"lddw r1, {depth}; call function; lddw r0, 0; exit",
        "function: stxdw [r10-8], r1; jeq r1, 0, end; add64 r1, -1; call function",
        f"end: {ending}",
    ]


@every_version
@pytest.mark.parametrize("calls", [1, 62, 63, 64, 65])
def test_call_depth(calls: int, version: int) -> None:
    execution = run(recursion(calls - 1), version)
    if calls < 64:
        returned(execution)
    else:
        stopped(execution, "CallDepthExceeded")
        assert execution.run.instructions == (3 if version == V2 else 2) + 63 * 4


@every_version
@pytest.mark.parametrize(
    ("offset", "outside"),
    [(0, False), (40, False), (47, False), (7, False), (48, True), (-1, True), (-8, True), (2**63, True)],
)
def test_call_of_a_register(offset: int, outside: bool, version: int) -> None:
    """The address is rounded down.

    The program has six slots, and a call of slot 0 repeats until 64 calls are open.
    """
    target = (text_address(version) + offset) % TOP
    parts = [f"lddw r3, {target}; callx r3; lddw r0, 0; exit"]
    execution = run(parts, version)
    if outside:
        stopped(execution, "CallOutsideTextSegment")
    elif offset < 8:
        stopped(execution, "CallDepthExceeded")
    else:
        returned(execution)


@every_version
@pytest.mark.parametrize("register", range(10))
def test_call_of_every_register(register: int, version: int) -> None:
    parts = [f"lddw r{register}, {text_address(version) + 5 * 8}; callx r{register}"]
    returned(run([*parts, "lddw r0, 0; exit"], version, data=b""))


@every_version
def test_call_depth_comes_before_the_target(version: int) -> None:
    """At the end of the recursion, the 63rd or the 64th call has a target outside the text."""
    for depth, fault in ((61, "CallOutsideTextSegment"), (62, "CallDepthExceeded")):
        stopped(run(recursion(depth, "lddw r3, 0; callx r3"), version), fault)


@every_version
def test_unknown_function(version: int) -> None:
    stopped(run(["syscall no_such_function; exit"], version), "UnsupportedInstruction")


@pytest.mark.parametrize("distance", [-3, -2, 1, 2, 2**31 - 1, -(2**31)])
def test_relative_call_in_v3(distance: int) -> None:
    """Without relocation, a target outside the text is found only when the call is made."""
    parts = [f"call {distance}; exit"]
    stopped(run(parts, 3), "UnsupportedInstruction")


@pytest.mark.parametrize("source", range(2, 11))
def test_call_of_another_kind_in_v3(source: int) -> None:
    call_of_another_kind = int.from_bytes(Instruction(0x85, source=source).encode(), "little")
    stopped(run([f".fill 1, {call_of_another_kind}; exit"], 3), "UnsupportedInstruction")


@every_version
def test_running_past_the_end(version: int) -> None:
    execution = run(["lddw r0, 0; lddw r1, 0"], version)
    stopped(execution, "ExecutionOverrun")
    # The step past the end is counted too. An lddw counts once.
    assert execution.run.instructions == (5 if version == V2 else 3)


@every_version
def test_exit_of_a_function_restores_the_frame(version: int) -> None:
    """r6 to r9 and r10 have the caller's values again, and r0 to r5 have the callee's."""
    registers = [f"lddw r{register}, {register + 100}" for register in range(10)]
    revealed: list[str] = []
    for register in range(1, 11):
        revealed += [f"lddw r0, {HEAP + 8 * register}; stxdw [r0], r{register}"]
    revealed += [*call("sol_set_return_data", (HEAP, 88)), "lddw r0, 0; exit"]
    callee = [f"lddw r{register}, {register + 200}" for register in range(10)]
    parts = [*registers, "call callee", *revealed, "callee:", *callee, "exit"]
    execution = run(parts, version)
    returned(execution)
    data = execution.output.return_data.data
    values = [int.from_bytes(data[at : at + 8], "little") for at in range(8, 80, 8)]
    assert values == [*range(201, 206), *range(106, 110)]


# THE METER


@every_version
def test_budget_to_the_unit(version: int) -> None:
    parts: list[str] = [*recursion(5)]
    needed = run(parts, version).output.compute_units
    for limit in range(needed + 3):
        execution = run(parts, version, compute_unit_limit=limit)
        if limit < needed:
            stopped(execution, "ExceededMaxInstructions")
            assert execution.output.compute_units == limit
        else:
            returned(execution)


@every_version
def test_budget_around_syscalls(version: int) -> None:
    parts: list[str] = ["syscall sol_log_64_; mov64 r6, r0; syscall sol_log_64_; lddw r0, 0; exit"]
    for limit in [*range(99, 107), *range(200, 212)]:
        execution = run(parts, version, compute_unit_limit=limit)
        assert execution.output.compute_units_charged <= limit


@every_version
@pytest.mark.parametrize("spent", range(3))
def test_a_fault_at_the_last_unit(spent: int, version: int) -> None:
    """The budget ends before, at or after the instruction that fails."""
    parts = ["mov64 r1, -1; ldxdw r0, [r1]; exit"]
    execution = run(parts, version, compute_unit_limit=spent + 1)
    stopped(execution, "ExceededMaxInstructions" if spent == 0 else "AccessViolation")


@every_version
@pytest.mark.parametrize("kibibytes", [32, 33, 64, 65, 255, 256])
def test_heaps(kibibytes: int, version: int) -> None:
    """The price of the heap is charged but not in the log, whichever way the program ends."""
    size = kibibytes * 1024
    price = heap_cost(size)
    last = HEAP + size - 8
    good = [*write_memory({last: b"8 bytes."}), "lddw r0, 0; exit"]
    units = run(good, version, heap_size=size).output.compute_units
    outside: list[str] = [f"lddw r1, {last + 1}; ldxdw r0, [r1]; exit"]
    endings: list[list[str]] = [good, outside, ["syscall abort"], ["lddw r0, 9; exit"]]
    for parts in endings:
        for limit in (price, price + 1, price + units - 1, price + units):
            run(parts, version, heap_size=size, compute_unit_limit=limit)


# SYSCALLS THAT FAIL

TEXT = {HEAP: b"\xff text \xc3"}
FAILING: list[tuple[str, str, tuple[int, ...], str]] = [
    ("Abort", "abort", (), "ProgramFailedToComplete"),
    ("Panic", "sol_panic_", (HEAP + 2, 4, 7, 9), "ProgramFailedToComplete"),
    ("InvalidString", "sol_panic_", (HEAP, 4, 7, 9), "ProgramFailedToComplete"),
    ("InvalidString", "sol_log_", (HEAP, 6), "ProgramFailedToComplete"),
    ("InvalidString", "sol_log_", (HEAP + 1, 7), "ProgramFailedToComplete"),
    ("AccessViolation", "sol_log_", (HEAP + 32 * 1024 - 3, 4), "ProgramFailedToComplete"),
    ("AccessViolation", "sol_log_pubkey", (8,), "ProgramFailedToComplete"),
    ("AccessViolation", "sol_memcpy_", (INPUT + INPUT_LENGTH - 7, HEAP, 8), "ProgramFailedToComplete"),
    ("AccessViolation", "sol_memcpy_", (HEAP, INPUT + INPUT_LENGTH - 7, 8), "ProgramFailedToComplete"),
    ("AccessViolation", "sol_memset_", (5 << 32, 1, 8), "ProgramFailedToComplete"),
    ("AccessViolation", "sol_memcmp_", (HEAP, HEAP, 8, 5 << 32), "ProgramFailedToComplete"),
    ("CopyOverlapping", "sol_memcpy_", (HEAP, HEAP + 7, 8), "ProgramFailedToComplete"),
    ("UnalignedPointer", "sol_memcmp_", (HEAP, HEAP, 8, HEAP + 2), "ProgramFailedToComplete"),
    ("UnalignedPointer", "sol_log_data", (HEAP + 4, 1), "ProgramFailedToComplete"),
    ("UnalignedPointer", "sol_get_clock_sysvar", (HEAP + 4,), "ProgramFailedToComplete"),
    ("InvalidPointer", "sol_get_rent_sysvar", (INPUT,), "ProgramFailedToComplete"),
    ("ReturnDataTooLarge", "sol_set_return_data", (HEAP, 1025), "ProgramFailedToComplete"),
    ("InvalidPointer", "sol_get_sysvar", (HEAP, 2**64 - 9, 0, 8), "ProgramFailedToComplete"),
    ("ArithmeticOverflow", "sol_get_sysvar", (HEAP, HEAP + 64, 2**64 - 1, 8), "ArithmeticOverflow"),
    ("ComputationalBudgetExceeded", "sol_log_", (HEAP + 2, 2**63), "ComputationalBudgetExceeded"),
    ("ComputationalBudgetExceeded", "sol_panic_", (HEAP + 2, 5001, 0, 0), "ComputationalBudgetExceeded"),
    ("ComputationalBudgetExceeded", "sol_memset_", (HEAP, 0, 2**64 - 1), "ComputationalBudgetExceeded"),
]


@every_version
@pytest.mark.parametrize(("fault", "name", "arguments", "error"), FAILING)
def test_failing_syscalls(
    fault: str, name: str, arguments: tuple[int, ...], error: str, version: int
) -> None:
    """Earlier log lines and return data stay. Only the units used are charged."""
    before = [*write_memory(TEXT), *call("sol_log_", (HEAP + 1, 5)), *call("sol_set_return_data", (HEAP, 8))]
    execution = run([*before, *call(name, arguments), "exit"], version)
    raised = execution.run.fault
    assert isinstance(raised, SyscallFault)
    assert (raised.name, execution.output.error) == (fault, error)
    assert execution.output.compute_units_charged == execution.output.compute_units
    assert execution.output.return_data.data == TEXT[HEAP]
    assert execution.output.logs[1] == "Program log:  text"


@every_version
@pytest.mark.parametrize("count", [2**59, 2**60, 2**64 - 1])
def test_invalid_length(count: int, version: int) -> None:
    """Most lengths are charged before they are checked. An array of 16-byte slices is checked first."""
    fault = run([*call("sol_log_data", (HEAP, count)), "exit"], version).run.fault
    assert fault is not None
    assert (fault.name, str(fault)) == ("InvalidLength", "InvalidLength")


# EXIT CODES

CODES = [1, 2, 0xFFFF_FFFF, 2**63, 2**64 - 1]
CODES += [code << 32 for code in range(1, len(BUILTIN_CODES) + 4)]
CODES += [(code << 32) + 1 for code in (1, 2, 26)]


@pytest.mark.parametrize("code", CODES, ids=hex)
def test_exit_codes(code: int) -> None:
    execution = run([f"lddw r0, {code}; exit"], 0)
    returned(execution)
    assert execution.output.exit_code == code
    assert execution.output.error is not None


@every_version
def test_exit_codes_in_every_version(version: int) -> None:
    errors = {0: None, 7: "Custom(7)", 2 << 32: "InvalidArgument", 99 << 32: "InvalidError"}
    for code, error in errors.items():
        execution = run([f"lddw r0, {code}; exit"], version)
        returned(execution)
        assert execution.output.error == error


# ACCOUNTS


@every_version
@pytest.mark.parametrize("loader", Loader)
def test_account_rules_in_every_version(loader: Loader, version: int) -> None:
    """An allowed change, a forbidden change, and a change that is dropped because the program fails."""
    entry = InstructionAccount(Account(bytes([9]) * 32, PROGRAM, 10**9, b"data"), is_writable=True)
    address = INPUT + 8 + (51 if loader is Loader.V1 else 88)
    for is_writable, ending, error in (
        (True, ["lddw r0, 0; exit"], None),
        (False, ["lddw r0, 0; exit"], "ReadonlyDataModified"),
        (True, ["lddw r0, 3; exit"], "Custom(3)"),
        (True, ["syscall abort"], "ProgramFailedToComplete"),
        (True, [f"lddw r1, {5 << 32}; ldxdw r0, [r1]"], "ProgramFailedToComplete"),
    ):
        elf = build_elf([*write_memory({address: b"DATA"}), *ending], version)
        accounts = (InstructionAccount(entry.account, is_writable=is_writable),)
        given = ExecutionInput(elf, PROGRAM, accounts, b"", Parameters(loader=loader))
        execution = assert_like_litesvm(given)
        assert execution.output.error == error
        assert execution.output.accounts[0].data == (b"DATA" if error is None else b"data")
        assert execution.output.accounts_modified == (error is None)
