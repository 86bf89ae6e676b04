"""The real runtime for a whole scene: a LiteSVM that holds the scene's accounts and nothing else."""

from __future__ import annotations

from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.formats import solders_objects
from solproof.runtime.cluster_accounts import cluster_accounts
from solproof.runtime.transaction.scene import Scene


def machine_of(scene: Scene) -> LiteSVM:
    """A LiteSVM with mainnet's features, and with the accounts of a scene and of every cluster.

    It takes every blockhash, because that of a LiteSVM cannot be set.
    """
    machine = (
        LiteSVM.default()
        .with_feature_set(LiteSVM.mainnet_feature_set())
        .with_builtins()
        .with_sysvars()
        .with_sigverify(scene.verify_signatures)
        .with_blockhash_check(False)
    )
    # A program of loader v3 can be set only after its programdata account.
    for account in sorted((*cluster_accounts(scene), *scene.accounts), key=lambda each: each.executable):
        machine.set_account(Pubkey(account.key), solders_objects.solders_account(account))
    return machine
