"""A tie-break is told in the words of the tables."""

from __future__ import annotations

import pytest

from portal.tendering.tie_breaks import criterion_words, tie_break_words
from portal.tendering.tree import CriterionKind, kind_of, walk
from portal.tendering.weighing import effective
from tests.factories.tendering import published_itt, ready_itt

pytestmark = pytest.mark.usefixtures("db_session")


def test_every_criterion_is_named_by_what_the_table_of_marks_lists() -> None:
    """A heading earns no marks of its own: it is named with what is scored under it."""
    itt = published_itt()
    listed = {row.criterion.title for row in effective(itt).rows}
    headings = [node for node, _ in walk(itt) if kind_of(node) is CriterionKind.HEADING]
    assert headings
    for node in itt.criteria:
        words = criterion_words(itt, node.key)
        assert f"“{node.title}”" in words
        assert any(f"“{title}”" in words for title in listed), words


def test_the_rule_is_one_sentence() -> None:
    """Each step in its order, and the price as it is."""
    itt = ready_itt()
    itt.tie_break = ["young-people", "safeguarding", "lowest_price"]
    assert tie_break_words(itt) == (
        "When two bids have exactly the same total, the one with more marks for “What young people think” "
        "(“Young people’s voice” and “A place to feel welcome” together), then more marks for “Keeping children and "
        "young people safe”, then the lower price wins. "
        "If nothing of that parts them, two people draw a lot together, in a way that everybody can check."
    )
    itt.tie_break = []
    assert tie_break_words(itt) == "Nothing is set yet."
