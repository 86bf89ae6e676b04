"""The page of the exit statuses."""

from __future__ import annotations

from solproof.exit_status import STATUSES
from solproof.reference.errors_page import exceptions
from solproof.reference.markdown import heading, table

LEGEND = """\
The status shows whether the command did its work, not whether the program succeeded.
For example, a valid proof that a program failed verifies with status 0.
An error is one line on standard error.
With `--json`, standard output also has `{"failure": {"kind", "message", "exit_status", "reason"}}`, where the
kind is the name of the exception."""


def exit_codes_page() -> str:
    """A table of the statuses, then an example of each."""
    lines = heading(
        "Exit codes",
        "The exit statuses of the command `solproof`, with examples that produce them.",
        "`exit_status.py`",
    )
    lines += [*LEGEND.splitlines(), ""]
    kinds = {
        status.number: [
            f"`{error.__name__}`"
            for error in exceptions()
            if error.exit_status == status.number and error.__module__ == "solproof.errors"
        ]
        for status in STATUSES
    }
    lines += table(
        ("status", "kind", "meaning", "more"),
        (
            (status.number, ", ".join(kinds[status.number]), status.meaning, status.details)
            for status in STATUSES
        ),
    )
    lines += ["", "[errors.md](errors.md) lists every exception.", "", "## Examples", ""]
    lines += ["Run these next to the `demo` folder of `make demo`. The last line ends with the status."]
    for status in STATUSES:
        if status.example:
            lines += ["", f"Status {status.number}:", "", *(f"    {line}" for line in status.example)]
    without = [str(status.number) for status in STATUSES if not status.example]
    lines += ["", f"{', '.join(without[:-1])} and {without[-1]} have no example."]
    return "\n".join(lines) + "\n"
