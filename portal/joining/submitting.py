"""Submitting an application: what the draft says is frozen as a version, and the officers' working days begin."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.canonical import sha256_of
from portal.core.columns import db
from portal.core.drafts import Incomplete
from portal.core.errors import Conflict
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import take
from portal.frameworks.models import Framework
from portal.frameworks.questionnaire import REPLY, AnswerKind
from portal.frameworks.validity import NotAccepting, lock_accepting, require_accepting
from portal.joining.answering import Answered, answers_of, reply_of
from portal.joining.applying import take_own
from portal.joining.completeness import gaps_of
from portal.joining.models import Application, ApplicationVersion, Evidence
from portal.joining.queries import WITH_FRAMEWORK
from portal.joining.states import APPLICATION, ApplicationStatus
from portal.organisations.standing import require_not_suspended
from portal.regulation.deadlines import decided_by
from portal.regulation.local_time import local_date
from portal.regulation.queries import calendar
from portal.regulation.working_days import Calendar, CalendarName, CalendarUnknown, Convention, Unit, last_day


class ApplicationChanged(Conflict):
    """The draft is not the one that the person saw and agreed to send."""

    def __init__(self) -> None:
        super().__init__(
            "This application was changed or sent after you had opened this page. Nothing was lost. Check it as it "
            "is now, then send it."
        )


@dataclass(frozen=True)
class Submitted:
    """What a submission gave: its version, and whether it was a repetition of an earlier one."""

    version: ApplicationVersion
    repeated: bool = False


def submit_application(
    *, application: Application, actor: Actor, idempotency_key: uuid.UUID, expected_revision: int
) -> Submitted:
    """Submit the application: the officers decide about what its draft says now.

    Accepted at every instant of the validity by the database's clock, read under the framework's row lock, the last
    microsecond included (PCR2015 reg 34(13), (15); PA2023 s.36(6)); a framework's windows count as well. An answer
    that fails a published rule is accepted, too: a person has to refuse it.

    Consequences: ApplicationVersion n+1 with questions, answers, documents by digest and expiry, which nothing
    changes afterwards; status SUBMITTED; `received_at`, and `due_on` counted from it anew, also after a refusal or a
    question of the officers; an extension of the last version's time ends. Records APPLICATION_SUBMITTED. The same
    `idempotency_key` gives the same version again, whatever happened since; an unchanged draft that waits for its
    decision gives its version.

    Raises `NotAccepting` with the section (the caller records the late attempt after its rollback), `Incomplete`
    with the exact list of gaps, `ApplicationChanged` when the draft is not the one that the person saw,
    `OrganisationSuspended`.
    """
    take(application, Verb.READ, *WITH_FRAMEWORK, actor=actor)
    repeated = _version_with(application, idempotency_key)
    if repeated is not None:
        return Submitted(repeated, repeated=True)
    take_own(application, Verb.SUBMIT, actor)
    framework, at = lock_accepting(application.framework_id)
    require_accepting(framework, at)
    require_not_suspended(application.provider_id, framework.authority_id, at=at)
    if application.revision != expected_revision:
        raise ApplicationChanged()
    if application.status is ApplicationStatus.SUBMITTED and not application.has_unsubmitted_change:
        return Submitted(version_of(application), repeated=True)
    _hold_evidence(application)
    answered = answers_of(application)
    gaps = gaps_of(application, answered, today=local_date(at))
    if gaps:
        raise Incomplete(gaps)
    version = _freeze(application, answered, framework, actor, idempotency_key, at)
    _put_in_the_queue(application, version, framework)
    record(
        EventKind.APPLICATION_SUBMITTED,
        application,
        actor=actor,
        lot=application.lot.number,
        version=version.number,
        received_at=version.received_at,
        due_on=application.due_on,
        questionnaire_hash=version.questionnaire_hash,
        content_hash=version.content_hash,
    )
    return Submitted(version)


def record_late_attempt(*, application: Application, actor: Actor, late: NotAccepting) -> None:
    """Record that a submission came outside the validity, after its own transaction was rolled back.

    The draft is as it was. Records APPLICATION_REFUSED_LATE with the instant and the section.
    """
    policy.require(actor, Verb.READ, application)
    record(EventKind.APPLICATION_REFUSED_LATE, application, actor=actor, at=late.at, law=late.law)


def decision_due(framework: Framework, received_at: datetime, days: Calendar) -> date:
    """The last day to decide an application that arrived at an instant: a date in Europe/London.

    10 working days for a DPS (PCR2015 reg 34(16)), elsewhere the `decision_days` that the authority has published.
    A duty, so `days` is the calendar of England and Wales: the earlier day keeps it under either reading. Where a
    year's bank holidays are not recorded its plain weekdays count, which can only make the day earlier: nobody is
    kept from applying by a missing calendar.
    """
    received_on = local_date(received_at)
    try:
        return _due(framework, received_on, days)
    except CalendarUnknown:
        return _due(framework, received_on, days.of_any_year())


def version_of(application: Application, number: int | None = None) -> ApplicationVersion:
    """One submitted version of an application, the last one without a number."""
    return db.session.scalars(
        select(ApplicationVersion).where(
            ApplicationVersion.application_id == application.id,
            ApplicationVersion.number == (application.version if number is None else number),
        )
    ).one()


def content_hash_of(questionnaire_hash: str, answers: Mapping[str, Any]) -> str:
    """SHA-256 of what was asked and answered, in one canonical form, hexadecimal."""
    return sha256_of({"questionnaire": questionnaire_hash, "answers": answers})


def _due(framework: Framework, received_on: date, days: Calendar) -> date:
    if framework.law.decision_rule is not None:
        return decided_by(framework.law.decision_rule, received_on, days)
    return last_day(received_on, framework.decision_days, Unit.WORKING_DAY, Convention.FROM_DAY_AFTER, days)


def _version_with(application: Application, idempotency_key: uuid.UUID) -> ApplicationVersion | None:
    return db.session.scalars(
        select(ApplicationVersion).where(
            ApplicationVersion.application_id == application.id,
            ApplicationVersion.idempotency_key == idempotency_key,
        )
    ).one_or_none()


def _hold_evidence(application: Application) -> None:
    """Keep the provider's documents from being removed until this version cites them."""
    db.session.scalars(
        select(Evidence)
        .where(Evidence.provider_id == application.provider_id, Evidence.removed_at.is_(None))
        .order_by(Evidence.id)
        .with_for_update(of=Evidence, read=True)
        .execution_options(populate_existing=True)
    ).all()


