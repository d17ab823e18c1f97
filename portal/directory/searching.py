"""The directory: practitioners look for a setting by lot, banding, area, placement type and free places.

It holds the open settings that active members offer on arrangements in force. A search costs the same number of
statements whatever it finds, and nothing is counted further than the page says.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, selectinload

from portal.core.clock import LONDON
from portal.core.columns import db
from portal.core.paging import page_key, read_page_key
from portal.core.parsing.text import has_text
from portal.frameworks.member_models import Admission, SettingOffer
from portal.frameworks.models import Framework, FrameworkLot, Participant
from portal.frameworks.states import FrameworkStatus
from portal.organisations.models import Provider, Setting

PAGE_SIZE = 20
COUNTED_TO = 200
"""Beyond this the page says "more than 200": counting everything would cost as much as reading everything."""
MOST_IN_A_FILE = 1000
MOST_WORDS = 6
COLUMNS = (
    "setting",
    "provider",
    "area",
    "postcode",
    "registration_number",
    "capacity",
    "vacancies",
    "vacancies_said_at",
    "offers",
)


@dataclass(frozen=True)
class Search:
    """What to look for; empty means everything. `vacancies`: at least so many free places."""

    words: str = ""
    framework_id: uuid.UUID | None = None
    lot_id: uuid.UUID | None = None
    band_id: uuid.UUID | None = None
    placement_type: str = ""
    area: str = ""
    vacancies: int = 0


@dataclass(frozen=True)
class Listed:
    """A setting in the directory, and what it offers on the lots that the reader may see."""

    setting: Setting
    offers: list[SettingOffer] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """One page of the directory, the next one's key (None at the end), and how many match, `COUNTED_TO` + 1 at most."""

    rows: list[Listed]
    next_key: str | None
    count: int


def frameworks_to_search(authority_id: uuid.UUID | None, now: datetime) -> Sequence[Framework]:
    """The arrangements in force whose members the authority may see, with lots and bandings. Three statements.

    Those that it leads, that it has committed itself to, and those that publish their members to everybody.
    """
    taking_part = exists().where(
        Participant.framework_id == Framework.id,
        Participant.authority_id == authority_id,
        Participant.withdrawn_on.is_(None),
    )
    return db.session.scalars(
        select(Framework)
        .where(
            Framework.status == FrameworkStatus.LIVE,
            Framework.valid_from <= now,
            Framework.valid_until > now,
            or_(Framework.authority_id == authority_id, Framework.publishes_members, taking_part),
        )
        .order_by(Framework.title_fold, Framework.id)
        .options(selectinload(Framework.lots).selectinload(FrameworkLot.bands))
    ).all()


def search_directory(
    search: Search, *, frameworks: Sequence[Framework], now: datetime, after: str = "", size: int = PAGE_SIZE
) -> Page:
    """A page of the settings that match, by name: two statements beyond those for `frameworks`, later pages three.

    `after` is the `next_key` of the page before. Raises `NotFound` for a key that is not one.
    """
    lots = _lots(search, frameworks)
    if not lots:
        return Page([], None, 0)
    # The first page is cut from what is counted: looking through everything twice would cost twice as much.
    query = _matching(search, lots, now)
    if after:
        last, name = read_page_key(after, uuid.UUID, str)
        later = tuple_(Setting.name_fold, Setting.id) > tuple_(name, last)
        found = db.session.scalars(query.where(later).limit(size + 1)).all()
        some = query.order_by(None).with_only_columns(Setting.id).limit(COUNTED_TO + 1).subquery()
        count = db.session.execute(select(func.count()).select_from(some)).scalar_one()
    else:
        found = db.session.scalars(query.limit(COUNTED_TO + 1)).all()
        count = len(found)
    shown = found[:size]
    return Page(_with_offers(shown, frameworks, now), _key(shown[-1]) if len(found) > size else None, count)


def directory_rows(search: Search, *, frameworks: Sequence[Framework], now: datetime) -> Iterator[list[str]]:
    """The result as rows of text for a file, at most `MOST_IN_A_FILE`, in the order of `COLUMNS`. Two statements."""
    lots = _lots(search, frameworks)
    found = db.session.scalars(_matching(search, lots, now).limit(MOST_IN_A_FILE)).all() if lots else []
    for listed in _with_offers(found, frameworks, now):
        setting = listed.setting
        said = setting.vacancies_at.astimezone(LONDON).isoformat(timespec="minutes") if setting.vacancies_at else ""
        yield [
            setting.name,
            setting.provider.name,
            setting.area,
            setting.postcode,
            setting.registration_number,
            str(setting.capacity),
            str(setting.vacancies),
            said,
            "; ".join(offer_words(offer) for offer in listed.offers),
        ]


