"""Write the pages of the reference: `python -m solproof.reference docs/reference`."""

from __future__ import annotations

import argparse
from pathlib import Path

from solproof.reference.pages import PAGES


def main() -> None:
    """Write every page into the given folder."""
    parser = argparse.ArgumentParser(prog="python -m solproof.reference", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder for the pages, such as docs/reference")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
