"""Reading invitations."""

from __future__ import annotations

from typing import Any

import pytest

from portal.core.errors import NotFound
from portal.tendering.method import method_of
from portal.tendering.queries import find_itt, find_published_itt
from portal.tendering.starting_points import StartingPoint
from portal.tendering.weighing import effective
from tests.factories.tendering import draft_itt, published_itt


@pytest.mark.parametrize("start", [StartingPoint.EMPTY, StartingPoint.THREE_PANELS])
def test_a_whole_invitation_takes_at_most_nine_statements(
    db_session: Any, count_statements: Any, start: StartingPoint
) -> None:
    """However much it holds: nothing is read row by row afterwards."""
    reference = draft_itt(start=start).reference
    db_session.commit()
    db_session.expunge_all()
    with count_statements() as statements:
        itt = find_itt(reference)
        method_of(itt)
        effective(itt)
        assert itt.authority.name
    assert len(statements) <= 9


def test_only_what_was_published_is_found_by_everybody(db_session: object) -> None:
    """A draft is not, whoever asks; letters may be small."""
    published, draft = published_itt(), draft_itt()
    assert find_published_itt(published.reference.lower()) is published
    assert find_itt(draft.reference) is draft
    with pytest.raises(NotFound):
        find_published_itt(draft.reference)
    with pytest.raises(NotFound):
        find_itt("ITT-NOTTHERE")