def offer_words(offer: SettingOffer) -> str:
    """An offer in words: lot, banding, placement type."""
    parts = (f"Lot {offer.lot.number} {offer.lot.title}", offer.band.title if offer.band else "", offer.placement_type)
    return ", ".join(filter(None, parts))


def _lots(search: Search, frameworks: Sequence[Framework]) -> list[uuid.UUID]:
    """The lots to look on: of those that the reader may see, the ones that are asked for."""
    return [
        lot.id
        for framework in frameworks
        if search.framework_id in {None, framework.id}
        for lot in framework.lots
        if search.lot_id in {None, lot.id}
    ]


def _matching(search: Search, lots: Collection[uuid.UUID], now: datetime) -> Select[Setting]:
    wanted: list[ColumnElement[bool]] = [SettingOffer.lot_id.in_(lots)]
    if search.band_id:
        wanted.append(SettingOffer.band_id == search.band_id)
    if search.placement_type:
        wanted.append(SettingOffer.placement_type == search.placement_type)
    offered = exists().where(
        SettingOffer.setting_id == Setting.id,
        *wanted,
        Admission.lot_id == SettingOffer.lot_id,
        Admission.provider_id == Setting.provider_id,
        Admission.is_active(now),
    )
    query = (
        select(Setting)
        .join(Setting.provider)
        .where(Setting.closed_at.is_(None), offered, *_words(search.words))
        .order_by(Setting.name_fold, Setting.id)
        .options(contains_eager(Setting.provider).load_only(Provider.name))
    )
    if search.area:
        query = query.where(Setting.area_fold == func.fold(search.area))
    if search.vacancies:
        query = query.where(Setting.vacancies >= search.vacancies)
    return query


def _words(typed: str) -> list[ColumnElement[bool]]:
    """Each word stands somewhere in the setting's or its provider's name, its area, postcode or number.

    Without spaces on both sides: "CM11QH", "Daycare" and "OBrien" find CM1 1QH, Day-Care and O'Brien. Signs between
    words are passed over; signs alone find nothing.
    """
    folds = (
        Setting.name_fold,
        Provider.name_fold,
        Setting.area_fold,
        Setting.postcode_fold,
        Setting.registration_fold,
    )
    text = func.replace(func.concat_ws("~", *folds), " ", "")
    if not has_text(typed):
        return []
    words = (func.replace(func.fold(word), " ", "") for word in typed.split()[:MOST_WORDS])
    return [func.fold(typed) != "", *(func.strpos(text, word) > 0 for word in words)]


def _with_offers(settings: Sequence[Setting], frameworks: Sequence[Framework], now: datetime) -> list[Listed]:
    """The settings with what they offer on those lots where their provider is an active member. One statement.

    Lots and bandings are those of `frameworks`, which are loaded; a current membership is unique to provider and lot.
    """
    places = {lot.id: place for place, lot in enumerate(lot for framework in frameworks for lot in framework.lots)}
    bands: dict[uuid.UUID | None, int] = {
        band.id: band.position for framework in frameworks for lot in framework.lots for band in lot.bands
    }
    listed = {setting.id: Listed(setting) for setting in settings}
    query = (
        select(SettingOffer)
        .join(SettingOffer.setting)
        .join(Admission, and_(Admission.lot_id == SettingOffer.lot_id, Admission.provider_id == Setting.provider_id))
        .where(SettingOffer.setting_id.in_(listed), SettingOffer.lot_id.in_(places), Admission.is_active(now))
    )
    for offer in db.session.scalars(query) if listed else ():
        listed[offer.setting_id].offers.append(offer)
    for one in listed.values():
        one.offers.sort(key=lambda offer: (places[offer.lot_id], bands.get(offer.band_id, 0), offer.placement_type))
    return list(listed.values())


def _key(setting: Setting) -> str:
    return page_key(setting.id, setting.name_fold)
