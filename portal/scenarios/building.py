"""Carry one procurement along the road through the product's own activities, each act in its own transaction.

Nothing here writes a row past an activity, and nothing shortens a wait: bids are received by the database's clock
before a closing time that lies seconds ahead, and notices and results come from the running worker.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from flask import current_app
from sqlalchemy import Select, func, select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.deciding import decide_award, propose_award
from portal.awarding.models import AwardDecision
from portal.bidding.documents import attach_files
from portal.bidding.drafting import save_answers, save_price, start_bid
from portal.bidding.form_of_tender import edition_for
from portal.bidding.models import Bid
from portal.bidding.opening import open_bids
from portal.bidding.sealing import submit_bid
from portal.contracts.queries import places_to_sign
from portal.contracts.signing import conclude_contract
from portal.core import clock
from portal.core.columns import Model, db
from portal.core.errors import DeadlinePassed
from portal.core.pdf import Document, Text, make_pdf
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.notices.models import PreparedNotice
from portal.notices.placing import place_notice
from portal.notices.publisher import publisher
from portal.notices.queries import waiting_notices
from portal.organisations.models import ContractingAuthority
from portal.regulation.kinds import PublicationBasis
from portal.scenarios import appointing, checks, dividing, mapping, matrix_people, people, preparing, story
from portal.scenarios import essex_people as essex
from portal.scenarios.looking import look_where_it_decides
from portal.scenarios.people import Cast, Part
from portal.tendering.drafting import create_itt, set_publication_basis, set_timetable, set_value_and_term
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.pricing import set_price
from portal.tendering.publishing import publish_itt

LONGEST_WAIT = 90.0
SHORTEST_OPEN = timedelta(seconds=8)
SLOWNESS = 12
"""A procurement that is to be closed takes bids for this many times as long as one bid just took to be written."""
AWARD_REASON = (
    "This bid has the highest total under the published method. Every panel has closed its moderation with a reason "
    "for each score, and the figures were checked against the published weights."
)
APPROVAL = "I read the result, the agreed reasons and the method's fingerprint, and found nothing amiss."
Row = TypeVar("Row", bound=Model)


CASTS: Mapping[str, Cast] = {people.AUTHORITY: people.CAST, **matrix_people.CASTS, **essex.CASTS}
"""Who acts, by the name of the contracting authority."""


class WorkerNeeded(RuntimeError):
    """The scenario waited for the worker, and nothing came of it."""


def cast_of(itt: InvitationToTender) -> Cast:
    """Who carries the procurement along the road."""
    return CASTS[itt.authority.name]


def draft(authority: ContractingAuthority, title: str, *, begun: datetime) -> InvitationToTender:
    """Begin a draft from the worked example with three panels, of a contract above the threshold."""
    actor = people.actor_of(CASTS[authority.name].commissioner)
    itt = create_itt(authority=authority, title=title, actor=actor, now=begun)
    mapping.place(itt, actor)
    assert itt.term_months is not None
    set_value_and_term(
        itt=itt, estimated_value=story.ESTIMATE, term_months=itt.term_months, break_months=itt.break_months, actor=actor
    )
    set_price(itt=itt, formula=story.PRICE_FORMULA, actor=actor, apart=title == story.PRICES_APART)
    checks.ask(itt, actor)
    dividing.divide(itt, actor)
    db.session.commit()
    return itt


def central_reference() -> str:
    """What the central digital platform would have given next; nothing of a demonstration is ever sent there."""
    given = db.session.scalar(select(func.count()).where(InvitationToTender.central_reference.is_not(None))) or 0
    given += db.session.scalar(select(func.count()).where(PreparedNotice.central_reference.is_not(None))) or 0
    return f"{given + 1:06d}-2026"


def place(itt: InvitationToTender, kind_code: str) -> None:
    """Wait until a notice is prepared, and record it as published today on the central digital platform."""
    await_event(itt, EventKind.NOTICE_PREPARED, kind_code=kind_code)
    place_notice(
        prepared=waiting_notices(itt.id)[0],
        basis=PublicationBasis.CENTRAL_REFERENCE,
        central_reference=central_reference(),
        published_date=clock.today(),
        reason="",
        actor=people.actor_of(cast_of(itt).commissioner),
        publisher=publisher(current_app.config["SETTINGS"]),
        now=clock.now(),
    )
    db.session.commit()


def publish(itt: InvitationToTender, keys: KeyFolder, *, published: datetime, closes_at: datetime) -> None:
    """Complete a draft and publish it as of `published`, to close at `closes_at`."""
    actor = people.actor_of(cast_of(itt).commissioner)
    today = closes_at.astimezone(clock.LONDON).date()
    set_timetable(
        itt=itt,
        closes_at=closes_at,
        award_date=today + timedelta(days=42),
        contract_start_date=today + timedelta(days=70),
        actor=actor,
        now=published,
    )
    set_publication_basis(
        itt=itt,
        basis=PublicationBasis.CENTRAL_REFERENCE,
        central_reference=central_reference(),
        reason="",
        actor=actor,
        now=published,
    )
    preparing.prepare(itt, actor, people.actor_of(cast_of(itt).approver), at=published)
    publish_itt(itt=itt, actor=actor, now=published, keys=keys, demonstration=True)
    db.session.commit()


def write_bid(
    itt: InvitationToTender,
    telling: story.Telling,
    part: Part,
    *,
    keys: KeyFolder,
    files: FileStore,
    whole: bool = True,
    lot: Lot | None = None,
) -> Bid:
    """Start a bid (for the first lot unless given) and fill it in; `whole=False`: without price and document."""
    actor, lot = people.actor_of(part), lot or itt.lots[0]
    bid = start_bid(itt=itt, lot=lot, actor=actor)
    db.session.commit()
    asked = {question.key for question in itt.questions if question.is_asked_for(lot.id)}
    told = [(key, words) for key, words in telling.answers.items() if key in asked]
    answers = dict(told[: None if whole else 3]) | checks.answers(itt, telling)
    save_answers(bid=bid, actor=actor, keys=keys, answers=answers)
    if whole:
        save_price(bid=bid, actor=actor, keys=keys, price=dividing.price_for(lot, telling))
        db.session.commit()
        uploads = [(story.POLICY_SHOWN, _policy)]
        attach_files(bid=bid, actor=actor, keys=keys, files=files, question="safeguarding-policy", uploads=uploads)
        db.session.commit()
    return bid


@cache
def _policy() -> bytes:
    """The policy as a PDF, which a panel looks at page by page."""
    title, *paragraphs = story.POLICY_TEXT.split("\n\n")
    words = tuple(Text(paragraph) for paragraph in paragraphs)
    return make_pdf(Document(title, "For a panel to read.", "Demonstration", words, clock.now()))


def submit(bid: Bid, part: Part, keys: KeyFolder) -> None:
    """Submit a whole bid."""
    actor = people.actor_of(part)
    db.session.refresh(bid)
    submit_bid(
        bid=bid,
        actor=actor,
        keys=keys,
        idempotency_key=uuid.uuid4(),
        expected_revision=bid.draft_revision,
        declared=edition_for(bid.itt.validity_days),
    )
    db.session.commit()


def submit_all(
    itt: InvitationToTender, *, keys: KeyFolder, files: FileStore, tellings: Sequence[story.Telling] = story.TELLINGS
) -> None:
    """Every bidder of the cast who has something to tell writes and submits, for each lot."""
    for telling, part in zip(tellings, cast_of(itt).bidders, strict=False):
        for lot in itt.lots:
            submit(write_bid(itt, telling, part, keys=keys, files=files, lot=lot), part, keys)


def close_together(
    authority: ContractingAuthority,
    titles: Sequence[str],
    *,
    keys: KeyFolder,
    files: FileStore,
    begun: datetime,
    pace: timedelta,
) -> dict[str, InvitationToTender]:
    """Some that were open for bids until a moment ago, with every bidder's bid; `pace` is how long one bid takes."""
    itts: dict[str, InvitationToTender] = {}
    open_for = max(SHORTEST_OPEN, SLOWNESS * pace)
    for title in titles:
        while title not in itts:
            try:
                itts[title] = _bid_for(authority, title, keys, files, begun, open_for)
            except DeadlinePassed:
                # The machine was too busy for its own measure. What is half done stays, as it would in life.
                db.session.rollback()
                open_for *= 2
    for itt in itts.values():
        appointing.appoint(itt, cast_of(itt))
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
    itt = draft(authority, title, begun=begun)
    published = clock.now() - timedelta(days=28)
    publish(itt, keys, published=published, closes_at=clock.now() + open_for)
    submit_all(itt, keys=keys, files=files, tellings=story.tellings_for(title))
    return itt


