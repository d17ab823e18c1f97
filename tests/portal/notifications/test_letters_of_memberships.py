"""Letters about memberships: who gets them, what they say, and when reasons count as sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import HeldRole
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.ceasing import abandon_draft, cease_framework
from portal.frameworks.member_models import Admission
from portal.members.membership import leave_lot
from portal.members.pausing import note_ended_pauses, pause_membership, resume_membership
from portal.members.removing import decide_removal, drop_removal, note_reasons_sent, propose_removal
from portal.members.renewing import ask_renewal, renew_declarations
from portal.members.suspending import lift_suspension, suspend_member
from portal.notifications import letters_of_memberships as letters
from portal.notifications.models import Message
from portal.regulation.kinds import FrameworkKind
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import admit, draft_framework, live_framework
from tests.factories.organisations import make_provider
from tests.portal.joining.submitted import REASON

pytestmark = pytest.mark.usefixtures("db_session")


class Case:
    """A member with its person, a commissioner, an approver, and others who must hear nothing."""

    def __init__(self, kind: FrameworkKind = FrameworkKind.DYNAMIC_MARKET, **details: str) -> None:
        self.framework = live_framework(kind=kind, **details)
        self.admission: Admission = admit(self.framework.lots[0], make_provider("Ash Homes"))
        rival = admit(self.framework.lots[0], make_provider("Rival Homes"))
        authority = self.framework.authority
        self.commissioner = make_person(Role.COMMISSIONER, authority=authority)
        self.approver = make_person(Role.APPROVER, authority=authority)
        make_person(Role.AUDITOR, authority=authority)
        make_person(Role.SUBMITTER, provider=rival.provider)
        self.person = make_person(Role.SUBMITTER, provider=self.admission.provider)


def told(kind: EventKind, letter: Callable[[Event], object]) -> dict[str, tuple[set[object], Message]]:
    """Write the letters of the last event of that kind: {template: (who, one of the messages)}."""
    event = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.at.desc())).first()
    assert event is not None
    letter(event)
    found: dict[str, tuple[set[object], Message]] = {}
    for message in db.session.scalars(select(Message).where(Message.event_id == event.id)):
        found.setdefault(message.kind, (set(), message))[0].add(message.user_id)
        assert "Rival" not in message.subject + message.body
    return found


def test_renewal() -> None:
    """The member hears by when; the commissioners hear that it answered."""
    case = Case()
    ask_renewal(admission=case.admission, actor=actor_of(case.commissioner), now=clock.now())
    people, message = told(EventKind.RENEWAL_ASKED, letters.renewal_asked)["frameworks/renewal_asked"]
    assert people == {case.person.id}
    assert message.link == f"/provider/memberships/{case.admission.id}/renew"
    renew_declarations(admission=case.admission, confirmed=True, actor=actor_of(case.person), now=clock.now())
    people, message = told(EventKind.DECLARATIONS_RENEWED, letters.declarations_renewed)[
        "frameworks/declarations_renewed"
    ]
    assert people == {case.commissioner.id}
    assert "after the last day" not in message.body


def test_a_pause_that_ended_by_itself() -> None:
    """The member hears of that; whoever ended the pause themselves knows."""
    case = Case()
    now = clock.now()
    pause_membership(admission=case.admission, last_day=clock.today(), actor=actor_of(case.person), now=now)
    resume_membership(admission=case.admission, actor=actor_of(case.person), now=now)
    assert told(EventKind.MEMBERSHIP_RESUMED, letters.membership_resumed) == {}
    pause_membership(admission=case.admission, last_day=clock.today(), actor=actor_of(case.person), now=now)
    assert note_ended_pauses(now=now + timedelta(days=2)) == 1
    people, _ = told(EventKind.MEMBERSHIP_RESUMED, letters.membership_resumed)["frameworks/pause_ended"]
    assert people == {case.person.id}


def test_suspension() -> None:
    """The member reads the reason, the term and the last day, and hears when it is lifted."""
    case = Case(FrameworkKind.FRAMEWORK, suspension_terms="Clause 9: for a safeguarding inquiry.")
    actor, now = actor_of(case.commissioner), clock.now()
    suspend_member(
        admission=case.admission, reason=REASON, last_day=clock.today() + timedelta(days=3), actor=actor, now=now
    )
    people, message = told(EventKind.MEMBERSHIP_SUSPENDED, letters.membership_suspended)["frameworks/suspended"]
    assert people == {case.person.id}
    assert REASON in message.body
    assert "Clause 9" in message.body
    assert "until the end of" in message.body
    lift_suspension(admission=case.admission, actor=actor, now=now)
    assert set(told(EventKind.SUSPENSION_LIFTED, letters.suspension_lifted)) == {"frameworks/suspension_lifted"}
    suspend_member(admission=case.admission, reason=REASON, last_day=None, actor=actor, now=clock.now())
    _, message = told(EventKind.MEMBERSHIP_SUSPENDED, letters.membership_suspended)["frameworks/suspended"]
    assert "until it is lifted" in message.body


def test_removal() -> None:
    """Ground and reasons go to the provider before anything is decided; an approver hears that it waits."""
    case = Case()
    now = clock.now()
    propose_removal(
        admission=case.admission, ground="conditions", reasons=REASON, actor=actor_of(case.commissioner), now=now
    )
    found = told(EventKind.REMOVAL_PROPOSED, letters.removal_proposed)
    assert {name: people for name, (people, _) in found.items()} == {
        "frameworks/removal_proposed": {case.person.id},
        "frameworks/removal_waiting": {case.approver.id},
    }
    body = found["frameworks/removal_proposed"][1].body
    assert "The ground: It no longer meets the conditions for membership (PA2023 s.37(2))." in body
    assert REASON in body
    assert "Nothing has been decided." in body
    note_reasons_sent(admission_id=case.admission.id, at=now)
    decide_removal(admission=case.admission, actor=actor_of(case.approver), now=now + timedelta(days=20))
    people, message = told(EventKind.PROVIDER_REMOVED, letters.provider_removed)["frameworks/removed"]
    assert people == {case.person.id}
    assert "You can apply again at any time" in message.body


def test_a_dropped_removal() -> None:
    """The member hears that it stays."""
    case = Case()
    propose_removal(
        admission=case.admission,
        ground="conditions",
        reasons=REASON,
        actor=actor_of(case.commissioner),
        now=clock.now(),
    )
    drop_removal(admission=case.admission, actor=actor_of(case.approver), now=clock.now())
    people, _ = told(EventKind.REMOVAL_DROPPED, letters.removal_dropped)["frameworks/removal_dropped"]
    assert people == {case.person.id}


def test_leaving() -> None:
    """The commissioners hear of it."""
    case = Case()
    leave_lot(admission=case.admission, actor=actor_of(case.person), now=clock.now())
    people, message = told(EventKind.PROVIDER_LEFT, letters.provider_left)["frameworks/left"]
    assert people == {case.commissioner.id}
    assert "Ash Homes" in message.body


def test_reasons_have_reached_nobody_where_nobody_signs_in() -> None:
    """For a provider without people the letter says so, and only the approvers hear."""
    framework = live_framework()
    approver = make_person(Role.APPROVER, authority=framework.authority)
    officer = make_person(Role.COMMISSIONER, authority=framework.authority)
    admission = admit(framework.lots[0])
    propose_removal(admission=admission, ground="conditions", reasons=REASON, actor=actor_of(officer), now=clock.now())
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.REMOVAL_PROPOSED)).one()
    assert letters.removal_proposed(event) is False
    assert [message.user_id for message in db.session.scalars(select(Message))] == [approver.id]


def test_days_in_letters_are_days() -> None:
    """The day in a letter about a renewal is the ledger's."""
    case = Case()
    ask_renewal(admission=case.admission, actor=actor_of(case.commissioner), now=clock.now())
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.RENEWAL_ASKED)).one()
    assert date.fromisoformat(event.data["due_on"]) == case.admission.renewal_due_on


def test_an_end_before_its_time() -> None:
    """Every member hears that it has ended, and why; of a draft that was given up nobody does."""
    case = Case()
    actor = actor_of(case.commissioner)
    cease_framework(framework=case.framework, reason="It is merged.", actor=actor, now=clock.now())
    everybody = set(db.session.scalars(select(HeldRole.user_id).where(HeldRole.provider_id.is_not(None))))
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.FRAMEWORK_CEASED)).one()
    letters.framework_ceased(event)
    sent = db.session.scalars(select(Message).where(Message.event_id == event.id)).all()
    assert {message.user_id for message in sent} == everybody
    assert "It is merged." in sent[0].body
    draft = draft_framework(authority=case.framework.authority)
    abandon_draft(framework=draft, actor=actor_of(case.commissioner), now=clock.now())
    given_up = db.session.scalars(select(Event).where(Event.object_id == draft.id)).one()
    letters.framework_ceased(given_up)
    assert db.session.scalars(select(Message).where(Message.event_id == given_up.id)).all() == []
