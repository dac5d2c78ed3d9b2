"""A browser's tab, and the hand that moves its mouse."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import Page as Tab

CHROMIUM = shutil.which("chromium")
BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and "CHOHYO_TEST_REQUIRE_ALL" not in os.environ,
        reason="there is no Chromium on the PATH",
    ),
]

# Chromium looks for updates and much else at every start, unless it is told not to.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def drag(tab: Tab, start: tuple[float, float], by: tuple[float, float]) -> None:
    """Press, move by so many pixels, and let go."""
    tab.mouse.move(*start)
    tab.mouse.down()
    tab.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2)
    tab.mouse.move(start[0] + by[0], start[1] + by[1])
    tab.mouse.up()


def middle(tab: Tab, selector: str) -> tuple[float, float]:
    """Return the middle of an element, in pixels of the window."""
    box = tab.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
