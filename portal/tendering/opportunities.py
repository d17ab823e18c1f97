"""Reading what is public: the list of opportunities, open ones first, by key and never by page number."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, load_only

from portal.core.columns import db
from portal.core.paging import page_key, read_page_key
from portal.frameworks.models import Framework, FrameworkLot
from portal.organisations.models import ContractingAuthority
from portal.regulation.procurement_rows import NAMING_ONE_PROVIDER
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

PAGE_SIZE = 20
COUNTED_TO = 100
"""Beyond this the page says "more than 100": counting everything would cost as much as reading everything."""


class Group(StrEnum):
    """The two parts of the list, as a page's key names them."""

    OPEN = "o"
    OVER = "c"


Itt = InvitationToTender
_OPERATOR = re.compile(r"""((?<!\S)-(?=[\w"])"?|")""")


@dataclass(frozen=True)
class Filters:
    """What to look for; empty means everything."""

    words: str = ""
    cpv: str = ""
    closing_days: int | None = None
    """Only what closes within so many days."""
    open_only: bool = False


@dataclass(frozen=True)
class Page:
    """One page of the list, the next one's key (None at the end), and how many are open, `COUNTED_TO` + 1 at most."""

    rows: list[InvitationToTender]
    next_key: str | None
    open_count: int


def list_opportunities(filters: Filters, *, now: datetime, after: str = "", size: int = PAGE_SIZE) -> Page:
    """List a page: open ones by closing time, then the others, newest first. At most three statements.

    `after` is the `next_key` of the page before. Raises `NotFound` for a key that is not one.
    """
    group, instant, last = _read_key(after)
    rows: list[InvitationToTender] = []
    if group is Group.OPEN:
        rows = _open_rows(filters, now, instant, last, size + 1)
        instant, last = None, None
    if len(rows) <= size and not (filters.open_only or filters.closing_days):
        rows += _other_rows(filters, now, instant, last, size + 1 - len(rows))
    more = len(rows) > size
    shown = rows[:size]
    return Page(shown, _key(shown[-1], now) if more else None, _count_open(filters, now))


def _open_rows(
    filters: Filters, now: datetime, instant: datetime | None, last: uuid.UUID | None, limit: int
) -> list[InvitationToTender]:
    query = _listed(filters).where(_is_open(filters, now)).order_by(Itt.closes_at, Itt.id).limit(limit)
    if instant is not None:
        query = query.where(tuple_(Itt.closes_at, Itt.id) > tuple_(instant, last))
    return list(db.session.scalars(query))


def _other_rows(
    filters: Filters, now: datetime, instant: datetime | None, last: uuid.UUID | None, limit: int
) -> list[InvitationToTender]:
    public = Itt.status.notin_([IttStatus.DRAFT, IttStatus.DISCARDED])
    is_over = or_(Itt.status != IttStatus.PUBLISHED, Itt.closes_at <= now)
    query = _listed(filters).where(public, is_over).order_by(Itt.published_at.desc(), Itt.id.desc()).limit(limit)
    if instant is not None:
        query = query.where(tuple_(Itt.published_at, Itt.id) < tuple_(instant, last))
    return list(db.session.scalars(query))


def _count_open(filters: Filters, now: datetime) -> int:
    some = (
        select(Itt.id)
        .join(Itt.authority)
        .where(_is_open(filters, now), *_matching(filters))
        .limit(COUNTED_TO + 1)
        .subquery()
    )
    return db.session.execute(select(func.count()).select_from(some)).scalar_one()


def _listed(filters: Filters) -> Select[InvitationToTender]:
    columns = (
        Itt.reference,
        Itt.title,
        Itt.description,
        Itt.status,
        Itt.closes_at,
        Itt.published_at,
        Itt.estimated_value,
        Itt.term_months,
        Itt.break_months,
        Itt.cpv_codes,
        Itt.light_touch,
        Itt.authority_id,
        Itt.kind,
        Itt.regime,
        Itt.framework_lot_id,
    )
    called_off_from = joinedload(Itt.framework_lot).joinedload(FrameworkLot.framework)
    return (
        select(Itt)
        .join(Itt.authority)
        .options(
            load_only(*columns),
            contains_eager(Itt.authority).load_only(ContractingAuthority.name),
            called_off_from.load_only(Framework.reference, Framework.title, Framework.kind),
        )
        .where(*_matching(filters))
    )


def _is_open(filters: Filters, now: datetime) -> ColumnElement[bool]:
    is_open = and_(Itt.status == IttStatus.PUBLISHED, Itt.closes_at > now)
    if filters.closing_days is not None:
        is_open = and_(is_open, Itt.closes_at <= now + timedelta(days=filters.closing_days))
    return is_open


def _matching(filters: Filters) -> list[ColumnElement[bool]]:
    # A direct award is nobody's opportunity: the provider that it names is invited.
    conditions: list[ColumnElement[bool]] = [Itt.kind.not_in(NAMING_ONE_PROVIDER)]
    if filters.words:
        text = func.concat_ws(" ", Itt.title, Itt.description, ContractingAuthority.name)
        found = func.to_tsvector("english", func.fold(text)).bool_op("@@")(_wanted(filters.words))
        conditions.append(or_(found, Itt.reference == filters.words.upper()))
    if filters.cpv:
        # A code with trailing zeros stands for everything under it: 85300000 finds 85311300.
        stem = filters.cpv.rstrip("0").ljust(2, "0")
        codes = func.concat(" ", func.array_to_string(Itt.cpv_codes, " "))
        conditions.append(codes.contains(f" {stem}", autoescape=True))
    return conditions


def _wanted(typed: str) -> ColumnElement[Any]:
    """What was typed, folded as the texts are (docs/decisions/0013-folded-names.md); quotation marks and a minus
    before a word keep their meaning, which the fold would take away."""
    parts: list[Any] = []
    for part in filter(None, _OPERATOR.split(typed)):
        parts += [" ", part, "" if part == "-" else " "] if part in {'"', "-", '-"'} else [func.fold(part), " "]
    return func.websearch_to_tsquery("english", func.concat(*parts))


def _key(itt: InvitationToTender, now: datetime) -> str:
    is_open = itt.is_open(now)
    instant: Any = itt.closes_at if is_open else itt.published_at
    return page_key(Group.OPEN if is_open else Group.OVER, instant, itt.id)


def _read_key(after: str) -> tuple[Group, datetime | None, uuid.UUID | None]:
    if not after:
        return Group.OPEN, None, None
    group, instant, row = read_page_key(after, Group, datetime, uuid.UUID)
    return group, instant, row
