"""The options of the tests, and a real Chromium for all tests of a process.

Playwright runs only once in each process.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from solproof.doctor import BROWSERS

# pytest-xdist tells its workers the width of its own terminal, at which commands would wrap their lines.
os.environ.pop("COLUMNS", None)

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--prove`."""
    parser.addoption("--prove", action="store_true", help="prove every transaction of real programs")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that SOLPROOF_BROWSER names."""
    names = (os.environ["SOLPROOF_BROWSER"],) if "SOLPROOF_BROWSER" in os.environ else BROWSERS
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser is installed: looked for {', '.join(names)}")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield opened
        opened.close()
