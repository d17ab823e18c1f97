"""Reading frameworks and their members; what somebody is entitled to is asked here, never remembered from a mail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.frameworks.member_models import Admission, Application, active_at
from portal.frameworks.models import Framework, FrameworkLot
from portal.frameworks.states import CURRENT, PENDING, FrameworkStatus


def find_framework(reference: str) -> Framework:
    """The framework with that reference in whatever state, with authority, lots, bands and criteria; or `NotFound`."""
    found = db.session.scalars(
        select(Framework)
        .where(Framework.reference == reference.upper())
        .options(
            joinedload(Framework.authority),
            selectinload(Framework.lots).selectinload(FrameworkLot.bands),
            selectinload(Framework.criteria),
            selectinload(Framework.windows),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no framework, purchasing system or market with that reference.")
    return found


def find_public_framework(reference: str) -> Framework:
    """The same once it is public; raises `NotFound` for drafts, and for those that ceased before they were live."""
    found = find_framework(reference)
    if found.status is FrameworkStatus.DRAFT or found.live_at is None:
        raise NotFound("There is no framework, purchasing system or market with that reference.")
    return found


def lock_framework(framework_id: uuid.UUID, *, share: bool = False) -> Framework:
    """Lock the framework's row until the transaction ends and read it afresh.

    `share`: with others who only rely on its terms (applications do not wait for each other).
    """
    return db.session.scalars(
        select(Framework)
        .where(Framework.id == framework_id)
        .with_for_update(of=Framework, read=share)
        .execution_options(populate_existing=True)
    ).one()


def lock_application(application_id: uuid.UUID) -> Application:
    """Lock the application's row until the transaction ends and read it afresh: of two officers one comes first."""
    return db.session.scalars(
        select(Application)
        .where(Application.id == application_id)
        .options(joinedload(Application.framework), joinedload(Application.lot))
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    ).one()


def lock_admission(admission_id: uuid.UUID) -> Admission:
    """Lock the membership's row until the transaction ends and read it afresh."""
    return db.session.scalars(
        select(Admission)
        .where(Admission.id == admission_id)
        .options(joinedload(Admission.framework), joinedload(Admission.lot))
        .with_for_update(of=Admission)
        .execution_options(populate_existing=True)
    ).one()


def active_members(lot_id: uuid.UUID, instant: datetime) -> Sequence[Admission]:
    """The active members of a lot at `instant`, in order of admission, with their providers."""
    return db.session.scalars(
        select(Admission)
        .where(Admission.lot_id == lot_id, active_at(instant))
        .order_by(Admission.admitted_at, Admission.id)
        .options(joinedload(Admission.provider))
    ).all()


def membership_of(lot_id: uuid.UUID, provider_id: uuid.UUID | None) -> Admission | None:
    """The provider's current membership of a lot, paused and suspended ones too; None when it is no member."""
    return db.session.scalars(
        select(Admission).where(
            Admission.lot_id == lot_id, Admission.provider_id == provider_id, Admission.status.in_(CURRENT)
        )
    ).one_or_none()


def current_memberships(framework_id: uuid.UUID, provider_ids: Sequence[uuid.UUID]) -> Sequence[uuid.UUID]:
    """The current memberships that these providers have in a framework, by identifier."""
    return db.session.scalars(
        select(Admission.id)
        .where(
            Admission.framework_id == framework_id,
            Admission.provider_id.in_(provider_ids),
            Admission.status.in_(CURRENT),
        )
        .order_by(Admission.id)
    ).all()


def pending_application(lot_id: uuid.UUID, provider_id: uuid.UUID | None) -> Application | None:
    """The provider's application to the lot that was received and is not decided, or None."""
    return db.session.scalars(
        select(Application).where(
            Application.lot_id == lot_id, Application.provider_id == provider_id, Application.status.in_(PENDING)
        )
    ).one_or_none()
