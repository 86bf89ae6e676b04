"""docs/first-proof.md: its commands run in order, and their output is on the page.

A `console` block is a session. The text after `$ ` is run. The other lines are its standard output or its
error.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path

import pytest

from solproof.cli.terminal.progress import Phases
from solproof.demo import run_demo, scenario
from solproof.runtime.accounts import Account, address_text
from tests.support.sessions import assert_shown, run_session, steps_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/first-proof.md").read_text()


def blocks(language: str) -> list[str]:
    """The contents of the page's blocks in a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def as_solana_prints_it(account: Account) -> str:
    """The output of `solana account ADDRESS --output json` for an account."""
    state = {
        "lamports": account.lamports,
        "data": [base64.b64encode(account.data).decode(), "base64"],
        "owner": address_text(account.owner),
        "executable": account.executable,
        "rentEpoch": 2**64 - 1,
        "space": len(account.data),
    }
    return json.dumps({"pubkey": address_text(account.key), "account": state}, indent=2) + "\n"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A directory after the first half of the demonstration, and the output of that half."""
    directory = tmp_path_factory.mktemp("first-proof")
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setattr(run_demo, "CASES", run_demo.CASES[:1])
        run_demo.run_demo(Path("demo"), lines.append, lambda title: Phases(title, quiet=True))
    return directory, "\n".join(lines)


def test_what_the_demo_says(demo: tuple[Path, str]) -> None:
    (shown,) = blocks("text")
    _, said = demo
    assert_shown(said.partition("\n\n")[0] + "\n", shown, "solproof demo")


@pytest.mark.slow
def test_every_command(demo: tuple[Path, str]) -> None:
    directory, _ = demo
    (directory / "examples").mkdir()
    shutil.copy(ROOT / "examples/token_transfer.json", directory / "examples")
    # The files that the commands that need a cluster would write.
    (directory / "my_token.so").write_bytes((directory / "demo/p_token.so").read_bytes())
    (source,) = blocks("json")
    assert source == as_solana_prints_it(scenario.source_account())
    (directory / "source.json").write_text(source)
    (directory / "destination.json").write_text(as_solana_prints_it(scenario.destination_account()))
    (script,) = blocks("python")
    (directory / "make_input.py").write_text(script)
    steps = steps_of("".join(blocks("console")))
    printed = run_session([command for command, _ in steps], directory)
    for (command, shown), output in zip(steps, printed, strict=True):
        assert_shown(output, shown, command)


def test_no_other_blocks() -> None:
    """The tests above cover everything on the page that looks like a command or its output."""
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == {"sh", "text", "console", "json", "python"}
    outside = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"^    ", outside, re.MULTILINE)
