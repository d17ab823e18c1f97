"""Letters about applications to frameworks, dynamic purchasing systems and markets: to their providers, to officers."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from portal.audit.models import Event
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Role
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.joining.evidence import kind_words
from portal.joining.models import Application, ApplicationDecision, Evidence
from portal.notifications import recipients
from portal.notifications.composing import tell
from portal.tendering.entitlement import open_call_offs_for


def application_submitted(event: Event) -> None:
    """The provider hears that it arrived and by when it is decided; the officers that it waits."""
    application = _application(event)
    told = {
        "received_at": datetime.fromisoformat(event.data["received_at"]).astimezone(UTC),
        "due_on": date.fromisoformat(event.data["due_on"]),
        "version": event.data["version"],
        "may_bid": application.framework.law.applicants_may_bid,
    }
    _to_provider(event, application, "frameworks/application_received", **told)
    _to_officers(event, application, "frameworks/application_waiting", Role.COMMISSIONER, **told)


def application_refused_late(event: Event) -> None:
    """The provider hears that nothing was received, and why."""
    at = datetime.fromisoformat(event.data["at"]).astimezone(UTC)
    _to_provider(event, _application(event), "frameworks/application_late", at=at, law=event.data["law"])


def application_clarified(event: Event) -> None:
    """The provider hears what the officers ask, or that they ask no more."""
    application = _application(event)
    if event.data.get("taken_back"):
        _to_provider(event, application, "frameworks/question_taken_back")
    else:
        _to_provider(event, application, "frameworks/clarification_asked", question=application.clarification)


def application_extended(event: Event) -> None:
    """The provider hears until when the decision takes, and why."""
    application = _application(event)
    due_on = date.fromisoformat(event.data["due_on"])
    _to_provider(event, application, "frameworks/extended", due_on=due_on, reason=application.extended_reason)


def refusal_proposed(event: Event) -> None:
    """Approvers other than the proposer hear that a refusal waits for a second person; the provider hears nothing."""
    _to_officers(event, _application(event), "frameworks/refusal_waiting", Role.APPROVER, page="/refusal")


def refusal_sent_back(event: Event) -> None:
    """The commissioners hear that the application is theirs again, and why."""
    decision = db.session.get_one(ApplicationDecision, uuid.UUID(event.data["decision"]))
    _to_officers(
        event,
        _application(event),
        "frameworks/refusal_sent_back",
        Role.COMMISSIONER,
        reason=decision.sent_back_reason,
    )


def application_refused(event: Event) -> None:
    """The provider reads every failed criterion with its reason, and how to put it right."""
    application = _application(event)
    decision = db.session.get_one(ApplicationDecision, uuid.UUID(event.data["decision"]))
    law = application.framework.law.admission
    _to_provider(event, application, "frameworks/refused", findings=decision.findings, law=law)


def provider_admitted(event: Event) -> None:
    """The new member hears what it means, and of every call-off of the lot that is open to it now."""
    admission = db.session.get_one(Admission, event.object_id)
    now = clock.now()
    call_offs = [
        row.InvitationToTender
        for row in open_call_offs_for(admission.provider_id, now)
        if row.InvitationToTender.framework_lot_id == admission.lot_id
    ]
    tell(
        event=event,
        people=recipients.people_of_providers([admission.provider_id]),
        template="frameworks/admitted",
        link="/provider/invitations",
        call_offs=call_offs,
        is_valid=admission.framework.is_valid(now),
        **_about(admission.framework, admission),
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
            link="/provider/evidence",
            documents=[(kind_words(one.kind), one.file_name, one.expires_on) for one in held],
        )


def _application(event: Event) -> Application:
    return db.session.get_one(Application, event.object_id)


def _about(framework: Framework, held: Application | Admission) -> dict[str, Any]:
    """What every letter about an application or a membership can say."""
    return {
        "framework": framework,
        "kind": framework.kind_words,
        "lot": held.lot,
        "authority": framework.authority.name,
    }


def _to_provider(event: Event, application: Application, template: str, **values: Any) -> None:
    tell(
        event=event,
        people=recipients.people_of_providers([application.provider_id]),
        template=template,
        link=f"/provider/applications/{application.reference}",
        application=application,
        **_about(application.framework, application),
        **values,
    )


def _to_officers(
    event: Event, application: Application, template: str, role: Role, *, page: str = "", **values: Any
) -> None:
    """To the lead authority's people with the role, but for whoever did what the letter is about."""
    framework = application.framework
    people = recipients.people_of_authority(framework.authority_id, role)
    tell(
        event=event,
        people=[person for person in people if person != event.actor_id],
        template=template,
        link=f"/commissioning/frameworks/{framework.reference}/applications/{application.reference}{page}",
        application=application,
        provider=application.provider.name,
        **_about(framework, application),
        **values,
    )
