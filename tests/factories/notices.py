"""A procurement's history as the notices tell it: opened bids, an award, its summaries, a contract.

The rows are written directly, because only what was decided matters to a notice, not how it came about. They
hold words that may never be published (`SECRETS`), so that a test can look for them.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.audit.subjects import Subject
from portal.awarding.models import AssessmentSummary, AwardDecision, AwardPlace
from portal.awarding.states import DecisionStatus
from portal.bidding.models import Bid, BidOpening, BidVersion, OpenedBid, OpenedPrice
from portal.bidding.states import BidStatus, OpeningStatus
from portal.contracts.models import BreakPoint, Contract
from portal.core import clock
from portal.core.permissions import SYSTEM, Role
from portal.core.references import new_reference
from portal.evaluation.models import ModeratedScore, PanelMember, Result
from portal.evaluation.states import MemberRole
from portal.extensions import db
from portal.notices.models import Notice
from portal.notices.placing import place_notice
from portal.notices.publisher import Publisher
from portal.notices.publishing import publish_release
from portal.notices.queries import waiting_notices
from portal.organisations.models import Provider
from portal.regulation.kinds import PublicationBasis
from portal.regulation.local_time import local_date
from portal.regulation.procurement_law import StandstillDuty
from portal.regulation.seeding import seed_reference_data
from portal.regulation.working_days import months_later
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.factories.accounts import make_person
from tests.factories.organisations import make_provider
from tests.factories.tendering import make_commissioner, published_itt

PUBLISHER = Publisher(ocid_prefix="ocds-a1b2c3", public_url="https://fairlot.example")

WINNING_PRICE = Decimal("118000.50")
_NUMBERS = itertools.count(900_001)
LOSING_PRICE = Decimal("987654.32")
YOUNG_ALIAS = "Aliasmarker Heron"
SECRETS = (
    "987654",
    YOUNG_ALIAS,
    "Answermarker",
    "Reasonmarker",
    "Decisionmarker",
    "Summarymarker",
    "Filemarker",
)
"""Sealed or confidential words that `history` puts into the database."""


@dataclass
class History:
    """One procurement from its publication to its contract, with the events that its notices announce."""

    itt: InvitationToTender
    winner: Provider
    losers: list[Provider]
    decision: AwardDecision
    contract: Contract
    people: list[str] = field(default_factory=list)
    """Names and addresses of everybody involved."""


def seeded_reference_data() -> None:
    """The bank holidays and CPV codes, which notices need."""
    seed_reference_data(db.session.connection())


def history(
    *,
    losers: int = 2,
    price: Decimal = WINNING_PRICE,
    value: Decimal | None = None,
    standstill: StandstillDuty = StandstillDuty.VOLUNTARY,
) -> History:
    """An ITT with one lot that was opened, awarded and contracted, without any notice yet.

    `value` is the estimate, which decides what the law asks of it (above £663,540 a contract award notice).
    """
    itt = published_itt(closes_in=-timedelta(days=10), published_ago=timedelta(days=40))
    itt.estimated_value = value or itt.estimated_value
    commissioner = make_person(Role.COMMISSIONER, authority=itt.authority)
    approver = make_person(Role.APPROVER, authority=itt.authority)
    winner = make_provider("Winner Youth Trust", charity_number="1090095", charity_scheme="GB-CHC", is_vcse=True)
    others = [make_provider(f"Loser Marker {number} Ltd") for number in range(1, losers + 1)]
    opened_at = clock.now() - timedelta(days=9)
    opening = _opening(itt, opened_at, commissioner.id, approver.id)
    prices = [price, *(LOSING_PRICE for _ in others)]
    bids = [
        _opened_bid(itt, opening, provider, amount, commissioner.id)
        for provider, amount in zip([winner, *others], prices, strict=True)
    ]
    young = _young_member(itt, bids[0])
    itt.opened_at, itt.status = opened_at, IttStatus.AWARDED
    decision = _decision(itt, bids, commissioner.id, approver.id, standstill)
    contract = _contract(itt, decision, winner, price, commissioner.id)
    people = [str(word) for one in (commissioner, approver) for word in (one.display_name, one.email)]
    return History(itt, winner, others, decision, contract, [young, *people])


def event_of(kind: EventKind, about: Subject) -> uuid.UUID:
    """Record an event as its activity would and give its id."""
    return record(kind, about, actor=SYSTEM).id


def publication_event(itt: InvitationToTender) -> uuid.UUID:
    """The event that published the ITT."""
    query = select(Event.id).where(Event.chain == str(itt.id), Event.kind == EventKind.ITT_PUBLISHED.value)
    return db.session.execute(query).scalar_one()


def publish_tender(itt: InvitationToTender, *, publisher: Publisher = PUBLISHER) -> Notice:
    """Publish the tender notice."""
    return publish_release(event_id=publication_event(itt), publisher=publisher, now=clock.now())


def publish_award(made: History, *, now: datetime | None = None, publisher: Publisher = PUBLISHER) -> Notice:
    """Publish the award notice of a history whose tender notice is published."""
    at = now or clock.now()
    return prepare_award(made, now=at, publisher=publisher) or place(made.itt, publisher=publisher, now=at)


def prepare_award(made: History, *, now: datetime | None = None, publisher: Publisher = PUBLISHER) -> Notice | None:
    """Carry the event of the award notice; None where it waits for its number on the central platform."""
    event = event_of(EventKind.SUMMARIES_ISSUED, made.decision)
    return publish_release(event_id=event, publisher=publisher, now=now or clock.now())


def place(
    itt: InvitationToTender, *, reference: str | None = None, publisher: Publisher = PUBLISHER, now: datetime
) -> Notice:
    """Record the number of the first notice that waits for an ITT as published there that day, and so publish it."""
    return place_notice(
        prepared=waiting_notices(itt.id)[0],
        basis=PublicationBasis.CENTRAL_REFERENCE,
        central_reference=reference or f"{next(_NUMBERS)}-2026",
        published_date=local_date(now),
        reason="",
        actor=make_commissioner(itt.authority),
        publisher=publisher,
        now=now,
    )


def publish_contract(made: History, *, publisher: Publisher = PUBLISHER) -> Notice:
    """Publish the contract details notice of a history whose award notice is published."""
    made.itt.status = IttStatus.CONTRACTED
    event = event_of(EventKind.CONTRACT_CONCLUDED, made.contract)
    published = publish_release(event_id=event, publisher=publisher, now=clock.now())
    signed = datetime.combine(made.contract.signed_date, time(12), UTC)
    return published or place(made.itt, publisher=publisher, now=max(signed, clock.now()))


def publish_all(made: History, *, publisher: Publisher = PUBLISHER) -> list[Notice]:
    """Publish the three notices of a history in their order."""
    return [
        publish_tender(made.itt, publisher=publisher),
        publish_award(made, publisher=publisher),
        publish_contract(made, publisher=publisher),
    ]


def _opening(itt: InvitationToTender, at: datetime, first: uuid.UUID, second: uuid.UUID) -> BidOpening:
    opening = BidOpening(
        itt_id=itt.id,
        status=OpeningStatus.DONE,
        proposed_by_id=first,
        proposed_at=at,
        decided_by_id=second,
        decided_at=at,
    )
    db.session.add(opening)
    db.session.flush()
    return opening


def _opened_bid(
    itt: InvitationToTender, opening: BidOpening, provider: Provider, price: Decimal, person: uuid.UUID
) -> Bid:
    bid = Bid(
        reference=new_reference("BID"),
        itt_id=itt.id,
        lot_id=itt.lots[0].id,
        provider_id=provider.id,
        status=BidStatus.SUBMITTED,
        version=1,
    )
    db.session.add(bid)
    db.session.flush()
    version = _version(bid, person)
    db.session.add(
        OpenedBid(
            bid_id=bid.id,
            version_id=version.id,
            opening_id=opening.id,
            label=f"Provider {provider.id}",
            quality={"answers": {"q1": "Answermarker"}, "files": [{"name": "Filemarker.pdf"}]},
            opened_price=OpenedPrice(bid_id=bid.id, opening_id=opening.id, price=price),
        )
    )
    db.session.flush()
    return bid


def _version(bid: Bid, person: uuid.UUID) -> BidVersion:
    version = BidVersion(
        bid_id=bid.id,
        number=1,
        idempotency_key=uuid.uuid4(),
        received_at=clock.now(),
        submitted_by_id=person,
        seal_format=2,
        method_version=1,
        keys_for_draft=b"key",
        commitment="0" * 64,
        receipt={},
    )
    db.session.add(version)
    db.session.flush()
    return version


def _young_member(itt: InvitationToTender, bid: Bid) -> str:
    """A young person on the panel, and the panel's agreed score with its reason; returns their name."""
    panel = next(panel for panel in itt.panels if panel.kind == "young_people")
    person = make_person(Role.YOUNG_MEMBER, panel=panel, display_name=YOUNG_ALIAS)
    db.session.add(PanelMember(panel_id=panel.id, user_id=person.id, role=MemberRole.YOUNG_MEMBER))
    db.session.add(
        ModeratedScore(
            panel_id=panel.id,
            bid_id=bid.id,
            criterion_id=itt.criteria[0].id,
            score=Decimal(4),
            reason="Reasonmarker",
            agreed_by_id=person.id,
            stands_at=clock.now(),
        )
    )
    db.session.flush()
    return person.display_name


