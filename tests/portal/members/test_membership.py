"""Being a member: who is active at which instant, whatever happens to the membership; no limit to how many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.core import clock
from portal.core.errors import NotFound, WrongState
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.queries import membership_of
from portal.frameworks.states import CURRENT, AdmissionStatus
from portal.joining.deciding import admit_provider
from portal.members.membership import MembershipStatus, find_membership, leave_lot, membership_status
from portal.members.pausing import pause_membership, resume_membership
from portal.members.renewing import ask_renewal, renew_declarations
from portal.members.suspending import lift_suspension, suspend_member
from portal.regulation.kinds import FrameworkKind
from portal.regulation.local_time import end_of_day
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import active_members, admit
from tests.portal.joining.submitted import (
    REASON,
    commissioner_of,
    lasting_framework,
    submitted_application,
    submitter_of,
)

pytestmark = pytest.mark.usefixtures("db_session")

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
A_DAY = timedelta(days=1)

many_times = settings(max_examples=25)


def is_active(admission: Admission, instant: datetime) -> bool:
    """Whether the query and the row agree that it is active, and that it is."""
    db.session.flush()
    found = db.session.scalars(select(Admission.id).where(Admission.is_active(instant))).all()
    assert (admission.id in found) is admission.is_active(instant)
    return admission.id in found


@pytest.mark.parametrize("kind", [FrameworkKind.DPS, FrameworkKind.DYNAMIC_MARKET])
def test_admission_has_no_cap(kind: FrameworkKind) -> None:
    """Forty providers qualify and forty are members, the last like the first (PCR2015 reg 34(6); PA2023 s.36(7))."""
    framework = lasting_framework(kind=kind)
    officer = commissioner_of(framework.authority)
    admitted = []
    for _ in range(40):
        application = submitted_application(framework)
        admitted.append(admit_provider(application=application, version=1, actor=officer, now=clock.now()).provider_id)
    members = active_members(framework.lots[0].id, clock.now())
    assert [member.provider_id for member in members] == admitted


@many_times
@given(pauses=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20), st.booleans()), max_size=4), data=st.data())
def test_a_pause_ends_by_itself_at_every_instant(pauses: list[tuple[int, int, bool]], data: st.DataObject) -> None:
    """However often a provider pauses and resumes, it is active exactly outside its last pause."""
    admission = admit(lasting_framework(kind=FrameworkKind.DPS).lots[0], at=NOON)
    actor = submitter_of(admission.provider)
    at, until = NOON, NOON
    for wait, length, resumes in pauses:
        at += wait * A_DAY
        pause_membership(admission=admission, last_day=(at + length * A_DAY).date(), actor=actor, now=at)
        until = end_of_day((at + length * A_DAY).date())
        if resumes:
            at += MICROSECOND
            resume_membership(admission=admission, actor=actor, now=at)
            until = at
    seconds = data.draw(st.integers(0, 100 * 86400))
    for instant in (at, until - MICROSECOND, until, until + MICROSECOND, at + timedelta(seconds=seconds)):
        if instant >= at:
            assert is_active(admission, instant) is (instant >= until), instant


@many_times
@given(days=st.integers(0, 60), lifted_after=st.none() | st.integers(1, 60), offset=st.integers(0, 90 * 24 * 3600))
def test_a_suspension_ends_by_itself_or_is_lifted(days: int, lifted_after: int | None, offset: int) -> None:
    """Whichever comes first ends it, to the microsecond."""
    framework = lasting_framework(kind=FrameworkKind.FRAMEWORK, suspension_terms="Clause 9.")
    admission = admit(framework.lots[0], at=NOON)
    actor = commissioner_of(framework.authority)
    last_day = (NOON + days * A_DAY).date()
    suspend_member(admission=admission, reason=REASON, last_day=last_day, actor=actor, now=NOON)
    until = end_of_day(last_day)
    start = NOON
    if lifted_after is not None and NOON + lifted_after * A_DAY < until:
        until = start = NOON + lifted_after * A_DAY
        lift_suspension(admission=admission, actor=actor, now=until)
    for instant in (until - MICROSECOND, until, NOON + timedelta(seconds=offset)):
        if instant >= start:
            assert is_active(admission, instant) is (instant >= until)


def test_an_overdue_renewal_ends_nothing() -> None:
    """Asked, overdue and renewed, the member is active throughout: only a decision ends a membership."""
    framework = lasting_framework(kind=FrameworkKind.DPS)
    admission = admit(framework.lots[0])
    ask_renewal(admission=admission, actor=commissioner_of(framework.authority), now=NOON)
    assert admission.renewal_due_on is not None
    overdue = end_of_day(admission.renewal_due_on) + 30 * A_DAY
    assert is_active(admission, overdue)
    assert membership_status(admission, overdue) is MembershipStatus.RENEWAL_DUE
    renew_declarations(admission=admission, confirmed=True, actor=submitter_of(admission.provider), now=overdue)
    assert membership_status(admission, overdue) is MembershipStatus.ACTIVE


def test_the_framework_ends_every_standing() -> None:
    """At the end of the validity the membership is over with it, paused or not; an instant before it is not."""
    framework = lasting_framework(kind=FrameworkKind.DPS)
    admission = admit(framework.lots[0])
    assert framework.valid_until is not None
    assert membership_status(admission, framework.valid_until - MICROSECOND) is MembershipStatus.ACTIVE
    assert membership_status(admission, framework.valid_until) is MembershipStatus.ENDED_WITH_FRAMEWORK


def test_leaving_and_coming_back() -> None:
    """Who left is no member, cannot leave again, and becomes a member anew by a new application."""
    framework = lasting_framework()
    admission = admit(framework.lots[0])
    actor = submitter_of(admission.provider)
    leave_lot(admission=admission, actor=actor, now=NOON)
    assert (admission.status, admission.ended_at) == (AdmissionStatus.LEFT, NOON)
    assert not is_active(admission, NOON)
    with pytest.raises(WrongState):
        leave_lot(admission=admission, actor=actor, now=NOON)
    application = submitted_application(framework, provider=admission.provider)
    officer = commissioner_of(framework.authority)
    again = admit_provider(application=application, version=1, actor=officer, now=clock.now())
    assert membership_of(framework.lots[0].id, admission.provider_id) is again
    assert again.status in CURRENT


def test_nobody_ends_anothers_membership() -> None:
    """Another provider's people find nothing; officers may not leave for somebody."""
    admission = admit(lasting_framework().lots[0])
    with pytest.raises(NotFound):
        leave_lot(admission=admission, actor=actor_of(make_person(Role.SUBMITTER)), now=NOON)
    assert find_membership(admission.id).status is AdmissionStatus.ACTIVE
