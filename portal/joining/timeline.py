"""The history of an application and its membership, from the ledger, in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core.columns import db
from portal.core.words import counted, london_date
from portal.frameworks.member_models import Admission
from portal.joining.models import Application

LONGEST = 200

PROVIDER, COMMISSIONER, APPROVER, PORTAL = "The provider", "A commissioner", "An approver", "Fairlot, by itself"

SENTENCES: Mapping[str, tuple[str, str]] = {
    EventKind.APPLICATION_STARTED: ("The application was begun", PROVIDER),
    EventKind.APPLICATION_SUBMITTED: ("The application was submitted", PROVIDER),
    EventKind.APPLICATION_REFUSED_LATE: ("A submission came too late", PROVIDER),
    EventKind.APPLICATION_CLARIFIED: ("A question was asked about the application", COMMISSIONER),
    EventKind.APPLICATION_EXTENDED: ("The time to decide was extended", COMMISSIONER),
    EventKind.APPLICATION_WITHDRAWN: ("The application was withdrawn", PROVIDER),
    EventKind.REFUSAL_PROPOSED: ("A refusal was proposed", COMMISSIONER),
    EventKind.REFUSAL_SENT_BACK: ("The proposed refusal was sent back", APPROVER),
    EventKind.APPLICATION_REFUSED: ("The application was refused, with the reasons", APPROVER),
    EventKind.PROVIDER_ADMITTED: ("Admitted to the lot", COMMISSIONER),
    EventKind.RENEWAL_ASKED: ("Asked to renew the declarations", COMMISSIONER),
    EventKind.DECLARATIONS_RENEWED: ("The declarations were renewed", PROVIDER),
    EventKind.MEMBERSHIP_PAUSED: ("The membership was paused", PROVIDER),
    EventKind.MEMBERSHIP_RESUMED: ("The pause ended", PROVIDER),
    EventKind.MEMBERSHIP_SUSPENDED: ("The membership was suspended", COMMISSIONER),
    EventKind.SUSPENSION_LIFTED: ("The suspension was lifted", COMMISSIONER),
    EventKind.REMOVAL_PROPOSED: ("A removal was proposed", COMMISSIONER),
    EventKind.REMOVAL_REASONS_SENT: ("The reasons for the removal were sent", PORTAL),
    EventKind.REMOVAL_DROPPED: ("The proposed removal was dropped", APPROVER),
    EventKind.PROVIDER_REMOVED: ("Removed from the lot", APPROVER),
    EventKind.PROVIDER_LEFT: ("Left the lot", PROVIDER),
    EventKind.IDENTITY_CHANGE_ACCEPTED: ("Another name, number or parent was accepted here", COMMISSIONER),
    EventKind.IDENTITY_CHANGE_REFUSED: ("Another name, number or parent was refused here", COMMISSIONER),
}
"""What happened, and in which role somebody did it: persons are not named, to either side."""

BETWEEN_OFFICERS = (EventKind.REFUSAL_PROPOSED, EventKind.REFUSAL_SENT_BACK)
"""What the provider is not shown: two officers agreeing on a decision is not yet one."""


@dataclass(frozen=True)
class Step:
    """One step: when, what, by whom (a role), and a word more where the ledger holds one."""

    at: datetime
    what: str
    who: str
    detail: str
    hash: str


def history_of_application(application: Application, *, for_provider: bool) -> list[Step]:
    """What happened to one application and to the membership that came of it, newest first."""
    admissions = select(Admission.id).where(Admission.application_id == application.id)
    about = or_(
        and_(Event.object_type == "application", Event.object_id == application.id),
        and_(Event.object_type == "admission", Event.object_id.in_(admissions)),
    )
    return _steps(application.framework_id, about, for_provider=for_provider)


def history_of_member(admission: Admission, *, for_provider: bool) -> list[Step]:
    """What happened to a membership and to every application of its provider to the lot, newest first.

    Memberships that ended before are part of it: a provider that came back has one history.
    """
    applications = _of_the_same(Application, admission)
    admissions = _of_the_same(Admission, admission)
    about = or_(
        and_(Event.object_type == "application", Event.object_id.in_(applications)),
        and_(Event.object_type == "admission", Event.object_id.in_(admissions)),
        and_(
            Event.object_type == "identity_decision",
            Event.data["provider"].as_string() == str(admission.provider_id),
        ),
    )
    steps = _steps(admission.framework_id, about, for_provider=for_provider)
    return [_named(step, admission) for step in steps]


def _named(step: Step, admission: Admission) -> Step:
    """With the name from then on, which the ledger itself never holds."""
    if step.what != SENTENCES[EventKind.IDENTITY_CHANGE_ACCEPTED][0]:
        return step
    return replace(step, detail=f"From then on: {admission.provider.at(step.at).name}")


def _of_the_same(model: type[Application] | type[Admission], admission: Admission) -> Select[uuid.UUID]:
    return select(model.id).where(model.lot_id == admission.lot_id, model.provider_id == admission.provider_id)


def _steps(chain: uuid.UUID, about: ColumnElement[bool], *, for_provider: bool) -> list[Step]:
    hidden = BETWEEN_OFFICERS if for_provider else ()
    events = db.session.scalars(
        select(Event)
        .where(Event.chain == str(chain), about, Event.kind.not_in(hidden))
        .order_by(Event.seq.desc())
        .limit(LONGEST)
    )
    return [_step(event) for event in events]


def _step(event: Event) -> Step:
    what, who = SENTENCES.get(event.kind, (event.kind.replace("_", " ").capitalize(), ""))
    data = event.data
    if data.get("taken_back"):
        what = "The question was taken back"
    if data.get("by_itself"):
        who = PORTAL
    if data.get("elsewhere"):
        who = COMMISSIONER
    if who and data.get("standing_in_for"):
        who = f"{who}, by a deputy"
    return Step(event.at, what, who, _detail(event.kind, data), event.hash.hex())


def _detail(kind: str, data: dict[str, Any]) -> str:
    if kind == EventKind.APPLICATION_SUBMITTED and data.get("version"):
        return f"Version {data['version']}"
    if kind in {EventKind.APPLICATION_EXTENDED, EventKind.RENEWAL_ASKED}:
        return f"Until the end of {_day(data['due_on'])}"
    if kind in {EventKind.MEMBERSHIP_PAUSED, EventKind.MEMBERSHIP_SUSPENDED}:
        return f"Until the end of {_day(data['last_day'])}" if data.get("last_day") else ""
    if kind == EventKind.DECLARATIONS_RENEWED and data.get("late"):
        return "After the last day that was given"
    if kind == EventKind.APPLICATION_REFUSED:
        return counted(len(data.get("criteria", ())), "failed criterion", "failed criteria")
    return ""


def _day(text: str) -> str:
    return london_date(date.fromisoformat(text))
