"""Setting decided awards aside before their contract: a winner withdraws, or panels agree their scores again.

One person proposes, another decides. What is set aside stays on record; the next award has its own summaries, its own
contract award notice and its own standstill (PA2023 s.50(1)-(3), s.51).
"""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.awarding.models import AwardDecision, AwardPlace, SettingAside
from portal.awarding.queries import decisions_in_force, places_held
from portal.awarding.settling import settle
from portal.awarding.states import (
    DECISION,
    SETTING_ASIDE,
    DecisionStatus,
    PlaceStatus,
    SettingAsideKind,
    SettingAsideStatus,
)
from portal.bidding.models import Bid
from portal.contracts.signing import complete
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.ending.aside_queries import (
    awards_in_force,
    place_won_by,
    require_correction,
    require_empty_place,
    require_reopening,
    require_withdrawal,
)
from portal.evaluation.models import ModeratedScore
from portal.evaluation.reopening import reopen_panels, reopenable
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.second_person import take_to_decide
from portal.tendering.states import ITT, IttStatus

WHY = "Say in a sentence or two what you checked, or why you refuse"
ASKED_WITHDRAWAL = "Say in a sentence or two why the winner withdraws"
ASKED_EMPTY = "Say why the place stays empty, in words that bidders can read"
ASKED_REOPENING = "Say why, in words that bidders can read"


def propose_withdrawal(*, place: AwardPlace, actor: Actor, reason: str, now: datetime) -> SettingAside:
    """Propose, as an officer whom the winner has told, that it withdraws from a decided award before its contract.

    Nothing changes until an approver decides. Records SETTING_ASIDE_PROPOSED; approvers are told. Raises `WrongState`
    once there is a contract or no decided award, `Conflict` where something is proposed already, `InvalidInput`
    (field "reason") for fewer than 20 characters.
    """
    take(place.decision.itt, Verb.PROPOSE_SETTING_ASIDE, actor=actor)
    return _withdrawal(place, actor, reason, now)


def withdraw_from_award(*, bid: Bid, actor: Actor, reason: str, now: datetime) -> SettingAside:
    """Ask, as the winner, to withdraw from a decided award; an approver of the buyer decides. As `propose_withdrawal`.

    Raises `NotFound` for a bid that has not won.
    """
    lock(InvitationToTender, bid.itt_id)
    take(bid, Verb.WITHDRAW_FROM_AWARD, actor=actor)
    place = place_won_by(bid.id)
    if place is None:
        raise NotFound("This bid has not been awarded a contract, so there is nothing to withdraw from.")
    return _withdrawal(place, actor, reason, now)


def propose_empty_place(*, place: AwardPlace, actor: Actor, reason: str, now: datetime) -> SettingAside:
    """Propose that a place whose bidder withdrew stays empty, while others of the lot stand.

    Records SETTING_ASIDE_PROPOSED; approvers are told. Raises `WrongState` for a place that is not vacant, `Conflict`
    while an award of the lot or something else is proposed, `InvalidInput` (field "reason") for fewer than 20
    characters.
    """
    itt = place.decision.itt
    take(itt, Verb.PROPOSE_SETTING_ASIDE, actor=actor)
    require_empty_place(place)
    words = require_reason(reason, ASKED_EMPTY, field="reason")
    return _propose(SettingAside(itt=itt, kind=SettingAsideKind.EMPTY_PLACE, place=place, reason=words), actor, now)


def propose_reopening(
    *, itt: InvitationToTender, panel: Panel | None, actor: Actor, reason: str, now: datetime
) -> SettingAside:
    """Propose that one panel, or every one (`panel` None), agrees its scores again.

    Individual scores stay as they were given. Records SETTING_ASIDE_PROPOSED; approvers are told. Raises `WrongState`
    once there is a contract or where no panel has agreed scores, `Conflict` while an award or something else is
    proposed, `InvalidInput` (field "reason") for fewer than 20 characters.
    """
    take(itt, Verb.PROPOSE_SETTING_ASIDE, actor=actor)
    require_reopening(itt, panel)
    words = require_reason(reason, ASKED_REOPENING, field="reason")
    return _propose(SettingAside(itt=itt, kind=SettingAsideKind.REOPENING, panel=panel, reason=words), actor, now)


def propose_correction(
    *, itt: InvitationToTender, agreed: ModeratedScore, actor: Actor, reason: str, now: datetime
) -> SettingAside:
    """Propose that a closed panel agrees one of its scores again, and no other.

    Once an approver has agreed, the panel's own rules hold: whoever moderates writes a new version with its reason,
    members (young people above all) consent to it as to any other, and the panel closes again. As `propose_reopening`;
    `Conflict` for a score that another has replaced.
    """
    take(itt, Verb.PROPOSE_SETTING_ASIDE, actor=actor)
    require_correction(itt, agreed)
    words = require_reason(reason, ASKED_REOPENING, field="reason")
    kind = SettingAsideKind.CORRECTION
    return _propose(SettingAside(itt=itt, kind=kind, panel=agreed.panel, agreed=agreed, reason=words), actor, now)


