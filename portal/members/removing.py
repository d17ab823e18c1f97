"""Removing a member: the reasons go to the provider first, then a second person decides (PA2023 s.37)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from portal.audit.kinds import EventKind
from portal.core.approval import require_second_person
from portal.core.errors import InvalidInput, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import SYSTEM, Actor, Verb
from portal.core.taking import lock
from portal.core.words import london
from portal.frameworks.member_models import Admission
from portal.frameworks.states import ADMISSION, AdmissionStatus
from portal.members.membership import record_of, take_admission
from portal.regulation.framework_law import RemovalGround
from portal.regulation.local_time import end_of_day, local_date
from portal.regulation.queries import calendar
from portal.regulation.working_days import CalendarName, Unit, last_day_from_day_after

RENEWAL = "renewal"
RESPONSE_WORKING_DAYS = 5
"""How long a provider has to answer the reasons before anybody decides: our policy, as no law fixes a period."""


def propose_removal(*, admission: Admission, ground: str, reasons: str, actor: Actor, now: datetime) -> None:
    """Propose to remove a member on one of its regime's grounds; the reasons go to the provider at once.

    It stays a member, invited and able to bid, until a second person has decided. Records REMOVAL_PROPOSED; the
    letter with the reasons follows from that, and `note_reasons_sent` from the letter. Raises `InvalidInput` for a
    ground that this regime does not have (PA2023 s.37, s.48; PCR2015 reg 57-58) and for reasons of fewer than 20
    characters, `WrongState` when a removal waits already or it is no member any more.
    """
    take_admission(admission, Verb.PROPOSE_REMOVAL, actor)
    if admission.framework.law.removal_ground(ground) is None:
        raise InvalidInput("Choose the ground for the removal: the law allows no other.", field="ground")
    if ground == RENEWAL and not _renewal_is_overdue(admission, now):
        raise InvalidInput(
            "It was not asked to renew its declarations, or its 5 working days still run (PCR2015 reg 34(25)).",
            field="ground",
        )
    said = require_reason(reasons, "Give the reasons: the provider reads them", field="reasons")
    admission.status = ADMISSION.move(admission.status, AdmissionStatus.REMOVAL_PROPOSED)
    admission.removal_ground = ground
    admission.removal_reasons = said
    admission.removal_proposed_by_id = actor.user_id
    admission.removal_proposed_at = now
    admission.reasons_sent_at = None
    record_of(EventKind.REMOVAL_PROPOSED, admission, actor, ground=ground)


def note_reasons_sent(*, admission_id: uuid.UUID, at: datetime) -> bool:
    """Note that the reasons are in the inboxes of the provider's people since `at`: the time to answer runs.

    Returns whether this was new: a second call changes nothing. Records REMOVAL_REASONS_SENT.
    """
    admission = lock(Admission, admission_id)
    if admission.status is not AdmissionStatus.REMOVAL_PROPOSED or admission.reasons_sent_at is not None:
        return False
    admission.reasons_sent_at = at
    record_of(EventKind.REMOVAL_REASONS_SENT, admission, SYSTEM)
    return True


def note_reasons_given_elsewhere(*, admission: Admission, sent_on: date, actor: Actor, now: datetime) -> None:
    """Note that an officer sent the reasons by other means, to a provider that nobody signs in for.

    The time to answer runs from the end of `sent_on`. Records REMOVAL_REASONS_SENT. Raises `WrongState` when they
    went out through the portal, `InvalidInput` for a day before the proposal or after today.
    """
    take_admission(admission, Verb.NOTE_REASONS_SENT, actor)
    if admission.reasons_sent_at is not None:
        raise WrongState(f"The reasons were sent at {london(admission.reasons_sent_at)}.")
    assert admission.removal_proposed_at is not None
    if not local_date(admission.removal_proposed_at) <= sent_on <= local_date(now):
        raise InvalidInput("Give the day on which the reasons were sent, after the proposal.", field="sent_on")
    admission.reasons_sent_at = min(end_of_day(sent_on), now)
    record_of(EventKind.REMOVAL_REASONS_SENT, admission, actor, elsewhere=True)


def decide_removal(*, admission: Admission, actor: Actor, now: datetime) -> None:
    """Remove the member as the second person: from this instant it is not invited and cannot bid.

    It may apply again at any time. Its people are told. Records PROVIDER_REMOVED. Raises `NotAllowed` for the person
    who proposed, `WrongState` before the reasons were sent (PA2023 s.37) and before the provider has had 5 working
    days to answer (but for a debarment, where the law leaves no choice).
    """
    take_admission(admission, Verb.DECIDE_REMOVAL, actor)
    require_second_person(actor, admission.removal_half)
    if admission.reasons_sent_at is None:
        raise WrongState("The reasons have not reached the provider yet, and nobody is removed before (PA2023 s.37).")
    can_from = removable_from(admission)
    assert can_from is not None
    if now < can_from:
        raise WrongState(
            f"The provider has {RESPONSE_WORKING_DAYS} working days to answer the reasons. You can decide from "
            f"{london(can_from)}."
        )
    admission.status = ADMISSION.move(admission.status, AdmissionStatus.REMOVED)
    admission.removal_decided_by_id, admission.removal_decided_at = actor.user_id, now
    admission.ended_at = now
    record_of(EventKind.PROVIDER_REMOVED, admission, actor, ground=admission.removal_ground)


def drop_removal(*, admission: Admission, actor: Actor, now: datetime) -> None:
    """Drop a proposed removal as an approver: the member stays, and its people are told so.

    Records REMOVAL_DROPPED. Raises `WrongState` when no removal waits.
    """
    take_admission(admission, Verb.DECIDE_REMOVAL, actor)
    admission.status = ADMISSION.move(admission.status, AdmissionStatus.ACTIVE)
    record_of(EventKind.REMOVAL_DROPPED, admission, actor)


def ground_of(admission: Admission) -> RemovalGround | None:
    """The ground of the removal that was proposed last."""
    return admission.framework.law.removal_ground(admission.removal_ground)


def removable_from(admission: Admission) -> datetime | None:
    """The first instant at which the proposed removal can be decided; None before the reasons were sent."""
    sent_at = admission.reasons_sent_at
    if sent_at is None:
        return None
    ground = ground_of(admission)
    return sent_at if ground is not None and ground.is_duty else end_of_day(last_day_to_answer(sent_at))


def last_day_to_answer(sent_at: datetime) -> date:
    """The last day on which a provider can answer reasons that were sent at `sent_at`, counted in England and Wales."""
    days = calendar(CalendarName.ENGLAND_AND_WALES)
    return last_day_from_day_after(local_date(sent_at), RESPONSE_WORKING_DAYS, Unit.WORKING_DAY, days)


def _renewal_is_overdue(admission: Admission, now: datetime) -> bool:
    return admission.renewal_due_on is not None and local_date(now) > admission.renewal_due_on
