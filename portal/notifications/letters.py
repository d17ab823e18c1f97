"""Who is told what when something happens: one function an event, each naming its readers, template and page."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from portal.audit.models import Event
from portal.awarding.models import AwardDecision, Standstill
from portal.awarding.queries import summaries_of
from portal.bidding.models import Bid
from portal.contracts.models import Contract
from portal.core.columns import db
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.composing import tell
from portal.regulation.notice_catalogue import CATALOGUE
from portal.tendering.models import InvitationToTender


def itt_published(event: Event) -> None:
    """Providers whose alerts match hear of an opportunity that is open to everybody."""
    itt = _itt(event)
    if itt.framework_lot_id is not None:
        return
    tell(
        event=event,
        people=recipients.people_with_alerts(itt),
        template="tendering/itt_published",
        link=f"/opportunities/{itt.reference}",
        itt=itt,
    )


def itt_closed(event: Event) -> None:
    """Openers hear that bids can be opened; how many there are is told to nobody."""
    itt = _itt(event)
    openers = recipients.people_of_authority(itt.authority_id, Role.OPENER)
    tell(
        event=event,
        people=openers,
        template="tendering/itt_closed_openers",
        link=_hub(itt, "opening"),
        itt=itt,
    )


def bid_submitted(event: Event) -> None:
    """The bidder's own people get word of the receipt."""
    _to_bidder(
        event,
        "bidding/bid_submitted",
        received_at=_instant(event, "received_at"),
        version=event.data["version"],
    )


def bid_refused_late(event: Event) -> None:
    """The bidder's own people hear that it was too late, and what counts."""
    _to_bidder(event, "bidding/bid_refused_late", at=_instant(event, "at"))


def bid_withdrawn(event: Event) -> None:
    """The bidder's own people hear of the withdrawal."""
    _to_bidder(event, "bidding/bid_withdrawn")


def bids_opened(event: Event) -> None:
    """Every bidder hears of the opening, and why if its bid stayed sealed; panels hear that it is their turn."""
    itt = _itt(event)
    set_aside = recipients.providers_set_aside(itt.id)
    for provider_id, reason in set_aside.items():
        own = recipients.people_of_providers([provider_id])
        tell(event=event, people=own, template="bidding/bid_set_aside", link="/provider/bids", itt=itt, reason=reason)
    others = sorted(set(recipients.bidders(itt.id)) - set(recipients.people_of_providers(set_aside)))
    tell(event=event, people=others, template="bidding/bids_opened", link="/provider", itt=itt)
    panels = recipients.panel_people(itt.id, Role.CHAIR, Role.PANEL_MEMBER, Role.FACILITATOR)
    tell(event=event, people=panels, template="evaluation/bids_ready", link="/panel", itt=itt)


def member_recused(event: Event) -> None:
    """The chairs and facilitators, and the commissioners, hear that somebody stepped back; the record says who."""
    itt = _itt(event)
    leading = recipients.panel_people(itt.id, Role.CHAIR, Role.FACILITATOR)
    tell(event=event, people=leading, template="evaluation/member_recused", link="/panel", itt=itt)
    _to_authority(event, "evaluation/member_recused", "panels", Role.COMMISSIONER)


def moderation_started(event: Event) -> None:
    """The panel's people hear that moderation begins."""
    itt = _itt(event)
    people = recipients.panel_people(itt.id, Role.CHAIR, Role.FACILITATOR)
    tell(event=event, people=people, template="evaluation/moderation_started", link="/panel", itt=itt)


def result_calculated(event: Event) -> None:
    """Commissioners hear that there is a result."""
    _to_authority(event, "evaluation/result_calculated", "result", Role.COMMISSIONER)


def result_blocked(event: Event) -> None:
    """Commissioners hear that the method could not be carried out."""
    _to_authority(event, "evaluation/result_blocked", "result", Role.COMMISSIONER)


def award_proposed(event: Event) -> None:
    """Approvers other than the proposer hear that a decision waits."""
    itt = _itt(event)
    approvers = recipients.people_of_authority(itt.authority_id, Role.APPROVER)
    people = [person for person in approvers if person != event.actor_id]
    tell(event=event, people=people, template="awarding/award_proposed", link=_hub(itt, "award"), itt=itt)


def award_refused(event: Event) -> None:
    """Commissioners hear that the award came back."""
    _to_authority(event, "awarding/award_refused", "award", Role.COMMISSIONER)


def summaries_issued(event: Event) -> None:
    """Every bidder hears of the decision, with its own summary."""
    decision = db.session.get_one(AwardDecision, event.object_id)
    for summary in summaries_of(decision.id):
        tell(
            event=event,
            people=recipients.people_of_providers([summary.provider_id]),
            template="awarding/summary_issued",
            link=f"/provider/summaries/{summary.reference}",
            itt=decision.itt,
            summary=summary,
        )


def standstill_started(event: Event) -> None:
    """Every bidder and the commissioners hear until when no contract is concluded."""
    itt = _itt(event)
    standstill = db.session.get_one(Standstill, event.object_id)
    told: dict[str, Any] = {"template": "awarding/standstill_started", "itt": itt, "standstill": standstill}
    tell(event=event, people=recipients.bidders(itt.id), link="/provider", **told)
    desk = recipients.people_of_authority(itt.authority_id, Role.COMMISSIONER, Role.CONTRACT_MANAGER)
    tell(event=event, people=desk, link=_hub(itt, "contract"), **told)


def standstill_ended(event: Event) -> None:
    """Commissioners and contract managers hear that the contract can be concluded."""
    _to_authority(event, "awarding/standstill_ended", "contract", Role.COMMISSIONER, Role.CONTRACT_MANAGER)


def notice_prepared(event: Event) -> None:
    """Commissioners and contract managers hear that a notice waits for its number on Find a Tender."""
    itt, kind = _itt(event), CATALOGUE[event.data["kind_code"]]
    people = recipients.people_of_authority(itt.authority_id, Role.COMMISSIONER, Role.CONTRACT_MANAGER)
    tell(
        event=event, people=people, template="notices/notice_prepared", link=_hub(itt, "notices"), itt=itt, notice=kind
    )


def contract_concluded(event: Event) -> None:
    """The provider and the contract managers hear of the contract."""
    contract = db.session.get_one(Contract, event.object_id)
    people = [
        *recipients.people_of_providers([contract.provider_id]),
        *recipients.people_of_authority(contract.authority_id, Role.CONTRACT_MANAGER),
    ]
    link = f"/contracts/{contract.reference}"
    tell(event=event, people=people, template="contracts/contract_concluded", link=link, contract=contract)


def _itt(event: Event) -> InvitationToTender:
    """The ITT of an event on an ITT's chain."""
    found = db.session.get(InvitationToTender, uuid.UUID(event.chain))
    assert found is not None
    return found


def _to_bidder(event: Event, template: str, **values: Any) -> None:
    bid = db.session.get_one(Bid, event.object_id)
    people = recipients.people_of_providers([bid.provider_id])
    tell(event=event, people=people, template=template, link="/provider", bid=bid, itt=bid.itt, **values)


def _to_authority(event: Event, template: str, page: str, *roles: Role) -> None:
    itt = _itt(event)
    people = recipients.people_of_authority(itt.authority_id, *roles)
    tell(event=event, people=people, template=template, link=_hub(itt, page), itt=itt)


def _hub(itt: InvitationToTender, page: str) -> str:
    return f"/commissioning/itts/{itt.reference}/{page}"


def _instant(event: Event, name: str) -> datetime:
    return datetime.fromisoformat(event.data[name]).astimezone(UTC)
