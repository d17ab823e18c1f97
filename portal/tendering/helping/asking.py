"""In the last two hours a bidder who cannot send its bid asks for help, and a named officer answers.

What is asked and answered is on record to the second, whoever was right about it later. More time is nobody's answer
here: it is given to everybody, by an addendum.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import Conflict, DeadlinePassed, NotFound, WrongState
from portal.core.parsing.text import require_text
from portal.core.permissions import Actor, Verb, policy
from portal.core.references import new_reference
from portal.core.taking import lock, take
from portal.tendering.explaining import require_standing
from portal.tendering.helping.models import HelpRequest
from portal.tendering.helping.states import HELP, HelpStatus
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import Counts

LONGEST_WORDS = 2_000
"""Characters, of request and answer."""
MOST_REQUESTS = 10
"""Of one bidder about one invitation."""


def ask_for_help(*, itt: InvitationToTender, words: str, is_named: bool, actor: Actor) -> HelpRequest:
    """Say what keeps the person's provider from sending its bid.

    Consequences: the officer who looks after the procurement, and whoever stands in for them, is written to at once,
    without whose request it is unless `is_named`; records HELP_ASKED in the request's own chain. Raises `InvalidInput`
    (`words`), `WrongState` before the last two hours, `DeadlinePassed` from the closing time on by the database's clock
    under the invitation's lock, `NotEntitled` for a call-off that it may not answer, `Conflict` for the eleventh.
    """
    if actor.provider_id is None:
        raise NotFound("There is nothing here for you.")
    said = require_text(words, "Say what happens when you try.", field="words", most=LONGEST_WORDS)
    held = lock(InvitationToTender, itt.id, share=True)
    asked = HelpRequest(
        id=uuid.uuid4(),
        reference=new_reference("HLP"),
        itt=held,
        provider_id=actor.provider_id,
        asked_by_id=actor.user_id,
        status=HelpStatus.ASKED,
        words=said,
        is_named=is_named,
    )
    policy.require(actor, Verb.ASK, asked)
    at = clock.database_time()
    _require_last_hours(held, at)
    require_standing(held.id, actor.provider_id, at)
    if len(own_requests(held.id, actor.provider_id)) >= MOST_REQUESTS:
        raise Conflict("Your organisation has asked ten times already. The officer has all of it.")
    asked.asked_at = at
    db.session.add(asked)
    db.session.flush()
    record(EventKind.HELP_ASKED, asked, actor=actor, itt=held.id)
    return asked


def answer_help(*, request: HelpRequest, answer: str, actor: Actor, now: datetime) -> None:
    """Answer the bidder, and it alone; its people are written to.

    Records HELP_ANSWERED in the request's own chain. Raises `InvalidInput` (`answer`), `WrongState` for what is
    answered already.
    """
    held = take(request, Verb.ANSWER, actor=actor)
    held.answer = require_text(answer, "Write what the bidder can do.", field="answer", most=LONGEST_WORDS)
    held.status = HELP.move(held.status, HelpStatus.ANSWERED)
    held.answered_by_id, held.answered_at = actor.user_id, now
    record(EventKind.HELP_ANSWERED, held, actor=actor, itt=held.itt_id)


def own_requests(itt_id: uuid.UUID, provider_id: uuid.UUID | None) -> Sequence[HelpRequest]:
    """What a provider's people asked, the newest first."""
    return _requests(itt_id, HelpRequest.provider_id == provider_id)


def requests_of(itt_id: uuid.UUID) -> Sequence[HelpRequest]:
    """The log of every request, the newest first: `asker` says whose they are once that may be known."""
    return _requests(itt_id)


def find_request(itt_id: uuid.UUID, reference: str) -> HelpRequest:
    """A request about the invitation by its reference; raises `NotFound`."""
    found = _requests(itt_id, HelpRequest.reference == reference.upper())
    if not found:
        raise NotFound("There is no request with that reference.")
    return found[0]


def counts_unhelped(itt_ids: Sequence[uuid.UUID]) -> Counts:
    """How many requests about each invitation wait for an answer; none where there are none."""
    return (
        select(HelpRequest.itt_id, func.count())
        .where(HelpRequest.itt_id.in_(itt_ids), HelpRequest.status == HelpStatus.ASKED)
        .group_by(HelpRequest.itt_id)
    )


def _requests(itt_id: uuid.UUID, *which: object) -> Sequence[HelpRequest]:
    return db.session.scalars(
        select(HelpRequest)
        .where(HelpRequest.itt_id == itt_id, *which)  # type: ignore[arg-type]
        .options(joinedload(HelpRequest.itt), joinedload(HelpRequest.provider), joinedload(HelpRequest.answered_by))
        .order_by(HelpRequest.asked_at.desc(), HelpRequest.id)
    ).all()


def _require_last_hours(itt: InvitationToTender, at: datetime) -> None:
    if itt.has_closed(at):
        raise DeadlinePassed("Bidding has closed, so this was not sent. What came late goes into the late box.")
    if not itt.is_in_last_hours(at):
        raise WrongState("This is for the last two hours before bidding closes. Until then, ask a question.")
