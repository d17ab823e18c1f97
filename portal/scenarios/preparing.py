"""What is recorded and declared before an invitation of a demonstration is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from portal.accounts.sessions import actor_for
from portal.core.permissions import Actor
from portal.regulation.local_time import local_date
from portal.tendering.approving import approve_publication, ask_to_publish
from portal.tendering.groundwork import record_groundwork
from portal.tendering.groundwork_models import GroundworkOutcome, GroundworkSubject
from portal.tendering.interests.assessing import assess_conflicts, confirm_assessment
from portal.tendering.interests.declaring import declare_own_interest
from portal.tendering.interests.queries import register_of
from portal.tendering.lots import set_lot_rules
from portal.tendering.models import InvitationToTender

WORDS: Mapping[GroundworkSubject, str] = {
    GroundworkSubject.EQUALITY: (
        "Disabled young people and young carers could find it harder to come on weekday evenings. The specification "
        "therefore asks for one group at the weekend and for transport. The assessment is kept with the plan."
    ),
    GroundworkSubject.CONSULTATION: (
        "We asked 46 young people in four groups, 31 parents and carers, and six local charities. They wanted the same "
        "worker throughout, and no waiting list of more than four weeks: both are in the specification now."
    ),
    GroundworkSubject.SMALL_PROVIDERS: (
        "Four weeks to write a bid, no least turnover, payment each month in advance, and short questions."
    ),
}
ONE_LOT = "The work is one team for one area: two providers would each need a manager, and families two doors."
APPROVED = "I read everything as bidders will, compared the marks with the description, and found nothing amiss."
KNOWN = "None. Everybody who changed the draft has declared that they have no interest."
PERCEIVED = (
    "The present provider helped with figures on demand. The same figures are published with the documents, so that "
    "nobody knows more than others."
)


def prepare(itt: InvitationToTender, actor: Actor, approver: Actor, *, at: datetime) -> None:
    """Record and declare everything that an open invitation needs, and let the approver approve it."""
    lay_groundwork(itt, actor, at=at)
    declare_all(itt, actor, at=at)
    approve(itt, actor, approver, at=at)


def lay_groundwork(itt: InvitationToTender, actor: Actor, *, at: datetime) -> None:
    """Record what came of equality, consultation and small providers, and why it is one lot."""
    for subject, words in WORDS.items():
        record_groundwork(
            itt=itt,
            subject=subject,
            outcome=GroundworkOutcome.DONE,
            words=words,
            on_date=local_date(at - timedelta(days=20)),
            actor=actor,
            now=at,
        )
    set_lot_rules(itt=itt, max_lots_bid=None, max_lots_awarded=None, no_lots_reason=ONE_LOT, actor=actor)


def approve(itt: InvitationToTender, actor: Actor, approver: Actor, *, at: datetime) -> None:
    """The commissioner asks, and the approver declares and approves."""
    ask_to_publish(itt=itt, actor=actor, now=at)
    declare_own_interest(itt=itt, has_interest=False, detail="", actor=approver, now=at)
    approve_publication(itt=itt, actor=approver, note=APPROVED, now=at)


def declare_all(itt: InvitationToTender, actor: Actor, *, at: datetime) -> None:
    """Everybody who changed the draft declares that they have no interest; the commissioner assesses conflicts."""
    _declare(itt, at)
    assess_conflicts(itt=itt, known=KNOWN, perceived=PERCEIVED, actor=actor, now=at)


def confirm(itt: InvitationToTender, actor: Actor, *, at: datetime) -> None:
    """Whoever came to it since declares as well; the commissioner says that the assessment still holds."""
    _declare(itt, at)
    confirm_assessment(itt=itt, actor=actor, now=at)


def _declare(itt: InvitationToTender, at: datetime) -> None:
    for one in register_of(itt.id).silent:
        declare_own_interest(itt=itt, has_interest=False, detail="", actor=actor_for(one.user_id), now=at)
