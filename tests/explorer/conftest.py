"""Pages of real runs, and a real Chromium to open them with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from solproof.demo import programs, scenario
from solproof.doctor import BROWSERS
from solproof.explorer.page import explore
from solproof.svm.execute import Execution, execute

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60_000
"""Milliseconds; a busy machine is slow."""

Open = Callable[..., Page]


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


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open the text of a page; whatever it logs, throws or asks the network for fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_text(
        text: str, *, width: int = 1440, height: int = 900, dark: bool = False, touch: bool = False
    ) -> Page:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: complaints.append(request.url) if not request.url.startswith("file:") else None,
        )
        page.goto(path.as_uri())
        page.wait_for_selector("#loading", state="detached")
        return page

    yield open_text
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def classic() -> Execution:
    """A Transfer of the classic token program."""
    return execute(scenario.transfer(programs.classic_token()))


@pytest.fixture(scope="session")
def classic_page(classic: Execution) -> str:
    """Its page."""
    return explore(classic, "token.so")
