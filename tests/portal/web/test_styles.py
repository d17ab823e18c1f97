"""Focus is seen: the ring is told from whatever it stands on by 3 to 1 (WCAG 2.2, 1.4.11 and 2.4.7)."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

LIGHT = ("#ffffff", "#e2f0f5", "#dcebe2", "#f0f5f2", "#fff3d6", "#fbe7e4", "#eee8f4")
"""White, sky, meadow, mist, straw, blush and lilac: the grounds of pages and cards."""
PINE = "#0c4a44"
WITH_AN_EDGE = (".govuk-input", ".govuk-radios", ".govuk-checkboxes", ".govuk-skip-link")
"""Their edge turns to ink and doubles beside the ring, as in GOV.UK Frontend."""


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, from 0 to 1."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_focus_ring_is_seen_on_its_ground(app: Flask) -> None:
    """Our own rules give every ring its colour; those of the header stand on pine, all others on something light."""
    styles = Path(app.static_folder or "", "fairlot.css").read_text()
    rules = re.findall(r"([^{}]*:focus[^{}]*)\{([^{}]*outline[^{}]*)\}", styles)
    assert len(rules) > 10
    faint = []
    for selector, body in rules:
        ring = re.search(r"outline(?:-color)?:[^;}]*(#[0-9a-f]{6})", body)
        if ring is None or selector.strip().startswith(WITH_AN_EDGE):
            continue
        dark = re.match(r"\s*\.fl-(header|nav)", selector) and "aria-current" not in selector
        if min(contrast(ring[1], ground) for ground in ((PINE,) if dark else LIGHT)) < 3:
            faint.append(selector.strip())
    assert faint == []


def test_the_measure_is_the_published_one() -> None:
    """Black on white is 21 to 1, and marigold on white is the ring that could not be seen."""
    assert (round(contrast("#000000", "#ffffff"), 2), round(contrast("#ffc247", "#ffffff"), 2)) == (21.0, 1.61)
