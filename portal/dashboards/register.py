"""The register of an authority's procurements: found by words, owner, stage and lateness, page by page."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, or_, select, tuple_
from sqlalchemy.orm import defer, joinedload

from portal.core.clock import LONDON
from portal.core.columns import db
from portal.core.paging import page_key, read_page_key
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

PAGE_SIZE = 25
COLUMNS = ("reference", "title", "stage", "late", "estimated_value_pounds", "bids_close_at")
FIGURES = ("estimated_value_pounds",)
WIDTHS = (14, 50, 20, 30, 24, 26)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
Itt = InvitationToTender


class Place(StrEnum):
    """Where a procurement is, as people who look for one say it."""

    DRAFT = "draft"
    OPEN = "open"
    OPENING = "opening"
    SCORING = "scoring"
    AWARD = "award"
    AWARDED = "awarded"
    CONTRACTED = "contracted"
    ENDED = "ended"
    DISCARDED = "discarded"


PLACES: Mapping[Place, str] = {
    Place.DRAFT: "Draft",
    Place.OPEN: "Open for bids",
    Place.OPENING: "To be opened",
    Place.SCORING: "Being scored",
    Place.AWARD: "To be awarded",
    Place.AWARDED: "Awarded, no contract yet",
    Place.CONTRACTED: "Under contract",
    Place.ENDED: "Ended without a contract",
    Place.DISCARDED: "Discarded draft",
}


class Late(StrEnum):
    """What has not happened by the day that the timetable named."""

    OPENING = "opening"
    DECISION = "decision"
    START = "start"


LATE: Mapping[Late, str] = {
    Late.OPENING: "bids not opened",
    Late.DECISION: "no decision",
    Late.START: "no contract",
}


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    CLOSING = "closing"
    VALUE = "value"


ORDERS: Mapping[Order, str] = {
    Order.NEWEST: "Newest first",
    Order.CLOSING: "Soonest closing first",
    Order.VALUE: "Largest value first",
}


@dataclass(frozen=True)
class Filters:
    """What to look for; empty means everything. `owners`: looked after by one of these people.

    `localities`: for one of these parts of the area."""

    words: str = ""
    owners: frozenset[uuid.UUID | None] = frozenset()
    place: Place | None = None
    localities: frozenset[uuid.UUID] = frozenset()
    late_only: bool = False
    order: Order = Order.NEWEST


@dataclass(frozen=True)
class Row:
    """A procurement in the register."""

    itt: InvitationToTender
    place: Place
    late: Late | None

    @property
    def words(self) -> str:
        """Where it is."""
        return PLACES[self.place]

    @property
    def closes_later(self) -> bool:
        """Whether its time for bids is still to end."""
        return self.place in {Place.DRAFT, Place.OPEN}

    @property
    def late_words(self) -> str:
        """What is late, if anything is."""
        return LATE[self.late] if self.late else ""


@dataclass(frozen=True)
class Page:
    """A page of the register, the next one's key (None at the end), and how many there are."""

    rows: Sequence[Row]
    next_key: str | None
    count: int


def procurements(authority_id: uuid.UUID, filters: Filters, *, now: datetime, after: str = "") -> Page:
    """A page of the authority's procurements. Two statements.

    `after` is the `next_key` of the page before. Raises `NotFound` for a key that is not one.
    """
    query = _matching(authority_id, filters, now)
    count = db.session.scalar(select(func.count()).select_from(query.with_only_columns(Itt.id).subquery())) or 0
    found = db.session.execute(_page(query, filters.order, now, after).limit(PAGE_SIZE + 1)).all()
    shown = [Row(itt, Place(place), late and Late(late)) for itt, place, late, _ in found[:PAGE_SIZE]]
    return Page(shown, _key(*found[PAGE_SIZE - 1]) if len(found) > PAGE_SIZE else None, count)


def procurement_rows(authority_id: uuid.UUID, filters: Filters, *, now: datetime) -> Iterator[list[str]]:
    """The same as rows of text for a file, all of them and nobody's name, in the order of `COLUMNS`. One statement."""
    query = _page(_matching(authority_id, filters, now), filters.order, now, "")
    for itt, place, late, _ in db.session.execute(query.execution_options(yield_per=500)):
        yield [
            itt.reference,
            itt.title,
            PLACES[place],
            LATE.get(late, ""),
            "" if itt.estimated_value is None else str(itt.estimated_value),
            itt.closes_at.astimezone(LONDON).isoformat(timespec="minutes") if itt.closes_at else "",
        ]


