"""Text that a program read in another encoding than it was written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.core.parsing.mojibake import require_readable


@pytest.mark.parametrize(
    ("misread", "written"),
    [
        ("St Maryâ€™s Care", "St Mary’s Care"),
        ("GlyndÅµr", "Glyndŵr"),
        ("CafÃ© Â£5", "Café £5"),
        ("Ynys MÃ´n â€“ north", "Ynys Môn – north"),
        ("Tŷ GlÃ¢n", "Tŷ Glân"),
    ],
)
def test_what_stood_there_is_said(misread: str, written: str) -> None:
    """The refusal shows what was sent, and what it probably was."""
    with pytest.raises(InvalidInput) as refusal:
        require_readable(misread, field="setting")
    assert refusal.value.field == "setting"
    assert f"“{misread}”" in refusal.value.message
    assert f"Is it “{written}”?" in refusal.value.message


@pytest.mark.parametrize(
    "lost",
    [
        "St Mary\ufffds",
        "St Maryï¿½s",
        "St Maryâ€",
        "“St Maryâ€ House",
        "Hafan Â Wen",
        "VoilÃ  Care",
        "Citta\u0300 e cittÃ",
    ],
)
def test_what_is_lost_has_to_be_typed(lost: str) -> None:
    """A replacement character, and a mark whose last letter was invisible and is gone, say nothing of what stood."""
    with pytest.raises(InvalidInput, match=r"^Letters were lost"):
        require_readable(lost, field=None)


@pytest.mark.parametrize(
    "name",
    [
        "St Mary’s",
        "CAFÉ’S",
        "Tŷ Glân – Ynys Môn",
        "Ünal & Ñandú",
        "Søren’s “Hus”",
        "Дом",
        "Ærø £5",
        "Nõmme",
        "ÂNGELA",
        "IRMÃ House",
        "IRMÃ",
    ],
)
def test_what_is_right_passes(name: str) -> None:
    """Accents, curly quotation marks, dashes and other scripts are no signs of it."""
    assert require_readable(name, field=None) == name


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["C"]), max_size=20))
def test_whatever_was_misread_is_found(text: str) -> None:
    """Any Latin text outside ASCII that was read as Windows-1252 is refused."""
    misread = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode())
    if misread == text:
        assert require_readable(text, field=None) == text
    else:
        with pytest.raises(InvalidInput):
            require_readable(misread, field=None)
