"""Suspending a member: only where the published terms of the framework allow it."""

from __future__ import annotations

from datetime import date, datetime

from portal.audit.kinds import EventKind
from portal.core.errors import Conflict, InvalidInput, WrongState
from portal.core.parsing.text import has_text, require_reason
from portal.core.permissions import Actor, Verb
from portal.core.words import london
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.members.membership import record_of, require_valid, take_admission
from portal.regulation.local_time import end_of_day, local_date


def suspend_member(*, admission: Admission, reason: str, last_day: date | None, actor: Actor, now: datetime) -> None:
    """Suspend a member under the framework's published terms, until the end of `last_day` or until it is lifted.

    Meanwhile it is not invited and cannot bid. Its people are told the reason. Records MEMBERSHIP_SUSPENDED. Raises
    `WrongState` where the published terms know no suspension (every member is invited to each call-off: PCR2015 reg
    34(21); PA2023 s.34(3), s.37) and outside the validity, `Conflict` when it is suspended already, `InvalidInput`
    for a reason of fewer than 20 characters or a day that has passed.
    """
    take_admission(admission, Verb.SUSPEND, actor)
    require_valid(admission, now)
    if not has_text(admission.framework.suspension_terms):
        raise WrongState(why_nobody_is_suspended(admission.framework))
    if admission.is_suspended(now):
        raise Conflict(f"It is suspended already, since {london(admission.suspended_at)}.")
    said = require_reason(reason, "Give the reason, with the term that it rests on", field="reason")
    if last_day is not None and last_day < local_date(now):
        raise InvalidInput("The last day of the suspension must be today or later.", field="last_day")
    admission.suspension_reason = said
    admission.suspended_at = now
    admission.suspended_until = None if last_day is None else end_of_day(last_day)
    record_of(EventKind.MEMBERSHIP_SUSPENDED, admission, actor, last_day=last_day)


def lift_suspension(*, admission: Admission, actor: Actor, now: datetime) -> None:
    """Lift a suspension: the member is invited and may bid from this instant.

    Its people are told, with every open call-off of the lot. Records SUSPENSION_LIFTED. Raises `WrongState` when it
    is not suspended.
    """
    take_admission(admission, Verb.SUSPEND, actor)
    if not admission.is_suspended(now):
        raise WrongState("This member is not suspended.")
    admission.suspended_until = now
    record_of(EventKind.SUSPENSION_LIFTED, admission, actor)


def why_nobody_is_suspended(framework: Framework) -> str:
    """Why the authority cannot suspend anybody here, with the section."""
    return (
        f"Nobody can be suspended from this {framework.kind_words}: its published terms have no suspension, and "
        f"{framework.law.why_invited}."
    )
