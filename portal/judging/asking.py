"""Asking bidders about their opened bids: what they left out, a ground for exclusion, a price that may be too low."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, WrongState
from portal.core.parsing.text import require_reason, require_text
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.queries import bid_to_score
from portal.judging.enquiries import enquiries_of
from portal.judging.enquiry_models import Enquiry, about_ground
from portal.judging.grounds import require_ground
from portal.judging.queries import standing_of, standings_of
from portal.judging.states import Concern, Matter
from portal.regulation.local_time import end_of_day, local_date
from portal.regulation.queries import uk_calendar
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_MODERATION

LEAST_WORKING_DAYS = 2
LONGEST = timedelta(days=60)
ASKED = "Say in a sentence or two what you ask, and what an answer has to show"


def list_omissions(
    *,
    itt: InvitationToTender,
    missing: Mapping[uuid.UUID, Sequence[str]],
    words: str,
    due_date: date | None,
    actor: Actor,
    now: datetime,
) -> list[Enquiry]:
    """Ask bidders for what they left out of what officers check: once, and by one day for all.

    `missing` are the questions listed for each bid: of the compliance envelope, never of quality or price. Records
    ENQUIRY_MADE for each bid; its bidder is told. Raises `Conflict` when it was done before, `InvalidInput` (fields
    "missing", "words", "due"), `NotFound` for a bid that is not there or is out.
    """
    take(itt, Verb.JUDGE, actor=actor)
    if any(found.matter.is_requirement for found in enquiries_of(itt.id)):
        raise Conflict("Omissions were listed before. Bidders are asked once, with one day for all.")
    judged = {one.opened.bid_id: {asked.question.key for asked in one.requirements} for one in standings_of(itt)}
    listed = {bid_id: [key for key in keys if key in judged.get(bid_id, ())] for bid_id, keys in missing.items()}
    listed = {bid_id: keys for bid_id, keys in listed.items() if keys}
    if not listed:
        raise InvalidInput("Choose what is missing from at least one bid.", field="missing")
    due_at = _due_at(due_date, now)
    said = require_reason(words, ASKED, field="words")
    return [
        _ask(itt, bid_id, Matter.REQUIREMENT, actor=actor, now=now, keys=keys, words=said, due_at=due_at)
        for bid_id, keys in sorted(listed.items())
    ]


def raise_ground(
    *,
    itt: InvitationToTender,
    bid_id: uuid.UUID,
    ground: str,
    concern: Concern,
    whom: str,
    words: str,
    due_date: date | None,
    actor: Actor,
    now: datetime,
) -> Enquiry:
    """Tell a bidder that a ground for exclusion may apply, and ask what it says and has put right (PA2023 s.58).

    `whom` is the name of whoever it concerns, where that is not the bidder; it can name somebody in the place of those
    it relies on and of subcontractors (PA2023 s.26(3), s.28). Until it is judged by two people no award of the lot is
    proposed. What was decided is raised again where something new is known; the judgement before stays as it is.
    Records ENQUIRY_MADE; the bidder is told. Raises `InvalidInput` (fields "ground", "whom", "words", "due"),
    `Conflict` while the same waits for its judgement, `NotFound`.
    """
    take(itt, Verb.JUDGE, actor=actor)
    require_ground(ground, itt.regime)
    named = "" if concern.is_bidder else require_text(whom, "Give the name of whoever it concerns.", field="whom")
    due_at, said = _due_at(due_date, now), require_reason(words, ASKED, field="words")
    about, whom_else = _about(itt, bid_id, ground, named), {"concern": concern, "whom": named}
    return _ask(
        itt, bid_id, Matter.EXCLUSION, actor=actor, now=now, about=about, words=said, due_at=due_at, **whom_else
    )


def _about(itt: InvitationToTender, bid_id: uuid.UUID, ground: str, whom: str) -> str:
    """The ground as it is told from the times that it was raised before, each of which two people have decided."""
    is_open = {one.enquiry.about: one.is_open for one in standing_of(itt, bid_id).raised}
    time = 1
    while (about := about_ground(ground, whom, time)) in is_open:
        if is_open[about]:
            raise Conflict("That was raised already, and waits for its judgement.")
        time += 1
    return about


def ask_about_price(
    *, itt: InvitationToTender, bid_id: uuid.UUID, words: str, due_date: date | None, actor: Actor, now: datetime
) -> Enquiry:
    """Ask a bidder to show that it can perform the contract for its price (PA2023 s.19(4)).

    Scores stay as they are. Until it is judged by two people no award of the lot is proposed. Records ENQUIRY_MADE;
    the bidder is told. Raises `WrongState` before every panel has closed, `InvalidInput` (fields "words", "due"),
    `Conflict` when it was asked before, `NotFound`.
    """
    take(itt, Verb.JUDGE, actor=actor)
    if itt.status not in AFTER_MODERATION:
        raise WrongState("Nobody sees a price before every panel has closed.")
    due_at, said = _due_at(due_date, now), require_reason(words, ASKED, field="words")
    return _ask(itt, bid_id, Matter.LOW_PRICE, actor=actor, now=now, words=said, due_at=due_at)


def _ask(
    itt: InvitationToTender,
    bid_id: uuid.UUID,
    matter: Matter,
    *,
    actor: Actor,
    now: datetime,
    about: str = "",
    keys: Sequence[str] = (),
    **said: Any,
) -> Enquiry:
    bid_to_score(itt.id, bid_id)
    if any((one.bid_id, one.matter, one.about) == (bid_id, matter, about) for one in enquiries_of(itt.id)):
        raise Conflict("The bidder was asked about that already.")
    enquiry = Enquiry(
        itt_id=itt.id,
        bid_id=bid_id,
        matter=matter,
        about=about,
        keys=list(keys),
        asked_by_id=actor.user_id,
        asked_at=now,
        **said,
    )
    db.session.add(enquiry)
    db.session.flush()
    record(EventKind.ENQUIRY_MADE, enquiry, actor=actor, bid=bid_id, matter=matter.value, about=about, listed=len(keys))
    return enquiry


def _due_at(day: date | None, now: datetime) -> datetime:
    """The end of that day; refuse one that leaves less than two working days, or is too far away."""
    if day is None:
        raise InvalidInput("Give the last day for an answer.", field="due")
    today, calendar = local_date(now), uk_calendar()
    if day <= today or calendar.working_days_between(today + timedelta(days=1), day) < LEAST_WORKING_DAYS:
        raise InvalidInput(f"Leave at least {LEAST_WORKING_DAYS} working days after today.", field="due")
    if day - today > LONGEST:
        raise InvalidInput("The last day must be within 60 days.", field="due")
    return end_of_day(day)
