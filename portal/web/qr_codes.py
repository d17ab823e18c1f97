"""QR codes, drawn in the page itself: what they hold is in no address, log or cache."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """The text as an inline picture, to be scanned from a screen or from paper."""
    drawn = segno.make(text, error="m", micro=False)
    return Markup(
        drawn.svg_inline(scale=5, border=4, dark="#15292b", light="#ffffff", svgclass="fl-qr", lineclass=None)
    )
