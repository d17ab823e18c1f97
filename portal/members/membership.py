"""Being a member: reading memberships, what they mean at an instant, and leaving."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import NotFound, WrongState
from portal.core.lifecycle import Named
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.core.words import london, london_date
from portal.frameworks.member_models import NAME_SHOWN_FOLD, Admission
from portal.frameworks.models import Framework, FrameworkLot
from portal.frameworks.states import ADMISSION, CURRENT, AdmissionStatus

PAGE = 100


class MembershipStatus(Named):
    """Where a membership stands at an instant, in the order in which it matters to its provider."""

    ENDED_WITH_FRAMEWORK = "ended_with_framework"
    REMOVED = "removed"
    LEFT = "left"
    SUSPENDED = "suspended"
    PAUSED = "paused"
    REMOVAL_PROPOSED = "removal_proposed"
    RENEWAL_DUE = "renewal_due"
    ACTIVE = "active"


def membership_status(admission: Admission, instant: datetime) -> MembershipStatus:
    """Where the membership stands at `instant`; the last three are invited to every call-off of the lot."""
    if admission.status is AdmissionStatus.REMOVED:
        return MembershipStatus.REMOVED
    if admission.status is AdmissionStatus.LEFT:
        return MembershipStatus.LEFT
    if not admission.framework.is_valid(instant):
        return MembershipStatus.ENDED_WITH_FRAMEWORK
    if admission.is_suspended(instant):
        return MembershipStatus.SUSPENDED
    if admission.is_paused(instant):
        return MembershipStatus.PAUSED
    if admission.status is AdmissionStatus.REMOVAL_PROPOSED:
        return MembershipStatus.REMOVAL_PROPOSED
    return MembershipStatus.ACTIVE if admission.renewal_due_on is None else MembershipStatus.RENEWAL_DUE


def meaning_of(admission: Admission, instant: datetime) -> str:
    """What the membership means for its provider at `instant`, in a sentence."""
    kind = admission.framework.kind_words
    invited = "You are invited to every call-off of this lot."
    sentences = {
        MembershipStatus.ACTIVE: invited,
        MembershipStatus.RENEWAL_DUE: f"{invited} Confirm by the end of {london_date(admission.renewal_due_on)} that "
        "what you declared is still true.",
        MembershipStatus.REMOVAL_PROPOSED: f"{invited} The authority proposes to end your membership; nothing is "
        "decided yet.",
        MembershipStatus.PAUSED: f"You are not invited and cannot bid until {london(admission.paused_until)}. Then "
        "your pause ends by itself.",
        MembershipStatus.SUSPENDED: "You are not invited and cannot bid until "
        + (london(admission.suspended_until) if admission.suspended_until else "the authority lifts the suspension")
        + ".",
        MembershipStatus.REMOVED: f"Your membership ended at {london(admission.ended_at)}. You can apply again.",
        MembershipStatus.LEFT: f"You left at {london(admission.ended_at)}. You can apply again.",
        MembershipStatus.ENDED_WITH_FRAMEWORK: f"The {kind} itself has ended, so nothing more is called off from it.",
    }
    return sentences[membership_status(admission, instant)]


def leave_lot(*, admission: Admission, actor: Actor, now: datetime) -> None:
    """End the provider's own membership of the lot: it is not invited any more, and may apply again at any time.

    A bid that it submitted before to a call-off that is still open does not count once it has left, because
    membership is checked again at the closing. The officers are told. Records PROVIDER_LEFT. Raises `WrongState` when
    it is no member any more.
    """
    take_admission(admission, Verb.LEAVE, actor)
    admission.status = ADMISSION.move(admission.status, AdmissionStatus.LEFT)
    admission.ended_at = now
    record_of(EventKind.PROVIDER_LEFT, admission, actor)


def memberships_of_provider(provider_id: uuid.UUID) -> Sequence[Admission]:
    """A provider's memberships with their frameworks and lots: current ones first, the newest first among each."""
    return db.session.scalars(
        select(Admission)
        .where(Admission.provider_id == provider_id)
        .options(
            joinedload(Admission.lot),
            joinedload(Admission.framework).joinedload(Framework.authority),
        )
        .order_by(Admission.status.not_in(CURRENT), Admission.admitted_at.desc(), Admission.id)
    ).all()


def find_membership(admission_id: uuid.UUID) -> Admission:
    """The membership with its framework, authority, lot and provider, or `NotFound`."""
    found = db.session.scalars(
        select(Admission)
        .where(Admission.id == admission_id)
        .options(
            joinedload(Admission.lot),
            joinedload(Admission.provider),
            joinedload(Admission.framework).joinedload(Framework.authority),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such membership.")
    return found


def members_page(framework: Framework, *, ended: bool, page: int) -> tuple[Sequence[Admission], bool]:
    """One page of the framework's current members (or those who left or were removed), and whether more follow.

    In order of lot and of the name that the member has in it.
    """
    rows = db.session.scalars(
        select(Admission)
        .join(Admission.lot)
        .join(Admission.provider)
        .where(
            Admission.framework_id == framework.id,
            Admission.status.not_in(CURRENT) if ended else Admission.status.in_(CURRENT),
        )
        .options(joinedload(Admission.lot), joinedload(Admission.provider))
        .order_by(FrameworkLot.number, NAME_SHOWN_FOLD, Admission.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    return rows[:PAGE], len(rows) > PAGE


def take_admission(admission: Admission, verb: Verb, actor: Actor) -> None:
    """Take the membership, and its framework with it: memberships end with that."""
    take(admission, verb, joinedload(Admission.framework), joinedload(Admission.lot), actor=actor)


def require_valid(admission: Admission, now: datetime) -> None:
    """Raise `WrongState` unless the framework is valid at `now`: its memberships ended with it."""
    framework = admission.framework
    if not framework.is_valid(now):
        ended = framework.ceased_at or framework.valid_until
        raise WrongState(f"This {framework.kind_words} ended at {london(ended)}, and its memberships with it.")


def record_of(kind: EventKind, admission: Admission, actor: Actor, **data: Any) -> None:
    """Record an event of the membership on its framework's chain."""
    record(kind, admission, actor=actor, **data)
