"""Letters are written for a reading age of 14."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.core.reading_age import ADULTS, reading_age, sentences_in
from portal.paths import TEMPLATES

LETTERS = sorted(Path(TEMPLATES, "emails").rglob("*.txt"))
NAMED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
LAID_OUT = re.compile(r"\{[#%].*?[#%]\}", re.DOTALL)


@pytest.mark.parametrize("letter", LETTERS, ids=lambda path: path.stem)
def test_a_letter_reads_easily(letter: Path) -> None:
    """What we write ourselves does; names, times and figures count as one short word."""
    words = NAMED.sub("name", LAID_OUT.sub("", letter.read_text()))
    assert reading_age(sentences_in(words.splitlines())) <= ADULTS


def test_the_measure_tells_plain_words_from_an_officers() -> None:
    """A sentence of a report is beyond it, what a child is told is far below."""
    report = "Notwithstanding the aforementioned considerations, contracting authorities' representatives "
    report += "subsequently communicated their determination regarding admissibility to participating undertakings."
    assert reading_age([report]) > 25
    assert reading_age(["Pick the face that fits best.", "Tell us why in a few words."]) < 8
