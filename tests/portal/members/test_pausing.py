"""Pausing, renewing and suspending: what is asked, what is refused, and the section."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core.errors import Conflict, InvalidInput, NotAllowed, WrongState
from portal.extensions import db
from portal.members.pausing import note_ended_pauses, pause_membership, resume_membership
from portal.members.renewing import ask_renewal, renew_declarations
from portal.members.suspending import lift_suspension, suspend_member
from portal.regulation.kinds import FrameworkKind
from tests.factories.frameworks import admit
from tests.portal.joining.submitted import REASON, commissioner_of, lasting_framework, submitter_of

pytestmark = pytest.mark.usefixtures("db_session")

FRIDAY = datetime(2026, 12, 18, 10, tzinfo=UTC)


def test_a_pause_needs_a_day_within_the_validity() -> None:
    """Not a day that has passed, and not beyond the framework's own end."""
    framework = lasting_framework(valid_until=datetime(2027, 6, 30, 23, tzinfo=UTC))
    admission = admit(framework.lots[0])
    actor = submitter_of(admission.provider)
    for last_day in (date(2026, 12, 17), date(2027, 7, 1)):
        with pytest.raises(InvalidInput) as refused:
            pause_membership(admission=admission, last_day=last_day, actor=actor, now=FRIDAY)
        assert refused.value.field == "last_day"
    pause_membership(admission=admission, last_day=date(2026, 12, 18), actor=actor, now=FRIDAY)
    assert admission.paused_until == datetime(2026, 12, 19, tzinfo=UTC)


def test_nobody_but_the_provider_pauses() -> None:
    """An officer cannot: whoever is admitted is invited (PCR2015 reg 34(21))."""
    framework = lasting_framework(kind=FrameworkKind.DPS)
    admission = admit(framework.lots[0])
    officer = commissioner_of(framework.authority)
    with pytest.raises(NotAllowed):
        pause_membership(admission=admission, last_day=date(2026, 12, 31), actor=officer, now=FRIDAY)


def test_what_is_not_paused_is_not_resumed() -> None:
    """Neither before a pause nor after it ended by itself."""
    admission = admit(lasting_framework().lots[0])
    actor = submitter_of(admission.provider)
    with pytest.raises(WrongState):
        resume_membership(admission=admission, actor=actor, now=FRIDAY)
    pause_membership(admission=admission, last_day=date(2026, 12, 18), actor=actor, now=FRIDAY)
    with pytest.raises(WrongState):
        resume_membership(admission=admission, actor=actor, now=FRIDAY + timedelta(days=1))


def test_an_ended_pause_is_noted_once() -> None:
    """By the portal itself, only once its instant has come, and not a second time."""
    admission = admit(lasting_framework().lots[0])
    pause_membership(
        admission=admission, last_day=date(2026, 12, 18), actor=submitter_of(admission.provider), now=FRIDAY
    )
    end = datetime(2026, 12, 19, tzinfo=UTC)
    assert [note_ended_pauses(now=at) for at in (end - timedelta(microseconds=1), end, end)] == [0, 1, 0]
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.MEMBERSHIP_RESUMED)).one()
    assert (event.actor_id, event.data) == (None, {"by_itself": True, "until": "2026-12-19 00:00:00+00:00"})


def test_the_pause_stays_on_record() -> None:
    """Resumed early or made longer, its beginning and end say who was away when a call-off closed meanwhile."""
    admission = admit(lasting_framework().lots[0])
    actor = submitter_of(admission.provider)
    pause_membership(admission=admission, last_day=date(2026, 12, 20), actor=actor, now=FRIDAY)
    pause_membership(admission=admission, last_day=date(2026, 12, 24), actor=actor, now=FRIDAY + timedelta(days=1))
    assert (admission.paused_at, admission.paused_until) == (FRIDAY, datetime(2026, 12, 25, tzinfo=UTC))
    monday = FRIDAY + timedelta(days=3)
    resume_membership(admission=admission, actor=actor, now=monday)
    assert (admission.paused_at, admission.paused_until) == (FRIDAY, monday)
    assert note_ended_pauses(now=monday) == 0, "whoever ended it themselves knows"
    pause_membership(admission=admission, last_day=date(2026, 12, 31), actor=actor, now=monday + timedelta(days=1))
    assert admission.paused_at == monday + timedelta(days=1)


