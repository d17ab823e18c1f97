"""`portal seed essex`: eleven localities, 454 bids, shared out, scored and moderated, through the activities.

Broken off, it goes on where it stopped when it is started again.
"""

from __future__ import annotations

import sys
import time

from portal.audit.kinds import EventKind
from portal.core.columns import db
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.evaluation.models import PanelWork
from portal.evaluation.states import PanelWorkStatus
from portal.scenarios import building
from portal.scenarios import essex_people as cast
from portal.scenarios.essex import panels
from portal.scenarios.essex.bidding import County, found, open_all, take_bids
from portal.scenarios.essex_size import ESSEX, Size
from portal.tendering.models import InvitationToTender


def load(*, keys: KeyFolder, files: FileStore) -> dict[str, str]:
    """The county as a whole, with its results; the references by title. Needs the running worker."""
    county = found(ESSEX, keys=keys, files=files, say=_to_stderr)
    itts = build(county)
    for itt in itts:
        building.await_event(itt, EventKind.RESULT_DIAGNOSED)
        county.say(f"{itt.title}: result")
    return {itt.title: itt.reference for itt in itts}


def build(county: County) -> list[InvitationToTender]:
    """Everything up to the closing of the last panel; needs no worker."""
    itts = shared_out(county)
    for itt, seats in zip(itts, _seats(county.size), strict=True):
        for panel in itt.panels:
            if db.session.get_one(PanelWork, panel.id).status is PanelWorkStatus.CLOSED:
                continue
            started = time.monotonic()
            panels.score(panel)
            panels.moderate(panel, seats)
            county.say(f"{itt.title}: {panel.name} has closed after {time.monotonic() - started:.0f} s")
    return itts


def shared_out(county: County) -> list[InvitationToTender]:
    """The county up to where everybody has their bids to score: opened, panels appointed and declared, shared out."""
    itts = take_bids(county)
    open_all(county, itts)
    for itt, seats in zip(itts, _seats(county.size), strict=True):
        panels.appoint(itt, seats)
        for panel in itt.panels:
            if db.session.get_one(PanelWork, panel.id).status is PanelWorkStatus.SCORING:
                panels.declare(panel, seats)
        panels.share(itt, county.size)
        county.say(f"{itt.title}: shared out")
    return itts


def _seats(size: Size) -> list[cast.Seats]:
    return [cast.seats_of(number, name, size) for number, name in enumerate(size.names, 1)]


def _to_stderr(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)
