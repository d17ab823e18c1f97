"""What a page is about: its heading says it, and the layout repeats it in the title of the document."""

from __future__ import annotations

from flask import g
from markupsafe import Markup


def page_caption(told: str | None = None) -> str:
    """Note what the page that is being drawn is about (and print nothing), or say what was noted."""
    if told is None:
        return str(g.get("page_caption", ""))
    g.page_caption = told.striptags() if isinstance(told, Markup) else str(told)
    return ""
