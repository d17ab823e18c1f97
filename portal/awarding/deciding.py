"""Deciding an award: one person proposes, another decides, and every bidder is told in the same instant."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.awarding.allocating import Tied, winners_of
from portal.awarding.extending import require_validity
from portal.awarding.models import AwardDecision, AwardPlace
from portal.awarding.obstacles import require_no_obstacle
from portal.awarding.queries import next_number, opened_bids_of
from portal.awarding.settling import open_lots, settle, vacant_places
from portal.awarding.states import DECISION, DecisionStatus
from portal.awarding.summaries import issue_summaries
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.models import Result
from portal.evaluation.queries import current_result
from portal.evaluation.scoring_input import bid_key
from portal.organisations.standing import reason_to_rely_on, require_not_suspended
from portal.tendering.interests.queries import require_declared
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.second_person import take_to_decide

WHY = "Give the reason in a sentence or two"


def propose_award(
    *,
    itt: InvitationToTender,
    lot: Lot,
    actor: Actor,
    reason: str,
    offers_standstill: bool,
    now: datetime,
    unverified_reason: str | None = None,
    tied: str = "",
    tie_reason: str = "",
) -> AwardDecision:
    """Propose the award of a lot to the bids that the published method ranks first, one for each vacant place of it.

    Where one bidder may win only so many lots, the published rule says which ones it gets.
    The winners are the result's, never chosen by hand (P-10 in docs/promises.md). Only where bids are tied and the
    method was published before there was a drawn lot, two people choose one of them (`tied`, its reference) with a
    reason that bidders read. Where the law requires a standstill it is set whatever `offers_standstill` says; where it
    does not, the authority may offer one (PA2023 s.51(3)-(5); PCR2015 reg 86(5)(c)). Records AWARD_PROPOSED; approvers
    are told. Raises `WrongState` without a single bid in a place, while anything is in the way
    (`portal/awarding/obstacles.py`) or while it is not known yet how firm the result is, `NoLongerStands` for a bid
    whose time is past, `Conflict` when another proposal is in force, `InvalidInput` for a reason of fewer than 20
    characters, and (field "unverified_reason") without a reason where nobody has proved the winner's number,
    `OrganisationSuspended`.
    """
    take(itt, Verb.PROPOSE_AWARD, actor=actor)
    vacant = vacant_places(lot)
    if not vacant:
        raise Conflict("An award of this lot has already been proposed.")
    if lot not in open_lots(itt):
        raise Conflict("This lot has been ended without an award.")
    result = _firm_result(itt, lot)
    reason = require_reason(reason, WHY, field="reason")
    wins, why_tied = _winners(itt, lot, result, tied, tie_reason)
    bids = [db.session.get_one(Bid, bid_id) for bid_id in wins]
    places = [AwardPlace(place=place, bid=bid) for place, bid in zip(vacant, bids, strict=False)]
    _rely_on(places, itt, unverified_reason, now)
    decision = AwardDecision(
        itt_id=itt.id,
        lot_id=lot.id,
        result_id=result.id,
        places=places,
        reason=reason,
        tie_reason=why_tied,
        number=next_number(lot.id),
        standstill_kind=itt.standstill_rule.chosen(offered=offers_standstill),
        proposed_by_id=actor.user_id,
        proposed_at=now,
    )
    db.session.add(decision)
    db.session.flush()
    record(
        EventKind.AWARD_PROPOSED,
        decision,
        actor=actor,
        lot=lot.number,
        result=result.inputs_hash,
        standstill=decision.standstill_kind.value,
        verified=not any(place.unverified_reason for place in places),
    )
    return decision


def refuse_award(*, decision: AwardDecision, actor: Actor, note: str, now: datetime) -> None:
    """Refuse a proposed award, with the reason; another can then be proposed.

    The refused proposal stays in the record; the commissioners are told. Records AWARD_REFUSED. Raises
    `NotAllowed` for the person who proposed, `WrongState` when it is not waiting (any more), `InvalidInput` for
    a reason of fewer than 20 characters.
    """
    take_to_decide(decision, actor)
    note = require_reason(note, WHY, field="note")
    decision.status = DECISION.move(decision.status, DecisionStatus.REFUSED)
    decision.decide(actor, now=now, note=note)
    record(EventKind.AWARD_REFUSED, decision, actor=actor)


def decide_award(
    *, decision: AwardDecision, actor: Actor, note: str, now: datetime, unverified_reason: str | None = None
) -> None:
    """Decide a proposed award as its second person, and tell every bidder of the lot at the same time.

    Issues an assessment summary to every bidder (s.50(3)); sets the ITT to AWARDED once every lot is decided or
    ended.
    Records AWARD_DECIDED and SUMMARIES_ISSUED; the award notice follows from that, and with it the
    standstill. Raises `NotAllowed` for the person who proposed, `WrongState` when it is not waiting or something is in
    the way, `InvalidInput` (field "note") before the approver has declared their interests, `NoLongerStands`, and
    `Conflict` when a newer result has replaced the one that was proposed; as `propose_award` for a winner that is
    suspended, or that lost its verification since.
    """
    take_to_decide(decision, actor)
    note = require_reason(note, WHY, field="note")
    require_declared(decision.itt_id, actor, field="note")
    require_no_obstacle(decision.itt, decision.lot, deciding=True)
    _rely_on(decision.places, decision.itt, unverified_reason, now)
    newest = current_result(decision.lot_id)
    if newest is None or newest.id != decision.result_id:
        raise Conflict("The result was calculated again after this award was proposed. Refuse it and propose anew.")
    _require_every_bid_that_stands(decision.lot, newest)
    decision.status = DECISION.move(decision.status, DecisionStatus.DECIDED)
    decision.decide(actor, now=now, note=note)
    settle(decision.itt, now)
    summaries = issue_summaries(decision=decision, now=now)
    record(
        EventKind.AWARD_DECIDED,
        decision,
        actor=actor,
        lot=decision.lot.number,
        result=newest.inputs_hash,
        standstill=decision.standstill_kind.value,
    )
    record(EventKind.SUMMARIES_ISSUED, decision, actor=actor, count=len(summaries))


def _firm_result(itt: InvitationToTender, lot: Lot) -> Result:
    """The lot's newest result, of all bids that stand, once nothing is in the way of an award; raises `WrongState`."""
    require_no_obstacle(itt, lot)
    result = current_result(lot.id)
    if result is None:
        raise WrongState("The result has not been calculated yet.")
    if result.diagnostics is None:
        raise WrongState("What decided the result is still being worked out. It takes a few seconds.")
    _require_every_bid_that_stands(lot, result)
    return result


