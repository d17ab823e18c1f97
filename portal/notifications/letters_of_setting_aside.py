"""Who is told when an award is set aside before its contract."""

from __future__ import annotations

from portal.audit.models import Event
from portal.awarding.models import SettingAside
from portal.awarding.queries import awards_set_aside_by, places_held
from portal.core.columns import db
from portal.core.permissions import PANEL_ROLES, Role
from portal.notifications import recipients
from portal.notifications.addressing import page_of, to_authority, to_bidders
from portal.notifications.composing import tell


def setting_aside_proposed(event: Event) -> None:
    """Approvers other than the proposer hear that a decision waits."""
    _to_authority(event, "ending/aside_proposed", Role.APPROVER)


def setting_aside_refused(event: Event) -> None:
    """Commissioners hear that the award stands, and so does a winner that asked."""
    proposal = _proposal(event)
    _to_authority(event, "ending/aside_refused", Role.COMMISSIONER)
    if proposal.place is not None and proposal.proposed_by_id in recipients.people_of_providers(
        [proposal.place.bid.provider_id]
    ):
        to_bidders(event, [proposal.place.bid], "ending/withdrawal_refused", proposal=proposal)


def winner_withdrew(event: Event) -> None:
    """Every bidder of the lot hears that the award is set aside, and the officers that it waits for another."""
    _to_bidders_of_lot(event, "ending/winner_withdrew")
    _to_authority(event, "ending/award_falls", Role.COMMISSIONER, Role.CONTRACT_MANAGER)


def place_left_empty(event: Event) -> None:
    """Every bidder of the lot hears why nobody takes a place in it, and the officers that this is decided."""
    _to_bidders_of_lot(event, "ending/place_left_empty")
    _to_authority(event, "ending/award_falls", Role.COMMISSIONER, Role.CONTRACT_MANAGER)


def evaluation_reopened(event: Event) -> None:
    """Panels and officers hear why scores are agreed again, and so does every bidder who was told of an award."""
    proposal = _proposal(event)
    for award in awards_set_aside_by(proposal.id):
        to_bidders(event, recipients.bids_of_lot(award.lot_id), "ending/evaluation_reopened", proposal=proposal)
    for panel in [proposal.panel] if proposal.panel is not None else proposal.itt.panels:
        people = recipients.people_of_panel(panel.id, *(PANEL_ROLES - {Role.YOUNG_MEMBER}))
        link = page_of("panel_desk.show", panel_id=panel.id)
        tell(
            event=event,
            people=people,
            template="ending/panel_reopened",
            link=link,
            thread=proposal.itt_id,
            itt=proposal.itt,
            proposal=proposal,
        )
    _to_authority(event, "ending/award_falls", Role.COMMISSIONER, Role.CONTRACT_MANAGER)


def _to_bidders_of_lot(event: Event, template: str) -> None:
    """Tell those who bid for the lot of a place; to those who hold another one the letter says that it stands."""
    proposal = _proposal(event)
    assert proposal.place is not None
    lot_id = proposal.place.decision.lot_id
    held = frozenset(place.bid_id for place in places_held(lot_id))
    to_bidders(event, recipients.bids_of_lot(lot_id), template, proposal=proposal, held=held)


def _to_authority(event: Event, template: str, *roles: Role) -> None:
    proposal = _proposal(event)
    link = page_of("setting_aside.show", reference=proposal.itt.reference)
    to_authority(event, proposal.itt, template, *roles, link=link, proposal=proposal)


def _proposal(event: Event) -> SettingAside:
    return db.session.get_one(SettingAside, event.object_id)
