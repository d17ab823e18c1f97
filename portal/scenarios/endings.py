"""Procurements that end without a contract, in the scenarios."""

from __future__ import annotations

from portal.core import clock
from portal.core.columns import db
from portal.ending.deciding import decide_ending, refuse_ending
from portal.ending.proposing import propose_cancellation, propose_no_award
from portal.scenarios import people
from portal.scenarios.building import cast_of
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender

WHY_CANCELLED = (
    "The grant that was to pay for this service has been withdrawn. We look at the need again in the spring, and "
    "everybody who has worked on a bid will be told."
)
WHY_NOBODY = "Nobody can be awarded the service on these terms. We will ask again with more time and other hours."
REFUSAL_OF_END = "The grant has been confirmed again meanwhile, so it goes on."
APPROVAL_OF_END = "I read the reason and compared it with the record of the procurement."


def cancel(itt: InvitationToTender) -> None:
    """Two people cancel it."""
    _end(propose(itt))


def propose(itt: InvitationToTender) -> Ending:
    """The commissioner proposes to cancel it."""
    actor = people.actor_of(cast_of(itt).commissioner)
    ending = propose_cancellation(itt=itt, actor=actor, reason=WHY_CANCELLED, now=clock.now())
    db.session.commit()
    return ending


def refuse(ending: Ending) -> None:
    """The approver lets it go on."""
    approver = people.actor_of(cast_of(ending.itt).approver)
    refuse_ending(ending=ending, actor=approver, note=REFUSAL_OF_END, now=clock.now())
    db.session.commit()


def end_without_award(itt: InvitationToTender) -> None:
    """Two people end its one lot without an award."""
    actor = people.actor_of(cast_of(itt).commissioner)
    _end(propose_no_award(itt=itt, lot=itt.lots[0], actor=actor, reason=WHY_NOBODY, now=clock.now()))


def _end(ending: Ending) -> None:
    approver = people.actor_of(cast_of(ending.itt).approver)
    decide_ending(ending=ending, actor=approver, note=APPROVAL_OF_END, now=clock.now())
    db.session.commit()
