"""Letters about applications to frameworks, dynamic purchasing systems and markets: to their providers, to officers."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

from sqlalchemy import select

from portal.accounts.models import User
from portal.audit.models import Event
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import SUBMITTING_ROLES, Role
from portal.joining.evidence import kind_words
from portal.joining.models import ApplicationDecision, Evidence
from portal.notifications import recipients
from portal.notifications.addressing import (
    about,
    admission_of,
    application_of,
    open_call_offs,
    page_of,
    to_officers,
    to_provider,
)
from portal.notifications.composing import tell


def application_ready(event: Event) -> None:
    """The applicant's submitters hear that a colleague has finished the draft."""
    application = application_of(event)
    submitters = recipients.people_of_provider(application.provider_id, *SUBMITTING_ROLES)
    tell(
        event=event,
        people=[person for person in submitters if person != event.actor_id],
        template="frameworks/application_ready",
        link=page_of("applications.check", reference=application.reference),
        thread=application.id,
        colleague=db.session.get_one(User, event.actor_id),
        **about(application),
    )


def application_submitted(event: Event) -> None:
    """The provider hears that it arrived and by when it is decided; the officers that it waits."""
    application = application_of(event)
    told = {
        "received_at": datetime.fromisoformat(event.data["received_at"]).astimezone(UTC),
        "due_on": date.fromisoformat(event.data["due_on"]),
        "version": event.data["version"],
        "may_bid": application.framework.law.applicants_may_bid,
    }
    to_provider(event, application, "frameworks/application_received", **told)
    to_officers(event, application, "frameworks/application_waiting", Role.COMMISSIONER, "admissions.show", **told)


def application_refused_late(event: Event) -> None:
    """The provider hears that nothing was received, and why."""
    at = datetime.fromisoformat(event.data["at"]).astimezone(UTC)
    to_provider(event, application_of(event), "frameworks/application_late", at=at, law=event.data["law"])


def application_clarified(event: Event) -> None:
    """The provider hears what the officers ask, or that they ask no more."""
    application = application_of(event)
    if event.data.get("taken_back"):
        to_provider(event, application, "frameworks/question_taken_back")
    else:
        to_provider(event, application, "frameworks/clarification_asked", question=application.clarification)


def application_extended(event: Event) -> None:
    """The provider hears until when the decision takes, and why."""
    application = application_of(event)
    due_on = date.fromisoformat(event.data["due_on"])
    to_provider(event, application, "frameworks/extended", due_on=due_on, reason=application.extended_reason)


def refusal_proposed(event: Event) -> None:
    """Approvers other than the proposer hear that a refusal waits for a second person; the provider hears nothing."""
    to_officers(event, application_of(event), "frameworks/refusal_waiting", Role.APPROVER, "admissions.refusal")


def refusal_sent_back(event: Event) -> None:
    """The commissioners hear that the application is theirs again, and why."""
    decision = db.session.get_one(ApplicationDecision, uuid.UUID(event.data["decision"]))
    to_officers(
        event,
        application_of(event),
        "frameworks/refusal_sent_back",
        Role.COMMISSIONER,
        "admissions.show",
        reason=decision.sent_back_reason,
    )


def application_refused(event: Event) -> None:
    """The provider reads every failed criterion with its reason, and how to put it right."""
    application = application_of(event)
    decision = db.session.get_one(ApplicationDecision, uuid.UUID(event.data["decision"]))
    law = application.framework.law.admission
    to_provider(event, application, "frameworks/refused", findings=decision.findings, law=law)


def provider_admitted(event: Event) -> None:
    """The new member hears what it means, and of every call-off of the lot that is open to it now."""
    admission = admission_of(event)
    to_provider(
        event,
        admission,
        "frameworks/admitted",
        call_offs=open_call_offs(admission),
        is_valid=admission.framework.is_valid(clock.now()),
    )


def evidence_lapsing(event: Event) -> None:
    """The provider hears which of its documents lapse soon."""
    due = {uuid.UUID(told["evidence"]): told["days"] for told in event.data["documents"]}
    held = db.session.scalars(
        select(Evidence).where(Evidence.id.in_(due), Evidence.removed_at.is_(None)).order_by(Evidence.expires_on)
    ).all()
    if held:
        tell(
            event=event,
            people=recipients.people_of_providers([event.object_id]),
            template="frameworks/evidence_lapsing",
            link=page_of("evidence.index"),
            thread=event.object_id,
            documents=[(kind_words(one.kind), one.file_name, one.expires_on) for one in held],
        )
