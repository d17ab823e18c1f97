"""Changing a published invitation: two people, more time and never less, and everybody is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import current_app

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.bidding.closing import TooLate
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.core.storage import FileStore
from portal.extensions import db
from portal.tendering.amending.amending import NewDates, propose_addendum, publish_addendum, refuse_addendum
from portal.tendering.amending.documents import NewDocuments
from portal.tendering.amending.models import Addendum
from portal.tendering.amending.queries import published_addenda
from portal.tendering.amending.states import AddendumStatus
from portal.tendering.closing import record_closed_itts
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import close_now, fill_draft, open_itt, submit, submitted_bid, submitter_of
from tests.factories.organisations import make_authority
from tests.factories.tendering import published_itt

NOW = clock.now()
WORDS = "The building in Section 3 has two floors, not one."
REASON = "A bidder showed us that the plan was old."
NOTE = "I compared it with the plan of this year."
LATER = timedelta(days=7)


class Case:
    """A published invitation, its commissioner and an approver."""

    def __init__(self) -> None:
        authority = make_authority()
        self.officer: Actor = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=authority))
        self.second: Actor = actor_of(make_person(Role.APPROVER, authority=authority))
        self.itt: InvitationToTender = published_itt(actor=self.officer)

    @property
    def closes_at(self) -> datetime:
        assert self.itt.closes_at is not None
        return self.itt.closes_at

    def propose(self, actor: Actor | None = None, **changed: Any) -> Addendum:
        given = {
            "words": WORDS,
            "reason": REASON,
            "dates": NewDates(),
            "documents": NewDocuments(),
            "now": NOW,
        } | changed
        return propose_addendum(itt=self.itt, actor=actor or self.officer, files=self.files, **given)

    @property
    def files(self) -> FileStore:
        store: FileStore = current_app.extensions["files"]
        return store

    def extend(self, by: timedelta = LATER) -> Addendum:
        return self.propose(dates=NewDates(closes_at=self.closes_at + by))

    def publish(self, addendum: Addendum, actor: Actor | None = None) -> None:
        publish_addendum(addendum=addendum, actor=actor or self.second, note=NOTE)


@pytest.fixture
def case(db_session: object) -> Case:
    """Ready to change."""
    return Case()


def test_nothing_changes_before_a_second_person_publishes_it(case: Case) -> None:
    """Who proposed cannot publish; the second person's decision makes it hold, with both times on record."""
    before = case.closes_at
    addendum = case.extend()
    with pytest.raises(NotAllowed):
        case.publish(addendum, case.officer)
    assert case.closes_at == before
    case.publish(addendum)
    assert case.closes_at == before + LATER
    assert (addendum.number, addendum.dates_before) == (1, {"closes_at": before})
    last = events_of(str(case.itt.id))[-1]
    assert last.kind == EventKind.ADDENDUM_PUBLISHED
    assert last.data["before"] == {"closes_at": before.isoformat()}
    assert last.data["after"] == {"closes_at": (before + LATER).isoformat()}


def test_a_closing_time_is_never_brought_forward(case: Case) -> None:
    """Not by a second: refused beside the day."""
    with pytest.raises(InvalidInput) as refused:
        case.extend(-timedelta(seconds=1))
    assert refused.value.field == "closes"


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        (NewDates(closes_at=NOW + timedelta(days=900)), "closes"),
        (NewDates(questions_until=NOW - timedelta(days=1)), "questions_end"),
        (NewDates(answers_by_date=(NOW + timedelta(days=5)).date()), "questions_end"),
        (NewDates(award_date=NOW.date()), "award_date"),
        (NewDates(contract_start_date=NOW.date()), "contract_start_date"),
    ],
)
def test_a_timetable_that_cannot_be_is_refused_beside_its_field(case: Case, dates: NewDates, field: str) -> None:
    """As it is while drafting."""
    with pytest.raises(InvalidInput) as refused:
        case.propose(dates=dates)
    assert refused.value.field == field


def test_a_change_says_what_and_why(case: Case) -> None:
    """Dates alone, or a reason that is none, are refused."""
    for changed, field in (({"words": "\u2800"}, "words"), ({"reason": "because"}, "reason")):
        with pytest.raises(InvalidInput) as refused:
            case.propose(**changed)
        assert refused.value.field == field


def test_one_change_waits_at_a_time_and_a_refused_one_changes_nothing(case: Case) -> None:
    """The next can be proposed once the first is decided."""
    first = case.extend()
    with pytest.raises(Conflict):
        case.propose()
    before = case.closes_at
    note = "The plan of this year is already there."
    refuse_addendum(addendum=first, actor=case.second, note=note, files=case.files, now=NOW)
    assert (case.closes_at, first.status) == (before, AddendumStatus.REFUSED)
    with pytest.raises(WrongState):
        case.publish(first)
    case.publish(case.propose())
    assert [each.number for each in published_addenda(case.itt.id)] == [1]


def test_an_unopened_invitation_opens_again_by_an_extension_and_closes_anew(case: Case) -> None:
    """After the closing time too, until the bids are opened: what was late is then in time, and the closing is noted
    again."""
    bid = submitted_bid(case.itt)
    close_now(case.itt)
    assert record_closed_itts(now=clock.database_time()) == 1
    actor = submitter_of(bid.provider)
    with pytest.raises(TooLate):
        fill_draft(bid, actor, answer="Another.")
    case.publish(case.propose(dates=NewDates(closes_at=clock.now() + timedelta(hours=2))))
    fill_draft(bid, actor, answer="Another.")
    submit(bid, actor)
    assert bid.version == 2
    close_now(case.itt)
    assert record_closed_itts(now=clock.database_time()) == 1


def test_once_the_bids_are_opened_nothing_is_extended(case: Case) -> None:
    """What was proposed before cannot be published, and nothing more is proposed."""
    submitted_bid(case.itt)
    addendum = case.extend()
    close_now(case.itt)
    open_itt(case.itt)
    with pytest.raises(WrongState):
        case.publish(addendum)
    with pytest.raises(WrongState):
        case.extend()


def test_a_change_that_time_has_overtaken_is_not_published(case: Case) -> None:
    """The second person reads why, and nothing changes."""
    addendum = case.propose(dates=NewDates(closes_at=case.closes_at + timedelta(seconds=1)))
    db.session.flush()
    close_now(case.itt)
    addendum.closes_at = clock.database_time()
    with pytest.raises(InvalidInput) as refused:
        case.publish(addendum)
    assert refused.value.field == "note"


def test_the_method_and_its_fingerprint_stay(case: Case) -> None:
    """An addendum of dates and words touches nothing of how bids are judged."""
    before = (case.itt.method, case.itt.method_hash, case.itt.seal_public_key)
    case.publish(case.extend())
    db.session.refresh(case.itt)
    assert (case.itt.method, case.itt.method_hash, case.itt.seal_public_key) == before


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPENER, Role.APPROVER])
def test_who_is_no_commissioner_proposes_nothing(case: Case, role: Role) -> None:
    """And strangers do not find it."""
    with pytest.raises(NotAllowed):
        case.propose(actor_of(make_person(role, authority=case.itt.authority)))
    with pytest.raises(NotFound):
        case.propose(actor_of(make_person(Role.COMMISSIONER, authority=make_authority())))
    with pytest.raises(NotFound):
        case.propose(submitter_of())