def _decision(
    itt: InvitationToTender, bids: list[Bid], proposer: uuid.UUID, decider: uuid.UUID, standstill: StandstillDuty
) -> AwardDecision:
    lot, now = itt.lots[0], clock.now()
    result = Result(
        itt_id=itt.id, lot_id=lot.id, inputs_hash=uuid.uuid4().hex, inputs={}, outcome={}, calculated_at=now
    )
    db.session.add(result)
    db.session.flush()
    decision = AwardDecision(
        itt_id=itt.id,
        lot_id=lot.id,
        result_id=result.id,
        places=[AwardPlace(bid_id=bids[0].id, place=1)],
        status=DecisionStatus.DECIDED,
        reason="Decisionmarker",
        standstill_kind=standstill,
        proposed_by_id=proposer,
        decided_by_id=decider,
        decided_at=now,
    )
    db.session.add(decision)
    db.session.flush()
    for bid in bids:
        db.session.add(
            AssessmentSummary(
                reference=new_reference("SUM"),
                decision_id=decision.id,
                bid_id=bid.id,
                provider_id=bid.provider_id,
                issued_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
                document={"why": "Summarymarker"},
            )
        )
    db.session.flush()
    return decision


def _contract(
    itt: InvitationToTender, decision: AwardDecision, winner: Provider, price: Decimal, person: uuid.UUID
) -> Contract:
    start = date(2027, 4, 1)
    months = itt.term_months or 30
    contract = Contract(
        reference=new_reference("CON"),
        itt_id=itt.id,
        lot_id=decision.lot_id,
        place_id=decision.places[0].id,
        authority_id=itt.authority_id,
        provider_id=winner.id,
        title=itt.title,
        value=price,
        start_date=start,
        end_until=months_later(start, months),
        signed_date=date(2026, 12, 10),
        concluded_at=clock.now(),
        concluded_by_id=person,
        break_points=[BreakPoint(months=12, on_date=date(2028, 4, 1))],
    )
    db.session.add(contract)
    db.session.flush()
    return contract
