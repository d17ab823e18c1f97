"""A provider's documents: uploaded once, used in many applications, and reminded of before they lapse.

What was submitted cites a document by its digest and keeps its bytes: a document that is replaced or removed here
stays readable to the officers who decide about a version that cites it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import aliased, joinedload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.keeping import Upload, discard_file, inspect_upload, keep_inspected
from portal.core.permissions import SYSTEM, Actor, Verb, policy
from portal.core.storage import FileStore
from portal.core.taking import lock
from portal.frameworks.models import Framework
from portal.frameworks.rules import READING_ROLES
from portal.joining.models import Application, ApplicationVersion, Evidence
from portal.organisations.models import Provider
from portal.regulation.local_time import local_date

REMINDERS = (30, 7, 1)
"""Days before the last day on which a document holds."""
MOST_KEPT = 300
"""Documents of one provider at a time."""
KINDS = {
    "public_liability": "Public liability insurance",
    "employers_liability": "Employers’ liability insurance",
    "professional_indemnity": "Professional indemnity insurance",
    "registration_certificate": "Certificate of registration (Ofsted, Care Quality Commission)",
    "inspection_report": "Latest inspection report",
    "accounts": "Accounts or other proof of financial standing",
    "safeguarding_policy": "Safeguarding policy",
    "safer_recruitment_policy": "Safer recruitment policy",
    "behaviour_policy": "Behaviour support policy",
    "complaints_policy": "Complaints policy",
    "health_and_safety_policy": "Health and safety policy",
    "equality_policy": "Equality and diversity policy",
    "data_protection_policy": "Data protection policy",
    "modern_slavery_statement": "Modern slavery statement",
}
"""The kinds that most questionnaires ask for, in words."""

_KIND = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Lapsing:
    """A document that lapses soon: `days` is the reminder that is due (30, 7 or 1)."""

    evidence: Evidence
    days: int


def kind_words(kind: str) -> str:
    """A kind of evidence in words."""
    return KINDS.get(kind) or kind.replace("_", " ").replace("-", " ").capitalize()


def evidence_of(provider_id: uuid.UUID | None) -> Sequence[Evidence]:
    """The documents that a provider has now, newest first."""
    return db.session.scalars(
        select(Evidence)
        .where(Evidence.provider_id == provider_id, Evidence.removed_at.is_(None))
        .order_by(Evidence.added_at.desc(), Evidence.id)
    ).all()


def doubles_of(evidence: Evidence) -> Sequence[str]:
    """What the provider has already with the same bytes or under the same name: said, since it may be meant."""
    others = db.session.scalars(
        select(Evidence).where(
            Evidence.provider_id == evidence.provider_id,
            Evidence.id != evidence.id,
            Evidence.removed_at.is_(None),
            or_(Evidence.sha256 == evidence.sha256, func.lower(Evidence.file_name) == evidence.file_name.lower()),
        )
    )
    return [
        f"{evidence.file_name} has the same content as {other.file_name}, which is kept as "
        f"“{kind_words(other.kind)}” already."
        if other.sha256 == evidence.sha256
        else f"There are two documents called {evidence.file_name} now, with different content."
        for other in others
    ]


def own_evidence(evidence_id: uuid.UUID, actor: Actor) -> Evidence:
    """A document that the actor's provider has now; raises `NotFound` for everybody else."""
    found = db.session.get(Evidence, evidence_id, options=[joinedload(Evidence.provider)])
    if found is None or found.removed_at is not None or not actor.towards_provider(found.provider_id):
        raise NotFound("There is no such document of yours.")
    return found


