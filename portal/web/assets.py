"""Addresses of static files, with a version of their content so that they can be cached for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for


def bind(app: Flask) -> None:
    """Give templates `static_url('fairlot.css')`."""
    folder = Path(app.static_folder or "")

    @lru_cache(maxsize=256)
    def version(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]

    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=version(name))

    app.jinja_env.globals["static_url"] = static_url
