"""Deciding applications: admission, refusal by two people, questions and extensions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.states import FrameworkStatus
from portal.joining.deciding import (
    admit_provider,
    ask_clarification,
    decide_refusal,
    extend_decision,
    propose_refusal,
    send_back_refusal,
    take_back_question,
)
from portal.joining.models import Application, ApplicationDecision
from portal.joining.states import ApplicationStatus, Outcome
from portal.regulation.deadline_rules import RULES
from portal.regulation.kinds import FrameworkKind
from portal.regulation.queries import calendar
from portal.regulation.working_days import CalendarName, Unit, last_day_from_day_after
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import active_members, admit, live_framework
from tests.portal.joining.submitted import (
    FINDINGS,
    REASON,
    answers,
    approver_of,
    commissioner_of,
    submit_again,
    submitted_application,
    submitter_of,
)

pytestmark = pytest.mark.usefixtures("db_session")


def kinds_of(application: Application) -> list[str]:
    """The kinds of the framework's events, in order."""
    chain = select(Event.kind).where(Event.chain == str(application.framework_id)).order_by(Event.seq)
    return list(db.session.scalars(chain))


def refusal_proposed(application: Application) -> ApplicationDecision:
    """A refusal that one commissioner proposed."""
    officer = commissioner_of(application.framework.authority)
    return propose_refusal(
        application=application, version=application.version, findings=FINDINGS, actor=officer, now=clock.now()
    )


@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_admission_makes_a_member(kind: FrameworkKind) -> None:
    """The decision, the membership, the application's status and the event carry one instant."""
    framework = live_framework(kind=kind)
    application = submitted_application(framework)
    officer, now = commissioner_of(framework.authority), clock.now()
    admission = admit_provider(application=application, version=1, actor=officer, now=now)
    decision = db.session.scalars(select(ApplicationDecision)).one()
    assert application.status is ApplicationStatus.ADMITTED
    assert (decision.outcome, decision.version, decision.findings) == (Outcome.ADMITTED, 1, [])
    assert (decision.decided_by_id, decision.decided_at) == (officer.user_id, now)
    assert (admission.provider_id, admission.admitted_at) == (application.provider_id, now)
    assert [member.id for member in active_members(application.lot_id, now)] == [admission.id]
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.PROVIDER_ADMITTED)).one()
    assert (event.chain, event.object_type, event.object_id) == (str(framework.id), "admission", admission.id)
    assert event.data == {"application": str(application.id), "lot": 1, "version": 1, "verified": True}


def test_a_criterion_that_judges_itself_cannot_be_overruled() -> None:
    """An answer that fails by the published rule, with nothing for a person to weigh, is not admitted."""
    application = submitted_application(live_framework(lots=2), lot=2, given=answers(registered="no"))
    officer = commissioner_of(application.framework.authority)
    with pytest.raises(WrongState) as refused:
        admit_provider(application=application, version=1, actor=officer, now=clock.now())
    assert refused.value.message == (
        "“Are you registered with Ofsted for this lot?” fails by the published rule, so this provider cannot be "
        "admitted. Propose a refusal, or ask the provider about it (PA2023 s.36(6))."
    )
    assert db.session.scalars(select(Admission)).all() == []


def test_who_has_put_things_right_can_be_admitted() -> None:
    """A ground for exclusion that the provider explained is for a person to weigh (PA2023 s.58)."""
    given = answers(convicted="yes", put_right="We changed all three directors and had ourselves audited.")
    application = submitted_application(live_framework(), given=given)
    officer = commissioner_of(application.framework.authority)
    admit_provider(application=application, version=1, actor=officer, now=clock.now())
    assert application.status is ApplicationStatus.ADMITTED


def test_an_unexplained_ground_is_not_admitted() -> None:
    """Without an explanation the published rule stands."""
    application = submitted_application(live_framework(), given=answers(convicted="yes"))
    officer = commissioner_of(application.framework.authority)
    with pytest.raises(WrongState):
        admit_provider(application=application, version=1, actor=officer, now=clock.now())


