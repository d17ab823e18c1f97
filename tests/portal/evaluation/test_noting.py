"""A member's own notes."""

from __future__ import annotations

import pytest

from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, WrongState
from portal.evaluation.noting import LONGEST_NOTE, notes_of, save_notes
from portal.privacy.exporting import own_data
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.evaluation import LOCAL, YOUNG, Seat, score_all, scoring_itt, start
from tests.portal.evaluation.views.posting import post

NOTE = "Ask Ada about the second example."


def note(seat: Seat, bid_id: object, **notes: str) -> None:
    """Save the seat's notes."""
    save_notes(work=seat.work, bid_id=bid_id, notes=notes, actor=seat.actor, now=clock.now())  # type: ignore[arg-type]


@pytest.mark.usefixtures("db_session")
def test_a_note_is_its_members_until_the_scores_are_submitted() -> None:
    """It is replaced, goes when it is emptied, belongs to one member, and stays as it is once they have submitted."""
    evaluation = scoring_itt(1)
    chair, member = evaluation.seats[LOCAL]
    bid = evaluation.bids()[0].bid_id
    note(member, bid, outcomes="First thought.")
    note(member, bid, outcomes=NOTE, safeguarding="Short.", unknown="x")
    assert sorted(notes_of(member.member, bid).values()) == [NOTE, "Short."]
    assert notes_of(chair.member, bid) == {}
    note(member, bid, safeguarding="  ")
    assert list(notes_of(member.member, bid).values()) == [NOTE]
    exported = own_data(actor=member.actor, now=clock.now())["own_notes"]
    assert [(row["criterion"], row["words"]) for row in exported] == [
        ("Better lives for children, young people and families", NOTE)
    ]
    with pytest.raises(InvalidInput) as refused:
        note(member, bid, outcomes="x" * (LONGEST_NOTE + 1))
    assert refused.value.field == "note-outcomes"
    score_all(evaluation, member)
    with pytest.raises(WrongState):
        note(member, bid, outcomes="After the fact.")
    with pytest.raises(NotAllowed):
        note(evaluation.moderator(YOUNG), bid, outcomes="x")


def test_over_http_nobody_else_reads_it(client: CheckedClient) -> None:
    """It is saved with the score, without one too, comes back to its member in scoring and moderation, to no other."""
    evaluation = scoring_itt(1)
    chair, member = evaluation.seats[LOCAL]
    bid = evaluation.bids()[0].bid_id
    path = f"/panel/{member.panel.id}/bids/{bid}"
    sign_in(client, member.user)
    assert post(client, path, data={"note-outcomes": NOTE}).status_code == 302
    page = client.get(path).get_data(as_text=True)
    assert NOTE in page
    assert f"/opportunities/{evaluation.itt.reference}" in page
    for seat in (chair, member):
        score_all(evaluation, seat)
    assert NOTE in client.get(path).get_data(as_text=True)
    start(evaluation, LOCAL)
    cell = f"/panel/{member.panel.id}/moderate/{bid}/outcomes"
    assert NOTE in client.get(cell).get_data(as_text=True)
    sign_in(client, chair.user)
    for address in (path, cell, f"/panel/{member.panel.id}/moderate"):
        assert NOTE not in client.get(address).get_data(as_text=True)
