"""What an evaluation report tells, read in as many statements for four bids as for four hundred.

Young people stand here as everywhere under their alias, and their words as others may read them.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.queries import names_by_id
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.models import AwardDecision, AwardPlace, SettingAside
from portal.awarding.states import DecisionStatus, PlaceStatus, SettingAsideKind, SettingAsideStatus
from portal.bidding.models import Bid, BidVersion, OpenedBid
from portal.core.columns import db
from portal.core.permissions import Actor
from portal.evaluation.consent_models import ScoreConsent
from portal.evaluation.explaining import Names
from portal.evaluation.models import ModeratedScore, PanelMember, PanelWork, Result
from portal.evaluation.opened import GivenFile
from portal.evaluation.owing import bids_of_members, sharings_of
from portal.evaluation.queries import members_of, works_of_itt
from portal.evaluation.reading import read_names_of_files, read_prices
from portal.evaluation.results import newest_results
from portal.evaluation.sharing_models import Sharing
from portal.evaluation.states import MemberRole
from portal.organisations.models import Provider
from portal.tendering.interests.models import Interest, Mitigation
from portal.tendering.interests.queries import register_of
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Panel
from tender_scoring.prices import FORMULAS

_OF_PRICES = sorted([*FORMULAS, "below_ceiling", "lowest_price", "highest_price", "mean_price", "price_per_point"])
PLACE = (
    Lot.number,
    func.length(OpenedBid.label),
    OpenedBid.label,
    AwardCriterion.position,
    AwardCriterion.key,
)
"""The order of bids and criteria everywhere in a report."""


@dataclass(frozen=True)
class Judged:
    """A bid as its officers know it once every panel has closed; `price` in pounds over the whole term."""

    bid_id: uuid.UUID
    reference: str
    label: str
    provider: str
    price: Decimal | None
    stands: bool
    why_not: str
    """Why it was neither scored nor ranked; "" of one that was."""
    version: int
    received_at: datetime
    commitment: str
    files: tuple[GivenFile, ...]

    @property
    def called(self) -> str:
        """Label and bidder."""
        return f"{self.label}, {self.provider}"


@dataclass(frozen=True)
class LotOutcome:
    """One lot: its bids by reference, its result and whoever was awarded it, if there are any."""

    lot: Lot
    bids: Mapping[str, Judged]
    result: Result | None
    price_steps: Sequence[Mapping[str, Any]]
    places: Sequence[AwardPlace]
    """Whom it was awarded to."""
    names: Names

    @property
    def ranking(self) -> Sequence[Mapping[str, Any]]:
        """The entries of the ranking, the first place first."""
        return self.result.outcome["ranking"] if self.result is not None else ()


@dataclass(frozen=True)
class Viewing:
    """That somebody read a bid's answers, or one file, for how many quarters of an hour, from when to when."""

    person: str
    bid: str
    what: str
    is_file: bool
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Seat:
    """Somebody's place on a panel, under the name that the panel knows."""

    name: str
    role: MemberRole
    panel: Panel
    appointed_at: datetime
    removed_at: datetime | None
    recused_at: datetime | None

    @property
    def counts(self) -> bool:
        """Whether their marks belong to the panel's."""
        return self.recused_at is None and self.removed_at is None

    @property
    def state(self) -> str:
        """Whether their marks belong to the panel's, in words."""
        if self.recused_at is not None:
            return "Stepped back: the marks do not count"
        if self.removed_at is not None:
            return "Removed: the marks do not count"
        return "Supports, and gives no marks" if self.role is MemberRole.FACILITATOR else "On the panel"


@dataclass(frozen=True)
class Said:
    """What a member said to an agreed score: consent, or dissent in their own words."""

    name: str
    consents: bool
    words: str
    """As others may read them."""
    at: datetime
    taken_back: bool
    """Whether the member said something else later."""


@dataclass(frozen=True)
class Evaluation:
    """Everything but the members' own marks, which are read one after the other (`given_marks`)."""

    itt: InvitationToTender
    outcomes: Sequence[LotOutcome]
    works: Mapping[uuid.UUID, PanelWork]
    seats: Mapping[uuid.UUID, Seat]
    """By member, panel by panel in the order of their appointment."""
    shared: Mapping[uuid.UUID, Sharing]
    """How bids were shared out, by panel, where they were."""
    own_bids: Mapping[uuid.UUID, frozenset[uuid.UUID]]
    """Which bids were whose to score, by member."""
    interests: Sequence[Interest]
    viewings: Sequence[Viewing]
    agreed: Sequence[ModeratedScore]
    """By lot, bid, criterion and panel, the one in force first and then what it replaced, the newest first."""
    said: Mapping[uuid.UUID, Sequence[Said]]
    """By agreed score, in the order in which it was said."""
    set_aside: Sequence[SettingAside]
    """When panels agreed their scores again, with the records of their earlier meetings."""
    names: Mapping[uuid.UUID, str]
    """Of everybody in it: adults as they are called, young people by their alias."""

    @property
    def bids(self) -> Mapping[uuid.UUID, Judged]:
        """Every bid of every lot."""
        return {bid.bid_id: bid for outcome in self.outcomes for bid in outcome.bids.values()}


