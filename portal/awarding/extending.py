"""Bids whose time runs out before the award: all bidders that are still in are asked for the same, and each answers."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.awarding.queries import opened_bids_of
from portal.awarding.settling import open_lots
from portal.bidding.models import Bid, OpenedBid
from portal.bidding.validity import Validity, validities_of, validity_of
from portal.bidding.validity_models import ValidityAnswer, ValidityRequest
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, NotFound, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock, take
from portal.core.words import london_date
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender

FURTHEST = timedelta(days=365)


class NoLongerStands(WrongState):
    """The bid's time is past, and its bidder has not agreed to more."""

    code = "no_longer_stands"


def bids_to_ask(itt: InvitationToTender) -> list[OpenedBid]:
    """The bids that are still in: opened, not taken out, for a lot that is neither awarded nor ended."""
    return list(opened_bids_of(*(lot.id for lot in open_lots(itt))))


def ask_for_validity(
    *, itt: InvitationToTender, until: date | None, answer_by: date | None, reason: str, actor: Actor, now: datetime
) -> ValidityRequest:
    """Ask every bidder that is still in to let its bid stand to the end of one and the same day.

    Consequences: each of them is written to, with the reason; records VALIDITY_ASKED. Asking again for a later day
    supersedes what is unanswered. Raises `InvalidInput` (`until`, `answer_by`, `reason`) for days that are missing,
    that have passed, or that are no later than what every bidder has agreed to, `WrongState` where no time was stated
    or nobody is left to ask.
    """
    held = take(itt, Verb.ASK_FOR_VALIDITY, actor=actor)
    asked = bids_to_ask(held)
    _require_to_ask(held, asked)
    last_day, by = _require_days(asked, until, answer_by, local_date(now))
    why = require_reason(reason, "Say in a sentence or two why it takes longer", field="reason")
    request = ValidityRequest(
        id=uuid.uuid4(),
        itt_id=held.id,
        until_date=last_day,
        answer_by_date=by,
        reason=why,
        asked_by_id=actor.user_id,
        asked_at=now,
        answers=[ValidityAnswer(bid_id=opened.bid_id) for opened in asked],
    )
    db.session.add(request)
    db.session.flush()
    record(
        EventKind.VALIDITY_ASKED,
        request,
        actor=actor,
        until=last_day.isoformat(),
        answer_by=by.isoformat(),
        count=len(asked),
    )
    return request


def answer_validity(*, bid: Bid, agrees: bool, actor: Actor, now: datetime) -> ValidityAnswer:
    """Say whether the bid stands for longer, as its bidder was last asked.

    Whoever declined can still agree while the lot has no award; who agreed is bound. Consequences: the bidder's people
    get a receipt and the commissioners hear; records VALIDITY_ANSWERED. Raises `NotFound` where nobody has asked,
    `Conflict` for who agreed, `WrongState` once there is nothing left to award.
    """
    itt = lock(InvitationToTender, bid.itt_id)
    policy.require(actor, Verb.ANSWER_VALIDITY, bid)
    last = validity_of(bid).last
    if last is None:
        raise NotFound("The buyer has not asked you to let this bid stand for longer.")
    if bid.id not in {opened.bid_id for opened in bids_to_ask(itt)}:
        raise WrongState("There is nothing left to answer: this lot is awarded or ended, or your bid is out.")
    if last.agrees:
        raise Conflict("Your organisation has agreed already.")
    last.agrees, last.answered_by_id, last.answered_at = agrees, actor.user_id, now
    record(
        EventKind.VALIDITY_ANSWERED,
        last.request,
        actor=actor,
        bid=bid.id,
        agrees=agrees,
        until=last.request.until_date.isoformat(),
    )
    return last


def require_validity(bid: Bid) -> None:
    """Raise `NoLongerStands` for a bid that can no longer be accepted without its bidder's agreement."""
    validity = validity_of(bid)
    if validity.is_past:
        raise NoLongerStands(
            f"{bid.provider.name}: {validity.words[0].lower()}{validity.words[1:]}. Nothing is awarded to it without "
            "its agreement. Ask the bidders to let their bids stand for longer."
        )


def requests_of(itt_id: uuid.UUID) -> list[ValidityRequest]:
    """What bidders were asked for, the newest first, with what each answered."""
    return list(
        db.session.scalars(
            select(ValidityRequest)
            .where(ValidityRequest.itt_id == itt_id)
            .options(joinedload(ValidityRequest.answers).joinedload(ValidityAnswer.bid).joinedload(Bid.provider))
            .order_by(ValidityRequest.asked_at.desc(), ValidityRequest.id)
        ).unique()
    )


def standing_of(itt: InvitationToTender) -> list[tuple[OpenedBid, Validity]]:
    """Each bid that is still in, and how long it stands."""
    asked = bids_to_ask(itt)
    standing = validities_of([opened.bid_id for opened in asked])
    return [(opened, standing[opened.bid_id]) for opened in asked]


def _require_to_ask(itt: InvitationToTender, asked: list[OpenedBid]) -> None:
    if itt.bids_stand_until is None:
        raise WrongState("No time was stated for which bids stand, so none runs out.")
    if not asked:
        raise WrongState("There is nobody to ask: no bid is in for a lot that has still to be awarded.")


def _require_days(asked: list[OpenedBid], until: date | None, answer_by: date | None, today: date) -> tuple[date, date]:
    if until is None:
        raise InvalidInput("Give the day until which bids are to stand.", field="until")
    if answer_by is None:
        raise InvalidInput("Give the day by which bidders answer.", field="answer_by")
    if answer_by <= today:
        raise InvalidInput("Bidders need time to answer: give a day from tomorrow on.", field="answer_by")
    if until < answer_by:
        raise InvalidInput("Bids have to stand until the day by which bidders answer, at least.", field="until")
    if until > today + FURTHEST:
        raise InvalidInput("Bids can be asked to stand for a year from today at most.", field="until")
    stand = [validity.until for validity in validities_of([opened.bid_id for opened in asked]).values()]
    shortest = min(day for day in stand if day is not None)
    if until <= shortest:
        raise InvalidInput(f"All bids stand until {london_date(shortest)} already. Give a later day.", field="until")
    return until, answer_by
