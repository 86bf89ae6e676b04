"""The stake program. Source: solana-stake-interface 2 (instruction.rs, state.rs, error.rs), in bincode."""

from __future__ import annotations

from solproof.interfaces.interface import AccountType, Interface
from solproof.interfaces.layouts import ADDRESS, I64, U8, U64, Enum, Float, Option, Text, structure
from solproof.interfaces.tables import errors, numbered
from solproof.runtime.program_ids import STAKE_PROGRAM

_SEED = Text(8)
_AUTHORIZED = structure("Authorized", staker=ADDRESS, withdrawer=ADDRESS)
_LOCKUP = structure("Lockup", unix_timestamp=I64, epoch=U64, custodian=ADDRESS)
_ROLE = Enum("StakeAuthorize", (("Staker", None), ("Withdrawer", None)), 4)
_LOCKUP_CHANGE = {"unix_timestamp": Option(I64), "epoch": Option(U64)}
_META = structure("Meta", rent_exempt_reserve=U64, authorized=_AUTHORIZED, lockup=_LOCKUP)
_DELEGATION = structure(
    "Delegation",
    voter_pubkey=ADDRESS,
    stake=U64,
    activation_epoch=U64,
    deactivation_epoch=U64,
    warmup_cooldown_rate=Float(8),
)
_STAKE = structure("Stake", delegation=_DELEGATION, credits_observed=U64)
STATE = Enum(
    "StakeStateV2",
    (
        ("Uninitialized", None),
        ("Initialized", structure(meta=_META)),
        ("Stake", structure(meta=_META, stake=_STAKE, flags=U8)),
        ("RewardsPool", None),
    ),
    4,
)

STAKE = Interface(
    "stake program",
    (STAKE_PROGRAM,),
    numbered(
        4,
        (
            ("Initialize", "stake! rent", {"authorized": _AUTHORIZED, "lockup": _LOCKUP}),
            (
                "Authorize",
                "stake! clock authority* custodian*",
                {"new_authority": ADDRESS, "role": _ROLE},
            ),
            ("DelegateStake", "stake! vote clock stake_history config staker*", {}),
            ("Split", "stake! split! staker*", {"lamports": U64}),
            (
                "Withdraw",
                "stake! recipient! clock stake_history withdrawer* custodian*",
                {"lamports": U64},
            ),
            ("Deactivate", "stake! clock staker*", {}),
            ("SetLockup", "stake! authority*", {**_LOCKUP_CHANGE, "custodian": Option(ADDRESS)}),
            ("Merge", "destination! source! clock stake_history staker*", {}),
            (
                "AuthorizeWithSeed",
                "stake! base* clock custodian*",
                {
                    "new_authority": ADDRESS,
                    "role": _ROLE,
                    "authority_seed": _SEED,
                    "authority_owner": ADDRESS,
                },
            ),
            ("InitializeChecked", "stake! rent staker withdrawer*", {}),
            ("AuthorizeChecked", "stake! clock authority* new_authority* custodian*", {"role": _ROLE}),
            (
                "AuthorizeCheckedWithSeed",
                "stake! base* clock new_authority* custodian*",
                {"role": _ROLE, "authority_seed": _SEED, "authority_owner": ADDRESS},
            ),
            ("SetLockupChecked", "stake! authority* new_custodian*", _LOCKUP_CHANGE),
            ("GetMinimumDelegation", "", {}),
            ("DeactivateDelinquent", "stake! vote reference_vote", {}),
            ("Redelegate", "stake! uninitialized! vote config staker*", {}),
            ("MoveStake", "source! destination! staker*", {"lamports": U64}),
            ("MoveLamports", "source! destination! staker*", {"lamports": U64}),
        ),
    ),
    (AccountType("Stake", structure(state=STATE), length=200),),
    errors=errors(
        """
        NoCreditsToRedeem LockupInForce AlreadyDeactivated TooSoonToRedelegate InsufficientStake
        MergeTransientStake MergeMismatch CustodianMissing CustodianSignatureMissing
        InsufficientReferenceVotes VoteAddressMismatch MinimumDelinquentEpochsForDeactivationNotMet
        InsufficientDelegation RedelegateTransientOrInactiveStake RedelegateToSameVoteAccount
        RedelegatedStakeMustFullyActivateBeforeDeactivationIsPermitted EpochRewardsActive
        """
    ),
)
