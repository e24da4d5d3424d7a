"""A page of made-up data in a real browser, which is started once a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support import pages
from support.browser import started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the definition over made-up rows."""
    return pages.write(tmp_path_factory.mktemp("page"), pages.frames())
