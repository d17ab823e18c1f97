"""Reading the register of contracts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from portal.contracts.models import Contract
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.organisations.models import Provider
from portal.tendering.models import InvitationToTender

PAGE = 50


def contract_by_reference(reference: str) -> Contract:
    """The contract with its parties and break points, or `NotFound`."""
    found = db.session.scalars(
        select(Contract)
        .where(Contract.reference == reference.upper())
        .options(
            joinedload(Contract.authority),
            joinedload(Contract.provider).selectinload(Provider.former),
            joinedload(Contract.itt),
            selectinload(Contract.break_points),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no contract with that reference.")
    return found


def register_page(*, after: tuple[datetime, uuid.UUID] | None = None, limit: int = PAGE) -> Sequence[Contract]:
    """Up to `limit` contracts, newest first, continuing after a contract's (concluded_at, id)."""
    query = _register().limit(limit)
    if after is not None:
        query = query.where(tuple_(Contract.concluded_at, Contract.id) < after)
    return db.session.scalars(query).all()


def whole_register() -> Iterator[Contract]:
    """Every contract, newest first, a thousand at a time from the server."""
    yield from db.session.scalars(_register().execution_options(yield_per=1000))


def _register() -> Select[Any]:
    return (
        select(Contract)
        .options(
            joinedload(Contract.authority),
            joinedload(Contract.provider).selectinload(Provider.former),
            joinedload(Contract.itt).defer(InvitationToTender.method),
        )
        .order_by(Contract.concluded_at.desc(), Contract.id.desc())
    )


def contracts_of_itt(itt_id: uuid.UUID) -> Sequence[Contract]:
    """An ITT's contracts by lot."""
    return db.session.scalars(
        select(Contract)
        .where(Contract.itt_id == itt_id)
        .options(
            joinedload(Contract.lot),
            joinedload(Contract.provider).selectinload(Provider.former),
            selectinload(Contract.break_points),
        )
        .order_by(Contract.concluded_at, Contract.id)
    ).all()


def contracts_of_provider(provider_id: uuid.UUID) -> Sequence[Contract]:
    """A provider's contracts, newest first."""
    return db.session.scalars(
        select(Contract)
        .where(Contract.provider_id == provider_id)
        .options(joinedload(Contract.authority))
        .order_by(Contract.concluded_at.desc(), Contract.id)
    ).all()
