"""The calls of ZisK's tools, their order, and the differences between versions.

The tools are stand-ins that record their arguments.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from solproof.demo import scenario
from solproof.errors import InputError, ProvingError, SolproofError
from solproof.execution.execute import execute
from solproof.formats import bincode
from solproof.zisk import prover, tools
from solproof.zisk.emulator import emulate
from solproof.zisk.guests import guest
from solproof.zisk.outputs import Outputs
from solproof.zisk.runner import differences
from solproof.zisk.tools import Finished
from tests.support.token_programs import P_TOKEN, elf

ELF, INPUT, PROOF = Path("d/guest.elf"), Path("d/input.bin"), Path("d/vadcop_final_proof.bin")


def calls(version: str, **options: object) -> list[str]:
    steps = prover.steps(version, ELF, INPUT, PROOF, prover.Options(**options))  # type: ignore[arg-type]
    return [" ".join(step.arguments) for step in steps]


def test_the_order_in_emulator_mode() -> None:
    assert calls("0.18.0") == [
        "program-setup -e d/guest.elf",
        "verify-constraints -e d/guest.elf -i d/input.bin -l",
        "prove -e d/guest.elf -i d/input.bin -l -o d/vadcop_final_proof.bin",
        "verify -p d/vadcop_final_proof.bin",
    ]


def test_versions_and_options() -> None:
    assert calls("0.15.0")[0] == "rom-setup -e d/guest.elf"
    assert calls("0.16.1")[2] == "prove -e d/guest.elf -i d/input.bin -l -o d"
    assert calls("1.4.0")[2] == "prove -e d/guest.elf -i d/input.bin -o d/vadcop_final_proof.bin"
    assert calls("0.18.0", assembly=True, unlock_memory=True)[1] == (
        "verify-constraints -e d/guest.elf -i d/input.bin -u"
    )
    assert calls("0.18.0", assembly=True)[1] == "verify-constraints -e d/guest.elf -i d/input.bin"
    assert len(calls("0.18.0", skip_setup=True)) == 3
    assert calls("0.18.0", proving_key=Path("key"))[0] == "program-setup -e d/guest.elf -k key"
    # -a has opposite meanings in different versions.
    everything = [
        calls(version, assembly=mode) for version in ("0.9.0", "0.18.0", "1.4.0") for mode in (True, False)
    ]
    assert not any(" -a" in call for part in everything for call in part)


def install(directory: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = directory / name
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")


def test_proving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f'test "$1" = --version && echo cargo-zisk 0.18.0; echo "$1" >> {tmp_path}/calls'
    install(tmp_path, "cargo-zisk", script, monkeypatch)
    begun: list[prover.Step] = []
    proof, abi = prover.prove(b"payload", tmp_path / "out", prover.Options(), progress=begun.append)
    assert (proof, abi.name) == (tmp_path / "out/vadcop_final_proof.bin", "0.18")
    assert (tmp_path / "calls").read_text().split() == [
        "--version",
        "program-setup",
        "verify-constraints",
        "prove",
        "verify",
    ]
    assert (tmp_path / "out/guest_80000000.elf").read_bytes() == guest(abi)
    assert [step.name for step in begun] == ["setup", "constraints", "proof", "verification"]


def test_a_failure_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = """test "$1" = --version && { echo cargo-zisk 0.15.0; exit; }
test "$1" = prove || exit 0
echo one; echo Failed to read full response payload; exit 3"""
    install(tmp_path, "cargo-zisk", script, monkeypatch)
    with pytest.raises(ProvingError) as caught:
        prover.prove(b"payload", tmp_path, prover.Options(), progress=lambda _: None)
    text = str(caught.value)
    assert text.startswith(
        "cargo-zisk prove ended with status 3: Failed to read full response payload: "
        "a service of the assembly mode died or never answered"
    )
    assert text.endswith("[output: one / Failed to read full response payload]")


def test_an_unknown_failure() -> None:
    text = prover.failure_text(prover.Step("proof", ("prove", "-l")), Finished(9, ""))
    assert text == (
        "cargo-zisk prove ended with status 9: an unknown reason; "
        "solproof zisk doctor checks the usual ones [output: nothing]"
    )


# ZISKEMU


def test_ziskemu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in prints the guest's words in the same form as the real ziskemu."""
    given = scenario.transfer(elf(P_TOKEN))
    payload = bincode.pack(given)
    words = emulate(payload, count_steps=False).words
    (tmp_path / "words").write_text("".join(f"{word:08x}\n" for word in words))
    script = f'test "$1" = --version && echo ziskemu 1.4.0-alpha || cat {tmp_path}/words'
    install(tmp_path, "ziskemu", script, monkeypatch)
    emulation, abi = tools.run_ziskemu(payload)
    assert (emulation.words, emulation.steps, abi.name) == (words, None, "1.4")
    assert differences(Outputs.of(emulation.words), execute(given)) == []


def test_ziskemu_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "ziskemu", "echo Error during emulation; exit 1", monkeypatch)
    with pytest.raises(SolproofError) as caught:
        tools.run_ziskemu(b"", version="0.18.0")
    assert str(caught.value) == "ziskemu ended with status 1: Error during emulation"
    with pytest.raises(InputError) as wrong:
        tools.run_ziskemu(b"")
    assert str(wrong.value).endswith("ziskemu --version: expected a version, got 'Error during emulation'")
    with pytest.raises(SolproofError) as short:
        tools.words_of("0000000a\nno word\n")
    assert str(short.value) == "ziskemu printed 1 output words, expected 64"


def test_a_tool_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SolproofError) as caught:
        tools.run_ziskemu(b"")
    assert str(caught.value) == (
        "ziskemu is not installed: it comes with ZisK, see the documentation of ZisK"
    )


def test_a_tool_that_cannot_be_started(tmp_path: Path) -> None:
    missing: Sequence[str] = [str(tmp_path / "nothing")]
    with pytest.raises(SolproofError) as caught:
        tools.run_tool(missing)
    assert str(caught.value) == f"{tmp_path / 'nothing'}: cannot be started: No such file or directory"
