"""What waits on an authority's desk."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from portal.core import clock
from portal.core.permissions import Role
from portal.dashboards.next_steps import DECIDE_INTEREST, DECIDE_REMOVAL, TELL
from portal.dashboards.waiting import Waiting, waiting_for
from portal.extensions import db
from portal.regulation.local_time import local_date
from portal.reporting.replying import publish_reply
from portal.tendering.interests.declaring import declare_own_interest
from portal.tendering.interests.mitigating import propose_mitigation
from portal.tendering.interests.states import MitigationOutcome
from tests.client import CheckedClient
from tests.factories.absences import make_absence
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.awarding import approver_of, decided_award
from tests.factories.bidding import close_now
from tests.factories.evaluation import YOUNG, leave_waiting, moderated_evaluation, moderating_itt
from tests.factories.organisations import make_authority
from tests.factories.tendering import draft_itt, make_commissioner, published_itt, settle_interests
from tests.filling import text_of

pytestmark = pytest.mark.usefixtures("db_session")
REASON = "A cousin of mine works for a bidder."
TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("days", "late", "left"), [(-1, True, None), (0, False, 0), (14, False, 14), (15, False, None)]
)
def test_days_are_counted_inside_a_fortnight(days: int, late: bool, left: int | None) -> None:
    """The day itself is not late; beyond a fortnight nobody plans by the day."""
    one = Waiting("Open the bids", "/", "Early help", TODAY + timedelta(days=days))
    assert (one.is_late(TODAY), one.days_left(TODAY)) == (late, left)
    assert (Waiting("", "/", "").is_late(TODAY), Waiting("", "/", "").days_left(TODAY)) == (False, None)


def test_what_is_due_first_comes_first_and_among_equals_what_is_mine(app: Flask) -> None:
    """A day that is named comes before none; of two drafts whoever looks sees the own one first."""
    authority = make_authority()
    me = make_person(Role.COMMISSIONER, Role.OPENER, authority=authority)
    draft_itt(authority=authority, title="A colleague's draft")
    draft_itt(authority=authority, title="My draft").owner_id = me.id
    for title in ("To open", "To open as well"):
        close_now(published_itt(authority=authority, title=title))
    db.session.flush()
    with app.test_request_context():
        waiting = waiting_for(actor_of(me), clock.now())
    titles = [one.about.rpartition(", ITT-")[0] for one in waiting]
    assert (set(titles[:2]), titles[-2:]) == ({"To open", "To open as well"}, ["My draft", "A colleague's draft"])
    assert {one.due_on for one in waiting[:2]} == {local_date(clock.now())}


def test_procurements_of_the_same_title_are_told_apart(client: CheckedClient) -> None:
    """Each year's invitation can be called alike: every link names the reference as well."""
    authority = make_authority()
    alike = [draft_itt(authority=authority, title="Holiday clubs") for _ in range(2)]
    sign_in(client, make_person(Role.COMMISSIONER, authority=authority))
    shown = text_of(client.get("/commissioning"))
    assert all(f"Holiday clubs, {itt.reference}" in shown for itt in alike)


def test_nothing_that_waits_is_left_out(client: CheckedClient) -> None:
    """Beyond the first eight the rest is a press away on the same page, not cut off."""
    authority = make_authority()
    for number in range(10):
        draft_itt(authority=authority, title=f"Draft number {number}")
    sign_in(client, make_person(Role.COMMISSIONER, authority=authority))
    shown = text_of(client.get("/commissioning"))
    assert all(f"Draft number {number}" in shown for number in range(10))
    assert "2 more that wait" in shown


def test_a_step_that_its_page_refuses_is_not_on_the_desk(app: Flask) -> None:
    """Whoever declared an interest does not decide what follows from it; another approver sees that it waits."""
    authority = make_authority()
    declarer, other = (actor_of(make_person(Role.APPROVER, authority=authority)) for _ in range(2))
    now, itt = clock.now(), draft_itt(authority=authority)
    interest = declare_own_interest(itt=itt, has_interest=True, detail=REASON, actor=declarer, now=now)
    propose_mitigation(
        interest=interest,
        outcome=MitigationOutcome.CONDITIONS,
        words=REASON,
        actor=make_commissioner(authority),
        now=now,
    )
    with app.test_request_context():
        seen = [[one.text for one in waiting_for(person, now)] for person in (declarer, other)]
    assert seen == [[], [DECIDE_INTEREST.text]]


def test_a_removal_waits_for_another_commissioner(app: Flask) -> None:
    """Whoever proposed it does not read that it waits; somebody who is no commissioner neither."""
    evaluation = moderating_itt(1)
    leave_waiting(evaluation)
    people = (
        evaluation.commissioner,
        make_commissioner(evaluation.itt.authority),
        approver_of(evaluation.itt.authority),
    )
    with app.test_request_context():
        seen = [DECIDE_REMOVAL.text in {one.text for one in waiting_for(person, clock.now())} for person in people]
    assert seen == [False, True, False]


def test_young_people_wait_until_they_are_told(app: Flask) -> None:
    """From the decision on, also once the procurement is over, until somebody writes what was done."""
    evaluation = moderated_evaluation(2)
    settle_interests(evaluation.itt, evaluation.commissioner)
    decided_award(evaluation.itt)
    db.session.expire_all()
    with app.test_request_context():
        assert TELL.text in {one.text for one in waiting_for(evaluation.commissioner, clock.now())}
        publish_reply(
            itt=evaluation.itt,
            work=evaluation.scorers(YOUNG)[0].work,
            lines=[("You want to be asked.", "The contract says so.")],
            actor=evaluation.commissioner,
            now=clock.now(),
        )
        assert TELL.text not in {one.text for one in waiting_for(evaluation.commissioner, clock.now())}


def test_the_desk_says_who_stands_in_for_whom(client: CheckedClient) -> None:
    """Of this authority and now; the register says it beside the owner, and the deputy reads that it is them."""
    authority = make_authority()
    away, deputy, other = (make_person(Role.COMMISSIONER, authority=authority) for _ in range(3))
    draft_itt(authority=authority).owner_id = away.id
    make_absence(away, deputy, authority)
    make_absence(
        other, away, authority, begins_at=clock.now() + timedelta(days=1), ends_at=clock.now() + timedelta(days=2)
    )
    sign_in(client, other)
    desk = text_of(client.get("/commissioning"))
    assert f"{away.display_name} is away until" in desk
    assert f"{deputy.display_name} stands in." in desk
    assert f"{other.display_name} is away" not in desk
    assert f"(away: {deputy.display_name} stands in)" in text_of(client.get("/commissioning/procurements"))
    sign_in(client, deputy)
    assert "you stand in." in text_of(client.get("/commissioning"))
