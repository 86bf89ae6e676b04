"""The page of the ways in which a run of the ZisK guest can end."""

from __future__ import annotations

from solproof.reference.markdown import heading, table
from solproof.zisk.endings import ENDINGS, PROGRAM_REFUSALS, REFUSAL_DETAILS, REFUSALS, Refused
from solproof.zisk.outputs import Word


def guest_endings_page() -> str:
    """Tables of the numbers that can be in the output words ENDING and DETAIL."""
    ending, detail = Word.ENDING.value, Word.DETAIL.value
    lines = heading(
        "Endings of the ZisK guest",
        f"How a run of the [guest](../zisk.md) ended, by the number in output word {ending}.",
        "`zisk/endings.py`",
    )
    lines += [
        "The guest's own header is generated from the same module.",
        "[errors.md](errors.md) explains the names of faults and rules.",
        "",
    ]
    lines += table(
        ("ending", "name", "meaning"),
        (
            (number, name, group.meaning)
            for group in ENDINGS
            for number, name in group.names.items()
            if number not in REFUSALS
        ),
    )
    lines += ["", "## Refusals", "", *REFUSALS_LEGEND.splitlines(), ""]
    lines += table(
        ("ending", "meaning", f"word {detail}"),
        ((int(number), text, REFUSAL_DETAILS.get(number, "0")) for number, text in REFUSALS.items()),
    )
    lines += ["", "## Reasons why a program is not loaded", ""]
    lines += [
        f"The number in word {detail} if the ending is {Refused.PROGRAM.value}.",
        "[errors.md](errors.md) explains the names.",
        "",
    ]
    lines += table(("number", "name"), PROGRAM_REFUSALS.items())
    return "\n".join(lines) + "\n"


REFUSALS_LEGEND = """\
The outputs claim nothing about the program, because the guest did not run it to its end.
The other output words have no meaning."""