def gather(itt: InvitationToTender, actor: Actor) -> Evaluation:
    """Gather what the report of an evaluation tells; raises as `read_prices`."""
    outcomes = list(_outcomes(itt, actor))
    members = [member for seats in members_of([panel.id for panel in itt.panels]).values() for member in seats]
    works, agreed, set_aside, seen = works_of_itt(itt.id), _agreed(itt.id), _set_aside(itt.id), _seen(itt.id)
    interests = register_of(itt.id).entries
    acts: list[Mitigation | SettingAside | AwardDecision] = [
        *(answer for one in interests for answer in one.mitigations),
        *set_aside,
        *(place.decision for outcome in outcomes for place in outcome.places),
    ]
    names = names_by_id(
        *{
            *(member.user_id for member in members),
            *(work.closed_by_id for work in works.values()),
            *(score.agreed_by_id for score in agreed),
            *(person for act in acts for person in (act.proposed_by_id, act.decided_by_id)),
            *(row.actor_id for row in seen),
        }
    )
    bids = {bid.bid_id: bid for outcome in outcomes for bid in outcome.bids.values()}
    seats = {member.id: _seat(member, itt, names) for member in members}
    return Evaluation(
        itt=itt,
        outcomes=outcomes,
        works=works,
        seats=seats,
        shared=sharings_of(works),
        own_bids=bids_of_members(itt.id),
        interests=interests,
        viewings=[_viewing(row, bids, names) for row in seen if row.object_id in bids],
        agreed=agreed,
        said=_said(seats),
        set_aside=set_aside,
        names=names,
    )


def _outcomes(itt: InvitationToTender, actor: Actor) -> Iterator[LotOutcome]:
    results = {result.lot_id: result for result in newest_results(itt.id)}
    steps = _price_steps([result.id for result in results.values()])
    files = read_names_of_files(itt=itt, actor=actor)
    versions = _versions(itt.id)
    awards = _awards(itt.id)
    titles = {node.key: node.title for node in itt.criteria}
    panels = {panel.key: panel.name for panel in itt.panels}
    for lot in itt.lots:
        opened = read_prices(itt=itt, lot_id=lot.id, reader=actor).values()
        ordered = sorted(opened, key=lambda bid: (len(bid.label), bid.label))
        bids = {bid.bid.reference: _judged(bid, versions[bid.bid_id], files.get(bid.bid_id, ())) for bid in ordered}
        result = results.get(lot.id)
        yield LotOutcome(
            lot=lot,
            bids=bids,
            result=result,
            price_steps=steps.get(result.id, ()) if result is not None else (),
            places=awards.get(lot.id, ()),
            names=Names({key: bid.label for key, bid in bids.items()}, titles, panels, {}),
        )


def _judged(opened: OpenedBid, version: BidVersion, files: Sequence[GivenFile]) -> Judged:
    if opened.quarantine_reason is not None:
        why_not = "It did not match its seal and was put aside at the opening."
    else:
        why_not = "" if opened.stands else "Two people decided that it is disregarded."
    return Judged(
        bid_id=opened.bid_id,
        reference=opened.bid.reference,
        label=opened.label,
        provider=opened.bid.provider.name,
        price=opened.price,
        stands=opened.stands,
        why_not=why_not,
        version=version.number,
        received_at=version.received_at,
        commitment=version.commitment,
        files=tuple(files),
    )


def _versions(itt_id: uuid.UUID) -> dict[uuid.UUID, BidVersion]:
    found = db.session.scalars(
        select(BidVersion)
        .join(OpenedBid, OpenedBid.version_id == BidVersion.id)
        .join(Bid, Bid.id == BidVersion.bid_id)
        .where(Bid.itt_id == itt_id)
    )
    return {version.bid_id: version for version in found}


