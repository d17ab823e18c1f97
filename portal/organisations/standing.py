"""How an organisation stands: what a suspension stops, and what relying on an unproved number asks for.

Every act that leads an organisation on (applying, being invited, submitting, being admitted, being awarded to) asks
here. What it has already is not asked about: its receipts, drafts and summaries, running contracts, and bids that were
sent before.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.parsing.text import require_reason
from portal.core.words import london
from portal.organisations.models import Provider, Suspension
from portal.organisations.states import SuspensionStatus

Which = uuid.UUID | ColumnElement[Any] | InstrumentedAttribute[Any] | None


class OrganisationSuspended(WrongState):
    """The organisation is suspended, and this is among what that stops."""

    code = "organisation_suspended"


def is_suspended(provider_id: Which, *authorities: Which, at: datetime) -> ColumnElement[bool]:
    """The condition that the organisation is suspended `at` an instant in what one of the authorities runs.

    The platform's suspension holds everywhere, an authority's in its own procurements and frameworks, call-offs from
    those by others among them: none can keep an organisation from what another runs.
    """
    return (
        exists()
        .where(Suspension.provider_id == provider_id, _reaches(authorities), Suspension.is_running(at))
        .correlate_except(Suspension)
    )


def suspension_of(provider_id: uuid.UUID | None, *authorities: uuid.UUID | None, at: datetime) -> Suspension | None:
    """The suspension that runs `at` an instant in what one of the authorities runs; of several the longest."""
    return db.session.scalars(
        select(Suspension)
        .where(Suspension.provider_id == provider_id, _reaches(authorities), Suspension.is_running(at))
        .order_by(Suspension.ends_at.desc().nulls_first(), Suspension.id)
        .limit(1)
    ).one_or_none()


def suspensions_of(provider_id: uuid.UUID) -> Sequence[Suspension]:
    """Every suspension of an organisation that was decided, the last first."""
    decided = select(Suspension).where(Suspension.provider_id == provider_id, Suspension.decided_at.is_not(None))
    not_refused = decided.where(Suspension.status != SuspensionStatus.REFUSED)
    return db.session.scalars(not_refused.order_by(Suspension.starts_at.desc(), Suspension.id)).all()


def require_not_suspended(provider_id: uuid.UUID | None, *authorities: uuid.UUID | None, at: datetime) -> None:
    """Raise `OrganisationSuspended` where the organisation is suspended in what one of the authorities runs."""
    if (found := suspension_of(provider_id, *authorities, at=at)) is not None:
        raise OrganisationSuspended(why_suspended(found))


def why_suspended(suspension: Suspension) -> str:
    """The sentence that says so, to officers and to the organisation's people."""
    by = suspension.authority.name if suspension.authority else "the platform"
    until = f"until {london(suspension.ends_at)}" if suspension.ends_at else "until it is lifted"
    return (
        f"This organisation is suspended by {by} {until}. Meanwhile it cannot apply, be invited, submit, be admitted "
        "or be awarded anything there."
    )


def reason_to_rely_on(provider: Provider, reason: str | None) -> str:
    """Why an officer relies on an organisation whose number nobody has proved; "" for a verified one.

    Raises `InvalidInput` (field "unverified_reason") without a reason of 20 characters: it stands in the record beside
    the decision.
    """
    if provider.verification is not None:
        return ""
    ask = "Nobody has proved that this organisation’s number is its own. Say why you go on all the same"
    return require_reason(reason, ask, field="unverified_reason", most=1000)


def _reaches(authorities: Iterable[Which]) -> ColumnElement[bool]:
    return or_(Suspension.authority_id.is_(None), *(Suspension.authority_id == one for one in authorities))
