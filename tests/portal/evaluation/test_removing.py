"""Whose scores count is taken off a panel with a reason and by two people; it is on record whom, and why."""

from __future__ import annotations

import pytest

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Role
from portal.evaluation.moderation_queries import present_members
from portal.evaluation.removing import decide_panel_removal, propose_panel_removal, remove_panel_member
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.evaluation import LOCAL, Evaluation, Seat, agree_all, close, moderating_itt, score_all, scoring_itt
from tests.factories.tendering import make_commissioner
from tests.filling import text_of
from tests.portal.evaluation.views.posting import post

pytestmark = pytest.mark.usefixtures("db_session")
REASON = "They have left the council, and cannot come to the meeting."


def propose(evaluation: Evaluation, seat: Seat, reason: str = REASON) -> None:
    """Propose to take somebody off."""
    propose_panel_removal(
        itt=evaluation.itt, member=seat.member, reason=reason, actor=evaluation.commissioner, now=clock.now()
    )


def test_submitted_scores_take_a_reason_and_a_second_person() -> None:
    """One person alone is refused, with words too few as well, and whoever proposed it cannot decide it."""
    evaluation = scoring_itt(1)
    seat = evaluation.seats[LOCAL][1]
    score_all(evaluation, seat)
    with pytest.raises(WrongState, match="takes a reason and a second person"):
        remove_panel_member(itt=evaluation.itt, member=seat.member, actor=evaluation.commissioner, now=clock.now())
    with pytest.raises(InvalidInput) as refused:
        propose(evaluation, seat, "gone")
    assert refused.value.field == "reason"
    propose(evaluation, seat)
    with pytest.raises(WrongState):
        propose(evaluation, seat)
    decided = {"itt": evaluation.itt, "member": seat.member, "agreed": True, "now": clock.now()}
    with pytest.raises(NotAllowed):
        decide_panel_removal(**decided, actor=evaluation.commissioner)  # type: ignore[arg-type]
    decide_panel_removal(**decided, actor=make_commissioner(evaluation.itt.authority))  # type: ignore[arg-type]
    assert (seat.member.removed_at is not None, seat.member.removal_reason) == (True, REASON)
    told = [(event.kind, event.object_id) for event in events_of(evaluation.itt.id)][-2:]
    assert told == [("panel_removal_proposed", seat.member.id), ("panel_member_removed", seat.member.id)]


def test_a_panel_goes_on_without_whoever_is_taken_off_while_it_moderates() -> None:
    """What is agreed stands, they take part no longer; kept, nothing is proposed any more."""
    evaluation = moderating_itt(1, professionals=3)
    chair, member, other = evaluation.seats[LOCAL]
    agree_all(evaluation, LOCAL)
    second = make_commissioner(evaluation.itt.authority)
    for seat, agreed in ((other, False), (member, True)):
        propose(evaluation, seat)
        decide_panel_removal(itt=evaluation.itt, member=seat.member, agreed=agreed, actor=second, now=clock.now())
    assert (other.member.removed_at, other.member.removal_reason) == (None, "")
    assert {seat.id for seat in present_members(chair.work)} == {chair.member.id, other.member.id}
    close(evaluation, LOCAL)


def test_two_commissioners_take_somebody_off_on_the_pages(client: CheckedClient) -> None:
    """The first gives a reason, the second reads it and decides; the first one's own page says who has to."""
    evaluation = scoring_itt(1)
    seat = evaluation.seats[LOCAL][1]
    score_all(evaluation, seat)
    base = f"/commissioning/itts/{evaluation.itt.reference}/panels"
    page = f"{base}/{seat.panel.id}/members/{seat.member.id}"
    first, second = (make_person(Role.COMMISSIONER, authority=evaluation.itt.authority) for _ in range(2))
    sign_in(client, first)
    assert post(client, f"{page}/remove").status_code == 422
    assert post(client, f"{page}/remove", data={"reason": REASON}).location == base
    assert "another commissioner has to decide" in text_of(client.get(f"{page}/removal"))
    assert post(client, f"{page}/removal", data={"verdict": "remove"}).status_code == 403
    sign_in(client, second)
    assert "Decide a removal" in text_of(client.get(base))
    assert REASON in text_of(client.get(f"{page}/removal"))
    assert post(client, f"{page}/removal", data={"verdict": "remove"}).location == base
    assert actor_of(seat.user).panels == {}
