"""A bidder asks in private about an invitation, and can take the question back until it is answered for all."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import DeadlinePassed, NotFound, WrongState
from portal.core.parsing.text import require_text
from portal.core.permissions import Actor, Verb, policy
from portal.core.references import new_reference
from portal.core.taking import lock, take
from portal.core.words import london
from portal.tendering.clarifying.models import Clarification
from portal.tendering.clarifying.states import CLARIFICATION, ClarificationStatus
from portal.tendering.explaining import require_standing
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

LONGEST_QUESTION = 4_000
"""Characters."""


def ask_question(*, itt: InvitationToTender, words: str, is_named: bool, actor: Actor) -> Clarification:
    """Ask about a published invitation, in the name of the person's provider.

    Consequences: the authority's commissioners are told that there is a question, not whose; records
    CLARIFICATION_ASKED in the question's own chain. `is_named`: the bidder agrees that the officers learn who asks.

    Raises `InvalidInput` (`words`) for nothing or more than 4,000 characters, `DeadlinePassed` from the end of the time
    for questions on by the database's clock under the invitation's lock, `WrongState` when it is not open,
    `NotEntitled` for a call-off that the provider may not answer, `NotFound` for people without a provider.
    """
    if actor.provider_id is None:
        raise NotFound("There is nothing here for you.")
    said = require_text(words, "Write your question.", field="words", most=LONGEST_QUESTION)
    held = lock(InvitationToTender, itt.id, share=True)
    asked = Clarification(
        id=uuid.uuid4(),
        reference=new_reference("QST"),
        itt=held,
        provider_id=actor.provider_id,
        asked_by_id=actor.user_id,
        status=ClarificationStatus.ASKED,
        words=said,
        is_named=is_named,
    )
    policy.require(actor, Verb.ASK, asked)
    at = clock.database_time()
    require_open_for_questions(held, at)
    require_standing(held.id, actor.provider_id, at)
    asked.asked_at = at
    db.session.add(asked)
    db.session.flush()
    record(EventKind.CLARIFICATION_ASKED, asked, actor=actor, itt=itt.id)
    return asked


def require_open_for_questions(itt: InvitationToTender, at: datetime) -> None:
    """Raise `WrongState` unless it is published, `DeadlinePassed` (`words`) once the time for questions is over."""
    if itt.status is not IttStatus.PUBLISHED:
        raise WrongState("Questions are no longer taken: this invitation is not open any more.")
    if not itt.takes_questions(at):
        ended = f"The time for questions ended at {london(itt.asking_until)}."
        raise DeadlinePassed(f"{ended} Your question was not sent.", field="words")


def take_back_question(*, clarification: Clarification, actor: Actor) -> None:
    """Take a question back that is not answered for all yet: nobody answers it.

    Records CLARIFICATION_TAKEN_BACK. Raises `WrongState` once the answer is published.
    """
    held = take(clarification, Verb.TAKE_BACK_QUESTION, actor=actor)
    held.status = CLARIFICATION.move(held.status, ClarificationStatus.TAKEN_BACK)
    record(EventKind.CLARIFICATION_TAKEN_BACK, held, actor=actor, itt=held.itt_id)
