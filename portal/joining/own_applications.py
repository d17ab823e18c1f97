"""Reading applications for the provider's own people, and where each of their parts stands."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from portal.accounts.models import User
from portal.core.columns import db
from portal.core.drafts import Gap
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb, policy
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.frameworks.questionnaire import Section
from portal.frameworks.states import CURRENT
from portal.joining.answering import Answered, Failing
from portal.joining.models import Application, ApplicationDecision, ApplicationVersion
from portal.joining.states import CLOSED, ApplicationStatus, Outcome


class ApplicationProgress(StrEnum):
    """What counts of an application now: the words of the banner that nobody must overlook."""

    NOT_SENT = "Not sent"
    SENT = "Sent"
    CHANGES_NOT_SENT = "Changes not sent"
    QUESTION = "The officers have a question"
    REFUSED = "Not admitted yet"
    ADMITTED = "Admitted"
    WITHDRAWN = "Withdrawn"


class PartStatus(StrEnum):
    """How far one section of an application is."""

    NOT_STARTED = "Not started"
    IN_PROGRESS = "In progress"
    TO_CONFIRM = "To confirm"
    PUT_RIGHT = "Put this right"
    WOULD_BE_REFUSED = "Would be refused"
    COMPLETED = "Completed"


@dataclass(frozen=True)
class LotChoice:
    """A lot as somebody who wants to join sees it: why not, and where to go instead, when it cannot be ticked."""

    number: int
    title: str
    definition: str
    application: Application | None = None
    is_member: bool = False

    @property
    def can_be_chosen(self) -> bool:
        """Whether an application to it can be started."""
        return self.application is None and not self.is_member


def own_application(reference: str, actor: Actor) -> Application:
    """The application of the actor's provider with that reference, with framework, authority and lot, or `NotFound`."""
    found = db.session.scalars(
        select(Application)
        .where(Application.reference == reference.upper())
        .options(
            joinedload(Application.framework).joinedload(Framework.authority),
            joinedload(Application.lot),
            joinedload(Application.provider),
        )
    ).one_or_none()
    if found is None or not actor.towards_provider(found.provider_id):
        raise NotFound("There is no application of yours with that reference.")
    policy.require(actor, Verb.READ, found)
    return found


def applications_of(provider_id: uuid.UUID | None) -> Sequence[Application]:
    """Every application of a provider, open ones first and of those the newest, with framework, authority and lot."""
    return db.session.scalars(
        select(Application)
        .join(Application.framework)
        .where(Application.provider_id == provider_id)
        .order_by(Application.status.in_(CLOSED), Application.created_at.desc(), Application.reference)
        .options(
            defer(Application.answers),
            contains_eager(Application.framework).options(
                defer(Framework.questionnaire), joinedload(Framework.authority)
            ),
            joinedload(Application.lot),
        )
    ).all()


def lot_choices(framework: Framework, provider_id: uuid.UUID | None) -> list[LotChoice]:
    """The lots of a framework with what the provider has on each: two statements."""
    numbers = {lot.id: lot for lot in framework.lots}
    applications = {
        row.lot_id: row
        for row in db.session.scalars(
            select(Application)
            .where(
                Application.framework_id == framework.id,
                Application.provider_id == provider_id,
                Application.status.not_in(CLOSED),
            )
            .options(defer(Application.answers))
        )
    }
    members = set(
        db.session.scalars(
            select(Admission.lot_id).where(
                Admission.framework_id == framework.id,
                Admission.provider_id == provider_id,
                Admission.status.in_(CURRENT),
            )
        )
    )
    return [
        LotChoice(lot.number, lot.title, lot.definition, applications.get(lot_id), lot_id in members)
        for lot_id, lot in numbers.items()
    ]


def version_numbered(application: Application, number: int | None = None) -> ApplicationVersion:
    """One submitted version, or the last one; raises `NotFound` when there is none."""
    found = db.session.scalars(
        select(ApplicationVersion).where(
            ApplicationVersion.application_id == application.id,
            ApplicationVersion.number == (application.version if number is None else number),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("Nothing has been sent under that number.")
    return found


def versions_of(application: Application) -> Sequence[Row[int, datetime, User]]:
    """Number, instant and sender of every submitted version, newest first."""
    return db.session.execute(
        select(ApplicationVersion.number, ApplicationVersion.received_at, User)
        .join(User, User.id == ApplicationVersion.submitted_by_id)
        .where(ApplicationVersion.application_id == application.id)
        .order_by(ApplicationVersion.number.desc())
    ).all()


def refusal_reasons(application: Application) -> dict[str, str]:
    """Why the application was refused, by question, while it stands refused: {question key: reason}."""
    if application.status is not ApplicationStatus.REFUSED:
        return {}
    decision = db.session.scalars(
        select(ApplicationDecision)
        .where(
            ApplicationDecision.application_id == application.id,
            ApplicationDecision.outcome == Outcome.REFUSED,
            ApplicationDecision.decided_at.is_not(None),
        )
        .order_by(ApplicationDecision.decided_at.desc())
        .limit(1)
    ).one()
    return {finding["question"]: finding["reason"] for finding in decision.findings}


def application_progress(application: Application) -> ApplicationProgress:
    """What counts of the application now; a proposed refusal is not the provider's to know before it is decided."""
    plain = {
        ApplicationStatus.DRAFT: ApplicationProgress.NOT_SENT,
        ApplicationStatus.CLARIFICATION: ApplicationProgress.QUESTION,
        ApplicationStatus.REFUSED: ApplicationProgress.REFUSED,
        ApplicationStatus.ADMITTED: ApplicationProgress.ADMITTED,
        ApplicationStatus.WITHDRAWN: ApplicationProgress.WITHDRAWN,
    }
    if application.status in plain:
        return plain[application.status]
    return ApplicationProgress.CHANGES_NOT_SENT if application.has_unsubmitted_change else ApplicationProgress.SENT


def still_to_put_right(application: Application, answered: Answered, reasons: Collection[str]) -> set[str]:
    """The refused questions whose stored answer is still the one that was refused."""
    if not reasons:
        return set()
    sent = version_numbered(application).answers
    refused = {key: sent[key].get("evidence", {}).get("id", sent[key]["value"]) for key in reasons if key in sent}
    return {key for key in reasons if answered.value(key) == refused.get(key, "")}


def part_status(
    section: Section,
    answered: Answered,
    gaps: Sequence[Gap],
    failing: Sequence[Failing],
    reasons: Collection[str] | Mapping[str, str],
) -> PartStatus:
    """How far one section is; `gaps` and `failing` may be those of the whole application."""
    keys = {question.key for question in section.questions}
    missing = {gap.key for gap in gaps} & keys
    if keys & set(reasons):
        return PartStatus.PUT_RIGHT
    if missing:
        if all(answered.is_suggested(key) for key in missing):
            return PartStatus.TO_CONFIRM
        return PartStatus.IN_PROGRESS if any(answered.value(key) for key in keys) else PartStatus.NOT_STARTED
    if any(one.question.key in keys and not one.follow_ups for one in failing):
        return PartStatus.WOULD_BE_REFUSED
    return PartStatus.COMPLETED
