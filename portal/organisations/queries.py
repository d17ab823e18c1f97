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


def place_with_id(place_id: uuid.UUID) -> Provider | ContractingAuthority:
    """The provider or contracting authority with the identifier, or `NotFound`."""
    return db.session.get(Provider, place_id) or authority_with_id(place_id)


def authorities_to_write_to() -> Sequence[ContractingAuthority]:
    """The authorities that gave an address for questions, by name."""
    named = select(ContractingAuthority).where(ContractingAuthority.contact_email != "")
    return db.session.scalars(named.order_by(ContractingAuthority.name_fold, ContractingAuthority.id)).all()
