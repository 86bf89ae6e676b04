"""Puppets on a ledger that invoke other programs for a transaction."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.ledger import Call, Ledger
from tests.support.puppet.invocation import Abi, Info, Invocation, Meta, invoke
from tests.support.puppet.layout import InputLayout
from tests.support.puppet.script import Script, reference

SHELF_BYTES = 4_096
"""The length of the account with a script."""


def relay(
    ledger: Ledger,
    puppet: str,
    *calls: Call,
    abi: Abi = Abi.RUST,
    seeds: Sequence[Sequence[bytes]] = (),
    more: str = "",
) -> Call:
    """The instruction for a puppet that invokes these instructions one after another.

    The script lies in an account of its own, which is set at once, and suits the accounts as they are now.
    seeds: the seeds of the accounts that the puppet signs for. Their names are in `more` without "*".
    more: names of accounts whose privileges differ from those that the instructions give them.
    """
    shelf = f"{puppet}_script"
    flags = _merged([shelf, *more.split()])
    fixed = set(flags)
    for program, _, names in calls:
        for name, mark in _merged(names.split()).items():
            if name not in fixed:
                flags[name] = "".join(sorted({*flags.get(name, ""), *mark}))
        flags.setdefault(program, "")
    script = Script()
    ledger.set(shelf, bytes(SHELF_BYTES), puppet)
    sizes = {name: ledger.size(name) for name in flags}
    layout = InputLayout.of((ledger.key(name), size) for name, size in sizes.items())
    for program, data, names in calls:
        metas = [
            Meta(ledger.key(name.rstrip("*!")), int("*" in name), int("!" in name)) for name in names.split()
        ]
        shown = {name.rstrip("*!") for name in names.split()}
        infos = [Info(layout.accounts[ledger.key(name)], sizes[name]) for name in sorted(shown)]
        invoke(script, Invocation(ledger.key(program), metas, data, infos, seeds, abi=abi))
    content = script.content()
    ledger.set(shelf, content.ljust(SHELF_BYTES, b"\0"), puppet)
    address = layout.accounts[ledger.key(shelf)].data
    return puppet, reference(address, len(content)), " ".join(name + mark for name, mark in flags.items())


def _merged(names: Sequence[str]) -> dict[str, str]:
    """The marks of each name."""
    found: dict[str, str] = {}
    for name in names:
        bare = name.rstrip("*!")
        found[bare] = "".join(sorted({*found.get(bare, ""), *name[len(bare) :]}))
    return found
