"""Reading what has been judged of the opened bids, and what has not."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.core.approval import Half
from portal.core.columns import db
from portal.core.errors import NotFound, WrongState
from portal.core.words import counted
from portal.evaluation.queries import compliance_questions, opened_bids
from portal.judging.check_models import BidderCheck
from portal.judging.checks import last_checks
from portal.judging.enquiries import enquiries_of
from portal.judging.enquiry_models import Enquiry
from portal.judging.models import Judgement
from portal.judging.states import JudgementStatus, Matter
from portal.tendering.models import InvitationToTender, Lot, Question
from portal.tendering.states import EnvelopeKind

Key = tuple[uuid.UUID, Matter, str]
"""A bid, and what is judged of it."""
IN_FORCE = (JudgementStatus.PROPOSED, JudgementStatus.DECIDED)


@dataclass(frozen=True)
class Requirement:
    """A question that officers judge of one bid: the judgement that stands, and the one that waits."""

    question: Question
    decided: Judgement | None
    proposed: Judgement | None

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to judge it or to decide."""
        return self.decided is None or self.proposed is not None


@dataclass(frozen=True)
class Raised:
    """A ground for exclusion or a low price that a bidder was asked about, and how it was judged."""

    enquiry: Enquiry
    decided: Judgement | None
    proposed: Judgement | None

    @property
    def is_open(self) -> bool:
        """Whether two people have still to decide."""
        return self.decided is None or self.proposed is not None


@dataclass(frozen=True)
class Standing:
    """One opened bid and what is judged of it."""

    opened: OpenedBid
    requirements: Sequence[Requirement]
    raised: Sequence[Raised]
    check: BidderCheck | None
    """The newest check of those behind it."""
    is_checked: bool
    """Whether that check counts."""

    @property
    def needs_check(self) -> bool:
        """Whether those behind it have to be checked, or checked again; of a bid that is out nobody has."""
        return self.opened.stands and not self.is_checked

    @property
    def matters(self) -> Sequence[Requirement | Raised]:
        """Everything that is judged of it."""
        return [*self.requirements, *self.raised]

    @property
    def open_count(self) -> int:
        """How much has still to be judged or decided; a bid that is out is judged no further."""
        return sum(one.is_open for one in self.matters) if self.opened.stands else 0

    @property
    def waits_for_approver(self) -> bool:
        """Whether anything is proposed."""
        return any(one.proposed for one in self.matters)


def standings_of(itt: InvitationToTender) -> Sequence[Standing]:
    """Every opened bid that matched its seal, with what is judged of it, by label; five statements."""
    questions = [question for question in compliance_questions(itt.id) if question.asked.is_judged]
    found, enquiries, checks = _in_force(itt.id), enquiries_of(itt.id), last_checks(itt.id)

    def both(bid_id: uuid.UUID, matter: Matter, about: str) -> tuple[Judgement | None, Judgement | None]:
        decided, proposed = ((bid_id, matter, about, s) for s in (JudgementStatus.DECIDED, JudgementStatus.PROPOSED))
        return found.get(decided), found.get(proposed)

    return [
        Standing(
            opened,
            [
                Requirement(question, *both(opened.bid_id, Matter.REQUIREMENT, question.key))
                for question in questions
                if question.is_asked_for(opened.bid.lot_id)
            ],
            [
                Raised(enquiry, *both(opened.bid_id, enquiry.matter, enquiry.about))
                for enquiry in enquiries
                if enquiry.bid_id == opened.bid_id and not enquiry.matter.is_requirement
            ],
            *checks.get(opened.bid_id, (None, False)),
        )
        for opened in opened_bids(itt.id)
        if opened.is_sound
    ]


@dataclass(frozen=True)
class Waiting:
    """What of a procurement is still to be judged, and who proposed what waits for a second person."""

    to_judge: int
    proposers: frozenset[Half]

    @property
    def is_anything(self) -> bool:
        """Whether an award has to wait for it."""
        return bool(self.to_judge or self.proposers)


def waiting_of(itt_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Waiting]:
    """What waits of each procurement where officers judge something; four statements for any number of them."""
    asked: dict[uuid.UUID, list[Question]] = defaultdict(list)
    of_these = (Question.itt_id.in_(itt_ids), Question.envelope == EnvelopeKind.COMPLIANCE)
    for question in db.session.scalars(select(Question).where(*of_these)):
        if question.asked.is_judged:
            asked[question.itt_id].append(question)
    raised: dict[uuid.UUID, list[Key]] = defaultdict(list)
    enquiries = select(Enquiry).where(Enquiry.itt_id.in_(itt_ids), Enquiry.matter != Matter.REQUIREMENT)
    for enquiry in db.session.scalars(enquiries):
        raised[enquiry.bid_id].append((enquiry.bid_id, enquiry.matter, enquiry.about))
        asked.setdefault(enquiry.itt_id, [])
    if not asked:
        return {}
    judged: set[Key] = set()
    proposers: dict[uuid.UUID, set[Half]] = defaultdict(set)
    for one in db.session.scalars(select(Judgement).where(Judgement.itt_id.in_(asked), Judgement.status.in_(IN_FORCE))):
        judged.add((one.bid_id, one.matter, one.about))
        if one.status.is_proposed:
            proposers[one.itt_id].add(one.first_half)
    to_judge: dict[uuid.UUID, int] = defaultdict(int)
    standing = select(Bid.id, Bid.itt_id, Bid.lot_id).join(OpenedBid, OpenedBid.bid_id == Bid.id).where(STANDS)
    for bid_id, itt_id, lot_id in db.session.execute(standing.where(Bid.itt_id.in_(asked))):
        own = [question.key for question in asked[itt_id] if question.is_asked_for(lot_id)]
        keys = [*((bid_id, Matter.REQUIREMENT, key) for key in own), *raised[bid_id]]
        to_judge[itt_id] += sum(key not in judged for key in keys)
    return {itt_id: Waiting(to_judge[itt_id], frozenset(proposers[itt_id])) for itt_id in asked}