def add_evidence(
    *,
    provider: Provider,
    actor: Actor,
    kind: str,
    upload: Upload,
    expires_on: date | None,
    files: FileStore,
    now: datetime,
) -> Evidence:
    """Add a document to the provider's own: it can be used in every application from now on.

    The bytes are durably stored before the row exists, and removed again if the transaction is rolled back.
    `expires_on` is the last day on which the document holds, None when it does not lapse or that is not known
    yet. Records PROVIDER_CHANGED. Raises `InvalidInput` (field "file") for a file that cannot be kept, with the
    reason, (field "expires_on") for a day that has passed, and (field "kind") for a kind that is none: then nothing is
    stored.
    """
    policy.require(actor, Verb.KEEP_EVIDENCE, provider)
    if not _KIND.fullmatch(kind):
        raise InvalidInput("Say what the document proves.", field="kind")
    kept = db.session.scalar(
        select(func.count()).where(Evidence.provider_id == provider.id, Evidence.removed_at.is_(None))
    )
    if (kept or 0) >= MOST_KEPT:
        raise InvalidInput(f"You have {MOST_KEPT} documents. Remove one that you no longer need.", field="file")
    evidence = _stored(provider.id, kind, upload, expires_on, actor, files, now)
    _record(evidence, actor, "evidence_added")
    return evidence


def replace_evidence(
    *, evidence: Evidence, actor: Actor, upload: Upload, expires_on: date | None, files: FileStore, now: datetime
) -> Evidence:
    """Put a newer document in the place of one, such as this year's certificate.

    Applications that are not submitted are offered the new one for confirmation; what was submitted keeps citing
    the old one. Records PROVIDER_CHANGED. Raises `InvalidInput` (field "file") when the new file cannot be kept:
    the old one then stays. So it does for a last day that has passed (field "expires_on").
    """
    policy.require(actor, Verb.KEEP_EVIDENCE, evidence.provider)
    newer = _stored(evidence.provider_id, evidence.kind, upload, expires_on, actor, files, now)
    _take_away(evidence, files, now)
    _record(newer, actor, "evidence_replaced")
    return newer


def date_evidence(*, evidence: Evidence, actor: Actor, expires_on: date | None) -> None:
    """Say until when a document holds (its last day), or that it does not lapse (None); reminders start anew.

    Records PROVIDER_CHANGED. What was submitted keeps the day that it was submitted with.
    """
    policy.require(actor, Verb.KEEP_EVIDENCE, evidence.provider)
    if evidence.expires_on == expires_on:
        return
    evidence.expires_on = expires_on
    evidence.reminded_for = None
    _record(evidence, actor, "evidence_dated")


def remove_evidence(*, evidence: Evidence, actor: Actor, files: FileStore, now: datetime) -> None:
    """Remove a document from the provider's own.

    Its bytes are deleted after the commit, unless a submitted application cites it: then they stay as they were
    submitted. Records PROVIDER_CHANGED. Raises `NotFound` when a colleague removed it at the same moment.
    """
    policy.require(actor, Verb.KEEP_EVIDENCE, evidence.provider)
    _take_away(evidence, files, now)
    _record(evidence, actor, "evidence_removed")


def readable_evidence(evidence_id: uuid.UUID, actor: Actor) -> Evidence:
    """A document for whoever may read it: its provider's people, and officers of a lead authority to which it was sent.

    Officers read it once a submitted version of an application to one of their own frameworks cites it. Raises
    `NotFound` for everybody else.
    """
    found = db.session.get(Evidence, evidence_id)
    if found is None or not (actor.towards_provider(found.provider_id) or _was_sent_to(found, actor)):
        raise NotFound("There is no such document.")
    return found


def evidence_lapsing(now: datetime) -> list[Lapsing]:
    """The documents whose next reminder is due, by provider: 30, 7 or 1 days before their last day or fewer.

    Each step is reminded of once. Of several documents of one kind only the one that holds longest is reminded of.
    """
    today = local_date(now)
    later = aliased(Evidence)
    covered = exists().where(
        later.provider_id == Evidence.provider_id,
        later.kind == Evidence.kind,
        later.removed_at.is_(None),
        later.id != Evidence.id,
        or_(
            later.expires_on.is_(None),
            later.expires_on > Evidence.expires_on,
            and_(later.expires_on == Evidence.expires_on, later.id > Evidence.id),
        ),
    )
    rows = db.session.scalars(
        select(Evidence)
        .where(
            Evidence.removed_at.is_(None),
            Evidence.expires_on.between(today, today + timedelta(days=max(REMINDERS))),
            ~covered,
        )
        .order_by(Evidence.provider_id, Evidence.expires_on, Evidence.id)
        .with_for_update(of=Evidence, skip_locked=True)
    )
    found = [Lapsing(row, _step(row, today)) for row in rows]
    return [one for one in found if one.evidence.reminded_for is None or one.days < one.evidence.reminded_for]


