"""The release of a procurement that ended without a contract, whole or lot by lot."""

from __future__ import annotations

from collections.abc import Sequence

from portal.awarding.models import AwardPlace
from portal.notices import parties
from portal.notices.canonical import Json, instant, without_gaps
from portal.notices.lots import fallen_awards, lot_id
from portal.notices.release import Header, document_of, release, tender_state
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender
from portal.tendering.states import EndingKind

LOT_STATUS = {EndingKind.CANCELLATION: "cancelled", EndingKind.NO_AWARD: "unsuccessful"}


def termination_release(header: Header, itt: InvitationToTender, ending: Ending, fallen: Sequence[AwardPlace]) -> Json:
    """Build the release of a procurement termination notice (UK12; PR24 reg 37): what has ended, when and why.

    Of one lot that is not awarded while others go on only that lot ends. `fallen` are its awards that were announced
    and set aside.
    """
    buyer = parties.buyer_party(itt.authority, page=header.publisher.opportunity_url(itt.reference))
    lots = itt.lots if ending.lot is None else [ending.lot]
    why = f"The authority has decided not to award {ending.what}. Reason: {ending.reason}"
    document = document_of(header, itt)
    tender = {
        **tender_state(itt),
        "finalStatusDate": instant(itt.ended_at) if itt.ended_at else None,
        "lots": [{"id": lot_id(lot), "status": LOT_STATUS[ending.kind]} for lot in lots],
        "documents": [{**document, "description": " ".join(filter(None, [why, document.get("description")]))}],
    }
    content = {"parties": [buyer], "tender": without_gaps(tender), "awards": fallen_awards(fallen)}
    return release(header, itt, buyer, {key: value for key, value in content.items() if value})
