"""A real browser for the tests of pages."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
_ALONE = (
    "--no-sandbox",  # as root it starts without its sandbox only; nothing but the page is asked for
    "--disable-background-networking",
    "--disable-component-update",
)


@contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium for the block; skips the test, by name, where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(_ALONE))
        yield browser
        browser.close()
