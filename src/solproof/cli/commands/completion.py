"""`solproof completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from solproof.cli import COMPLETION_VARIABLE, solproof
from solproof.cli.terminal.options import json_option
from solproof.cli.terminal.show import print_json, print_lines

EXAMPLE = """\b
Examples:
  solproof completion bash >> ~/.bashrc
  solproof completion zsh >> ~/.zshrc
  solproof completion fish > ~/.config/fish/completions/solproof.fish
"""


@click.command(epilog=EXAMPLE)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@json_option
def completion(shell: str, as_json: bool) -> None:
    """Print the script that lets a shell complete commands, options and files.

    The shell asks "solproof" itself for what fits, so the script stays right when commands are added.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    complete = kind(solproof, {}, "solproof", COMPLETION_VARIABLE)
    # Its method `source` would run the shell to look at its version.
    script = complete.source_template % complete.source_vars()
    if as_json:
        print_json({"shell": shell, "script": script})
    else:
        print_lines([script.strip()])
