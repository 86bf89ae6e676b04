"""The part of the cluster's state that programs can see and that is fixed during a slot."""

from __future__ import annotations

from dataclasses import dataclass, field

from solproof.representation import short_repr
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.features import FeatureSet
from solproof.runtime.sysvars import Sysvars


@dataclass(frozen=True, slots=True)
class Environment:
    """The active features, the sysvars and the stakes of a cluster in one slot.

    The defaults are those of mainnet.
    """

    features: FeatureSet = field(default_factory=FeatureSet)
    sysvars: Sysvars = field(default_factory=Sysvars)
    epoch_stakes: EpochStakes = field(default_factory=EpochStakes)

    __repr__ = short_repr
