"""Reading what is proved of organisations, and what is not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, selectinload

from portal.core.columns import db
from portal.organisations.models import Provider, Verification
from portal.organisations.states import VerificationStatus


def providers_not_yet_verified() -> Sequence[Provider]:
    """Providers whose number nothing proves, with what was tried, oldest registration first."""
    proved = exists().where(Verification.provider_id == Provider.id, Verification.status == VerificationStatus.VERIFIED)
    waiting = select(Provider).where(~proved).options(selectinload(Provider.verifications))
    return db.session.scalars(waiting.order_by(Provider.created_at, Provider.id)).all()


def lately_verified(count: int = 20) -> Sequence[Verification]:
    """What was proved last and counts, newest first, with its provider."""
    held = select(Verification).where(Verification.status == VerificationStatus.VERIFIED)
    newest = held.order_by(Verification.proved_at.desc(), Verification.id).limit(count)
    return db.session.scalars(newest.options(joinedload(Verification.provider))).all()


def asked_of(provider_id: uuid.UUID) -> Verification | None:
    """What somebody of the organisation can still act on: a letter's code, or a domain that is named."""
    return db.session.scalars(
        select(Verification).where(
            Verification.provider_id == provider_id, Verification.status == VerificationStatus.ASKED
        )
    ).one_or_none()
