"""Reading who is invited: the active members of a lot before publication, the recorded list after it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, tuple_

from portal.core.columns import db
from portal.core.paging import page_key, read_page_key
from portal.frameworks.member_models import NAME_SHOWN, NAME_SHOWN_FOLD, Admission
from portal.organisations.models import Provider
from portal.organisations.standing import is_suspended
from portal.tendering.models import Invitation, InvitationToTender
from portal.tendering.states import IttStatus

PAGE_SIZE = 100
_NAME, _FOLD = NAME_SHOWN.label("name"), NAME_SHOWN_FOLD.label("name_fold")


@dataclass(frozen=True)
class Invited:
    """One page of the providers who are (to be) invited, in the order of their names; `total` counts all of them."""

    rows: Sequence[Row[uuid.UUID, str, str, datetime]]
    total: int
    next_key: str | None


def list_invited(itt: InvitationToTender, now: datetime, *, after: str = "", size: int = PAGE_SIZE) -> Invited:
    """List a page of who is invited: of a draft the active members at `now`, else the invitations. Two statements.

    Each row has the provider's `id`, `name`, and `since` when (a member, or invited). Raises `NotFound` for a key that
    is not one.
    """
    query = _drafted(itt, now) if itt.status is IttStatus.DRAFT else _recorded(itt)
    total = db.session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    if after:
        last, name = read_page_key(after, uuid.UUID, str)
        query = query.where(tuple_(NAME_SHOWN_FOLD, Provider.id) > tuple_(name, last))
    rows = db.session.execute(query.order_by(_FOLD, Provider.id).limit(size + 1)).all()
    more = len(rows) > size
    shown = rows[:size]
    return Invited(shown, total, page_key(shown[-1].id, shown[-1].name_fold) if more else None)


def member_counts(lot_ids: Iterable[uuid.UUID], now: datetime) -> dict[uuid.UUID, int]:
    """How many active members each lot has at `now`; one statement."""
    query = (
        select(Admission.lot_id, func.count().label("members"))
        .where(Admission.lot_id.in_(list(lot_ids)), Admission.is_active(now))
        .group_by(Admission.lot_id)
    )
    counted = {row.lot_id: row.members for row in db.session.execute(query)}
    return {lot_id: counted.get(lot_id, 0) for lot_id in lot_ids}


def choosable_providers(itt: InvitationToTender, now: datetime) -> Sequence[Provider]:
    """The active members of the lot at `now`, by name: whom a direct award can go to."""
    return db.session.scalars(
        select(Provider)
        .join(Admission, Admission.provider_id == Provider.id)
        .where(_to_be_invited(itt, now))
        .order_by(Provider.name_fold, Provider.id)
    ).all()


def provider_chosen(itt: InvitationToTender) -> Provider | None:
    """The provider of a direct award, once one is named."""
    return db.session.get(Provider, itt.direct_award_provider_id) if itt.direct_award_provider_id else None


def _drafted(itt: InvitationToTender, now: datetime) -> Select[uuid.UUID, str, str, datetime]:
    query = (
        select(Provider.id, _NAME, _FOLD, Admission.admitted_at.label("since"))
        .join(Admission, Admission.provider_id == Provider.id)
        .where(_to_be_invited(itt, now))
    )
    return query.where(Provider.id == itt.direct_award_provider_id) if itt.law.names_one_provider else query


def _to_be_invited(itt: InvitationToTender, now: datetime) -> ColumnElement[bool]:
    away = is_suspended(Admission.provider_id, *itt.run_by, at=now)
    return and_(Admission.lot_id == itt.framework_lot_id, Admission.is_active(now), ~away)


def _recorded(itt: InvitationToTender) -> Select[uuid.UUID, str, str, datetime]:
    return (
        select(Provider.id, _NAME, _FOLD, Invitation.invited_at.label("since"))
        .join(Invitation, Invitation.provider_id == Provider.id)
        .outerjoin(Admission, Admission.id == Invitation.admission_id)
        .where(Invitation.itt_id == itt.id)
    )