def open_together(itt: InvitationToTender, keys: KeyFolder) -> None:
    """Two openers open the bids and declare; the conflicts assessment is confirmed now that it is known who bids."""
    for part in cast_of(itt).openers:
        open_bids(itt=itt, actor=people.actor_of(part), keys=keys, factor_at=clock.now())
        db.session.commit()
        db.session.refresh(itt)
    preparing.confirm(itt, people.actor_of(cast_of(itt).commissioner), at=clock.now())
    db.session.commit()


def propose(itt: InvitationToTender, *, offers_standstill: bool) -> AwardDecision:
    """The commissioner proposes the award of the one lot to the winner, once scores that decide are looked at again."""
    look_where_it_decides(itt, itt.lots[0], people.actor_of(cast_of(itt).approver))
    decision = propose_award(
        itt=itt,
        lot=itt.lots[0],
        actor=people.actor_of(cast_of(itt).commissioner),
        reason=AWARD_REASON,
        offers_standstill=offers_standstill,
        now=clock.now(),
    )
    db.session.commit()
    return decision


def award(itt: InvitationToTender, *, offers_standstill: bool) -> None:
    """Two people decide the award, and its notice is published: it is announced."""
    decision = propose(itt, offers_standstill=offers_standstill)
    decide_award(decision=decision, actor=people.actor_of(cast_of(itt).approver), note=APPROVAL, now=clock.now())
    db.session.commit()
    place(itt, "UK6")
    await_announcement(itt)


