"""Renewing declarations: the authority asks, the provider confirms within 5 working days (PCR2015 reg 34(25))."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.core.errors import Conflict, InvalidInput, WrongState
from portal.core.permissions import Actor, Verb
from portal.core.words import london_date
from portal.frameworks.member_models import Admission
from portal.members.membership import record_of, require_valid, take_admission
from portal.regulation.deadlines import last_day_of
from portal.regulation.local_time import local_date
from portal.regulation.queries import calendar
from portal.regulation.working_days import CalendarName


def ask_renewal(*, admission: Admission, actor: Actor, now: datetime) -> None:
    """Ask a member to confirm that what it declared still holds, by the end of the 5th working day.

    The period is that of PCR2015 reg 34(25), counted in England and Wales; for a dynamic market or a framework it is
    our own. The member stays active whatever happens: only a decision ends a membership. Its people are told.
    Records RENEWAL_ASKED. Raises `Conflict` while an earlier request waits, `WrongState` outside the validity.
    """
    take_admission(admission, Verb.ASK_RENEWAL, actor)
    require_valid(admission, now)
    if admission.renewal_due_on is not None:
        raise Conflict(f"It was asked already: the last day to answer is {london_date(admission.renewal_due_on)}.")
    admission.renewal_asked_at = now
    admission.renewal_due_on = last_day_of(
        "PCR.dps.espd_renewal", local_date(now), calendar=calendar(CalendarName.ENGLAND_AND_WALES)
    )
    record_of(EventKind.RENEWAL_ASKED, admission, actor, due_on=admission.renewal_due_on)


def renew_declarations(*, admission: Admission, confirmed: bool, actor: Actor, now: datetime) -> None:
    """Confirm that everything the provider declared when it joined is still true.

    A late confirmation counts as well, and the record says that it was late. The officers are told. Records
    DECLARATIONS_RENEWED. Raises `WrongState` when nobody asked, `InvalidInput` when it is not confirmed.
    """
    take_admission(admission, Verb.RENEW, actor)
    if admission.renewal_due_on is None:
        raise WrongState("Nobody has asked you to renew your declarations.")
    if not confirmed:
        raise InvalidInput(
            "Tick the box if everything is still true. If something has changed, tell the authority what it is.",
            field="confirmed",
        )
    is_late = local_date(now) > admission.renewal_due_on
    admission.renewed_at = now
    admission.renewal_due_on = None
    record_of(EventKind.DECLARATIONS_RENEWED, admission, actor, late=is_late)
