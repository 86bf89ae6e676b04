"""The page of the public Python names: complete, in source form, and stable."""

from __future__ import annotations

from collections import Counter

import solproof
from solproof.reference.python_page import (
    GROUPS,
    annotation_text,
    default_text,
    prose,
    python_page,
    signature,
)

PAGE = python_page()


def section(name: str) -> str:
    """The entry of a name."""
    return PAGE.partition(f"\n### {name}\n\n")[2].partition("\n### ")[0].partition("\n## ")[0]


def test_every_public_name_is_there_once() -> None:
    named = Counter(name for group in GROUPS for name in group.names)
    assert set(named) == set(solproof.__all__) - {"__version__"}
    assert set(named.values()) == {1}


def test_a_function() -> None:
    assert "trace(execution: Execution | TransactionExecution) -> Iterator[Step]\n" in section("trace")
    assert section("verify").startswith(
        "```python\nverify(\n    data: ProofSource,\n    given: ExecutionInput | Scene,\n"
    )


def test_a_class() -> None:
    entry = section("Parameters")
    assert "| `loader` | `Loader` | `Loader.V3` |" in entry
    assert "- `heap_size`: bytes, " in entry
    assert ".check_memory(limit: int) -> None\n" in section("Estimate")
    assert "FeatureSet.from_addresses(addresses: Iterable[bytes]) -> FeatureSet\n" in section("FeatureSet")
    assert ".committed_cells: int\n" in section("Profile")
    assert "| `program_id` | `bytes` |  |" in section("ReturnData")
    assert "| `V3` | 2 |" in section("Loader")
    assert "| `OTHER_INPUT` | other-input | The proof is about another input. |" in section("Rejection")


def test_an_error() -> None:
    entry = section("ProgramError")
    assert "A kind of `InputError`, with exit status 2 on the command line." in entry
    assert "Exit status 2." not in entry


def test_nothing_depends_on_the_process() -> None:
    """Addresses and the order of sets differ from one process to the next."""
    assert " at 0x" not in PAGE
    assert default_text(frozenset({"a", "b"})) == "frozenset(...)"
    assert default_text(bytes(100)) == "bytes(...)"


def test_signatures() -> None:
    assert signature(solproof.trace, "trace") == [
        "trace(execution: Execution | TransactionExecution) -> Iterator[Step]"
    ]
    assert signature(solproof.Estimate.check_memory, ".check_memory", bound=True) == [
        ".check_memory(limit: int) -> None"
    ]
    assert signature(solproof.explore, "explore") == [
        "explore(",
        "    execution: Execution | TransactionExecution,",
        "    title: str = 'program',",
        "    *,",
        "    constraints: bool = True,",
        "    symbols: SymbolFiles | None = None,",
        "    interfaces: Interfaces = Interfaces(interfaces=<13 items>),",
        ") -> str",
    ]
    assert annotation_text("_Clock | Progress | None") == "Progress | None"


def test_docstrings() -> None:
    def documented() -> None:
        """One sentence. Another
        sentence.

        number: how many. It is
        positive. name, other: two texts. unknown: no name. Raises nothing. Never.

            code()
        """

    assert prose(documented, ["number", "name", "other"]) == [
        "One sentence.",
        "Another sentence.",
        "",
        "- `number`: how many.",
        "  It is positive.",
        "- `name`, `other`: two texts.",
        "  unknown: no name.",
        "",
        "Raises nothing.",
        "Never.",
        "",
        "```python",
        "code()",
        "```",
        "",
    ]
