"""The help pages."""

from __future__ import annotations

import pytest

from portal.core.errors import NotFound
from portal.help.pages import AUDIENCES, FOLDER, help_page, help_pages, search


def test_every_file_is_a_page() -> None:
    """Each has a title of its own, an audience and a sentence, and something to read."""
    pages = help_pages()
    assert len(pages) == len(list(FOLDER.iterdir())) > 8
    assert {page.audience for page in pages} == set(AUDIENCES)
    assert len({page.title for page in pages}) == len(pages)
    assert [page.slug for page in pages if not page.blocks or not page.summary.endswith(".")] == []


def test_a_search_finds_all_words_wherever_they_stand() -> None:
    """Capitals do not count; a title comes before a text; nothing is found for what is nowhere."""
    assert search("RECEIPT")[0].slug == "receipts"
    assert "write-a-bid" in {page.slug for page in search("closes submit")}
    assert search("zebra") == []
    with pytest.raises(NotFound):
        help_page("zebra")
