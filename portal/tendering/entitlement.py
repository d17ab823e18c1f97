"""Who may answer a call-off: THE query. Never the effect of an invitation, a mail or a page that somebody saw.

`entitled_to` is the rule as a condition; `entitlement_of` says the same of one provider with the reason, and where it
can put things right. Both are asked at an instant: now while bids arrive, the closing time when they are opened.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select
from sqlalchemy.orm import joinedload, load_only

from portal.core.columns import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework, FrameworkLot
from portal.frameworks.states import CURRENT, AdmissionStatus
from portal.joining.models import Application, ApplicationDecision
from portal.joining.states import PENDING, ApplicationStatus, Outcome
from portal.organisations.models import ContractingAuthority
from portal.organisations.standing import is_suspended, suspension_of
from portal.regulation.procurement_rows import NAMING_ONE_PROVIDER, OPEN_TO_APPLICANTS
from portal.tendering.decline_models import Decline
from portal.tendering.models import Invitation, InvitationToTender
from portal.tendering.states import IttStatus

Itt = InvitationToTender
Who = uuid.UUID | ColumnElement[uuid.UUID] | None


class Reason(StrEnum):
    """Why a provider may answer an invitation, or why not."""

    OPEN_TO_ALL = "open_to_all"
    MEMBER = "member"
    APPLICANT = "applicant"
    """Its application to a dynamic market waits for a decision (PA2023 s.34(4))."""
    ENDED = "ended"
    AWARDED_TO_ANOTHER = "awarded_to_another"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    WAITING = "waiting"
    """Its application to a purchasing system or a framework waits: nobody bids there before being admitted."""
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    BARRED = "barred"
    """The organisation as such is suspended, by the authority or the platform."""
    REMOVED = "removed"
    LEFT = "left"
    NOT_A_MEMBER = "not_a_member"


MAY_BID = frozenset({Reason.OPEN_TO_ALL, Reason.MEMBER, Reason.APPLICANT})


@dataclass(frozen=True)
class Entitlement:
    """Whether a provider may answer an invitation, and why; `until` ends a pause or a suspension, if it has an end.

    `details` are the reasons of a refusal, one for each criterion that was failed. `lot` is None for an invitation
    that is open to everybody. `application` is the one that the reason speaks of, where there is one.
    """

    reason: Reason
    lot: FrameworkLot | None = None
    until: datetime | None = None
    details: tuple[str, ...] = ()
    application: Application | None = None
    law: str = ""
    lot_words: str = ""
    """ "lot 2 (Fostering) of the dynamic market Homes for children" """

    @property
    def may_bid(self) -> bool:
        """Whether it may answer."""
        return self.reason in MAY_BID


def entitled_to(provider_id: Who, instant: datetime) -> ColumnElement[bool]:
    """The condition on an invitation that the provider may answer it at `instant`.

    Open to everybody; or its framework is in force and the provider an active member of its lot, or, in a dynamic
    market, an applicant who waits (PA2023 s.34(4)); a direct award is the one provider's that it names. Nothing is
    answered by an organisation that is suspended (`organisations/standing.py`).
    """
    lot = FrameworkLot.id == Itt.framework_lot_id
    framework = Framework.id == FrameworkLot.framework_id
    in_force = exists().where(lot, framework, Framework.is_valid(instant)).correlate(Itt)
    theirs = (Admission.lot_id == Itt.framework_lot_id, Admission.provider_id == provider_id)
    member = exists().where(*theirs, Admission.is_active(instant)).correlate(Itt)
    applicant = (
        exists()
        .where(
            Application.lot_id == Itt.framework_lot_id,
            Application.provider_id == provider_id,
            Application.status.in_(PENDING),
        )
        .correlate(Itt)
    )
    entitled = or_(
        Itt.framework_lot_id.is_(None),
        and_(
            in_force,
            or_(Itt.kind.not_in(NAMING_ONE_PROVIDER), Itt.direct_award_provider_id == provider_id),
            or_(member, and_(Itt.kind.in_(OPEN_TO_APPLICANTS), applicant)),
        ),
    )
    leads = select(Framework.authority_id).where(lot, framework).correlate(Itt).scalar_subquery()
    return and_(entitled, ~is_suspended(provider_id, Itt.authority_id, leads, at=instant))


def may_bid(itt_id: uuid.UUID, provider_id: uuid.UUID | None, instant: datetime) -> bool:
    """Whether the provider may answer the invitation at `instant`; one statement."""
    found = db.session.execute(select(entitled_to(provider_id, instant)).where(Itt.id == itt_id)).scalar_one_or_none()
    return bool(found)


def entitlement_of(itt: InvitationToTender, provider_id: uuid.UUID | None, instant: datetime) -> Entitlement:
    """Say whether the provider may answer the invitation at `instant`, why, and where it can put things right.

    One statement for an open invitation, at most four for a call-off whose lot and framework are loaded.
    """
    lot = itt.framework_lot
    barred = suspension_of(provider_id, *itt.run_by, at=instant)
    if barred is not None:
        return Entitlement(Reason.BARRED, lot, until=barred.ends_at, details=(barred.reason,))
    if lot is None:
        return Entitlement(Reason.OPEN_TO_ALL)
    terms = lot.framework.calling_off
    base = Entitlement(
        Reason.NOT_A_MEMBER,
        lot,
        law=terms.everybody,
        lot_words=f"lot {lot.number} ({lot.title}) of the {lot.framework.kind_words} {lot.framework.title}",
    )
    if not lot.framework.is_valid(instant):
        return replace(base, reason=Reason.ENDED)
    if itt.law.names_one_provider and itt.direct_award_provider_id != provider_id:
        return replace(base, reason=Reason.AWARDED_TO_ANOTHER)
    admission: Admission | None = _newest(Admission, lot.id, provider_id)
    if admission is not None and admission.is_active(instant):
        return replace(base, reason=Reason.MEMBER)
    return _without_membership(itt, base, admission, _newest(Application, lot.id, provider_id), instant)


def open_call_offs_for(
    provider_id: uuid.UUID, now: datetime
) -> Sequence[Row[InvitationToTender, datetime | None, datetime | None]]:
    """Every open call-off that the provider may answer now, the one that closes first at the top.

    Each with `invited_at`, and with `declined_at` where the provider has said no.

    It may have been published before the provider joined, and its invitation may still be on its way. One statement.
    """
    itt = (
        joinedload(Itt.authority).load_only(ContractingAuthority.name),
        joinedload(Itt.framework_lot).joinedload(FrameworkLot.framework),
        load_only(
            Itt.reference,
            Itt.title,
            Itt.kind,
            Itt.regime,
            Itt.status,
            Itt.closes_at,
            Itt.estimated_value,
            Itt.authority_id,
            Itt.framework_lot_id,
        ),
    )
    query = (
        select(Itt, Invitation.invited_at, Decline.declined_at)
        .outerjoin(Invitation, and_(Invitation.itt_id == Itt.id, Invitation.provider_id == provider_id))
        .outerjoin(Decline, and_(Decline.itt_id == Itt.id, Decline.provider_id == provider_id))
        .where(
            Itt.status == IttStatus.PUBLISHED,
            Itt.closes_at > now,
            Itt.framework_lot_id.is_not(None),
            entitled_to(provider_id, now),
        )
        .order_by(Itt.closes_at, Itt.id)
        .options(*itt)
    )
    return db.session.execute(query).unique().all()


def _without_membership(
    itt: InvitationToTender,
    base: Entitlement,
    admission: Admission | None,
    application: Application | None,
    instant: datetime,
) -> Entitlement:
    """The standing of a provider that is no active member: by its application, its absence, or its past."""
    if application is not None and application.status in PENDING:
        reason = Reason.APPLICANT if itt.law.applicants_may_bid else Reason.WAITING
        return replace(base, reason=reason, application=application)
    if admission is not None and admission.status in CURRENT:
        if admission.is_suspended(instant):
            return replace(base, reason=Reason.SUSPENDED, until=admission.suspended_until)
        return replace(base, reason=Reason.PAUSED, until=admission.paused_until)
    if application is not None and application.status is ApplicationStatus.REFUSED:
        return replace(base, reason=Reason.REFUSED, details=_why_refused(application), application=application)
    if application is not None and application.status is ApplicationStatus.DRAFT:
        return replace(base, reason=Reason.NOT_SENT, application=application)
    if admission is not None:
        reason = Reason.REMOVED if admission.status is AdmissionStatus.REMOVED else Reason.LEFT
        return replace(base, reason=reason)
    return base


def _newest(model: Any, lot_id: uuid.UUID, provider_id: uuid.UUID | None) -> Any:
    """The provider's current membership or open application for the lot, else its last one; read afresh."""
    at = Admission.admitted_at if model is Admission else Application.created_at
    closed = (
        Admission.status.notin_(CURRENT)
        if model is Admission
        else Application.status.in_([ApplicationStatus.ADMITTED, ApplicationStatus.WITHDRAWN])
    )
    return db.session.scalars(
        select(model)
        .where(model.lot_id == lot_id, model.provider_id == provider_id)
        .order_by(closed, at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _why_refused(application: Application) -> tuple[str, ...]:
    findings = db.session.scalars(
        select(ApplicationDecision.findings)
        .where(
            ApplicationDecision.application_id == application.id,
            ApplicationDecision.outcome == Outcome.REFUSED,
            ApplicationDecision.decided_at.is_not(None),
        )
        .order_by(ApplicationDecision.decided_at.desc())
        .limit(1)
    ).one_or_none()
    return tuple(f"{finding['title']}: {finding['reason']}" for finding in findings or ())
