"""`python -m solproof` is the command `solproof`."""

from __future__ import annotations

from solproof.cli import main

if __name__ == "__main__":
    main()
