"""The instruction set extensions of this machine's processor.

The answer is that of the processor itself. An extension counts only if the operating system saves its
registers.
"""

__all__ = ["features"]

def features() -> list[str]:
    """The extensions that matter for a build of the prover, with the names of Rust's target features.

    Empty on a kind of processor for which the prover has no vectors.
    """
