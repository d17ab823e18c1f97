"""Who is told what when something happens: one function an event, each naming its readers, template and page.

The page is the very thing that the letter is about, and the thread all that somebody is told of one procurement.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from portal.accounts.models import User
from portal.audit.models import Event
from portal.awarding.models import AwardDecision, Standstill
from portal.awarding.queries import summaries_of
from portal.bidding.models import Bid
from portal.contracts.models import Contract
from portal.core.columns import db
from portal.core.permissions import SUBMITTING_ROLES, Role
from portal.evaluation.models import PanelMember
from portal.notifications import recipients
from portal.notifications.addressing import itt_of, page_of, to_authority, to_bidders
from portal.notifications.composing import tell
from portal.regulation.notice_catalogue import CATALOGUE
from portal.tendering.states import IttStatus


def itt_published(event: Event) -> None:
    """Providers whose alerts match hear of an opportunity that is open to everybody."""
    itt = itt_of(event)
    if itt.framework_lot_id is not None:
        return
    tell(
        event=event,
        people=recipients.people_with_alerts(itt),
        template="tendering/itt_published",
        link=page_of("opportunities.show", reference=itt.reference),
        thread=itt.id,
        itt=itt,
    )


def itt_closed(event: Event) -> None:
    """Openers hear that bids can be opened; how many there are is told to nobody."""
    itt = itt_of(event)
    link = page_of("openings.show", reference=itt.reference)
    to_authority(event, itt, "tendering/itt_closed_openers", Role.OPENER, link=link)


def prices_to_open(event: Event) -> None:
    """Once the last panel has closed, openers hear that prices which are opened apart can be."""
    itt = itt_of(event)
    if itt.status is IttStatus.MODERATED and itt.prices_are_sealed:
        link = page_of("openings.prices", reference=itt.reference)
        to_authority(event, itt, "bidding/prices_to_open", Role.OPENER, link=link)


def itt_handed_over(event: Event) -> None:
    """Whoever looks after the procurement from now on hears of it, unless they took it themselves."""
    itt = itt_of(event)
    if itt.owner_id == event.actor_id:
        return
    tell(
        event=event,
        people=[itt.owner_id],
        template="tendering/itt_handed_over",
        link=page_of("commissioning_desk.itt", reference=itt.reference),
        thread=itt.id,
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


def bid_ready(event: Event) -> None:
    """The bidder's submitters hear that a colleague has finished the draft."""
    bid = db.session.get_one(Bid, event.object_id)
    submitters = recipients.people_of_provider(bid.provider_id, *SUBMITTING_ROLES)
    tell(
        event=event,
        people=[person for person in submitters if person != event.actor_id],
        template="bidding/bid_ready",
        link=page_of("bids.check", reference=bid.reference),
        thread=bid.itt_id,
        bid=bid,
        itt=bid.itt,
        colleague=db.session.get_one(User, event.actor_id),
    )


def bid_withdrawn(event: Event) -> None:
    """The bidder's own people hear of the withdrawal."""
    _to_bidder(event, "bidding/bid_withdrawn")


def bids_opened(event: Event) -> None:
    """Every bidder hears of the opening, and why if its bid stayed sealed; panels hear that it is their turn."""
    itt = itt_of(event)
    set_aside = recipients.providers_set_aside(itt.id)
    for bid in recipients.submitted_bids(itt.id):
        reason = set_aside.get(bid.provider_id)
        tell(
            event=event,
            people=recipients.people_of_providers([bid.provider_id]),
            template="bidding/bid_set_aside" if reason else "bidding/bids_opened",
            link=page_of("bids.show", reference=bid.reference),
            thread=itt.id,
            itt=itt,
            reason=reason,
        )
    for panel in itt.panels:
        _to_panel(
            event, panel.id, "evaluation/bids_ready", "panel_desk.show", Role.CHAIR, Role.PANEL_MEMBER, Role.FACILITATOR
        )


def member_recused(event: Event) -> None:
    """Who leads that panel, and the commissioners, hear that somebody stepped back; the record says who."""
    panel_id, itt = db.session.get_one(PanelMember, event.object_id).panel_id, itt_of(event)
    said = {"lot": event.data.get("lot") is not None, "is_covered": event.data.get("is_covered", True)}
    leads = recipients.people_of_panel(panel_id, Role.CHAIR, Role.FACILITATOR)
    officers = recipients.people_of_authority(itt.authority_id, Role.COMMISSIONER)
    for people, link in (
        (leads, page_of("panel_desk.show", panel_id=panel_id)),
        (officers, page_of("evaluation_desk.panels", reference=itt.reference)),
    ):
        tell(
            event=event,
            people=people,
            template="evaluation/member_recused",
            link=link,
            thread=itt.id,
            itt=itt,
            **said,
        )


