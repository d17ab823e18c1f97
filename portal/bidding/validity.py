"""How long bids stand open to acceptance: THE rule. Bidders, officers and the award read it here.

A bid stands to the end of the day that the invitation states, or that its bidder last agreed to. After that nothing
can be awarded to it without its bidder's agreement; where no time was stated, none is enforced.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.bidding.models import Bid
from portal.bidding.validity_models import ValidityAnswer
from portal.core.columns import db
from portal.core.words import london_date
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender


@dataclass(frozen=True)
class Validity:
    """How long one bid stands, as it is today."""

    today: date
    until: date | None
    """The last day on which it can be accepted; None: no time was stated."""
    last: ValidityAnswer | None
    """The answer to the last request, given or not; None: nobody has asked."""

    @property
    def is_past(self) -> bool:
        """Whether it can no longer be accepted without its bidder's agreement."""
        return self.until is not None and self.today > self.until

    @property
    def is_waited_for(self) -> bool:
        """Whether its bidder was asked, has not answered, and there is still time to."""
        return self.last is not None and self.last.agrees is None and self.today <= self.last.request.answer_by_date

    @property
    def is_out(self) -> bool:
        """Whether it no longer stands: its time is past, and its bidder declined or did not answer in time."""
        return self.is_past and self.last is not None and not self.is_waited_for

    @property
    def words(self) -> str:
        """How it stands, in a few words."""
        if self.until is None:
            return "No time was stated"
        day = london_date(self.until)
        if not self.is_past:
            return f"Stands until {day}"
        if self.is_waited_for:
            return f"Stood until {day}; its bidder is asked and has not answered yet"
        if self.last is None:
            return f"Stood until {day}; nobody has asked its bidder for longer"
        if self.last.agrees is False:
            return f"Stood until {day}; its bidder declined to let it stand for longer"
        if self.last.agrees is None:
            return f"Stood until {day}; its bidder did not answer whether it stands for longer"
        return f"Stood until {day}, as its bidder agreed"


def validity_of(bid: Bid) -> Validity:
    """How long one bid stands."""
    return validities_of([bid.id])[bid.id]


def validities_of(bid_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Validity]:
    """How long each of the bids stands; two statements."""
    asked = list(bid_ids)
    rows = db.session.execute(
        select(Bid.id, InvitationToTender, func.clock_timestamp().label("now"))
        .join(InvitationToTender, InvitationToTender.id == Bid.itt_id)
        .where(Bid.id.in_(asked))
    ).all()
    answers: dict[uuid.UUID, list[ValidityAnswer]] = {}
    for answer in db.session.scalars(
        select(ValidityAnswer)
        .join(ValidityAnswer.request)
        .where(ValidityAnswer.bid_id.in_(asked))
        .options(joinedload(ValidityAnswer.request))
    ):
        answers.setdefault(answer.bid_id, []).append(answer)
    return {row.id: _validity(row.InvitationToTender, answers.get(row.id, []), local_date(row.now)) for row in rows}


def _validity(itt: InvitationToTender, answers: list[ValidityAnswer], today: date) -> Validity:
    stated = itt.bids_stand_until
    agreed = [answer.request.until_date for answer in answers if answer.agrees]
    last = max(answers, key=lambda answer: answer.request.asked_at, default=None)
    return Validity(today, max([stated, *agreed]) if stated is not None else None, last)
