"""Where templates and migrations are: beside the package in a wheel, one level up in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    # importlib.resources fails in editable installs and bare checkouts, so look for the folder itself.
    beside = PACKAGE / name
    return beside if beside.is_dir() else PACKAGE.parent / name


TEMPLATES = _folder("templates")
MIGRATIONS = _folder("migrations")
