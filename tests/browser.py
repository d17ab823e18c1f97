"""The Chromium of this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found_chromium() -> str | None:
    """The path of a Chromium (`CHROMIUM` in the environment comes first), or None where there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    return found if found and Path(found).exists() else None
