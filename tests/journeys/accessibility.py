"""axe-core on a page in Chromium: WCAG 2.0 to 2.2, levels A and AA, and its best practices."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_axe = Axe()


def check_accessibility(page: Page) -> None:
    """Assert that axe finds no violation on the page."""
    if "/html" not in (page.evaluate("document.contentType") or ""):
        return
    found = _axe.run(page).response["violations"]
    told = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(node["html"][:300] for node in violation["nodes"][:3])
        for violation in found
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)
