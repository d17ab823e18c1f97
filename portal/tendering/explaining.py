"""Why a provider can or cannot answer an invitation, in a sentence that its people understand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from portal.core.columns import db
from portal.core.errors import PortalError
from portal.core.words import london
from portal.frameworks.validity import accepts_applications
from portal.tendering.entitlement import Entitlement, Reason, entitlement_of, may_bid
from portal.tendering.models import InvitationToTender

_SENTENCES = {
    Reason.OPEN_TO_ALL: "Any provider can bid.",
    Reason.MEMBER: "You can bid: you are a member of {lot}.",
    Reason.APPLICANT: "You can bid while your application to {lot} waits for a decision (PA2023 s.34(4)). Your bid is "
    "opened if you have been admitted by the opening.",
    Reason.ENDED: "Nobody can bid any more: {lot} has ended.",
    Reason.AWARDED_TO_ANOTHER: "This is a direct award from {lot}. It goes to one provider, and yours is not the one.",
    Reason.PAUSED: "You have paused your membership of {lot} until {until}. You can bid when the pause ends, or end it "
    "now.",
    Reason.SUSPENDED: "Your membership of {lot} is suspended{until_words}, so you cannot bid.",
    Reason.BARRED: "Your organisation is suspended{until_words}, so it cannot bid. Here is the reason.",
    Reason.WAITING: "Your application to {lot} waits for a decision. You can bid as soon as you are admitted, if "
    "bidding is still open then ({law}).",
    Reason.REFUSED: "Your application to {lot} was refused. Put right what is named here and send it again: you can "
    "bid as soon as you are admitted, if bidding is still open then.",
    Reason.NOT_SENT: "You have started an application to {lot} and not sent it. Only its members can bid ({law}).",
    Reason.REMOVED: "Your membership of {lot} was ended, with the reasons that you were sent. You can apply again.",
    Reason.LEFT: "You left {lot}, so you cannot bid. You can apply again.",
    Reason.NOT_A_MEMBER: "Only members of {lot} can bid ({law}), and you are not one.",
}


class NotEntitled(PortalError):
    """The provider may not answer this invitation; `standing` says why and where it can put things right."""

    code = "not_entitled"
    status = 403

    def __init__(self, standing: Entitlement) -> None:
        super().__init__(why(standing))
        self.standing = standing


@dataclass(frozen=True)
class Told:
    """How a provider stands, and the sentence for it."""

    standing: Entitlement
    sentence: str

    @property
    def may_bid(self) -> bool:
        """Whether it may answer."""
        return self.standing.may_bid


def require_standing(itt_id: uuid.UUID, provider_id: uuid.UUID | None, at: datetime) -> None:
    """Raise `NotEntitled` for a provider that may not answer the invitation at `at`.

    `at` is the database's clock under the ITT's row lock, and the membership is read after it: a membership that
    ended before is seen.
    """
    if may_bid(itt_id, provider_id, at):
        return
    raise NotEntitled(entitlement_of(db.session.get_one(InvitationToTender, itt_id), provider_id, at))


def told(itt: InvitationToTender, provider_id: uuid.UUID | None, now: datetime) -> Told | None:
    """How a provider stands towards a call-off, in words; None without a provider, and where anybody may bid."""
    if provider_id is None:
        return None
    standing = entitlement_of(itt, provider_id, now)
    if standing.reason is Reason.OPEN_TO_ALL:
        return None
    return Told(standing, why(standing))


def joining_is_open(itt: InvitationToTender, now: datetime) -> bool:
    """Whether providers can apply now to the framework of a call-off."""
    return itt.framework_lot is not None and accepts_applications(itt.framework_lot.framework, now)


def why(standing: Entitlement) -> str:
    """The sentence for a standing."""
    until = london(standing.until) if standing.until is not None else ""
    return _SENTENCES[standing.reason].format(
        lot=standing.lot_words,
        law=standing.law,
        until=until,
        until_words=f" until {until}" if until else "",
    )