def _freeze(
    application: Application,
    answered: Answered,
    framework: Framework,
    actor: Actor,
    idempotency_key: uuid.UUID,
    at: datetime,
) -> ApplicationVersion:
    answers = _frozen_answers(application, answered)
    asked_as = framework.questionnaire_hash or answered.questionnaire.hash()
    version = ApplicationVersion(
        application_id=application.id,
        number=application.version + 1,
        idempotency_key=idempotency_key,
        received_at=at,
        submitted_by_id=actor.user_id,
        questionnaire_hash=asked_as,
        answers=answers,
        content_hash=content_hash_of(asked_as, answers),
    )
    db.session.add(version)
    return version


def _frozen_answers(application: Application, answered: Answered) -> dict[str, Any]:
    """What the version keeps: each question that was asked, in its words, with the answer that counts."""
    frozen: dict[str, Any] = {}
    for key, question in answered.questions.items():
        answer = answered.answers.get(key)
        if answer is None or not answer.value or not answer.confirmed:
            continue
        entry: dict[str, Any] = {"prompt": question.prompt, "value": answer.value, "reused": answer.reused}
        if question.kind is AnswerKind.EVIDENCE:
            document = answer.evidence
            assert document is not None
            entry["value"] = document.file_name
            entry["evidence"] = {
                "id": str(document.id),
                "file_name": document.file_name,
                "sha256": document.sha256,
                "expires_on": document.expires_on.isoformat() if document.expires_on else None,
            }
        frozen[key] = entry
    if application.status is ApplicationStatus.CLARIFICATION:
        frozen[REPLY] = {"prompt": application.clarification, "value": reply_of(application), "reused": False}
    return frozen


def _put_in_the_queue(application: Application, version: ApplicationVersion, framework: Framework) -> None:
    application.status = APPLICATION.move(application.status, ApplicationStatus.SUBMITTED)
    application.version = version.number
    application.submitted_revision = application.revision
    application.received_at = version.received_at
    application.due_on = decision_due(framework, version.received_at, calendar(CalendarName.ENGLAND_AND_WALES))
    application.extended_at, application.extended_reason = None, ""
    # The reply belongs to the version that it was sent with.
    application.answers = {key: entry for key, entry in application.answers.items() if key != REPLY}
