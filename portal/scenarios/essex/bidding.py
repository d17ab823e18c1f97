"""One invitation for each locality, published, answered by every provider that bids there, and opened."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from portal.bidding.models import Bid
from portal.bidding.states import BidStatus
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import DeadlinePassed
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.core.words import counted
from portal.localities.changing import add_locality
from portal.localities.queries import places_of
from portal.organisations.models import ContractingAuthority
from portal.scenarios import building, people, story
from portal.scenarios import essex_people as cast
from portal.scenarios.essex_size import Size
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

SERVICE = "Early help for young people"
BEGUN = timedelta(days=40)
SLOWNESS = 3
"""A locality takes bids for so many times as long as they took to be written in the one before."""


@dataclass
class County:
    """What is built, how large, with what, and whom to tell how far it is."""

    authority: ContractingAuthority
    size: Size
    keys: KeyFolder
    files: FileStore
    say: Callable[[str], None]
    pace: float = field(default=0.4)
    """Seconds that one bid takes."""


def found(size: Size, *, keys: KeyFolder, files: FileStore, say: Callable[[str], None]) -> County:
    """The county with its people and its map; those of an earlier run that was broken off are used as they are."""
    known = select(ContractingAuthority).where(ContractingAuthority.name == cast.AUTHORITY)
    authority = db.session.scalars(known).one_or_none()
    if authority is None:
        authority = people.create_authority(cast.AUTHORITY)
        people.create_parts(cast.parts_of(size), authority, keys=keys)
        for name in size.names:
            actor = people.actor_of(cast.ADMINISTRATOR)
            add_locality(authority=authority, name=name, parent_id=None, people=[], actor=actor)
        db.session.commit()
        mapped, hired = len(places_of(authority.id)), len(cast.parts_of(size))
        say(f"{counted(mapped, 'locality', 'localities')}, {counted(hired, 'person', 'people')}")
    return County(authority, size, keys, files, say)


def take_bids(county: County) -> list[InvitationToTender]:
    """An invitation for each locality with all its bids, in their order; some still open."""
    return [
        _with_bids(county, name, bids)
        for name, bids in zip(county.size.names, county.size.bids_by_locality, strict=True)
    ]


def open_all(county: County, itts: list[InvitationToTender]) -> None:
    """Two people open the bids of each, once it has closed."""
    for itt in itts:
        if itt.status is IttStatus.PUBLISHED:
            _wait_until_closed(itt)
            building.open_together(itt, county.keys)
            county.say(f"{itt.title}: opened")


def _with_bids(county: County, name: str, bids: int) -> InvitationToTender:
    while True:
        itt = _unfinished(county, name, bids) or _published(county, name, bids)
        started = time.monotonic()
        try:
            missing = bids - _submitted(itt)
            for number in range(bids - missing, bids):
                _bid(county, itt, number)
        except DeadlinePassed:
            # The machine was slower than before: another invitation, open for longer.
            db.session.rollback()
            county.pace *= 2
            continue
        if missing:
            county.pace = max(0.05, (time.monotonic() - started) / missing)
            county.say(f"{itt.title}: {counted(bids, 'bid')}, {county.pace:.2f} seconds each")
        return itt


def _unfinished(county: County, name: str, bids: int) -> InvitationToTender | None:
    """The locality's invitation of an earlier run, where it can be gone on with."""
    known = (
        select(InvitationToTender)
        .where(InvitationToTender.authority_id == county.authority.id, InvitationToTender.title == _title(name))
        .where(InvitationToTender.status != IttStatus.DRAFT)
        .order_by(InvitationToTender.created_at.desc())
    )
    itt = db.session.scalars(known.limit(1)).one_or_none()
    if itt is None:
        return None
    whole, is_open = _submitted(itt) >= bids, itt.closes_at is not None and itt.closes_at > clock.now()
    return itt if whole or is_open else None


def _published(county: County, name: str, bids: int) -> InvitationToTender:
    begun = clock.now() - BEGUN
    itt = building.draft(county.authority, _title(name), begun=begun)
    open_for = max(building.SHORTEST_OPEN, timedelta(seconds=SLOWNESS * bids * county.pace))
    building.publish(itt, county.keys, published=begun, closes_at=clock.now() + open_for)
    return itt


def _title(name: str) -> str:
    return f"{SERVICE}: {name}"


def _submitted(itt: InvitationToTender) -> int:
    submitted = select(func.count()).where(Bid.itt_id == itt.id, Bid.status == BidStatus.SUBMITTED)
    return db.session.scalar(submitted) or 0


def _bid(county: County, itt: InvitationToTender, number: int) -> None:
    part = cast.bidders_of(county.size)[number]
    told = story.TELLINGS[number % len(story.TELLINGS)]
    price = Decimal(560_000 + 3_000 * number)
    telling = replace(told, provider=part.provider or "", price=price)
    building.submit(building.write_bid(itt, telling, part, keys=county.keys, files=county.files), part, county.keys)


def _wait_until_closed(itt: InvitationToTender) -> None:
    assert itt.closes_at is not None
    time.sleep(max(0.0, (itt.closes_at - clock.now()).total_seconds() + 0.5))