def remind_lapsing(*, now: datetime) -> int:
    """Remind each provider of its documents that lapse soon, once a step; return how many providers.

    Records EVIDENCE_LAPSING for each provider, with [{evidence, days}] as `documents`: its letter follows from that.
    """
    due = evidence_lapsing(now)
    count = 0
    for provider, documents in groupby(due, key=lambda one: one.evidence.provider):
        told = []
        for one in documents:
            one.evidence.reminded_for = one.days
            told.append({"evidence": str(one.evidence.id), "days": one.days})
        record(EventKind.EVIDENCE_LAPSING, provider, actor=SYSTEM, documents=told)
        count += 1
    return count


def _step(evidence: Evidence, today: date) -> int:
    assert evidence.expires_on is not None
    left = (evidence.expires_on - today).days
    return min(days for days in REMINDERS if left <= days)


def _stored(
    provider_id: uuid.UUID,
    kind: str,
    upload: Upload,
    expires_on: date | None,
    actor: Actor,
    files: FileStore,
    now: datetime,
) -> Evidence:
    inspected, content = inspect_upload(upload, files=files)
    if expires_on is not None and expires_on < local_date(now):
        raise InvalidInput(
            "That day has passed, so the document would prove nothing. Correct the day, or add the newer document.",
            field="expires_on",
        )
    evidence = Evidence(
        provider_id=provider_id,
        kind=kind,
        expires_on=expires_on,
        added_at=now,
        added_by_id=actor.user_id,
        **keep_inspected(inspected, content, files=files),
    )
    db.session.add(evidence)
    db.session.flush()
    return evidence


def _take_away(evidence: Evidence, files: FileStore, now: datetime) -> None:
    # The row's lock comes first: a submission that is citing the document right now holds a share of it.
    lock(Evidence, evidence.id)
    if db.session.scalar(select(_is_cited(evidence))):
        evidence.removed_at = evidence.removed_at or now
    else:
        discard_file(evidence.stored_as, files=files)
        db.session.delete(evidence)
    db.session.flush()


def _is_cited(evidence: Evidence) -> ColumnElement[bool]:
    """The condition that a submitted version of the provider's cites the document."""
    return exists().where(
        ApplicationVersion.application_id == Application.id,
        Application.provider_id == evidence.provider_id,
        _cites(evidence.id),
    )


def _cites(evidence_id: uuid.UUID) -> ColumnElement[bool]:
    wanted = func.jsonb_build_object("id", cast(str(evidence_id), Text))
    path = cast("$.*.evidence ? (@.id == $id)", JSONPATH)
    return func.jsonb_path_exists(ApplicationVersion.answers, path, wanted)


def _was_sent_to(evidence: Evidence, actor: Actor) -> bool:
    if not actor.authority_roles & READING_ROLES:
        return False
    sent = exists().where(
        ApplicationVersion.application_id == Application.id,
        Application.provider_id == evidence.provider_id,
        Application.framework_id == Framework.id,
        Framework.authority_id == actor.authority_id,
        _cites(evidence.id),
    )
    return bool(db.session.scalar(select(sent)))


def _record(evidence: Evidence, actor: Actor, act: str) -> None:
    record(
        EventKind.PROVIDER_CHANGED,
        evidence.provider,
        actor=actor,
        changed=[act],
        evidence=evidence.id,
        proves=evidence.kind,
    )