@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_renewal_has_five_working_days_of_england_and_wales(kind: FrameworkKind) -> None:
    """Asked on Friday 18 December 2026, the fifth working day is Tuesday 29 December (Christmas does not count).

    Boxing Day, a Saturday, is observed on Monday 28 December (PCR2015 reg 34(25)).
    """
    framework = lasting_framework(kind=kind)
    admission = admit(framework.lots[0])
    officer = commissioner_of(framework.authority)
    ask_renewal(admission=admission, actor=officer, now=FRIDAY)
    assert admission.renewal_due_on == date(2026, 12, 29)
    with pytest.raises(Conflict) as refused:
        ask_renewal(admission=admission, actor=officer, now=FRIDAY)
    assert refused.value.message == "It was asked already: the last day to answer is 29 December 2026."


def test_scotlands_holidays_do_not_count_here() -> None:
    """Asked on Wednesday 30 December 2026: 2 January's substitute is a working day in England and Wales."""
    framework = lasting_framework(kind=FrameworkKind.DPS)
    admission = admit(framework.lots[0])
    now = datetime(2026, 12, 30, 10, tzinfo=UTC)
    ask_renewal(admission=admission, actor=commissioner_of(framework.authority), now=now)
    assert admission.renewal_due_on == date(2027, 1, 7)


def test_renewing_needs_a_request_and_a_confirmation() -> None:
    """Unasked nothing is renewed; late it is, and the record says so."""
    framework = lasting_framework()
    admission = admit(framework.lots[0])
    actor = submitter_of(admission.provider)
    with pytest.raises(WrongState):
        renew_declarations(admission=admission, confirmed=True, actor=actor, now=FRIDAY)
    ask_renewal(admission=admission, actor=commissioner_of(framework.authority), now=FRIDAY)
    with pytest.raises(InvalidInput) as refused:
        renew_declarations(admission=admission, confirmed=False, actor=actor, now=FRIDAY)
    assert refused.value.field == "confirmed"
    renew_declarations(admission=admission, confirmed=True, actor=actor, now=datetime(2026, 12, 30, tzinfo=UTC))
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.DECLARATIONS_RENEWED)).one()
    assert event.data == {"late": True}


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        (FrameworkKind.DPS, "(PCR2015 reg 34(21)-(22))"),
        (FrameworkKind.DYNAMIC_MARKET, "(PA2023 s.34(3), s.37)"),
        (FrameworkKind.FRAMEWORK, "published terms"),
    ],
)
def test_no_suspension_without_published_terms(kind: FrameworkKind, law: str) -> None:
    """Where the published terms know none, nobody is suspended, and the refusal says why."""
    framework = lasting_framework(kind=kind)
    admission = admit(framework.lots[0])
    with pytest.raises(WrongState) as refused:
        suspend_member(
            admission=admission,
            reason=REASON,
            last_day=None,
            actor=commissioner_of(framework.authority),
            now=FRIDAY,
        )
    assert law in refused.value.message


def test_a_suspension_needs_a_reason_and_happens_once() -> None:
    """Too short a reason, a day in the past and a second suspension are refused; only what is suspended is lifted."""
    framework = lasting_framework(kind=FrameworkKind.FRAMEWORK, suspension_terms="Clause 9.")
    admission = admit(framework.lots[0])
    actor = commissioner_of(framework.authority)
    with pytest.raises(WrongState):
        lift_suspension(admission=admission, actor=actor, now=FRIDAY)
    for reason, last_day, field in (("Bad.", None, "reason"), (REASON, date(2026, 12, 17), "last_day")):
        with pytest.raises(InvalidInput) as refused:
            suspend_member(admission=admission, reason=reason, last_day=last_day, actor=actor, now=FRIDAY)
        assert refused.value.field == field
    suspend_member(admission=admission, reason=REASON, last_day=None, actor=actor, now=FRIDAY)
    with pytest.raises(Conflict):
        suspend_member(admission=admission, reason=REASON, last_day=None, actor=actor, now=FRIDAY)


def test_nothing_begins_after_the_end() -> None:
    """Once the framework has ended nobody is asked, paused or suspended."""
    framework = lasting_framework(kind=FrameworkKind.FRAMEWORK, suspension_terms="Clause 9.", valid_until=FRIDAY)
    admission = admit(framework.lots[0])
    officer, now = commissioner_of(framework.authority), FRIDAY
    for act in (
        lambda: ask_renewal(admission=admission, actor=officer, now=now),
        lambda: suspend_member(admission=admission, reason=REASON, last_day=None, actor=officer, now=now),
        lambda: pause_membership(
            admission=admission, last_day=date(2026, 12, 18), actor=submitter_of(admission.provider), now=now
        ),
    ):
        with pytest.raises(WrongState) as refused:
            act()
        assert "and its memberships with it" in refused.value.message
