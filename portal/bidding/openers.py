"""Two openers, at most 15 minutes apart: who may open, and how the first one's agreement waits for the second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.accounts.granting import missing_administrator
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import BidOpening
from portal.bidding.states import OpeningStatus, Opens
from portal.core.columns import db
from portal.core.errors import NotAllowed, PortalError, SecondFactorNeeded, WrongState
from portal.core.permissions import FRESH_FACTOR, Actor
from portal.tendering.models import InvitationToTender
from portal.tendering.scoring_apart import sits_on_panel

APART = timedelta(minutes=15)


class OpeningRefused(WrongState):
    """The bids stay sealed; `reason` is a stable word for the record."""

    code = "opening_refused"

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Opened:
    """What a call of an opener did: the first person's agreement, or the opening itself."""

    opening: BidOpening
    done: bool


def require_closed(itt: InvitationToTender, at: datetime) -> None:
    """Refuse with `OpeningRefused` before the closing time."""
    if not itt.has_closed(at):
        raise OpeningRefused(
            "The closing time has not come yet, so the bids stay sealed. This attempt is on record.",
            "too_early",
        )


def require_may_open(itt: InvitationToTender, actor: Actor, at: datetime, factor_at: datetime | None) -> None:
    """Refuse with `OpeningRefused` or `SecondFactorNeeded` whoever cannot take part in an opening now."""
    missing = missing_administrator(itt.authority)
    if missing:
        raise OpeningRefused(missing, "one_administrator")
    if factor_at is None or at - factor_at > FRESH_FACTOR:
        raise SecondFactorNeeded("Show a code from your authenticator app first.")
    if sits_on_panel(itt, *actor.people):
        raise OpeningRefused("You are on a panel that scores these bids, so you cannot open them.", "panel_member")


def join_opening(itt: InvitationToTender, what: Opens, actor: Actor, at: datetime) -> Opened:
    """Agree as the first person, or be the second one: then it is signed by both, and the caller opens.

    Records OPENING_STARTED for the first one. Raises `OpeningRefused` for the same person twice, and where the first
    one has joined a panel since.
    """
    waiting = _waiting(itt, what, at)
    if waiting is None:
        return Opened(_agree_first(itt, what, actor, at), done=False)
    if waiting.is_own(actor):
        raise OpeningRefused(
            "You have agreed already. A second person with the role of opener has to do the same.",
            "same_person",
        )
    if sits_on_panel(itt, waiting.proposed_by_id):
        raise OpeningRefused("The first person has meanwhile joined a panel for these bids.", "panel_member")
    waiting.status = OpeningStatus.DONE
    waiting.decide(actor, now=at)
    return Opened(waiting, done=True)


def record_refused_opening(*, itt: InvitationToTender, actor: Actor, refusal: PortalError) -> None:
    """Record OPENING_REFUSED for an attempt, after its own transaction was rolled back."""
    record(EventKind.OPENING_REFUSED, itt, actor=actor, reason=getattr(refusal, "reason", refusal.code))


def _waiting(itt: InvitationToTender, what: Opens, at: datetime) -> BidOpening | None:
    """The first agreement that is still in time; older ones stay on record and count for nothing."""
    return db.session.scalars(
        select(BidOpening)
        .where(
            BidOpening.itt_id == itt.id,
            BidOpening.what == what,
            BidOpening.status == OpeningStatus.AWAITING_SECOND,
            BidOpening.proposed_at >= at - APART,
        )
        .order_by(BidOpening.proposed_at.desc())
        .limit(1)
    ).one_or_none()


def _agree_first(itt: InvitationToTender, what: Opens, actor: Actor, at: datetime) -> BidOpening:
    if actor.user_id is None:
        raise NotAllowed("Two people open bids, not the portal by itself.")
    opening = BidOpening(itt_id=itt.id, what=what, proposed_by_id=actor.user_id, proposed_at=at)
    db.session.add(opening)
    apart = {"what": what.value} if what is Opens.PRICES else {}
    record(EventKind.OPENING_STARTED, itt, actor=actor, at=at.isoformat(), **apart)
    return opening
