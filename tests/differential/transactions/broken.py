"""Transactions that the cluster refuses before it runs them. Each has one thing wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.differential.transactions.choices import Choices
from tests.differential.transactions.messages import Draft


def broken(choices: Choices, draft: Draft) -> Draft:
    """The message with one of `DEFECTS`. A message that the chosen defect does not suit stays as it is."""
    return choices.weighted(DEFECTS)(choices, draft)


def wrong_signature(choices: Choices, draft: Draft) -> Draft:
    return replace(draft, signatures={choices.below(draft.header[0]): choices.content(64)})


def missing_signature(choices: Choices, draft: Draft) -> Draft:
    return replace(draft, signatures={choices.below(draft.header[0]): None})


def signature_too_many(_: Choices, draft: Draft) -> Draft:
    return replace(draft, signatures={-1: b""})


def no_writable_signer(_: Choices, draft: Draft) -> Draft:
    return replace(draft, header=(draft.header[0], draft.header[0], draft.header[2]))


def too_many_readonly(_: Choices, draft: Draft) -> Draft:
    signers, readonly_signed = draft.header[:2]
    return replace(draft, header=(signers, readonly_signed, len(draft.keys) - signers + 1))


def wrong_program(choices: Choices, draft: Draft) -> Draft:
    """The payer as the program of the first instruction, or an index that is no static key."""
    (_, accounts, data), *others = draft.instructions
    program = choices.choice((0, len(draft.keys), 255))
    return replace(draft, instructions=((program, accounts, data), *others))


def wrong_index(_: Choices, draft: Draft) -> Draft:
    (program, accounts, data), *others = draft.instructions
    return replace(draft, instructions=((program, (*accounts, 250), data), *others))


def account_twice(choices: Choices, draft: Draft) -> Draft:
    if not draft.lookups:
        signers, readonly_signed, readonly = draft.header
        keys = (*draft.keys, choices.choice(draft.keys))
        return replace(draft, keys=keys, header=(signers, readonly_signed, readonly + 1))
    *others, last = draft.lookups
    again = replace(last, readonly=(*last.readonly, choices.choice((*last.writable, *last.readonly))))
    return replace(draft, lookups=(*others, again))


def old_blockhash(choices: Choices, draft: Draft) -> Draft:
    return replace(draft, blockhash=choices.content(32))


def empty_lookup(_: Choices, draft: Draft) -> Draft:
    if not draft.lookups:
        return draft
    return replace(draft, lookups=(replace(draft.lookups[0], writable=(), readonly=()), *draft.lookups))


def no_instruction(_: Choices, draft: Draft) -> Draft:
    """This is no defect: only the fee is paid."""
    return replace(draft, instructions=())


DEFECTS: dict[Callable[[Choices, Draft], Draft], float] = {
    wrong_signature: 2,
    missing_signature: 1,
    signature_too_many: 1,
    no_writable_signer: 1,
    too_many_readonly: 1,
    wrong_program: 1,
    wrong_index: 1,
    account_twice: 2,
    old_blockhash: 2,
    empty_lookup: 1,
    no_instruction: 1,
}