def test_a_newer_version_is_not_decided_unread() -> None:
    """An officer who looked at an earlier version is told that there is a newer one, whatever they decide."""
    application = submitted_application(live_framework(), received_at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    officer = commissioner_of(application.framework.authority)
    submitter = submitter_of(application.provider)
    assert submitter.user_id is not None
    submit_again(application, submitter.user_id, at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    told = (
        "The provider submitted version 2 at noon on Friday 20 November 2026 GMT, after you opened version 1. Read "
        "the new version before you decide."
    )
    for act in (
        lambda: admit_provider(application=application, version=1, actor=officer, now=clock.now()),
        lambda: propose_refusal(application=application, version=1, findings=FINDINGS, actor=officer, now=clock.now()),
        lambda: ask_clarification(application=application, version=1, question=REASON, actor=officer, now=clock.now()),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.message == told


def test_a_member_is_not_admitted_twice() -> None:
    """A provider that came by another way, such as an import, is a member already."""
    application = submitted_application(live_framework())
    admit(application.lot, application.provider, at=datetime(2026, 11, 2, 12, tzinfo=UTC))
    officer = commissioner_of(application.framework.authority)
    with pytest.raises(Conflict) as refused:
        admit_provider(application=application, version=1, actor=officer, now=clock.now())
    assert refused.value.message == (
        "This provider is a member of the lot already, since noon on Monday 2 November 2026 GMT."
    )


def test_nobody_joins_what_has_ceased() -> None:
    """Once the framework has ceased, nobody is admitted."""
    framework = live_framework()
    application = submitted_application(framework)
    framework.status, framework.ceased_at = FrameworkStatus.CEASED, datetime(2026, 11, 20, 12, tzinfo=UTC)
    with pytest.raises(WrongState) as refused:
        admit_provider(application=application, version=1, actor=commissioner_of(framework.authority), now=clock.now())
    assert refused.value.message == (
        "This dynamic market ceased at noon on Friday 20 November 2026 GMT, so nobody can join it."
    )


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        (FrameworkKind.DPS, "PCR2015 reg 34(6)"),
        (FrameworkKind.DYNAMIC_MARKET, "PA2023 s.36(6)"),
        (FrameworkKind.FRAMEWORK, "PA2023 s.12(2)"),
    ],
)
def test_no_refusal_without_a_failed_criterion(kind: FrameworkKind, law: str) -> None:
    """Nobody is refused who meets every criterion: the refusal of the refusal names the section."""
    application = submitted_application(live_framework(kind=kind))
    officer = commissioner_of(application.framework.authority)
    with pytest.raises(InvalidInput) as refused:
        propose_refusal(application=application, version=1, findings={}, actor=officer, now=clock.now())
    assert refused.value.message == (
        "Nobody is refused who meets every published criterion. Name at least one criterion that this application "
        f"fails, with the reason ({law})."
    )
    assert application.status is ApplicationStatus.SUBMITTED


@pytest.mark.parametrize("key", ["contact", "convicted", "registered", "nothing"])
def test_what_is_not_failed_is_no_finding(key: str) -> None:
    """Information, an answer that meets its rule and a question of another lot are no grounds for a refusal."""
    application = submitted_application(live_framework())
    officer = commissioner_of(application.framework.authority)
    with pytest.raises(InvalidInput) as refused:
        propose_refusal(application=application, version=1, findings={key: REASON}, actor=officer, now=clock.now())
    assert refused.value.field == f"reason_{key}"


def test_every_finding_needs_a_reason() -> None:
    """Nineteen characters are not a reason."""
    application = submitted_application(live_framework())
    officer = commissioner_of(application.framework.authority)
    with pytest.raises(InvalidInput) as refused:
        propose_refusal(
            application=application, version=1, findings={"insurance": "x" * 19}, actor=officer, now=clock.now()
        )
    assert refused.value.field == "reason_insurance"


def test_a_refusal_takes_two_people() -> None:
    """One officer finds a failed criterion, another decides; the findings are kept as the provider reads them."""
    application = submitted_application(live_framework())
    decision = refusal_proposed(application)
    assert application.status is ApplicationStatus.REFUSAL_PROPOSED
    approver, now = approver_of(application.framework.authority), clock.now()
    decide_refusal(application=application, note="Checked it.", actor=approver, now=now)
    assert application.status is ApplicationStatus.REFUSED
    assert (decision.decided_by_id, decision.decided_at) == (approver.user_id, now)
    assert decision.findings == [
        {"question": "insurance", "title": "Your public liability insurance certificate", "reason": REASON}
    ]
    assert kinds_of(application) == [EventKind.REFUSAL_PROPOSED, EventKind.APPLICATION_REFUSED]


def test_whoever_proposed_cannot_decide() -> None:
    """A person with both roles is one person, refusing or sending back."""
    application = submitted_application(live_framework())
    both = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=application.framework.authority))
    propose_refusal(application=application, version=1, findings=FINDINGS, actor=both, now=clock.now())
    with pytest.raises(NotAllowed):
        decide_refusal(application=application, note="", actor=both, now=clock.now())
    with pytest.raises(NotAllowed):
        send_back_refusal(application=application, reason=REASON, actor=both, now=clock.now())
    assert application.status is ApplicationStatus.REFUSAL_PROPOSED


