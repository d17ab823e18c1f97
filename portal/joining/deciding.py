"""Deciding an application: everybody who meets the published criteria is admitted, and nobody is refused by one
person alone.

To a dynamic purchasing system or market there is no limit to how many are admitted (PCR2015 reg 34(6); PA2023
s.36(6)-(7)), so nothing here counts members.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.approval import require_second_person
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, WrongState
from portal.core.parsing.text import require_reason, tidy
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.core.uniqueness import unless_taken
from portal.core.words import london, london_date
from portal.frameworks.member_models import Admission
from portal.frameworks.queries import membership_of
from portal.frameworks.states import FrameworkStatus
from portal.joining.findings import Judgement, Verdict, every_judgement, judged_sections
from portal.joining.models import Application, ApplicationDecision
from portal.joining.queries import WITH_FRAMEWORK
from portal.joining.states import APPLICATION, ApplicationStatus, Outcome
from portal.joining.submitting import version_of
from portal.organisations.standing import reason_to_rely_on, require_not_suspended
from portal.regulation.deadlines import decided_by
from portal.regulation.local_time import local_date
from portal.regulation.queries import calendar
from portal.regulation.working_days import CalendarName, Unit, last_day_from_day_after

WHY = "Give the reason in a sentence or two"
LONGER_BY = 5
"""Working days by which an extension moves the last day: what PCR2015 reg 34(17) allows, and our promise elsewhere."""


def ask_clarification(*, application: Application, version: int, question: str, actor: Actor, now: datetime) -> None:
    """Ask the provider about a submitted version; it answers by submitting again.

    The provider's people are told. The last day to decide stays where it is until the provider submits again.
    Records APPLICATION_CLARIFIED. Raises `Conflict` when somebody decided or submitted meanwhile, `InvalidInput` for
    a question of fewer than 20 characters.
    """
    _take(application, Verb.ASK, actor, version)
    application.clarification = require_reason(question, "Ask in a sentence or two", field="question")
    application.status = APPLICATION.move(application.status, ApplicationStatus.CLARIFICATION)
    _record(EventKind.APPLICATION_CLARIFIED, application, actor)


def take_back_question(*, application: Application, actor: Actor, now: datetime) -> None:
    """Stop waiting for the provider's answer: the application is decided as it was submitted.

    The provider's people are told. Records APPLICATION_CLARIFIED. Raises `Conflict` when it has answered meanwhile.
    """
    _take(application, Verb.TAKE_BACK_QUESTION, actor)
    application.status = APPLICATION.move(application.status, ApplicationStatus.SUBMITTED)
    _record(EventKind.APPLICATION_CLARIFIED, application, actor, taken_back=True)


def extend_decision(*, application: Application, reason: str, actor: Actor, now: datetime) -> None:
    """Take 5 more working days to decide this one application, for a reason that the provider is told.

    For a DPS the last day becomes the 15th working day after receipt (PCR2015 reg 34(17): individual justified
    cases, such as documents that must be looked at again); elsewhere the authority's own promise plus 5. Records
    APPLICATION_EXTENDED. Raises `Conflict` when it was extended before or decided meanwhile, `WrongState` once the
    last day has passed (an extension cannot mend a breach), `InvalidInput` for a reason of fewer than 20 characters.
    """
    _take(application, Verb.EXTEND, actor)
    if application.extended_at is not None:
        raise Conflict(
            f"The time was extended before, at {london(application.extended_at)}. It can be extended once "
            "(PCR2015 reg 34(17))."
        )
    assert application.due_on is not None
    assert application.received_at is not None
    if local_date(now) > application.due_on:
        raise WrongState(
            f"The last day to decide was {london_date(application.due_on)}, so the time cannot be extended any more. "
            "Decide now; the application is in the report of late decisions (PCR2015 reg 34(16)-(17))."
        )
    application.extended_reason = require_reason(reason, WHY, field="reason")
    application.extended_at = now
    days = calendar(CalendarName.ENGLAND_AND_WALES)
    received_on = local_date(application.received_at)
    rule_id = application.framework.law.extended_decision_rule
    if rule_id is not None:
        application.due_on = decided_by(rule_id, received_on, days)
    else:
        promised = application.framework.decision_days + LONGER_BY
        application.due_on = last_day_from_day_after(received_on, promised, Unit.WORKING_DAY, days)
    _record(EventKind.APPLICATION_EXTENDED, application, actor, due_on=application.due_on)


def admit_provider(
    *, application: Application, version: int, actor: Actor, now: datetime, unverified_reason: str | None = None
) -> Admission:
    """Admit the provider to the lot: from this instant it is a member, and every open call-off is its to answer.

    One transaction writes the decision, the membership, the application's status and PROVIDER_ADMITTED: a crash at
    any of them leaves nothing. There is no limit to how many members a lot has (PCR2015 reg 34(6); PA2023
    s.36(7)). `version` is the one that the officer looked at. Raises `Conflict` when the provider submitted anew,
    somebody else decided, or it is a member already; `WrongState` when a criterion fails by its published rule, while
    the provider is suspended, and once the framework has ceased; `InvalidInput` (field "unverified_reason") without a
    reason where nobody has proved its number.
    """
    _take(application, Verb.ADMIT, actor, version)
    _require_not_ceased(application)
    require_not_suspended(application.provider_id, application.framework.authority_id, at=now)
    failed = [judged for judged in _judgements(application, now).values() if judged.verdict is Verdict.FAILS]
    if failed:
        raise WrongState(
            f"“{failed[0].question.prompt}” fails by the published rule, so this provider cannot be admitted. "
            f"Propose a refusal, or ask the provider about it ({application.framework.law.admission})."
        )
    member = membership_of(application.lot_id, application.provider_id)
    if member is not None:
        raise _already_member(member)
    relying = reason_to_rely_on(application.provider, unverified_reason)
    db.session.add(
        ApplicationDecision(
            application_id=application.id,
            version=version,
            outcome=Outcome.ADMITTED,
            unverified_reason=relying,
            findings=[],
            proposed_by_id=actor.user_id,
            proposed_at=now,
            decided_by_id=actor.user_id,
            decided_at=now,
        )
    )
    application.status = APPLICATION.move(application.status, ApplicationStatus.ADMITTED)
    admission = _new_member(application, now)
    record(
        EventKind.PROVIDER_ADMITTED,
        admission,
        actor=actor,
        application=application.id,
        lot=application.lot.number,
        version=version,
        verified=not relying,
    )
    return admission


def propose_refusal(
    *, application: Application, version: int, findings: Mapping[str, str], actor: Actor, now: datetime
) -> ApplicationDecision:
    """Propose to refuse the application for criteria that it fails; a second person decides.

    `findings` is {question key: reason}: the provider reads each reason. Approvers are told. Records
    REFUSAL_PROPOSED. Raises `InvalidInput` without a failed criterion (PCR2015 reg 34(6); PA2023 s.36(6)), for a
    question that was not asked, that nobody judges or that passes by its published rule, and for a reason of fewer
    than 20 characters; `Conflict` when somebody decided or submitted meanwhile.
    """
    _take(application, Verb.PROPOSE_REFUSAL, actor, version)
    judgements = _judgements(application, now)
    law = application.framework.law.admission
    if not findings:
        raise InvalidInput(
            "Nobody is refused who meets every published criterion. Name at least one criterion that this "
            f"application fails, with the reason ({law})."
        )
    decision = ApplicationDecision(
        application_id=application.id,
        version=version,
        outcome=Outcome.REFUSED,
        findings=[_finding(judgements, key, reason, law) for key, reason in findings.items()],
        proposed_by_id=actor.user_id,
        proposed_at=now,
    )
    db.session.add(decision)
    application.status = APPLICATION.move(application.status, ApplicationStatus.REFUSAL_PROPOSED)
    _record(EventKind.REFUSAL_PROPOSED, application, actor, criteria=sorted(findings))
    return decision


def decide_refusal(*, application: Application, note: str, actor: Actor, now: datetime) -> ApplicationDecision:
    """Refuse the application as the second person; the provider is told every failed criterion and its reason.

    It can put things right and submit again at once, in place. Records APPLICATION_REFUSED. Raises `NotAllowed` for
    the person who proposed, `Conflict` when somebody else decided meanwhile or the provider withdrew.
    """
    _take(application, Verb.DECIDE_REFUSAL, actor)
    decision = proposed_refusal(application)
    decision.decide(actor, now=now, note=tidy(note))
    application.status = APPLICATION.move(application.status, ApplicationStatus.REFUSED)
    keys = sorted(finding["question"] for finding in decision.findings)
    _record(EventKind.APPLICATION_REFUSED, application, actor, decision=decision.id, criteria=keys)
    return decision


def send_back_refusal(*, application: Application, reason: str, actor: Actor, now: datetime) -> None:
    """Send a proposed refusal back as the second person: the application is open again, its clock unchanged.

    The commissioners are told; the proposal stays in the record with the reason. Records REFUSAL_SENT_BACK. Raises
    `NotAllowed` for the person who proposed, `Conflict` when somebody else decided meanwhile, `InvalidInput` for a
    reason of fewer than 20 characters.
    """
    _take(application, Verb.DECIDE_REFUSAL, actor)
    decision = proposed_refusal(application)
    require_second_person(actor, decision.first_half)
    decision.sent_back_reason = require_reason(reason, WHY, field="note")
    decision.sent_back_at = now
    decision.sent_back_by_id = actor.user_id
    application.status = APPLICATION.move(application.status, ApplicationStatus.SUBMITTED)
    _record(EventKind.REFUSAL_SENT_BACK, application, actor, decision=decision.id)


def proposed_refusal(application: Application) -> ApplicationDecision:
    """The refusal that waits for its second person."""
    return db.session.scalars(
        select(ApplicationDecision).where(
            ApplicationDecision.application_id == application.id,
            ApplicationDecision.decided_at.is_(None),
            ApplicationDecision.sent_back_at.is_(None),
        )
    ).one()


def _take(application: Application, verb: Verb, actor: Actor, version: int | None = None) -> None:
    """Take the application for an officer; whoever comes second is told what happened before."""
    try:
        take(application, verb, *WITH_FRAMEWORK, actor=actor)
    except WrongState as closed:
        raise Conflict(_what_happened(application)) from closed
    if version is not None and version != application.version:
        assert application.received_at is not None
        raise Conflict(
            f"The provider submitted version {application.version} at {london(application.received_at)}, after you "
            f"opened version {version}. Read the new version before you decide."
        )


def _what_happened(application: Application) -> str:
    """Who by role did what, and when, in the words of the page that came too late."""
    officer = f"of {application.framework.authority.name}"
    last = db.session.scalars(
        select(ApplicationDecision)
        .where(ApplicationDecision.application_id == application.id)
        .order_by(ApplicationDecision.proposed_at.desc(), ApplicationDecision.id)
        .limit(1)
    ).one_or_none()
    sent_back = ""
    if last is not None and last.sent_back_at is not None:
        sent_back = f" An approver {officer} sent the proposed refusal back at {london(last.sent_back_at)}."
    told = {
        ApplicationStatus.SUBMITTED: f"This application waits for a decision by a commissioner.{sent_back}",
        ApplicationStatus.CLARIFICATION: f"A commissioner {officer} asked the provider a question, and it has not "
        "answered yet. It answers by submitting again.",
        ApplicationStatus.WITHDRAWN: "The provider withdrew this application, so nothing is left to decide.",
    }
    if last is not None:
        told |= {
            ApplicationStatus.REFUSAL_PROPOSED: f"A commissioner {officer} proposed to refuse this application at "
            f"{london(last.proposed_at)}. A second person decides that first.",
            ApplicationStatus.REFUSED: f"An approver {officer} refused this application at {london(last.decided_at)}.",
            ApplicationStatus.ADMITTED: f"A commissioner {officer} admitted this provider at "
            f"{london(last.decided_at)}.",
        }
    return told.get(application.status, "This application has not been submitted.")


def _judgements(application: Application, now: datetime) -> dict[str, Judgement]:
    return every_judgement(judged_sections(application, version_of(application), local_date(now)))


def _finding(judgements: Mapping[str, Judgement], key: str, reason: str, law: str) -> dict[str, str]:
    judged = judgements.get(key)
    field = f"reason_{key}"
    if judged is None:
        raise InvalidInput(f"“{key}” is not among the questions that this provider was asked.", field=field)
    if not judged.can_fail:
        raise InvalidInput(
            f"“{judged.question.prompt}” is not failed: the answer meets the published rule, or it is only recorded. "
            f"Nobody is refused for it ({law}).",
            field=field,
        )
    return {"question": key, "title": judged.question.prompt, "reason": require_reason(reason, WHY, field=field)}


def _new_member(application: Application, now: datetime) -> Admission:
    admission = Admission(
        framework_id=application.framework_id,
        lot_id=application.lot_id,
        provider_id=application.provider_id,
        application_id=application.id,
        admitted_at=now,
    )
    with unless_taken({"uq_admission_lot_id_provider_id_current": _admitted_already}):
        db.session.add(admission)
    return admission


def _admitted_already() -> Conflict:
    return Conflict("This provider was admitted to the lot a moment ago, by another way.")


def _already_member(member: Admission) -> Conflict:
    return Conflict(f"This provider is a member of the lot already, since {london(member.admitted_at)}.")


def _require_not_ceased(application: Application) -> None:
    framework = application.framework
    if framework.status is not FrameworkStatus.LIVE:
        raise WrongState(f"This {framework.kind_words} ceased at {london(framework.ceased_at)}, so nobody can join it.")


def _record(kind: EventKind, application: Application, actor: Actor, **data: Any) -> None:
    record(kind, application, actor=actor, version=application.version, **data)
