"""A page of made-up data in a real browser, which is started once a module."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from support import pages

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=CHROMIUM,
            # as root it starts without its sandbox only; nothing but the page is asked for
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the definition over made-up rows."""
    return pages.write(tmp_path_factory.mktemp("page"), pages.frames())