def _awards(itt_id: uuid.UUID) -> Mapping[uuid.UUID, list[AwardPlace]]:
    by_lot: dict[uuid.UUID, list[AwardPlace]] = defaultdict(list)
    for place in db.session.scalars(
        select(AwardPlace)
        .join(AwardPlace.decision)
        .where(
            AwardDecision.itt_id == itt_id,
            AwardDecision.status == DecisionStatus.DECIDED,
            AwardPlace.status == PlaceStatus.AWARDED,
        )
        .options(
            contains_eager(AwardPlace.decision),
            joinedload(AwardPlace.bid).joinedload(Bid.provider).selectinload(Provider.former),
        )
        .order_by(AwardDecision.decided_at, AwardDecision.id, AwardPlace.place)
    ):
        by_lot[place.decision.lot_id].append(place)
    return by_lot


def _price_steps(results: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Mapping[str, Any]]]:
    """What was worked out of prices alone: the database picks it out of all the other steps."""
    picked = func.jsonb_path_query_array(
        Result.steps,
        cast("$[*] ? (@.rule == $rules[*])", JSONPATH),
        cast(literal({"rules": _OF_PRICES}, JSON), Result.steps.type),
    )
    found = db.session.execute(select(Result.id, picked).where(Result.id.in_(results)))
    return {result_id: list(steps) for result_id, steps in found}


def _agreed(itt_id: uuid.UUID) -> Sequence[ModeratedScore]:
    return db.session.scalars(
        select(ModeratedScore)
        .join(ModeratedScore.panel)
        .join(ModeratedScore.criterion)
        .join(ModeratedScore.bid)
        .join(Bid.lot)
        .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        .where(Panel.itt_id == itt_id)
        .options(joinedload(ModeratedScore.panel), joinedload(ModeratedScore.criterion))
        .order_by(
            *PLACE,
            Panel.position,
            ModeratedScore.superseded_at.desc().nulls_first(),
            ModeratedScore.agreed_at.desc(),
        )
    ).all()


def _said(seats: Mapping[uuid.UUID, Seat]) -> Mapping[uuid.UUID, list[Said]]:
    by_score: dict[uuid.UUID, list[Said]] = defaultdict(list)
    answer = ScoreConsent
    for row in db.session.execute(
        select(
            answer.moderated_score_id,
            answer.panel_member_id,
            answer.consented_at,
            answer.dissent,
            answer.said_at,
            answer.superseded_at,
        )
        .where(answer.panel_member_id.in_(seats))
        .order_by(answer.said_at, answer.id)
    ):
        seat = seats[row.panel_member_id]
        consents, taken_back = row.consented_at is not None, row.superseded_at is not None
        said = Said(seat.name, consents, row.dissent, row.said_at, taken_back)
        by_score[row.moderated_score_id].append(said)
    return by_score


def _set_aside(itt_id: uuid.UUID) -> Sequence[SettingAside]:
    return db.session.scalars(
        select(SettingAside)
        .where(
            SettingAside.itt_id == itt_id,
            SettingAside.kind.in_((SettingAsideKind.REOPENING, SettingAsideKind.CORRECTION)),
            SettingAside.status == SettingAsideStatus.DECIDED,
        )
        .options(joinedload(SettingAside.panel))
        .order_by(SettingAside.decided_at)
    ).all()


def _seen(itt_id: uuid.UUID) -> Sequence[Any]:
    what, file = Event.data["what"].astext, Event.data["file"].astext
    return db.session.execute(
        select(
            Event.actor_id,
            Event.object_id,
            what.label("what"),
            file.label("file"),
            func.count().label("times"),
            func.min(Event.at).label("first_at"),
            func.max(Event.at).label("last_at"),
        )
        .where(
            Event.chain == str(itt_id),
            Event.kind == EventKind.BID_FILE_VIEWED.value,
            Event.actor_id.is_not(None),
        )
        .group_by(Event.actor_id, Event.object_id, what, file)
        .order_by(func.min(Event.at))
    ).all()


def _seat(member: PanelMember, itt: InvitationToTender, names: Mapping[uuid.UUID, str]) -> Seat:
    panel = next(panel for panel in itt.panels if panel.id == member.panel_id)
    name = names[member.user_id]
    return Seat(name, member.role, panel, member.appointed_at, member.removed_at, member.recused_at)


def _viewing(row: Any, bids: Mapping[uuid.UUID, Judged], names: Mapping[uuid.UUID, str]) -> Viewing:
    bid = bids[row.object_id]
    called = {file.file_id: file.name for file in bid.files}
    what = {"answers": "Its answers", "enquiry": "What its bidder answered when asked"}.get(row.what, "")
    return Viewing(
        names[row.actor_id],
        bid.label,
        what or f"The file “{called.get(row.file, 'that officers check')}”",
        not what,
        row.times,
        row.first_at,
        row.last_at,
    )
