"""Pages of real runs, opened in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from solproof.demo import programs, scenario
from solproof.execution.execute import Execution, execute
from solproof.explorer.page import explore

PATIENCE = 60_000
"""In milliseconds. A busy machine is slow."""

Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open the text of a page. The test fails if the page logs, throws, or makes a network request."""
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