def test_a_refusal_that_is_sent_back_opens_the_application_again() -> None:
    """The proposal stays in the record with the reason, the clock runs on, and another decision is possible."""
    application = submitted_application(live_framework())
    due = application.due_on
    decision = refusal_proposed(application)
    approver = approver_of(application.framework.authority)
    with pytest.raises(InvalidInput):
        send_back_refusal(application=application, reason="No.", actor=approver, now=clock.now())
    send_back_refusal(application=application, reason=REASON, actor=approver, now=clock.now())
    assert (application.status, application.due_on) == (ApplicationStatus.SUBMITTED, due)
    assert (decision.sent_back_by_id, decision.sent_back_reason) == (approver.user_id, REASON)
    officer = commissioner_of(application.framework.authority)
    admit_provider(application=application, version=1, actor=officer, now=clock.now())
    assert application.status is ApplicationStatus.ADMITTED


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ({"sent_back_by_id": "proposed_by_id"}, "this takes two people"),
        ({"sent_back_reason": "''"}, "sent_back_with_a_reason"),
        ({"sent_back_by_id": "NULL"}, "sent_back_with_a_reason"),
        ({"decided_at": "now()", "decided_by_id": "sent_back_by_id"}, "decided_or_sent_back"),
    ],
)
def test_the_database_keeps_who_sent_a_refusal_back(written: dict[str, str], rule: str) -> None:
    """Another person than the proposer, with an instant and a reason, and nothing decided beside it."""
    application = submitted_application(live_framework())
    decision = refusal_proposed(application)
    approver = approver_of(application.framework.authority)
    send_back_refusal(application=application, reason=REASON, actor=approver, now=clock.now())
    db.session.flush()
    columns = ", ".join(f"{column} = {value}" for column, value in written.items())
    with pytest.raises(IntegrityError, match=rule), db.session.begin_nested():
        db.session.execute(text(f"UPDATE application_decision SET {columns} WHERE id = :id"), {"id": decision.id})


def test_who_comes_second_is_told_what_happened() -> None:
    """Each act on an application that is decided already names the role and the instant."""
    application = submitted_application(live_framework())
    officer = commissioner_of(application.framework.authority)
    name = application.framework.authority.name
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    propose_refusal(application=application, version=1, findings=FINDINGS, actor=officer, now=noon)
    with pytest.raises(Conflict) as refused:
        admit_provider(application=application, version=1, actor=officer, now=noon)
    assert refused.value.message == (
        f"A commissioner of {name} proposed to refuse this application at noon on Friday 20 November 2026 GMT. A "
        "second person decides that first."
    )
    approver = approver_of(application.framework.authority)
    decide_refusal(application=application, note="", actor=approver, now=noon + timedelta(hours=1))
    with pytest.raises(Conflict) as refused:
        decide_refusal(application=application, note="", actor=approver, now=noon)
    assert refused.value.message == (
        f"An approver of {name} refused this application at 1pm on Friday 20 November 2026 GMT."
    )


def test_a_question_waits_for_an_answer_or_is_taken_back() -> None:
    """While a question waits nobody decides; taken back, the application is decided as it was submitted."""
    application = submitted_application(live_framework())
    officer = commissioner_of(application.framework.authority)
    with pytest.raises(InvalidInput) as short:
        ask_clarification(application=application, version=1, question="Why?", actor=officer, now=clock.now())
    assert short.value.field == "question"
    ask_clarification(application=application, version=1, question=REASON, actor=officer, now=clock.now())
    assert (application.status, application.clarification) == (ApplicationStatus.CLARIFICATION, REASON)
    with pytest.raises(Conflict):
        admit_provider(application=application, version=1, actor=officer, now=clock.now())
    take_back_question(application=application, actor=officer, now=clock.now())
    admit_provider(application=application, version=1, actor=officer, now=clock.now())
    assert kinds_of(application)[:2] == [EventKind.APPLICATION_CLARIFIED] * 2