def moderation_started(event: Event) -> None:
    """Who leads that panel hears that its moderation begins; the other panels are not concerned."""
    _to_panel(event, event.object_id, "evaluation/moderation_started", "moderation.board", Role.CHAIR, Role.FACILITATOR)


def result_calculated(event: Event) -> None:
    """Commissioners hear that there is a result."""
    _to_authority(event, "evaluation/result_calculated", "evaluation_desk.result", Role.COMMISSIONER)


def result_blocked(event: Event) -> None:
    """Commissioners hear that the method could not be carried out."""
    _to_authority(event, "evaluation/result_blocked", "evaluation_desk.result", Role.COMMISSIONER)


def award_proposed(event: Event) -> None:
    """Approvers other than the proposer hear that a decision waits."""
    _to_authority(event, "awarding/award_proposed", "awards.show", Role.APPROVER)


def award_refused(event: Event) -> None:
    """Commissioners hear that the award came back."""
    _to_authority(event, "awarding/award_refused", "awards.show", Role.COMMISSIONER)


def summaries_issued(event: Event) -> None:
    """Every bidder hears of the decision, with its own summary."""
    decision = db.session.get_one(AwardDecision, event.object_id)
    for summary in summaries_of(decision.id):
        tell(
            event=event,
            people=recipients.people_of_providers([summary.provider_id]),
            template="awarding/summary_issued",
            link=page_of("summaries.show", reference=summary.reference),
            thread=decision.itt_id,
            itt=decision.itt,
            summary=summary,
        )


def standstill_started(event: Event) -> None:
    """Every bidder of the lot and the commissioners hear until when no contract is concluded."""
    itt = itt_of(event)
    standstill = db.session.get_one(Standstill, event.object_id)
    told: dict[str, Any] = {
        "template": "awarding/standstill_started",
        "thread": itt.id,
        "itt": itt,
        "standstill": standstill,
    }
    summaries = {one.provider_id: one.reference for one in summaries_of(standstill.decision_id)}
    for bid in recipients.bids_of_lot(standstill.decision.lot_id):
        own = summaries.get(bid.provider_id)
        link = page_of("summaries.show", reference=own) if own else page_of("bids.show", reference=bid.reference)
        tell(event=event, people=recipients.people_of_providers([bid.provider_id]), link=link, **told)
    desk = recipients.people_of_authority(itt.authority_id, Role.COMMISSIONER, Role.CONTRACT_MANAGER)
    tell(event=event, people=desk, link=page_of("contract_desk.conclude", reference=itt.reference), **told)


def standstill_ended(event: Event) -> None:
    """Commissioners and contract managers hear that the contract can be concluded."""
    _to_authority(
        event, "awarding/standstill_ended", "contract_desk.conclude", Role.COMMISSIONER, Role.CONTRACT_MANAGER
    )


def notice_prepared(event: Event) -> None:
    """Commissioners and contract managers hear that a notice waits for its number on Find a Tender."""
    itt, code = itt_of(event), event.data["kind_code"]
    link = page_of("notice_desk.show", reference=itt.reference)
    # At first the ledger did not note what a notice is called.
    name = event.data.get("name") or CATALOGUE[code].name
    to_authority(
        event, itt, "notices/notice_prepared", Role.COMMISSIONER, Role.CONTRACT_MANAGER, link=link, name=name, code=code
    )


def contract_concluded(event: Event) -> None:
    """The provider and the contract managers hear of the contract."""
    contract = db.session.get_one(Contract, event.object_id)
    people = [
        *recipients.people_of_providers([contract.provider_id]),
        *recipients.people_of_authority(contract.authority_id, Role.CONTRACT_MANAGER),
    ]
    link = page_of("contracts.show", reference=contract.reference)
    tell(
        event=event,
        people=people,
        template="contracts/contract_concluded",
        link=link,
        thread=contract.itt_id,
        contract=contract,
    )


def _to_bidder(event: Event, template: str, **values: Any) -> None:
    to_bidders(event, [db.session.get_one(Bid, event.object_id)], template, **values)


def _to_authority(event: Event, template: str, page: str, *roles: Role) -> None:
    itt = itt_of(event)
    to_authority(event, itt, template, *roles, link=page_of(page, reference=itt.reference))


def _to_panel(event: Event, panel_id: uuid.UUID, template: str, page: str, *roles: Role) -> None:
    itt = itt_of(event)
    people = recipients.people_of_panel(panel_id, *roles)
    tell(event=event, people=people, template=template, link=page_of(page, panel_id=panel_id), thread=itt.id, itt=itt)


def _instant(event: Event, name: str) -> datetime:
    return datetime.fromisoformat(event.data[name]).astimezone(UTC)