def conclude(itt: InvitationToTender) -> None:
    """The contract manager concludes the contract."""
    today = clock.today()
    conclude_contract(
        place=places_to_sign(itt.id)[0],
        actor=people.actor_of(cast_of(itt).manager),
        signed_date=today,
        start_date=today + timedelta(days=70),
    )
    db.session.commit()


def await_announcement(itt: InvitationToTender) -> None:
    """Wait until the award counts as announced: its notice is published, and what follows from that has begun."""
    await_row(
        select(AwardDecision.id).where(AwardDecision.itt_id == itt.id, AwardDecision.announced_date.is_not(None)),
        "announced",
    )
    db.session.refresh(itt)


def await_event(itt: InvitationToTender, kind: EventKind, **data: str) -> None:
    """Wait until the worker has recorded the event, or raise `WorkerNeeded`."""
    said = [Event.data[name].astext == value for name, value in data.items()]
    wanted = select(Event.id).where(Event.chain == str(itt.id), Event.kind == kind.value, *said)
    await_row(wanted, kind.value)
    db.session.refresh(itt)


def await_row(wanted: Select[uuid.UUID], what: str) -> None:
    """Wake the worker as a page does once it has committed, and wait until what is looked for is written.

    Raises `WorkerNeeded` where nothing comes of it.
    """
    current_app.extensions["nudger"].nudge()
    give_up = time.monotonic() + LONGEST_WAIT
    while db.session.scalars(wanted.limit(1)).first() is None:
        db.session.rollback()
        if time.monotonic() > give_up:
            raise WorkerNeeded(f"No worker answered within {LONGEST_WAIT:.0f} seconds ({what}).")
        time.sleep(0.2)
    db.session.rollback()
