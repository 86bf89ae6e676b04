"""What a record keeps of an instruction: the states of its accounts, when it was called and when it ended."""

from __future__ import annotations

from tests.support.frame_trees import NOTE, associated_token, chain


def states(ending: str) -> list[tuple[list[bytes], list[bytes]]]:
    """The data of the account `NOTE` before and after each instruction that names it."""
    return [
        (
            [account.data for account in record.accounts_before if account.key == NOTE],
            [account.data for account in record.accounts_after if account.key == NOTE],
        )
        for record in chain(ending).execution.output.instructions
    ]


def test_a_callee_finds_what_its_caller_wrote() -> None:
    assert states("mov64 r0, 0; exit") == [
        ([b"\0\0"], [b"\x11\x22"]),
        ([b"\x11\0"], [b"\x11\0"]),
        ([], []),
    ]


def test_a_failing_instruction_keeps_its_last_state() -> None:
    assert states("mov64 r0, 7; exit")[:2] == [([b"\0\0"], [b"\x11\0"]), ([b"\x11\0"], [b"\x11\0"])]


def test_each_account_is_there_once_in_the_order_of_the_instruction() -> None:
    for record in associated_token().execution.output.instructions:
        keys = list(dict.fromkeys(account.key for account in record.accounts))
        assert [account.key for account in record.accounts_before] == keys
        assert [account.key for account in record.accounts_after] == keys


def test_the_last_states_are_committed() -> None:
    execution = associated_token().execution
    committed = {account.key: account for account in execution.output.accounts}
    last = {
        account.key: account
        for record in execution.output.instructions
        if record.caller is None
        for account in record.accounts_after
    }
    for key, account in last.items():
        assert (account.lamports, account.data) == (committed[key].lamports, committed[key].data)
