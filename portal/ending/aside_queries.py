"""Reading what is set aside, and what stands in the way of it: one rule for page, proposal and decision."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.awarding.models import AwardDecision, AwardPlace, SettingAside
from portal.awarding.queries import proposed_lots, setting_aside_waits, whose_places
from portal.awarding.settling import vacated
from portal.awarding.states import DecisionStatus, PlaceStatus
from portal.bidding.models import Bid
from portal.contracts.models import Contract
from portal.core.columns import db
from portal.core.errors import Conflict, NotFound, PortalError, WrongState
from portal.ending.queries import has_a_contract
from portal.evaluation.models import ModeratedScore
from portal.evaluation.reopening import reopenable
from portal.organisations.models import Provider
from portal.tendering.models import InvitationToTender, Lot, Panel

PROPOSED = "An award is proposed. It has to be refused or decided first."
WAITS = "Something has been proposed already, and waits for an approver."


def setting_aside_of(itt: InvitationToTender, identifier: uuid.UUID) -> SettingAside:
    """One proposal of that procurement; raises `NotFound`."""
    found = db.session.get(SettingAside, identifier)
    if found is None or found.itt_id != itt.id:
        raise NotFound("There is no such proposal.")
    return found


def settings_aside_of(itt_id: uuid.UUID) -> Sequence[SettingAside]:
    """Every proposal to set an award of that procurement aside, the newest first."""
    return db.session.scalars(
        select(SettingAside)
        .where(SettingAside.itt_id == itt_id)
        .options(
            joinedload(SettingAside.panel),
            joinedload(SettingAside.place).options(
                joinedload(AwardPlace.decision),
                joinedload(AwardPlace.bid).joinedload(Bid.provider).selectinload(Provider.former),
            ),
        )
        .order_by(SettingAside.proposed_at.desc(), SettingAside.id)
    ).all()


def awards_in_force(itt_id: uuid.UUID) -> Sequence[AwardDecision]:
    """The decided awards of a procurement, by lot."""
    return db.session.scalars(
        select(AwardDecision)
        .join(AwardDecision.lot)
        .where(AwardDecision.itt_id == itt_id, AwardDecision.status == DecisionStatus.DECIDED)
        .options(contains_eager(AwardDecision.lot), whose_places())
        .order_by(Lot.number, AwardDecision.number)
    ).all()


def place_won_by(bid_id: uuid.UUID) -> AwardPlace | None:
    """The place in a decided award that the bid has won and keeps."""
    won = select(AwardPlace).join(AwardPlace.decision).where(AwardPlace.bid_id == bid_id)
    won = won.where(AwardPlace.status == PlaceStatus.AWARDED, AwardDecision.status == DecisionStatus.DECIDED)
    return db.session.scalars(won).one_or_none()


def require_withdrawal(place: AwardPlace, *, to: SettingAside | None = None) -> None:
    """Raise what stands in the way of the winner's withdrawal; `to`: of that proposal, which waits itself."""
    refusal = _against_withdrawal(place) or (
        Conflict(WAITS) if setting_aside_waits(place.decision.itt_id, apart_from=to) else None
    )
    if refusal is not None:
        raise refusal


def places_to_withdraw_from(itt_id: uuid.UUID) -> list[AwardPlace]:
    """The places whose bidder can withdraw: decided, without a contract, and nothing is proposed already."""
    if setting_aside_waits(itt_id):
        return []
    signed = set(db.session.scalars(select(Contract.place_id).where(Contract.itt_id == itt_id)))
    proposed = proposed_lots(itt_id)
    awards = [award for award in awards_in_force(itt_id) if award.lot_id not in proposed]
    return [place for award in awards for place in award.standing if place.id not in signed]


def places_to_leave_empty(itt: InvitationToTender) -> list[AwardPlace]:
    """The places that can stay empty: vacant, no award of the lot is proposed, nor anything else already."""
    if setting_aside_waits(itt.id):
        return []
    proposed = proposed_lots(itt.id)
    # Of a place that was left twice the last one is it.
    vacant = {(lot.number, place.place): place for lot in itt.lots if lot.id not in proposed for place in vacated(lot)}
    return list(vacant.values())


def require_empty_place(place: AwardPlace, *, to: SettingAside | None = None) -> None:
    """Raise what stands in the way of a place staying empty; `to` as in `require_withdrawal`."""
    award = place.decision
    if place not in vacated(award.lot):
        raise WrongState("This place is not vacant.")
    if award.lot_id in proposed_lots(award.itt_id):
        raise Conflict(PROPOSED)
    if setting_aside_waits(award.itt_id, apart_from=to):
        raise Conflict(WAITS)


def _against_withdrawal(place: AwardPlace) -> PortalError | None:
    if not (place.decision.is_decided and place.status.is_awarded):
        return WrongState("This award is not decided, or has been set aside already.")
    if place.decision.lot_id in proposed_lots(place.decision.itt_id):
        return Conflict(PROPOSED)
    if db.session.scalar(select(exists().where(Contract.place_id == place.id))):
        return WrongState("The contract has been concluded, so nobody can withdraw from the award any more.")
    return None


def require_reopening(itt: InvitationToTender, panel: Panel | None, *, to: SettingAside | None = None) -> None:
    """Raise what stands in the way of panels agreeing their scores again; `to` as in `require_withdrawal`."""
    refusal = _against_reopening(itt, panel) or (
        Conflict(WAITS) if setting_aside_waits(itt.id, apart_from=to) else None
    )
    if refusal is not None:
        raise refusal


def require_correction(itt: InvitationToTender, agreed: ModeratedScore, *, to: SettingAside | None = None) -> None:
    """Raise what stands in the way of one agreed score being agreed again; `to` as in `require_withdrawal`."""
    require_reopening(itt, agreed.panel, to=to)
    if agreed.superseded_at is not None:
        raise Conflict("This score has been replaced already. Look at the one that stands now.")


def agreed_score_of(itt: InvitationToTender, identifier: uuid.UUID) -> ModeratedScore:
    """One agreed score of that procurement; raises `NotFound`."""
    found = db.session.get(ModeratedScore, identifier)
    if found is None or found.panel.itt_id != itt.id:
        raise NotFound("There is no such score.")
    return found


def can_be_reopened(itt: InvitationToTender) -> list[Panel]:
    """The panels that can agree their scores again."""
    return [] if _against_reopening(itt, None) is not None or setting_aside_waits(itt.id) else reopenable(itt)


def _against_reopening(itt: InvitationToTender, panel: Panel | None) -> PortalError | None:
    if has_a_contract(itt.id):
        return WrongState("A contract has been concluded, so scores cannot be agreed again any more.")
    if proposed_lots(itt.id):
        return Conflict(PROPOSED)
    panels = reopenable(itt)
    if not panels or (panel is not None and panel not in panels):
        return WrongState("No panel that agreed its scores has closed, so there is nothing to agree again.")
    return None
