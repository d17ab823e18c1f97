"""Removing a member: a ground of the law, the reasons first, time to answer, a second person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.states import AdmissionStatus
from portal.joining.deciding import admit_provider
from portal.members.removing import (
    decide_removal,
    drop_removal,
    note_reasons_given_elsewhere,
    note_reasons_sent,
    propose_removal,
    removable_from,
)
from portal.members.renewing import ask_renewal
from portal.regulation.kinds import FrameworkKind, Regime
from portal.regulation.local_time import local_date
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import admit
from tests.portal.joining.submitted import (
    REASON,
    approver_of,
    commissioner_of,
    lasting_framework,
    submitted_application,
)

pytestmark = pytest.mark.usefixtures("db_session")

FRIDAY = datetime(2026, 12, 18, 10, tzinfo=UTC)
"""Five working days later is Tuesday 29 December: the end of that day is the first instant for a decision."""
DECIDABLE = datetime(2026, 12, 30, tzinfo=UTC)


def proposed(
    kind: FrameworkKind = FrameworkKind.DYNAMIC_MARKET, ground: str = "conditions", actor: Actor | None = None
) -> Admission:
    """A member whose removal was proposed on Friday."""
    framework = lasting_framework(kind=kind)
    admission = admit(framework.lots[0])
    officer = actor or commissioner_of(framework.authority)
    propose_removal(admission=admission, ground=ground, reasons=REASON, actor=officer, now=FRIDAY)
    return admission


@pytest.mark.parametrize(
    ("kind", "regime", "grounds"),
    [
        (FrameworkKind.DYNAMIC_MARKET, Regime.PA2023, ["debarred", "excluded", "excludable", "conditions"]),
        (FrameworkKind.FRAMEWORK, Regime.PA2023, ["excluded", "excludable", "terms"]),
        (FrameworkKind.DPS, Regime.PCR2015, ["excluded", "excludable", "conditions", "renewal"]),
        (FrameworkKind.FRAMEWORK, Regime.PCR2015, ["excluded", "excludable", "conditions", "renewal"]),
    ],
)
def test_the_grounds_are_the_regimes(kind: FrameworkKind, regime: Regime, grounds: list[str]) -> None:
    """Each regime has its own (PA2023 s.37, s.48; PCR2015 reg 57-58), and no other ground removes anybody."""
    framework = lasting_framework(kind=kind, regime=regime)
    assert [ground.key for ground in framework.law.removal] == grounds
    admission = admit(framework.lots[0])
    with pytest.raises(InvalidInput) as refused:
        propose_removal(
            admission=admission,
            ground="we do not like them",
            reasons=REASON,
            actor=commissioner_of(framework.authority),
            now=FRIDAY,
        )
    assert refused.value.field == "ground"


def test_a_proposal_changes_nothing_for_the_member() -> None:
    """It stays active; reasons are needed."""
    admission = proposed()
    assert (admission.status, admission.reasons_sent_at) == (AdmissionStatus.REMOVAL_PROPOSED, None)
    assert admission.is_active(FRIDAY + timedelta(days=100))
    other = admit(admission.framework.lots[0])
    with pytest.raises(InvalidInput) as refused:
        propose_removal(
            admission=other,
            ground="conditions",
            reasons="Late.",
            actor=commissioner_of(admission.framework.authority),
            now=FRIDAY,
        )
    assert refused.value.field == "reasons"


def test_nobody_is_removed_before_the_reasons_were_sent() -> None:
    """However long ago the removal was proposed; the database refuses it as well (PA2023 s.37)."""
    admission = proposed()
    approver = approver_of(admission.framework.authority)
    with pytest.raises(WrongState) as refused:
        decide_removal(admission=admission, actor=approver, now=FRIDAY + timedelta(days=365))
    assert refused.value.message == (
        "The reasons have not reached the provider yet, and nobody is removed before (PA2023 s.37)."
    )
    admission.status, admission.ended_at = AdmissionStatus.REMOVED, FRIDAY
    with pytest.raises(IntegrityError, match="removed_after_reasons"):
        db.session.flush()


def test_the_provider_has_five_working_days_to_answer() -> None:
    """One microsecond before their end is too early, the end itself is not."""
    admission = proposed()
    approver = approver_of(admission.framework.authority)
    assert note_reasons_sent(admission_id=admission.id, at=FRIDAY)
    assert removable_from(admission) == DECIDABLE
    with pytest.raises(WrongState) as early:
        decide_removal(admission=admission, actor=approver, now=DECIDABLE - timedelta(microseconds=1))
    assert early.value.message == (
        "The provider has 5 working days to answer the reasons. You can decide from midnight at the start of the day "
        "on Wednesday 30 December 2026 GMT."
    )
    decide_removal(admission=admission, actor=approver, now=DECIDABLE)
    assert (admission.status, admission.ended_at) == (AdmissionStatus.REMOVED, DECIDABLE)
    assert (admission.removal_decided_by_id, admission.removal_decided_at) == (approver.user_id, DECIDABLE)
    assert not admission.is_active(DECIDABLE)


def test_a_debarment_leaves_no_choice() -> None:
    """Who is on the debarment list for a mandatory ground must be removed: at once after the reasons (s.37(1))."""
    admission = proposed(ground="debarred")
    note_reasons_sent(admission_id=admission.id, at=FRIDAY)
    decide_removal(admission=admission, actor=approver_of(admission.framework.authority), now=FRIDAY)
    assert admission.status is AdmissionStatus.REMOVED


def test_it_takes_two_people() -> None:
    """Whoever proposed cannot decide, and may drop it."""
    framework = lasting_framework()
    both = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=framework.authority))
    admission = admit(framework.lots[0])
    propose_removal(admission=admission, ground="conditions", reasons=REASON, actor=both, now=FRIDAY)
    note_reasons_sent(admission_id=admission.id, at=FRIDAY)
    with pytest.raises(NotAllowed):
        decide_removal(admission=admission, actor=both, now=DECIDABLE)
    with pytest.raises(IntegrityError, match="this takes two people"), db.session.begin_nested():
        db.session.execute(text("UPDATE admission SET removal_decided_by_id = removal_proposed_by_id"))
    drop_removal(admission=admission, actor=both, now=DECIDABLE)
    assert admission.status is AdmissionStatus.ACTIVE


def test_reasons_of_an_earlier_proposal_do_not_count() -> None:
    """Dropped and proposed anew, the reasons have to be sent anew."""
    admission = proposed()
    authority = admission.framework.authority
    note_reasons_sent(admission_id=admission.id, at=FRIDAY)
    drop_removal(admission=admission, actor=approver_of(authority), now=DECIDABLE)
    assert not note_reasons_sent(admission_id=admission.id, at=DECIDABLE), "nothing is proposed"
    propose_removal(
        admission=admission, ground="conditions", reasons=REASON, actor=commissioner_of(authority), now=DECIDABLE
    )
    assert admission.reasons_sent_at is None


def test_sent_is_noted_once() -> None:
    """A second note changes neither the instant nor the ledger."""
    admission = proposed()
    assert note_reasons_sent(admission_id=admission.id, at=FRIDAY)
    assert not note_reasons_sent(admission_id=admission.id, at=DECIDABLE)
    assert admission.reasons_sent_at == FRIDAY
    assert len(db.session.scalars(select(Event).where(Event.kind == EventKind.REMOVAL_REASONS_SENT)).all()) == 1


def test_reasons_that_went_by_other_means() -> None:
    """The day lies between the proposal and today, and the time to answer runs from its end."""
    admission = proposed()
    officer = commissioner_of(admission.framework.authority)
    monday = datetime(2026, 12, 21, 15, tzinfo=UTC)
    for day in (date(2026, 12, 17), date(2026, 12, 22)):
        with pytest.raises(InvalidInput):
            note_reasons_given_elsewhere(admission=admission, sent_on=day, actor=officer, now=monday)
    note_reasons_given_elsewhere(admission=admission, sent_on=date(2026, 12, 18), actor=officer, now=monday)
    assert admission.reasons_sent_at == datetime(2026, 12, 19, tzinfo=UTC)
    with pytest.raises(WrongState):
        note_reasons_given_elsewhere(admission=admission, sent_on=date(2026, 12, 18), actor=officer, now=monday)


def test_not_renewing_is_a_ground_once_it_is_overdue() -> None:
    """Under the 2015 Regulations only, and only after the five working days (reg 34(25))."""
    framework = lasting_framework(kind=FrameworkKind.DPS)
    admission = admit(framework.lots[0])
    officer = commissioner_of(framework.authority)
    ask_renewal(admission=admission, actor=officer, now=FRIDAY)
    on_the_last_day = datetime(2026, 12, 29, 23, tzinfo=UTC)
    with pytest.raises(InvalidInput) as refused:
        propose_removal(admission=admission, ground="renewal", reasons=REASON, actor=officer, now=on_the_last_day)
    assert "(PCR2015 reg 34(25))" in refused.value.message
    propose_removal(admission=admission, ground="renewal", reasons=REASON, actor=officer, now=DECIDABLE)
    assert admission.status is AdmissionStatus.REMOVAL_PROPOSED


def test_who_was_removed_may_come_back() -> None:
    """An application after the removal is decided like any other."""
    admission = proposed()
    framework = admission.framework
    note_reasons_sent(admission_id=admission.id, at=FRIDAY)
    decide_removal(admission=admission, actor=approver_of(framework.authority), now=DECIDABLE)
    application = submitted_application(framework, provider=admission.provider)
    officer = commissioner_of(framework.authority)
    again = admit_provider(application=application, version=1, actor=officer, now=clock.now())
    assert again.id != admission.id
    assert again.status is AdmissionStatus.ACTIVE


def test_the_minister_is_told_within_thirty_days_under_the_2023_act() -> None:
    """The day itself counts (PA2023 s.59(2)); the 2015 Regulations know no such duty."""
    market = lasting_framework()
    assert market.law.minister_told_by(local_date(FRIDAY)) == date(2027, 1, 16)
    assert lasting_framework(kind=FrameworkKind.DPS).law.minister_told_by(local_date(FRIDAY)) is None
