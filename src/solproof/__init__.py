"""Run any Solana program exactly as a validator would, and prove the run."""

from __future__ import annotations

__version__ = "0.1.0"
