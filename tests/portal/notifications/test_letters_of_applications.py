"""Letters about applications: who gets them, what they say, and what they do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery, Event
from portal.audit.recording import record
from portal.core import clock
from portal.core.permissions import SYSTEM, Role
from portal.extensions import db
from portal.joining.deciding import (
    admit_provider,
    ask_clarification,
    decide_refusal,
    extend_decision,
    propose_refusal,
    send_back_refusal,
    take_back_question,
)
from portal.joining.models import Application
from portal.notifications import letters_of_applications as letters
from portal.notifications.models import Message
from portal.regulation.kinds import FrameworkKind
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import live_framework
from tests.factories.organisations import make_provider
from tests.portal.joining.submitted import FINDINGS, REASON, submitted_application

pytestmark = pytest.mark.usefixtures("db_session")

Letter = Callable[[Event], object]


class Case:
    """An application with people on both sides, and others who must hear nothing."""

    def __init__(self, kind: FrameworkKind = FrameworkKind.DYNAMIC_MARKET) -> None:
        self.framework = live_framework(kind=kind, title="Marker Framework")
        self.application: Application = submitted_application(self.framework, provider=make_provider("Ash Homes"))
        authority = self.framework.authority
        self.commissioner = make_person(Role.COMMISSIONER, authority=authority)
        self.approver = make_person(Role.APPROVER, authority=authority)
        make_person(Role.AUDITOR, authority=authority)
        make_person(Role.COMMISSIONER)
        make_person(Role.SUBMITTER)
        self.provider_people = {make_person(Role.CONTRIBUTOR, provider=self.application.provider).id}
        self.provider_people |= set(
            db.session.scalars(select(User.id).where(User.held_roles.any(provider_id=self.application.provider_id)))
        )

    def refusal_proposed(self) -> None:
        propose_refusal(
            application=self.application,
            version=1,
            findings=FINDINGS,
            actor=actor_of(self.commissioner),
            now=clock.now(),
        )


def told(kind: EventKind, letter: Letter) -> dict[str, tuple[set[object], Message]]:
    """Write the letters of the last event of that kind: {template: (who, one of the messages)}."""
    event = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.at.desc())).first()
    assert event is not None
    letter(event)
    letter(event)
    found: dict[str, tuple[set[object], Message]] = {}
    for message in db.session.scalars(select(Message).where(Message.event_id == event.id)):
        who, _ = found.setdefault(message.kind, (set(), message))
        assert message.user_id not in who, "nobody is told twice"
        who.add(message.user_id)
    return found


def submitted_event(case: Case) -> None:
    """Record the submission, as submitting does."""
    application = case.application
    assert application.received_at is not None
    record(
        EventKind.APPLICATION_SUBMITTED,
        application,
        actor=SYSTEM,
        version=1,
        received_at=application.received_at,
        due_on=application.due_on,
    )


@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_received(kind: FrameworkKind) -> None:
    """The provider gets word of the receipt, the commissioners of the work; only a market lets applicants bid."""
    case = Case(kind)
    submitted_event(case)
    found = told(EventKind.APPLICATION_SUBMITTED, letters.application_submitted)
    people, received = found["frameworks/application_received"]
    assert people == case.provider_people
    assert received.link == f"/provider/applications/{case.application.reference}"
    assert ("section 34(4)" in received.body) is (kind is FrameworkKind.DYNAMIC_MARKET)
    officers, waiting = found["frameworks/application_waiting"]
    assert officers == {case.commissioner.id}
    assert "Ash Homes" in waiting.body
    assert waiting.link.endswith(f"/applications/{case.application.reference}")


def test_questions() -> None:
    """The question goes to the provider word for word; taken back, it hears that too."""
    case = Case()
    actor = actor_of(case.commissioner)
    ask_clarification(application=case.application, version=1, question=REASON, actor=actor, now=clock.now())
    people, asked = told(EventKind.APPLICATION_CLARIFIED, letters.application_clarified)[
        "frameworks/clarification_asked"
    ]
    assert people == case.provider_people
    assert REASON in asked.body
    take_back_question(application=case.application, actor=actor, now=clock.now())
    assert set(told(EventKind.APPLICATION_CLARIFIED, letters.application_clarified)) == {
        "frameworks/question_taken_back"
    }


def test_extended() -> None:
    """The provider reads the reason and the new day."""
    case = Case(FrameworkKind.DPS)
    extend_decision(application=case.application, reason=REASON, actor=actor_of(case.commissioner), now=clock.now())
    people, message = told(EventKind.APPLICATION_EXTENDED, letters.application_extended)["frameworks/extended"]
    assert people == case.provider_people
    assert REASON in message.body


def test_a_proposed_refusal_is_between_officers() -> None:
    """Approvers hear of it, the proposer and the provider do not; sent back, the commissioners hear why."""
    case = Case()
    case.refusal_proposed()
    found = told(EventKind.REFUSAL_PROPOSED, letters.refusal_proposed)
    assert {name: people for name, (people, _) in found.items()} == {"frameworks/refusal_waiting": {case.approver.id}}
    assert found["frameworks/refusal_waiting"][1].link.endswith("/refusal")
    send_back_refusal(application=case.application, reason=REASON, actor=actor_of(case.approver), now=clock.now())
    found = told(EventKind.REFUSAL_SENT_BACK, letters.refusal_sent_back)
    assert {name: people for name, (people, _) in found.items()} == {
        "frameworks/refusal_sent_back": {case.commissioner.id}
    }


def test_a_refusal_gives_every_reason_and_the_way_on() -> None:
    """The provider reads each failed criterion with its reason, the section, and how to put it right."""
    case = Case()
    case.refusal_proposed()
    decide_refusal(
        application=case.application, note="An internal note.", actor=actor_of(case.approver), now=clock.now()
    )
    people, message = told(EventKind.APPLICATION_REFUSED, letters.application_refused)["frameworks/refused"]
    assert people == case.provider_people
    assert message.subject == "Your application was not accepted: Marker Framework, lot 1"
    assert f"* Your public liability insurance certificate\n  {REASON}\n" in message.body
    assert "This criterion was not met (PA2023 s.36(6)):" in message.body
    assert "send the application again" in message.body
    assert "internal note" not in message.body


def test_admitted() -> None:
    """The new member hears what it means; nobody is told of others."""
    case = Case()
    submitted_application(case.framework, provider=make_provider("Rival Homes"))
    admit_provider(application=case.application, version=1, actor=actor_of(case.commissioner), now=clock.now())
    people, message = told(EventKind.PROVIDER_ADMITTED, letters.provider_admitted)["frameworks/admitted"]
    assert people == case.provider_people
    assert message.link.startswith("/provider/memberships/")
    assert "You are invited to every call-off of this lot from now on." in message.body
    assert "No call-off of this lot is open at the moment." in message.body
    assert "Rival" not in message.body


def test_admitted_after_the_end() -> None:
    """An application of the last second is decided after it; the letter does not promise what has ended."""
    framework = live_framework(valid_for=timedelta(hours=-1))
    application = submitted_application(framework, received_at=clock.now() - timedelta(hours=2))
    officer = actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))
    admit_provider(application=application, version=1, actor=officer, now=clock.now())
    _, message = told(EventKind.PROVIDER_ADMITTED, letters.provider_admitted)["frameworks/admitted"]
    assert "You are invited" not in message.body
    assert "so nothing more is called off from it" in message.body


def test_too_late() -> None:
    """The provider hears that nothing was received, and the section."""
    case = Case(FrameworkKind.DPS)
    record(
        EventKind.APPLICATION_REFUSED_LATE,
        case.application,
        actor=SYSTEM,
        at=clock.now(),
        law="PCR2015 reg 34(13), (15)",
    )
    people, message = told(EventKind.APPLICATION_REFUSED_LATE, letters.application_refused_late)[
        "frameworks/application_late"
    ]
    assert people == case.provider_people
    assert "(PCR2015 reg 34(13), (15))" in message.body


def test_evidence_that_lapses() -> None:
    """Each document with its day; removed ones are not mentioned, and nothing is sent when none is left."""
    from portal.joining.models import Evidence

    case = Case()
    rows = []
    for name, removed_at in (("insurance.pdf", None), ("gone.pdf", clock.now())):
        rows.append(
            Evidence(
                provider_id=case.application.provider_id,
                kind="public_liability",
                file_name=name,
                media_type="application/pdf",
                size=1,
                sha256="a" * 64,
                stored_as=case.application.id,
                expires_on=date(2027, 1, 31),
                added_by_id=next(iter(case.provider_people)),
                removed_at=removed_at,
            )
        )
    db.session.add_all(rows)
    db.session.flush()
    for documents in (rows, rows[1:]):
        record(
            EventKind.EVIDENCE_LAPSING,
            case.application.provider,
            actor=SYSTEM,
            documents=[{"evidence": str(row.id), "days": 30} for row in documents],
        )
        found = told(EventKind.EVIDENCE_LAPSING, letters.evidence_lapsing)
        if len(documents) == 1:
            assert found == {}
            break
        people, message = found["frameworks/evidence_lapsing"]
        assert people == case.provider_people
        assert "* Public liability insurance (insurance.pdf): until 31 January 2027" in message.body
        assert "gone.pdf" not in message.body


def test_every_message_is_mailed_once() -> None:
    """Each inbox message has one delivery."""
    case = Case()
    submitted_event(case)
    told(EventKind.APPLICATION_SUBMITTED, letters.application_submitted)
    messages = db.session.scalars(select(Message.id)).all()
    mails = db.session.scalars(select(Delivery.subject_id).where(Delivery.consumer == "mail")).all()
    assert sorted(messages) == sorted(subject for subject in mails if subject)