def standing_of(itt: InvitationToTender, bid_id: uuid.UUID) -> Standing:
    """One of them, or `NotFound`."""
    for standing in standings_of(itt):
        if standing.opened.bid_id == bid_id:
            return standing
    raise NotFound("There is no such bid here.")


def _in_force(itt_id: uuid.UUID) -> Mapping[tuple[uuid.UUID, Matter, str, JudgementStatus], Judgement]:
    judgements = select(Judgement).where(Judgement.itt_id == itt_id, Judgement.status.in_(IN_FORCE))
    return {(one.bid_id, one.matter, one.about, one.status): one for one in db.session.scalars(judgements)}


def require_all_judged(itt: InvitationToTender, lot: Lot) -> None:
    """Raise `WrongState` while anything about a bid for the lot that stands has still to be judged or decided."""
    _require_judged(_of_lot(itt, lot))


def _require_judged(standings: Sequence[Standing]) -> None:
    still_open = [one for one in standings if one.open_count]
    if still_open:
        open_count, first = sum(one.open_count for one in still_open), still_open[0].opened.bid
        raise WrongState(
            f"{counted(open_count, 'judgement is', 'judgements are')} still open, the first about the bid of "
            f"{first.provider.name}. Judge it on the page “What officers check” before the award is proposed."
        )


def require_ready(itt: InvitationToTender, lot: Lot) -> None:
    """As `require_all_judged`, and every bidder for the lot is checked: nobody is awarded anything before.

    Raises `WrongState` while a bid that stands has nobody checked behind it, or was checked before the debarment list
    that is the newest here was brought in (PA2023 s.19(3), s.26, s.28; PCR2015 reg 56(1)).
    """
    standings = _of_lot(itt, lot)
    _require_judged(standings)
    unchecked = [one for one in standings if one.needs_check]
    if unchecked:
        raise WrongState(
            f"{counted(len(unchecked), 'bidder is', 'bidders are')} not checked yet, or not against the newest "
            f"debarment list, the first of them {unchecked[0].opened.bid.provider.name}. Check every bidder of the lot "
            "on the page “What officers check” before the award is proposed."
        )


def _of_lot(itt: InvitationToTender, lot: Lot) -> list[Standing]:
    return [one for one in standings_of(itt) if one.opened.bid.lot_id == lot.id]


def judgement_of(itt: InvitationToTender, judgement_id: uuid.UUID) -> Judgement:
    """One judgement of that procurement, with its bidder; raises `NotFound`."""
    found = db.session.scalars(
        select(Judgement)
        .where(Judgement.id == judgement_id, Judgement.itt_id == itt.id)
        .options(joinedload(Judgement.bid).joinedload(Bid.provider))
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such judgement.")
    return found


def history_of(bid_id: uuid.UUID) -> Sequence[Judgement]:
    """Every judgement of a bid, the newest first."""
    return db.session.scalars(
        select(Judgement).where(Judgement.bid_id == bid_id).order_by(Judgement.proposed_at.desc(), Judgement.id)
    ).all()


def failures_of(bid_id: uuid.UUID) -> Sequence[Judgement]:
    """Why a bid is out, in the order in which it was decided; none of one that stands."""
    return db.session.scalars(
        select(Judgement)
        .where(Judgement.bid_id == bid_id, Judgement.status == JudgementStatus.DECIDED, Judgement.verdict == "fails")
        .order_by(Judgement.decided_at, Judgement.id)
    ).all()


def subjects_of(judgements: Sequence[Judgement]) -> dict[uuid.UUID, str]:
    """What each judgement is about, in words: the question, the ground, or the price."""
    itt_ids = {one.itt_id for one in judgements}
    prompts = {key: words for itt_id in itt_ids for key, words in prompts_of(itt_id).items()}
    raised = {(one.bid_id, one.about): one.subject for itt_id in itt_ids for one in enquiries_of(itt_id)}
    return {
        one.id: prompts[one.about] if one.matter.is_requirement else raised[one.bid_id, one.about] for one in judgements
    }


def prompts_of(itt_id: uuid.UUID) -> Mapping[str, str]:
    """What each question that officers check asks, by its key."""
    return {question.key: question.prompt for question in compliance_questions(itt_id)}
