"""`solproof completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from solproof.cli import COMPLETION_VARIABLE, solproof
from solproof.cli.terminal.options import json_option
from solproof.cli.terminal.show import print_json, print_source

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
    """Print a shell script that completes commands, options and files.

    The script asks "solproof" for the completions, so it also knows commands that later versions add.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    complete = kind(solproof, {}, "solproof", COMPLETION_VARIABLE)
    # The method `source` of the class would run the shell to find out its version.
    script = complete.source_template % complete.source_vars()
    if as_json:
        print_json({"shell": shell, "script": script})
    else:
        print_source(script.strip())
