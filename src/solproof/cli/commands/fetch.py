"""`solproof fetch`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from solproof.cli.terminal.files import INPUT_FILE, OUTPUT_FILE, read_file, write_file
from solproof.cli.terminal.options import json_option, quiet_option
from solproof.cli.terminal.outputs import STREAM, check_output
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import Fields, aligned, print_json, print_lines
from solproof.errors import InputError
from solproof.execution.execute_transaction import execute_transaction
from solproof.exit_status import UNEXPECTED
from solproof.formats.scene_file import format_scene
from solproof.rpc.client import COMMITMENTS, DEFAULT_COMMITMENT, DEFAULT_TIMEOUT, RpcClient
from solproof.rpc.compare import Comparison, compare
from solproof.rpc.endpoint import Endpoint
from solproof.rpc.fetch import FetchedScene, fetch_with
from solproof.rpc.origin import Origin
from solproof.rpc.source import LONGEST_NAME
from solproof.runtime.accounts import LONGEST_ADDRESS, address_text

EXAMPLE = """\b
Examples:
  solproof fetch 5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW
    --url mainnet-beta -o scene.json --compare
  solproof fetch unsent.txt --url https://rpc.example/v1 --commitment finalized -o scene.json
"""


def _file_or_text(context: click.Context, parameter: click.Parameter, text: str) -> Path | str:
    """A path if there is such a file, because an output may not replace it, or if the text is `-`."""
    if Path(text) == STREAM or (len(text) <= LONGEST_NAME and Path(text).is_file()):
        path = INPUT_FILE.convert(text, parameter, context)
        assert isinstance(path, Path)
        return path
    return text


@click.command(epilog=EXAMPLE)
@click.argument("source", metavar="SIGNATURE|TRANSACTION", callback=_file_or_text)
@click.option(
    "--url",
    "-u",
    required=True,
    metavar="URL",
    help="The JSON-RPC node: a URL, mainnet-beta, testnet, devnet or localhost.",
)
@click.option(
    "--output", "-o", type=OUTPUT_FILE, metavar="FILE", required=True, help="The scene to write, as JSON."
)
@click.option(
    "--commitment",
    type=click.Choice(COMMITMENTS),
    default=DEFAULT_COMMITMENT,
    show_default=True,
    help="How settled the state must be that the node answers with.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="How long the node may be silent.",
)
@click.option(
    "--compare",
    "compares",
    is_flag=True,
    help="Run the scene, and compare the result with what the cluster recorded about a past transaction.",
)
@json_option
@quiet_option
def fetch(
    source: Path | str,
    url: str,
    output: Path,
    commitment: str,
    timeout: float,
    compares: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Get a transaction and everything that it depends on from a cluster, as a scene.

    SIGNATURE is that of a past transaction. TRANSACTION was not sent yet: base64, base58, or a file with
    one of them or with its bytes. It can also be the file of a response of getTransaction. A node has the
    accounts of now, so for a past transaction the command says which states are of then. With --compare, the
    exit status is 1 if the run differs from the record.
    """
    check_output(output)
    comparisons: list[Comparison] | None = None
    with Phases("fetch", quiet=quiet) as progress, RpcClient(Endpoint.of(url), commitment, timeout) as client:
        given = read_file(STREAM, "transaction") if source == STREAM else source
        fetched = fetch_with(client, given, progress)
        if compares and fetched.recorded is None:
            raise InputError("--compare: the cluster has no record of this transaction")
        progress("write")
        write_file(output, format_scene(fetched.scene, fetched.notes()).encode())
        if compares:
            progress("run")
            run = execute_transaction(fetched.scene).output
            if fetched.recorded is not None:
                comparisons = compare(fetched.recorded, run)
    if as_json:
        print_json(_fields(output, fetched, comparisons))
    else:
        print_lines(_lines(output, fetched, comparisons))
    if comparisons is not None and any(entry.agrees is False for entry in comparisons):
        click.get_current_context().exit(UNEXPECTED)


def _fields(output: Path, fetched: FetchedScene, comparisons: list[Comparison] | None) -> Fields:
    return {
        "output": str(output),
        "slot": fetched.scene.environment.sysvars.slot,
        "assumptions": list(fetched.assumptions),
        "accounts": [
            {
                "key": address_text(account.key),
                "exists": account.account is not None,
                "origin": account.origin.value,
                "details": account.details,
            }
            for account in fetched.accounts
        ],
        "comparisons": None
        if comparisons is None
        else [
            {
                "name": entry.name,
                "recorded": entry.recorded,
                "run": entry.run,
                "agrees": entry.agrees,
            }
            for entry in comparisons
        ],
    }


def _lines(output: Path, fetched: FetchedScene, comparisons: list[Comparison] | None) -> list[Line]:
    scene = fetched.scene
    head = [
        ("scene", str(output)),
        ("slot", f"{scene.environment.sysvars.slot:,}"),
        ("accounts", f"{len(scene.accounts)}"),
    ]
    lines: list[Line] = [*aligned(head), *fetched.assumptions, "", "accounts"]
    width = max(len(origin.value) for origin in Origin)
    lines += [
        f"  {address_text(each.key):<{LONGEST_ADDRESS}}  {each.origin.value:<{width}}  {each.details}"
        for each in fetched.accounts
    ]
    if comparisons is not None:
        pairs = [(f"  {entry.name.replace('_', ' ')}", _compared(entry)) for entry in comparisons]
        lines += ["", "run and record", *aligned(pairs)]
    return lines


def _compared(entry: Comparison) -> str:
    if entry.agrees is None:
        return f"{_shown(entry.run)}, not recorded"
    if entry.agrees:
        return f"{_shown(entry.run)}, equal"
    return f"{_shown(entry.run)}, recorded: {_shown(entry.recorded)}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value)