def counts_by_place(authority_id: uuid.UUID, now: datetime) -> Mapping[Place, int]:
    """How many procurements of the authority are where, in the order of the road. One statement."""
    place = _place(now).label("place")
    rows = db.session.execute(select(place, func.count()).where(Itt.authority_id == authority_id).group_by(place))
    counts = {Place(key): count for key, count in rows}
    return {each: counts[each] for each in Place if each in counts}


def owners_of(authority_id: uuid.UUID) -> Collection[uuid.UUID]:
    """Everybody who looks after a procurement of the authority."""
    return db.session.scalars(select(Itt.owner_id).where(Itt.authority_id == authority_id).distinct()).all()


def _matching(authority_id: uuid.UUID, filters: Filters, now: datetime) -> Select[Any, *tuple[Any, ...]]:
    late, place = lateness(now), _place(now)
    query: Select[Any, *tuple[Any, ...]] = select(Itt, place.label("place"), late.label("late")).where(
        Itt.authority_id == authority_id
    )
    for word in filters.words.split():
        query = query.where(or_(*(text.icontains(word, autoescape=True) for text in (Itt.title, Itt.reference))))
    if filters.owners:
        query = query.where(Itt.owner_id.in_(filters.owners))
    if filters.localities:
        query = query.where(Itt.locality_id.in_(filters.localities))
    if filters.place:
        query = query.where(place == filters.place)
    return query.where(late.is_not(None)) if filters.late_only else query


def _page(query: Select[Any, *tuple[Any, ...]], order: Order, now: datetime, after: str) -> Select[Any]:
    """In that order, from where the page before ended; the last column is what it is ordered by, in text."""
    by, kind, falling = _by(order, now)
    query = query.add_columns(by.label("by")).options(defer(Itt.method), joinedload(Itt.owner))
    keys = tuple_(by, Itt.id)
    if after:
        last = tuple_(*read_page_key(after, kind, uuid.UUID))
        query = query.where(keys < last if falling else keys > last)
    return query.order_by(by.desc(), Itt.id.desc()) if falling else query.order_by(by, Itt.id)


def _by(order: Order, now: datetime) -> tuple[Any, type[Any], bool]:
    """SQL: what a list is ordered by (never NULL); its type, and whether the largest comes first."""
    if order is Order.CLOSING:
        # What has closed comes after everything that will.
        later = Itt.closes_at + timedelta(days=365_000)
        return func.coalesce(case((Itt.closes_at > now, Itt.closes_at), else_=later), _NEVER), datetime, False
    if order is Order.VALUE:
        # In pence, so that the key of a page is a whole number.
        return cast(func.coalesce(Itt.estimated_value * 100, -1), BigInteger), int, True
    return Itt.created_at, datetime, True


def _key(itt: InvitationToTender, _place: str, _late: str | None, by: datetime | int) -> str:
    return page_key(by if isinstance(by, datetime) else str(by), itt.id)


def _place(now: datetime) -> ColumnElement[str]:
    """SQL: where a procurement is."""
    return case(
        (Itt.status == IttStatus.DRAFT, Place.DRAFT),
        (Itt.status == IttStatus.DISCARDED, Place.DISCARDED),
        (and_(Itt.status == IttStatus.PUBLISHED, Itt.closes_at > now), Place.OPEN),
        (Itt.status == IttStatus.PUBLISHED, Place.OPENING),
        (Itt.status == IttStatus.OPENED, Place.SCORING),
        (Itt.status == IttStatus.MODERATED, Place.AWARD),
        (Itt.status == IttStatus.AWARDED, Place.AWARDED),
        (Itt.status == IttStatus.CONTRACTED, Place.CONTRACTED),
        else_=Place.ENDED,
    )


def lateness(now: datetime) -> ColumnElement[str | None]:
    """SQL: what is late by the procurement's own timetable, or NULL; the day itself is not late."""
    today = local_date(now)
    before_award = Itt.status.in_([IttStatus.PUBLISHED, IttStatus.OPENED, IttStatus.MODERATED])
    closed_on = func.date(func.timezone(LONDON.key, Itt.closes_at))
    return case(
        (and_(before_award | (Itt.status == IttStatus.AWARDED), Itt.contract_start_date < today), Late.START),
        (and_(before_award, Itt.award_date < today), Late.DECISION),
        (and_(Itt.status == IttStatus.PUBLISHED, closed_on < today), Late.OPENING),
    )
