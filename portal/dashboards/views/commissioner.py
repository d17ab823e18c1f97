"""An authority's desk, the register of its procurements, and the hub of each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.absences import away_now
from portal.accounts.queries import names_by_id
from portal.core import clock
from portal.core.inspecting import MEDIA_TYPES
from portal.core.listings import Listing, list_workbook
from portal.core.parsing.text import one_line
from portal.core.permissions import Verb, policy
from portal.dashboards.next_steps import steps_for
from portal.dashboards.queries import history_of, itt_for_hub
from portal.dashboards.register import (
    COLUMNS,
    FIGURES,
    ORDERS,
    PLACES,
    WIDTHS,
    Filters,
    Order,
    Place,
    counts_by_place,
    owners_of,
    procurement_rows,
    procurements,
)
from portal.dashboards.road import stages_of
from portal.dashboards.situation import situations_of
from portal.dashboards.waiting import waiting_for
from portal.dashboards.words import happenings, sentence
from portal.localities.queries import Place as LocalityPlace
from portal.localities.queries import places_of, within
from portal.regulation.local_time import local_date
from portal.web.access import actor, for_authority
from portal.web.downloads import attachment, csv_download

LONGEST_WORDS = 200
MINE = "mine"

bp = Blueprint("commissioning_desk", __name__, url_prefix="/commissioning")


@bp.get("")
@for_authority()
def index() -> ResponseReturnValue:
    """What waits for the person who looks, and how many procurements are where."""
    now = clock.now()
    return render_template(
        "dashboards/commissioner/index.html",
        waiting=waiting_for(actor(), now),
        away=away_now(_authority_id(), now),
        counts=counts_by_place(_authority_id(), now),
        places=PLACES,
        today=local_date(now),
    )


@bp.get("/procurements")
@for_authority()
def register() -> ResponseReturnValue:
    """The authority's procurements, found and ordered."""
    now, localities = clock.now(), places_of(_authority_id())
    filters = _filters(localities)
    page = procurements(_authority_id(), filters, now=now, after=request.args.get("after", ""))
    names = names_by_id(*owners_of(_authority_id()))
    return render_template(
        "dashboards/commissioner/procurements.html",
        page=page,
        filters=filters,
        is_filtered=filters != Filters(),
        typed=_typed(),
        deputies={absence.user_id: absence.deputy for absence in away_now(_authority_id(), now)},
        owners=sorted(names.items(), key=lambda owner: owner[1]),
        localities=localities,
        places=PLACES,
        orders=ORDERS,
        next_href=url_for(".register", **_typed(), after=page.next_key) if page.next_key else None,
    )


@bp.get("/procurements.csv")
@for_authority()
def register_csv() -> ResponseReturnValue:
    """The same as a file, every page of it."""
    return csv_download(
        "procurements.csv",
        COLUMNS,
        procurement_rows(_authority_id(), _filters(places_of(_authority_id())), now=clock.now()),
    )


@bp.get("/procurements.xlsx")
@for_authority()
def register_xlsx() -> ResponseReturnValue:
    """The same as a workbook, whose columns filter and add up."""
    now = clock.now()
    rows = procurement_rows(_authority_id(), _filters(places_of(_authority_id())), now=now)
    listing = Listing("Procurements", COLUMNS, WIDTHS, rows, FIGURES)
    return attachment("procurements.xlsx", list_workbook([listing], at=now), MEDIA_TYPES["xlsx"])


def _authority_id() -> uuid.UUID:
    authority_id = actor().authority_id
    assert authority_id is not None
    return authority_id


def _filters(localities: Sequence[LocalityPlace]) -> Filters:
    """What the address asks for, of the authority's map and people; what it cannot ask for is left out."""
    place, order = request.args.get("place", ""), request.args.get("order", "")
    return Filters(
        words=one_line(request.args.get("words"))[:LONGEST_WORDS],
        owners=_owners(request.args.get("owner", "")),
        place=Place(place) if place in PLACES else None,
        localities=_localities(request.args.get("locality", ""), localities),
        late_only="late" in request.args,
        order=Order(order) if order in ORDERS else Order.NEWEST,
    )


def _localities(typed: str, places: Sequence[LocalityPlace]) -> frozenset[uuid.UUID]:
    """The locality that was typed, and everything that lies in it."""
    try:
        chosen = uuid.UUID(typed)
    except ValueError:
        return frozenset()
    return within(places, chosen)


def _owners(typed: str) -> frozenset[uuid.UUID | None]:
    if typed == MINE:
        return actor().people
    try:
        return frozenset({uuid.UUID(typed)})
    except ValueError:
        return frozenset()


def _typed() -> dict[str, Any]:
    return {name: value for name, value in request.args.items() if value and name != "after"}


@bp.get("/itts/<reference>")
@for_authority()
def itt(reference: str) -> ResponseReturnValue:
    """One procurement: where it stands, what to do next, what happened."""
    found = itt_for_hub(reference)
    policy.require(actor(), Verb.READ, found)
    now = clock.now()
    situation = situations_of([found.id], now)[found.id]
    history = history_of(found.id)
    return render_template(
        "dashboards/commissioner/itt.html",
        itt=found,
        stages=stages_of(found, situation, now=now),
        steps=steps_for(found, situation, actor(), now),
        history=history,
        happenings=happenings(history, {panel.key: panel.name for panel in found.panels}),
        sentence=sentence,
        may_copy=found.framework_lot_id is None and policy.allows(actor(), Verb.DRAFT_ITT, found.authority),
        may_hand_over=policy.allows(actor(), Verb.HAND_OVER, found),
        may_end=policy.allows(actor(), Verb.PROPOSE_CANCELLATION, found),
        now=now,
    )
