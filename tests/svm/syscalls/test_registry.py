"""The registry: which names there are, under which keys, and what becomes of the rest."""

from __future__ import annotations

import pytest

from solproof.errors import UnsupportedError
from solproof.program.syscall_names import NAMES
from solproof.svm.syscalls import INACTIVE_ON_MAINNET, REGISTRY, SyscallContext
from solproof.svm.sysvars import Sysvars

SUPPORTED = {
    "abort",
    "sol_panic_",
    "sol_alloc_free_",
    "sol_log_",
    "sol_log_64_",
    "sol_log_pubkey",
    "sol_log_compute_units_",
    "sol_log_data",
    "sol_get_clock_sysvar",
    "sol_get_epoch_schedule_sysvar",
    "sol_get_rent_sysvar",
    "sol_get_last_restart_slot",
    "sol_get_epoch_rewards_sysvar",
    "sol_get_sysvar",
    "sol_memcpy_",
    "sol_memmove_",
    "sol_memset_",
    "sol_memcmp_",
    "sol_set_return_data",
    "sol_get_return_data",
}


def test_every_name_is_registered_once_or_inactive() -> None:
    registered = [syscall.name for syscall in REGISTRY.values()]
    assert len(registered) == len(set(registered))
    assert set(registered) == set(NAMES) - INACTIVE_ON_MAINNET


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (0xB6FC1A11, "abort"),
        (0x207559BD, "sol_log_"),
        (0x13C1B505, "sol_get_sysvar"),
        (0x717CC4A3, "sol_memcpy_"),
    ],
)
def test_keys(key: int, name: str) -> None:
    assert REGISTRY[key].name == name


@pytest.mark.parametrize("name", sorted(set(NAMES) - INACTIVE_ON_MAINNET - SUPPORTED))
def test_the_rest_refuses_by_name(name: str) -> None:
    syscall = next(syscall for syscall in REGISTRY.values() if syscall.name == name)
    context = SyscallContext(bytes(32), Sysvars())
    with pytest.raises(UnsupportedError) as raised:
        syscall.execute(context, 0, 0, 0, 0, 0)
    assert str(raised.value) == f"syscall {name} is not supported yet"
