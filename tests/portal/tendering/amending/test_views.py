"""The pages of changes: proposed by one, published by another, read by everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Role
from portal.core.words import london
from portal.regulation.queries import uk_calendar
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import make_commissioner, published_itt
from tests.filling import errors_of, fields_of, fill, press, text_of

WORDS = "The building in Section 3 has two floors, not one."
REASON = "A bidder showed us that the plan was old."
NOTE = "I compared it with the plan of this year."


class Case:
    """An open invitation and the two people who can change it."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.authority = make_authority()
        self.itt: InvitationToTender = published_itt(actor=make_commissioner(self.authority))
        self.officer = make_person(Role.COMMISSIONER, authority=self.authority)
        self.approver = make_person(Role.APPROVER, authority=self.authority)
        self.changes = f"/commissioning/itts/{self.itt.reference}/changes"
        self.public = f"/opportunities/{self.itt.reference}"

    def as_person(self, person: User | None) -> CheckedClient:
        client: CheckedClient = self.app.test_client()
        if person is not None:
            sign_in(client, person)
        return client

    def propose(self, **typed: str) -> Any:
        given = {"words": WORDS, "reason": REASON} | typed
        return fill(self.as_person(self.officer), f"{self.changes}/propose", given)


@pytest.fixture
def case(app: Any, db_session: object) -> Case:
    """Ready to change."""
    return Case(app)


def test_an_extension_goes_from_one_officer_through_another_to_everybody(case: Case) -> None:
    """Proposed with a later day, invisible outside; published, it stands on the public page with both times."""
    assert case.itt.closes_at is not None
    old, day = case.itt.closes_at, (case.itt.closes_at + timedelta(days=3)).astimezone(clock.LONDON).date()
    typed = {"closes-day": str(day.day), "closes-month": str(day.month), "closes-year": str(day.year)}
    address = case.propose(**typed).headers["Location"]
    visitor, approver = case.as_person(None), case.as_person(case.approver)
    assert WORDS not in visitor.get(case.public).text
    assert "Decide a proposed change" in text_of(approver.get(f"/commissioning/itts/{case.itt.reference}"))
    assert "You are the second person" in text_of(approver.get(address))
    assert "You are the second person" not in text_of(case.as_person(case.officer).get(address))
    fill(approver, address, {"verdict": "publish", "note": NOTE})
    page = text_of(visitor.get(case.public))
    assert WORDS in page
    assert london(old) in page
    assert case.itt.closes_at.date() == day
    changes = visitor.get(f"{case.public}.json").json["changes"]
    assert [(each["number"], list(each["after"])) for each in changes] == [(1, ["closes_at"])]


def test_what_is_wrong_is_said_beside_its_box_and_kept(case: Case) -> None:
    """An earlier day, no reason: both come back with what was typed."""
    answer = case.propose(reason="")
    assert answer.status_code == 422
    assert WORDS in answer.text
    assert errors_of(answer)
    earlier = clock.today() + timedelta(days=1)
    answer = case.propose(
        **{"closes-day": str(earlier.day), "closes-month": str(earlier.month), "closes-year": str(earlier.year)}
    )
    assert "never brought forward" in " ".join(errors_of(answer))


@pytest.mark.parametrize(("day", "month"), [("28", "3")])
def test_an_hour_that_clocks_skip_is_refused(case: Case, day: str, month: str) -> None:
    """On 28 March 2027 there is no half past one in the morning."""
    answer = case.propose(**{"closes-day": day, "closes-month": month, "closes-year": "2027", "closes_time": "01:30"})
    assert answer.status_code == 422
    assert "closes_time" in answer.text


def test_a_closing_time_on_a_day_off_is_remarked_on_for_both_people(case: Case) -> None:
    """A bank holiday and a weekend keep nothing back: whoever proposes and whoever decides reads what it means."""
    assert case.itt.closes_at is not None
    days, first = uk_calendar(), case.itt.closes_at.date() + timedelta(days=2)
    saturday = first + timedelta(days=(5 - first.weekday()) % 7)
    holiday = min(day for day in days.holidays if day > saturday and day.weekday() < 5)
    for day, is_off in ((saturday, True), (holiday, True), (days.first_working_day_from(holiday), False)):
        typed = {"closes-day": str(day.day), "closes-month": str(day.month), "closes-year": str(day.year)}
        address = case.propose(**typed).headers["Location"]
        for person in (case.officer, case.approver):
            assert ("a weekend or a bank holiday" in text_of(case.as_person(person).get(address))) is is_off
        fill(case.as_person(case.approver), address, {"verdict": "publish", "note": NOTE})
        assert "a weekend or a bank holiday" not in text_of(case.as_person(case.officer).get(address))


def test_a_refused_change_stays_inside(case: Case) -> None:
    """Its proposer reads why; nobody outside hears of it."""
    address = case.propose().headers["Location"]
    fill(case.as_person(case.approver), address, {"verdict": "refuse", "note": "The plan is there already."})
    assert "The plan is there already." in text_of(case.as_person(case.officer).get(address))
    assert WORDS not in case.as_person(None).get(case.public).text


def test_others_find_nothing_or_only_read(case: Case) -> None:
    """404 for another authority, 403 for a provider and for officers who do not propose."""
    address = case.propose().headers["Location"]
    stranger = case.as_person(make_person(Role.COMMISSIONER, authority=make_authority()))
    assert stranger.get(address).status_code == 404
    assert stranger.get(case.changes).status_code == 404
    assert case.as_person(make_person(Role.SUBMITTER, provider=make_provider())).get(case.changes).status_code == 403
    auditor = case.as_person(make_person(Role.AUDITOR, authority=case.authority))
    assert auditor.get(address).status_code == 200
    assert auditor.get(f"{case.changes}/propose").status_code == 403


def test_a_change_is_taken_back_with_one_press(case: Case) -> None:
    """The second person reads that it is gone and cannot decide it; another can be proposed at once."""
    address = case.propose().headers["Location"]
    officer, approver = case.as_person(case.officer), case.as_person(case.approver)
    held = fields_of(approver.get(address)) | {"verdict": "publish", "note": NOTE}
    assert approver.post(f"{address}/withdraw", data=held).status_code == 403
    assert press(officer, address, f"{address}/withdraw").status_code == 302
    assert "Taken back" in text_of(approver.get(address))
    assert approver.post(address, data=held).status_code == 409
    assert WORDS not in case.as_person(None).get(case.public).text
    assert case.propose().status_code == 302
