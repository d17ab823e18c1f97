"""axe-core on a page in Chromium: WCAG 2.0 to 2.2, levels A and AA, and its best practices."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_axe = Axe()
_PARTICULAR = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]{3}-[0-9A-Z]{8}|[0-9]+")
_seen: set[tuple[str, str]] = set()


def check_accessibility(page: Page) -> None:
    """Assert that axe finds no violation on the page."""
    if "/html" not in (page.evaluate("document.contentType") or ""):
        return
    # The same kind of page in the same state (its title says "Error:" where there are errors) is checked once.
    kind = (_PARTICULAR.sub("*", urlsplit(page.url).path), "Error" if page.title().startswith("Error") else "")
    if kind in _seen:
        return
    _seen.add(kind)
    found = _axe.run(page).response["violations"]
    told = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(node["html"][:300] for node in violation["nodes"][:3])
        for violation in found
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)
