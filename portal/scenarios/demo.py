"""The demonstration: one procurement at every stage, so that each kind of user finds something to do."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from portal.audit.kinds import EventKind
from portal.awarding.deciding import decide_award, propose_award
from portal.awarding.models import AwardDecision
from portal.contracts.signing import conclude_contract
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import DeadlinePassed
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.organisations.models import ContractingAuthority
from portal.scenarios import building, market, people, story
from portal.tendering.models import InvitationToTender

SHORTEST_OPEN = timedelta(seconds=8)
SLOWNESS = 12
"""A procurement that is to be closed takes bids for this many times as long as one bid just took to be written."""

DRAFT = "Short breaks for disabled children: Demo Northfield"
OPEN = "Early help for families: Demo Harbourside"
CLOSED = "Counselling for young people: Demo Millbrook"
SCORING = "Youth club and outreach: Demo Eastgate"
MODERATING = "Support for young carers: Demo Westway"
RESULT = "Mentoring after school: Demo Highfield"
STANDSTILL = "Family support at home: Demo Lowmarsh"
CONTRACT = "Holiday activities: Demo Oldbridge"
CLOSING = (CLOSED, SCORING, MODERATING, RESULT, STANDSTILL, CONTRACT)

AWARD_REASON = (
    "This bid has the highest total under the published method. Every panel has closed its moderation with a reason "
    "for each score, and the figures were checked against the published weights."
)
APPROVAL = "I read the result, the agreed reasons and the method's fingerprint, and found nothing amiss."


def load(*, keys: KeyFolder, files: FileStore) -> dict[str, str]:
    """Load everything and return the references by stage. Needs the running worker for notices and results."""
    authority = people.create_people(keys=keys)
    db.session.commit()
    begun = clock.now() - timedelta(days=40)
    open_market = market.load(authority, keys=keys, files=files)
    drafted = building.draft(authority, DRAFT, begun=begun)
    opened, pace = _open_one(authority, keys, files, begun)
    itts = _closed_ones(authority, keys, files, begun, max(SHORTEST_OPEN, SLOWNESS * pace))
    for title in CLOSING[1:]:
        building.open_together(itts[title], keys)
    for title in (RESULT, STANDSTILL, CONTRACT):
        building.score_and_moderate_all(itts[title])
    _being_scored(itts[SCORING])
    _in_moderation(itts[MODERATING])
    for title in (RESULT, STANDSTILL, CONTRACT):
        building.await_event(itts[title], EventKind.RESULT_DIAGNOSED)
    _propose(itts[RESULT], offers_standstill=True)
    _award(itts[STANDSTILL], offers_standstill=True)
    _award(itts[CONTRACT], offers_standstill=False)
    building.await_event(itts[STANDSTILL], EventKind.STANDSTILL_STARTED)
    _contract(itts[CONTRACT])
    building.place(itts[CONTRACT], "UK7")
    references = {title: itt.reference for title, itt in {DRAFT: drafted, OPEN: opened, **itts}.items()}
    return {**references, market.TITLE: open_market.market, market.CALL_OFF: open_market.call_off}


def _open_one(
    authority: ContractingAuthority, keys: KeyFolder, files: FileStore, begun: datetime
) -> tuple[InvitationToTender, timedelta]:
    """Open for twelve more days, until noon: one bid submitted, one half written; and how long one bid takes."""
    itt = building.draft(authority, OPEN, begun=begun)
    noon = clock.now().astimezone(clock.LONDON).replace(hour=12, minute=0, second=0, microsecond=0)
    closes_at = noon + timedelta(days=12)
    building.publish(itt, keys, published=clock.now() - timedelta(days=9), closes_at=closes_at)
    building.appoint(itt)
    started = time.monotonic()
    bid = building.write_bid(itt, story.MEADOW, people.MEADOW_SUBMITTER, keys=keys, files=files)
    building.submit(bid, people.MEADOW_SUBMITTER, keys)
    pace = timedelta(seconds=time.monotonic() - started)
    building.write_bid(itt, story.HARBOUR, people.HARBOUR_SUBMITTER, keys=keys, files=files, whole=False)
    return itt, pace


def _closed_ones(
    authority: ContractingAuthority, keys: KeyFolder, files: FileStore, begun: datetime, open_for: timedelta
) -> dict[str, InvitationToTender]:
    """Six that were open for bids until a moment ago, with three bids each."""
    itts = {}
    for title in CLOSING:
        while title not in itts:
            try:
                itts[title] = _bid_for(authority, title, keys, files, begun, open_for)
            except DeadlinePassed:
                # The machine was too busy for its own measure. What is half done stays, as it would in life.
                db.session.rollback()
                open_for *= 2
    for itt in itts.values():
        building.appoint(itt)
    last = max(itt.closes_at for itt in itts.values() if itt.closes_at)
    while clock.database_time() < last:
        db.session.rollback()
        time.sleep(0.1)
    db.session.rollback()
    return itts


def _bid_for(
    authority: ContractingAuthority,
    title: str,
    keys: KeyFolder,
    files: FileStore,
    begun: datetime,
    open_for: timedelta,
) -> InvitationToTender:
    itt = building.draft(authority, title, begun=begun)
    published = clock.now() - timedelta(days=28)
    building.publish(itt, keys, published=published, closes_at=clock.now() + open_for)
    building.submit_all(itt, keys=keys, files=files)
    return itt


def _being_scored(itt: InvitationToTender) -> None:
    """One member of the local panel has finished; everybody else has still to score."""
    building.score(itt, itt.panels[0], only=people.PROFESSIONAL)


def _in_moderation(itt: InvitationToTender) -> None:
    """The local panel has agreed its scores for one bid; the other panels can begin to moderate."""
    for panel in itt.panels:
        building.score(itt, panel)
    building.moderate(itt, itt.panels[0], whole=False)


def _propose(itt: InvitationToTender, *, offers_standstill: bool) -> AwardDecision:
    decision = propose_award(
        itt=itt,
        lot=itt.lots[0],
        actor=people.actor_of(people.COMMISSIONER),
        reason=AWARD_REASON,
        offers_standstill=offers_standstill,
        now=clock.now(),
    )
    db.session.commit()
    return decision


def _award(itt: InvitationToTender, *, offers_standstill: bool) -> None:
    decision = _propose(itt, offers_standstill=offers_standstill)
    decide_award(decision=decision, actor=people.actor_of(people.APPROVER), note=APPROVAL, now=clock.now())
    db.session.commit()
    building.place(itt, "UK6")
    building.await_announcement(itt)


def _contract(itt: InvitationToTender) -> None:
    today = clock.today()
    conclude_contract(
        itt=itt,
        lot=itt.lots[0],
        actor=people.actor_of(people.MANAGER),
        signed_date=today,
        start_date=today + timedelta(days=70),
    )
    db.session.commit()
