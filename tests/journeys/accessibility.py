"""axe-core on a page in Chromium: WCAG 2.0 to 2.2, levels A and AA, and its best practices."""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.services import open_folder

_axe = Axe()
_PARTICULAR = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]{3}-[0-9A-Z]{8}|[0-9]+")


def check_accessibility(page: Page) -> None:
    """Assert that axe finds no violation on the page."""
    if "/html" not in (page.evaluate("document.contentType") or ""):
        return
    # The same kind of page in the same state (its title says "Error:" where there are errors) is checked once a run.
    state = "Error" if page.title().startswith("Error") else ""
    if not _is_new(_PARTICULAR.sub("*", urlsplit(page.url).path) + state):
        return
    found = _axe.run(page).response["violations"]
    told = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(node["html"][:300] for node in violation["nodes"][:3])
        for violation in found
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


def _is_new(kind: str) -> bool:
    """Whether no process of this run has checked such a page; it counts as checked from now on."""
    try:
        (_checked() / hashlib.sha256(kind.encode()).hexdigest()).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@cache
def _checked() -> Path:
    """A folder that all processes of this run share, with a file for each kind of page."""
    return Path(os.environ.get("CHECKED_PAGES") or open_folder("fairlot-checked-"))
