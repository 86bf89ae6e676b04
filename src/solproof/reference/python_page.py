"""The page of the public Python names: signatures, fields and docstrings."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from types import FunctionType
from typing import Any, NamedTuple

import solproof
from solproof.errors import Reason, SolproofError
from solproof.reference.markdown import heading, source_link, table

WIDEST_SIGNATURE = 80
LONGEST_DEFAULT = 40
ITEM = re.compile(r"([a-z_]+(?:, [a-z_]+)*): (.*)")
SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z`]|[a-z_]+(?:, [a-z_]+)*: )")
EXIT_STATUS = re.compile(r"Exit status \d\.")


class Group(NamedTuple):
    """A section of the page."""

    title: str
    about: str
    names: Sequence[str]


GROUPS = (
    Group(
        "Inputs",
        "An input is one instruction for one program.",
        (
            *("load", "input_from_json", "input_to_json", "input_from_bytes", "input_to_bytes"),
            *("input_from_solders", "ExecutionInput", "InstructionAccount", "Account", "Parameters"),
            *("Loader", "FeatureSet", "Sysvars", "EpochStakes", "RawFormat"),
        ),
    ),
    Group(
        "Scenes",
        "A scene is a whole transaction with everything on the chain that it depends on.",
        (
            *("scene_from_json", "scene_to_json", "scene_from_bytes", "scene_to_bytes"),
            *(
                "scene_from_litesvm",
                "Scene",
                "Environment",
                "fetch",
                "FetchedScene",
                "FetchedAccount",
                "Origin",
            ),
        ),
    ),
    Group(
        "Fixtures",
        "A fixture is a test case of Mollusk or Firedancer: an input, and the result that it had.",
        ("fixture_from_bytes", "run_fixture", "Fixture", "FixtureResult", "Effects", "Difference"),
    ),
    Group(
        "Running",
        "A run executes an instruction or a whole transaction as a validator does.",
        (
            *("run", "Execution", "ExecutionOutput", "ReturnData", "TransactionExecution"),
            *("TransactionOutput", "FaultPlace", "CallSite"),
            *("run_sequence", "Ledger", "transaction_to_json"),
        ),
    ),
    Group(
        "Interfaces",
        "An interface gives the instructions, accounts, events and errors of a program their names.",
        ("interface_from_idl", "Interface", "Interfaces", "Decoded"),
    ),
    Group(
        "Proving",
        "A proof shows that a program, on an input, gives a result at a cost.",
        ("prove", "prove_execution", "Proof", "ProofReport", "prove_sequence", "ProvenTransaction"),
    ),
    Group(
        "Verifying",
        "The verifier brings its own program and input, and trusts nothing that a proof claims about itself.",
        ("verify", "Verdict", "verify_sequence", "VerifiedTransaction"),
    ),
    Group(
        "Looking",
        "These functions show what a run did and what its proof costs.",
        (
            *("trace", "Step", "timeline", "Timeline", "profile_execution", "Profile"),
            *("coverage_of", "ProgramCoverage", "SymbolFiles"),
            *("estimate", "Estimate", "check", "Failure", "explore"),
        ),
    ),
    Group(
        "Errors",
        "An error that is raised on purpose is a `SolproofError`.\n[errors.md](errors.md) lists all of them.",
        (
            *(
                "SolproofError",
                "InputError",
                "ProgramError",
                "NotAProof",
                "UnsupportedError",
                "ProofRejected",
            ),
            *("ProofVersionError", "ProvingError", "NotEnoughMemory", "OutputError", "RemoteError"),
            *("Rejection", "VersionMismatch"),
        ),
    ),
)
"""Every public name but `__version__`, once."""


def python_page() -> str:
    """The public names by group: signatures of functions, and fields and methods of classes."""
    lines = heading(
        "Python",
        "Every public name of `import solproof`.\n[python.md](../python.md) shows how they work together.",
        "the docstrings of the names that `src/solproof/__init__.pyi` lists",
    )
    for group in GROUPS:
        lines += [f"## {group.title}", "", group.about, ""]
        for name in group.names:
            value = getattr(solproof, name)
            lines += [f"### {name}", ""]
            lines += _class(value) if isinstance(value, type) else _function(value, name)
            lines += [f"Source: {source_link(_path(value))}", ""]
    return "\n".join(lines[:-1]) + "\n"


def _path(value: Any) -> str:
    return f"src/{value.__module__.replace('.', '/')}.py"


def _function(value: Callable[..., Any], name: str) -> Iterator[str]:
    yield from ("```python", *signature(value, name), "```", "")
    yield from prose(value, inspect.signature(value).parameters)


def _class(value: type) -> Iterator[str]:
    if issubclass(value, SolproofError):
        yield from (line for line in prose(value) if not EXIT_STATUS.fullmatch(line))
        base = value.__mro__[1].__name__
        yield from (f"A kind of `{base}`, with exit status {value.exit_status} on the command line.", "")
        return
    fields = list(_fields(value))
    yield from prose(value, [name for name, _, _ in fields])
    if issubclass(value, Enum):
        names = ("member", "value", *(("meaning",) if issubclass(value, Reason) else ()))
        members = ((f"`{each.name}`", *(getattr(each, name) for name in names[1:])) for each in value)
        yield from (*table(names, members), "")
        return
    rows = ((f"`{name}`", f"`{kind}`", f"`{default}`" if default else "") for name, kind, default in fields)
    yield from (*table(("field", "type", "default"), rows), "")
    for name, member in vars(value).items():
        if name.startswith("_"):
            continue
        function = member.__func__ if isinstance(member, classmethod) else member
        if isinstance(function, FunctionType):
            shown = f"{value.__name__}.{name}" if isinstance(member, classmethod) else f".{name}"
            yield from ("```python", *signature(function, shown, bound=True), "```", "")
            yield from prose(function, inspect.signature(function).parameters)
        elif isinstance(member, property):
            returned = annotation_text(inspect.signature(_getter(member)).return_annotation)
            yield from ("```python", f".{name}: {returned}", "```", "", *prose(member))


def _getter(member: property) -> Callable[..., Any]:
    assert member.fget is not None
    return member.fget


def _fields(value: type) -> Iterable[tuple[str, str, str]]:
    """Name, type and default of each field of a dataclass or a named tuple. No default is an empty text."""
    if not dataclasses.is_dataclass(value):
        for name, annotation in inspect.get_annotations(value).items():
            yield name, annotation_text(annotation), ""
        return
    for field in dataclasses.fields(value):
        default = ""
        if isinstance(field.default_factory, type):
            default = f"{field.default_factory.__name__}()"
        elif field.default is not dataclasses.MISSING:
            default = default_text(field.default)
        yield field.name, annotation_text(field.type), default


# TEXTS


def signature(function: Callable[..., Any], name: str, *, bound: bool = False) -> list[str]:
    """A signature as source, with one parameter a line if it is long. `bound`: without `self` or `cls`."""
    described = inspect.signature(function)
    parameters = list(described.parameters.values())[1 if bound else 0 :]
    texts = []
    for position, parameter in enumerate(parameters):
        is_first_keyword = parameter.kind is parameter.KEYWORD_ONLY and (
            position == 0 or parameters[position - 1].kind is not parameter.KEYWORD_ONLY
        )
        texts += ["*"] if is_first_keyword else []
        text = f"{parameter.name}: {annotation_text(parameter.annotation)}"
        if parameter.default is not parameter.empty:
            text += f" = {default_text(parameter.default)}"
        texts.append(text)
    end = f") -> {annotation_text(described.return_annotation)}"
    line = f"{name}({', '.join(texts)}{end}"
    return [line] if len(line) <= WIDEST_SIGNATURE else [f"{name}(", *(f"    {text}," for text in texts), end]


def annotation_text(annotation: Any) -> str:
    """An annotation as the source has it, without private types, which are of no use to a caller."""
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__forward_arg__", None)
    assert isinstance(text, str), annotation
    return re.sub(r"\b_\w+ \| ", "", text)


def default_text(value: object) -> str:
    """A default as source, or only its type if the source is long."""
    if isinstance(value, FunctionType):
        return value.__name__
    text = str(value) if isinstance(value, Enum) else repr(value)
    is_short = len(text) <= LONGEST_DEFAULT and not isinstance(value, frozenset)
    return text if is_short else f"{type(value).__name__}(...)"


def prose(value: object, names: Iterable[str] = ()) -> list[str]:
    """A docstring as Markdown, one sentence a line.

    A sentence that begins with some of the names and a colon begins an item of a list. The item ends with the
    paragraph, or before a sentence on what is raised.
    """
    lines: list[str] = []
    for paragraph in (inspect.getdoc(value) or "").split("\n\n"):
        if paragraph.startswith("    "):
            lines += ["```python", *(line[4:] for line in paragraph.splitlines()), "```", ""]
            continue
        in_list = False
        for sentence in SENTENCE_END.split(" ".join(paragraph.split())):
            item = ITEM.fullmatch(sentence)
            if item and set(item[1].split(", ")) <= set(names):
                lines += [f"- `{item[1].replace(', ', '`, `')}`: {item[2]}"]
                in_list = True
            elif in_list and not sentence.startswith("Raises "):
                lines += [f"  {sentence}"]
            else:
                lines += ["", sentence] if in_list else [sentence]
                in_list = False
        lines += [""]
    return lines
