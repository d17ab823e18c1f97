"""Reading organisations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.organisations.models import ContractingAuthority, Provider


def provider_with_id(provider_id: uuid.UUID | None) -> Provider:
    """The provider, or `NotFound`."""
    provider = db.session.get(Provider, provider_id) if provider_id is not None else None
    if provider is None:
        raise NotFound("There is no such provider.")
    return provider


def authority_with_id(authority_id: uuid.UUID | None) -> ContractingAuthority:
    """The contracting authority, or `NotFound`."""
    authority = db.session.get(ContractingAuthority, authority_id) if authority_id is not None else None
    if authority is None:
        raise NotFound("There is no such contracting authority.")
    return authority


def providers_not_yet_verified() -> Sequence[Provider]:
    """Providers whose number no officer has checked yet, oldest registration first."""
    return db.session.scalars(
        select(Provider).where(Provider.verified_at.is_(None)).order_by(Provider.created_at, Provider.id)
    ).all()


def providers_lately_verified(count: int = 20) -> Sequence[Provider]:
    """The providers that were verified last, newest first."""
    verified = select(Provider).where(Provider.verified_at.is_not(None))
    return db.session.scalars(verified.order_by(Provider.verified_at.desc(), Provider.id).limit(count)).all()