def _require_every_bid_that_stands(lot: Lot, result: Result) -> None:
    """Refuse a result of other bids than stand now: one has been taken out, or back in, since it was calculated."""
    outcome = result.outcome
    assessed = {entry["bid"] for entry in (*outcome["ranking"], *outcome["eliminated"])}
    if assessed != {bid_key(opened) for opened in opened_bids_of(lot.id)}:
        raise WrongState("A bid has been taken out, or back in, since this result was calculated. Wait for the next.")


def _rely_on(
    places: Sequence[AwardPlace], itt: InvitationToTender, unverified_reason: str | None, now: datetime
) -> None:
    """Require that each bid still stands and its bidder may be awarded anything; note why where nobody proved who."""
    for place in places:
        require_validity(place.bid)
        require_not_suspended(place.bid.provider_id, *itt.run_by, at=now)
        if not place.unverified_reason:
            place.unverified_reason = reason_to_rely_on(place.bid.provider, unverified_reason)


def _winners(
    itt: InvitationToTender, lot: Lot, result: Result, tied: str, tie_reason: str
) -> tuple[list[uuid.UUID], str]:
    """The bids that the lot goes to, and why it is that one where the method leaves several and draws no lot."""
    try:
        return winners_of(itt, lot, result), ""
    except Tied as tie:
        if itt.draws_lots:
            raise
        if tied not in tie.bids:
            raise InvalidInput("Choose one of the tied bids.", field="tied") from tie
        why = require_reason(tie_reason, "Say why this one of the tied bids: bidders read it", field="tie_reason")
        return [tie.bids[tied]], why
