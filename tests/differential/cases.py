"""Random cases: a program with an input, a heap and a meter, compared with the reference machine."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies
from hypothesis.strategies import DrawFn

from solproof.execution.execute import Execution, execute
from solproof.isa.assemble import assemble
from solproof.isa.disassemble import Names, disassemble
from solproof.isa.listing import source_of
from solproof.program.bytecode_verifier import load_program
from solproof.program.disassembly import disassemble_raw
from solproof.program.elf_writer import write_elf
from solproof.program.program import TEXT_ADDRESS, Program
from solproof.program.raw import RawFormat
from solproof.runtime.budget import heap_cost
from solproof.runtime.execution_input import ExecutionInput, Parameters
from tests.differential.programs import RandomProgram
from tests.differential.source import Source
from tests.support.conformance import ask_oracle, assert_equal
from tests.support.elf_files import strict_elf

VERSIONS = (0, 1, 2, 3, 4)
MAINNET_VERSIONS = (0, 1, 2, 3)
FILE_TEXT_OFFSET = 64 + 2 * 56
"""Where the text is in our ELF files of V0 to V2: after the file header and two segment headers."""

PROGRAM_ID = bytes([7]) * 32
DARING = (0, 2, 6, 20)
METERS = (600, 1500, 3000)
HEAP_SIZES = (32, 33, 64, 255, 256)
LONGEST_DATA = 40
IMAGE_SIZES = (0, 8, 16, 24, 160)


class Case:
    """An input to execute with a program that is already loaded.

    cut: if it is set, there is a second run, whose compute units run out at this point of the first run.
    """

    def __init__(self, given: ExecutionInput, program: Program, cut: int | None) -> None:
        self.given = given
        self.program = program
        self.cut = cut

    @property
    def version(self) -> int:
        """The sBPF version of the program."""
        return self.program.version

    def __repr__(self) -> str:
        program, parameters = self.program, self.given.parameters
        names = Names.of(program.functions, program.entry, {})
        lines = [f"{pc:6}  {line}" for pc, line in disassemble(program.text, program.version, names)]
        return (
            f"V{program.version}, entry {program.entry}, meter {parameters.compute_unit_limit}, "
            f"cut {self.cut}, heap {parameters.heap_size}, image of {len(program.image)} bytes, "
            f"instruction data {self.given.instruction_data.hex() or 'empty'}\n" + "\n".join(lines)
        )


@strategies.composite
def cases(draw: DrawFn) -> Case:
    """A random case of any version."""
    return random_case(Source.drawn(draw))


def random_case(source: Source) -> Case:
    """A case of any version, made by the choices of a source."""
    version = source.choice(VERSIONS)
    parameters = Parameters(source.choice(METERS) + heap_cost(256 * 1024), source.choice(HEAP_SIZES) * 1024)
    data = source.content(source.below(LONGEST_DATA + 1))
    # Raw bytecode has no image of its own, and mainnet does not accept files of V4.
    image = bytes(range(1, 256))[: source.choice(IMAGE_SIZES)] if version == 3 else b""
    program = RandomProgram(
        source,
        version,
        input_size=48 + len(data),
        heap_size=parameters.heap_size,
        image_size=len(image),
        daring=source.choice(DARING),
    )
    code = program.fill().code()
    cut = source.below(256) if source.percent(20) else None
    content, program_format = code, None
    if image:
        content = strict_elf(code, image, entry=program.entry).data
    else:
        program_format = RawFormat(version, program.entry)
    given = ExecutionInput(content, PROGRAM_ID, (), data, parameters, program_format)
    return Case(given, load_program(content, program_format), cut)


@strategies.composite
def runtime_cases(draw: DrawFn) -> Case:
    """A random program, assembled from its source as an ELF file of a version that mainnet runs."""
    source = Source.drawn(draw)
    version = source.choice(MAINNET_VERSIONS)
    meter, heap_size = source.choice((*METERS, 40)), source.choice((32, 256)) * 1024
    data = source.content(source.below(LONGEST_DATA + 1))
    image = bytes(range(1, 256))[: source.choice(IMAGE_SIZES)]
    program = RandomProgram(
        source,
        version,
        input_size=48 + len(data),
        heap_size=heap_size,
        image_size=len(image),
        daring=source.choice(DARING),
    )
    text_address = TEXT_ADDRESS if version == 3 else TEXT_ADDRESS + FILE_TEXT_OFFSET
    code = program.fill().code(text_address)
    assembly = assemble(source_of(disassemble_raw(code, version, program.entry).lines), version)
    elf = write_elf(replace(assembly, data=image))
    loaded = load_program(elf)
    assert (loaded.text_address, loaded.entry) == (text_address, program.entry)
    parameters = Parameters(meter + heap_cost(heap_size), heap_size)
    return Case(ExecutionInput(elf, PROGRAM_ID, (), data, parameters), loaded, None)


def run_case(case: Case) -> list[Execution]:
    """Execute once or twice, and compare with the reference."""
    whole = _run(case.given, case.program)
    if case.cut is None:
        return [whole]
    parameters = case.given.parameters
    instructions = case.cut % (whole.run.instructions + 2)
    if case.cut >= 192:
        instructions = whole.run.instructions - case.cut % 2
    limit = instructions + heap_cost(parameters.heap_size)
    given = replace(case.given, parameters=replace(parameters, compute_unit_limit=limit))
    return [whole, _run(given, case.program)]


def _run(given: ExecutionInput, program: Program) -> Execution:
    execution = execute(given, program)
    theirs = ask_oracle(
        program,
        execution.invocation.serialized.region,
        limit=execution.run.compute_unit_limit,
        heap_size=given.parameters.heap_size,
        instruction_data=execution.invocation.serialized.instruction_data_address,
    )
    assert_equal(execution.run, theirs)
    return execution