def refuse_setting_aside(*, proposal: SettingAside, actor: Actor, note: str, now: datetime) -> None:
    """Refuse it as the second person: the award stands. Records SETTING_ASIDE_REFUSED; commissioners are told.

    A winner that asked is told too. Raises as `decide_setting_aside`.
    """
    take_to_decide(proposal, actor)
    said = require_reason(note, WHY, field="note")
    proposal.status = SETTING_ASIDE.move(proposal.status, SettingAsideStatus.REFUSED)
    proposal.decide(actor, now=now, note=said)
    record(EventKind.SETTING_ASIDE_REFUSED, proposal, actor=actor)


def decide_setting_aside(*, proposal: SettingAside, actor: Actor, note: str, now: datetime) -> None:
    """Set aside as the second person what the proposal is about; nothing of it can be signed from then on.

    After a withdrawal the lot waits for an award again, to the next in its published ranking, or for its end without
    one; where others hold places in it, these stand, and only its own place waits. After a reopening every award
    falls, and the panels are back in their moderation; after a correction one of them is, for one score. With the last
    vacant place that stays empty the procurement goes on as after an award. Records WINNER_WITHDREW, PLACE_LEFT_EMPTY
    or EVALUATION_REOPENED, from which the letters follow. Raises `NotAllowed` for the person who proposed, `WrongState`
    when it is not waiting (any more) or there is a contract meanwhile, `InvalidInput` (field "note").
    """
    take_to_decide(proposal, actor)
    said = require_reason(note, WHY, field="note")
    if proposal.agreed is not None:
        require_correction(proposal.itt, proposal.agreed, to=proposal)
    elif proposal.place is None:
        require_reopening(proposal.itt, proposal.panel, to=proposal)
    elif proposal.kind.is_withdrawal:
        require_withdrawal(proposal.place, to=proposal)
    else:
        require_empty_place(proposal.place, to=proposal)
    proposal.status = SETTING_ASIDE.move(proposal.status, SettingAsideStatus.DECIDED)
    proposal.decide(actor, now=now, note=said)
    if proposal.place is None:
        _reopen(proposal, actor, now)
    elif proposal.kind.is_withdrawal:
        _let_withdraw(proposal, proposal.place, actor)
    else:
        _leave_empty(proposal, proposal.place, actor, now)


def _let_withdraw(proposal: SettingAside, place: AwardPlace, actor: Actor) -> None:
    place.status = PlaceStatus.WITHDRAWN
    db.session.flush()
    itt, lot = proposal.itt, place.decision.lot
    if not places_held(lot.id):
        for decision in decisions_in_force(lot.id):
            _set_aside(decision, proposal)
    if itt.status is IttStatus.AWARDED:
        itt.status = ITT.move(itt.status, IttStatus.MODERATED)
    record(EventKind.WINNER_WITHDREW, proposal, actor=actor, lot=lot.number, place=place.place, bid=place.bid_id)


def _leave_empty(proposal: SettingAside, place: AwardPlace, actor: Actor, now: datetime) -> None:
    place.status = PlaceStatus.LEFT_EMPTY
    settle(proposal.itt, now)
    complete(proposal.itt)
    record(EventKind.PLACE_LEFT_EMPTY, proposal, actor=actor, lot=place.decision.lot.number, place=place.place)


def _reopen(proposal: SettingAside, actor: Actor, now: datetime) -> None:
    itt, fallen = proposal.itt, awards_in_force(proposal.itt_id)
    for decision in fallen:
        _set_aside(decision, proposal)
    panels = [proposal.panel] if proposal.panel is not None else reopenable(itt)
    proposal.meetings = reopen_panels(itt, panels, now=now, only=proposal.agreed)
    record(
        EventKind.EVALUATION_REOPENED,
        proposal,
        actor=actor,
        panels=[panel.key for panel in panels],
        awards=[decision.id for decision in fallen],
        score=proposal.agreed_id,
    )


def _set_aside(decision: AwardDecision, by: SettingAside) -> None:
    decision.status = DECISION.move(decision.status, DecisionStatus.SET_ASIDE)
    decision.set_aside_by_id = by.id


def _withdrawal(place: AwardPlace, actor: Actor, reason: str, now: datetime) -> SettingAside:
    require_withdrawal(place)
    words = require_reason(reason, ASKED_WITHDRAWAL, field="reason")
    kind = SettingAsideKind.WITHDRAWAL
    return _propose(SettingAside(itt=place.decision.itt, kind=kind, place=place, reason=words), actor, now)


def _propose(proposal: SettingAside, actor: Actor, now: datetime) -> SettingAside:
    proposal.proposed_by_id, proposal.proposed_at = actor.user_id, now
    db.session.add(proposal)
    db.session.flush()
    record(EventKind.SETTING_ASIDE_PROPOSED, proposal, actor=actor, about=proposal.kind.value)
    return proposal
