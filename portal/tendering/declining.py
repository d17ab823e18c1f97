"""A provider says that an invitation is not for it, and takes that back.

Nothing is recorded in the ledger: before the opening a chain would tell who will not bid. Both can be done until the
closing time, and a provider that said no can bid all the same.
"""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from portal.core import clock
from portal.core.columns import db
from portal.core.errors import DeadlinePassed, WrongState
from portal.core.parsing.text import one_line
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock
from portal.tendering.decline_models import Decline
from portal.tendering.explaining import require_standing
from portal.tendering.models import Invitation, InvitationToTender
from portal.tendering.states import IttStatus

LONGEST_REASON = 1000


def decline(*, itt: InvitationToTender, reason: str, actor: Actor) -> None:
    """Say no in the name of the person's provider, with a reason or without; once more, and the last reason counts.

    No reminder and no news of the invitation goes to it from then on, unless it bids or follows. Raises `NotFound` for
    people without a provider, `NotEntitled` for a call-off that it was neither invited to nor may answer, and as
    `_require_open` does.
    """
    said = Decline(itt_id=itt.id, provider_id=actor.provider_id)
    policy.require(actor, Verb.DECLINE, said)
    _require_open(itt)
    at = clock.database_time()
    if db.session.get(Invitation, (itt.id, actor.provider_id)) is None:
        require_standing(itt.id, actor.provider_id, at)
    told = {"declined_at": at, "reason": one_line(reason)[:LONGEST_REASON]}
    row = insert(Decline).values(itt_id=itt.id, provider_id=actor.provider_id, **told)
    db.session.execute(row.on_conflict_do_update(constraint="pk_decline", set_=told))


def take_back_decline(*, itt: InvitationToTender, actor: Actor) -> None:
    """Let it be as if nothing had been said; where nothing was, nothing changes. Raises as `decline` does."""
    policy.require(actor, Verb.DECLINE, Decline(itt_id=itt.id, provider_id=actor.provider_id))
    _require_open(itt)
    said = own_decline(itt, actor)
    if said is not None:
        db.session.delete(said)


def own_decline(itt: InvitationToTender, actor: Actor) -> Decline | None:
    """What the person's provider said, or None."""
    return db.session.get(Decline, (itt.id, actor.provider_id)) if actor.provider_id is not None else None


def _require_open(itt: InvitationToTender) -> None:
    """Raise `WrongState` unless it is published, `DeadlinePassed` from its closing time on by the database's clock."""
    held = lock(InvitationToTender, itt.id, share=True)
    if held.status is not IttStatus.PUBLISHED:
        raise WrongState("This invitation is not open any more, so there is nothing to decline.")
    if held.has_closed(clock.database_time()):
        raise DeadlinePassed("Bidding has closed, so there is nothing left to decline.")