@pytest.mark.parametrize(
    ("kind", "promised", "days"),
    [(FrameworkKind.DPS, 10, 15), (FrameworkKind.DYNAMIC_MARKET, 20, 25), (FrameworkKind.FRAMEWORK, 10, 15)],
)
def test_an_extension_is_five_working_days(kind: FrameworkKind, promised: int, days: int) -> None:
    """A DPS has 15 working days in all (PCR2015 reg 34(17)); elsewhere the authority's promise is 5 longer."""
    framework = live_framework(kind=kind, decision_days=promised)
    received = datetime(2026, 12, 11, 15, tzinfo=UTC)
    application = submitted_application(framework, received_at=received)
    extend_decision(
        application=application,
        reason=REASON,
        actor=commissioner_of(framework.authority),
        now=datetime(2026, 12, 21, 9, tzinfo=UTC),
    )
    expected = last_day_from_day_after(
        date(2026, 12, 11), days, Unit.WORKING_DAY, calendar(CalendarName.ENGLAND_AND_WALES)
    )
    assert application.due_on == expected
    assert application.extended_reason == REASON


def test_a_dps_over_christmas() -> None:
    """Received on Friday 11 December 2026, the fifteenth working day is Wednesday 6 January 2027."""
    framework = live_framework(kind=FrameworkKind.DPS)
    application = submitted_application(framework, received_at=datetime(2026, 12, 11, 15, tzinfo=UTC))
    assert application.due_on == date(2026, 12, 29)
    officer = commissioner_of(framework.authority)
    extend_decision(application=application, reason=REASON, actor=officer, now=datetime(2026, 12, 29, 23, tzinfo=UTC))
    assert application.due_on == date(2027, 1, 6)
    assert RULES["PCR.dps.evaluate_application_extended"].n == 15


def test_an_extension_has_its_limits() -> None:
    """Once only, with a reason, and not after the last day: an extension cannot mend a breach."""
    framework = live_framework(kind=FrameworkKind.DPS)
    officer = commissioner_of(framework.authority)
    application = submitted_application(framework, received_at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    with pytest.raises(WrongState) as late:
        extend_decision(
            application=application, reason=REASON, actor=officer, now=datetime(2026, 11, 17, 0, 0, 1, tzinfo=UTC)
        )
    assert late.value.message == (
        "The last day to decide was 16 November 2026, so the time cannot be extended any more. Decide now; the "
        "application is in the report of late decisions (PCR2015 reg 34(16)-(17))."
    )
    now = datetime(2026, 11, 16, 12, tzinfo=UTC)
    with pytest.raises(InvalidInput) as short:
        extend_decision(application=application, reason="Busy.", actor=officer, now=now)
    assert short.value.field == "reason"
    extend_decision(application=application, reason=REASON, actor=officer, now=now)
    with pytest.raises(Conflict):
        extend_decision(application=application, reason=REASON, actor=officer, now=now)


def test_another_authority_finds_nothing() -> None:
    """For officers of another authority, a participating one included, the application does not exist."""
    application = submitted_application(live_framework())
    stranger = actor_of(make_person(Role.COMMISSIONER))
    with pytest.raises(NotFound):
        admit_provider(application=application, version=1, actor=stranger, now=clock.now())


def test_the_ledger_holds_no_words() -> None:
    """Questions, reasons and findings are written by people and stay out of the ledger."""
    application = submitted_application(live_framework())
    officer = commissioner_of(application.framework.authority)
    words = "Marker words that somebody wrote."
    ask_clarification(application=application, version=1, question=words, actor=officer, now=clock.now())
    extend_decision(application=application, reason=words, actor=officer, now=clock.now())
    take_back_question(application=application, actor=officer, now=clock.now())
    propose_refusal(application=application, version=1, findings={"insurance": words}, actor=officer, now=clock.now())
    approver = approver_of(application.framework.authority)
    decide_refusal(application=application, note=words, actor=approver, now=clock.now())
    events = db.session.scalars(select(Event).where(Event.chain == str(application.framework_id))).all()
    assert len(events) == 5
    assert "Marker" not in " ".join(str(event.data) for event in events)


@settings(max_examples=8)
@given(before=st.integers(0, 60), kind=st.sampled_from([FrameworkKind.DPS, FrameworkKind.DYNAMIC_MARKET]))
def test_admission_has_no_cap(before: int, kind: FrameworkKind) -> None:
    """However many members a lot has, whoever qualifies becomes one more (PCR2015 reg 34(6); PA2023 s.36(7))."""
    framework = live_framework(kind=kind)
    lot = framework.lots[0]
    for _ in range(before):
        admit(lot)
    application = submitted_application(framework)
    officer = commissioner_of(framework.authority)
    admit_provider(application=application, version=application.version, actor=officer, now=clock.now())
    assert len(active_members(lot.id, clock.now())) == before + 1
