"""Awards that were set aside before their contract, in the scenarios."""

from __future__ import annotations

from portal.awarding.queries import decision_in_force
from portal.core import clock
from portal.core.columns import db
from portal.ending.setting_aside import decide_setting_aside, propose_reopening, withdraw_from_award
from portal.scenarios import building, people
from portal.scenarios.building import cast_of
from portal.tendering.models import InvitationToTender

WHY_WITHDRAWN = (
    "Two of the workers whom we named have taken other posts, and we cannot start on the day that we promised."
)
CHECKED_WITHDRAWAL = "I read the letter of the winner and spoke with its manager. Nothing has been signed."
WHY_REOPENED = (
    "The local panel read an earlier version of one provider’s policy. It agrees its scores again with the right one."
)
CHECKED_REOPENING = "I compared the version that was read with the version that was submitted: they differ."


def let_the_winner_withdraw(itt: InvitationToTender) -> None:
    """It is awarded, the winner asks and an approver agrees; then the award to the next in the ranking is proposed."""
    building.award(itt, offers_standstill=True)
    won = decision_in_force(itt.lots[0].id)
    assert won is not None
    bid = won.places[0].bid
    winner = next(part for part in cast_of(itt).bidders if part.provider == bid.provider.name)
    proposal = withdraw_from_award(bid=bid, actor=people.actor_of(winner), reason=WHY_WITHDRAWN, now=clock.now())
    db.session.commit()
    approver = people.actor_of(cast_of(itt).approver)
    decide_setting_aside(proposal=proposal, actor=approver, note=CHECKED_WITHDRAWAL, now=clock.now())
    db.session.commit()
    db.session.refresh(itt)
    building.propose(itt, offers_standstill=True)


def reopen(itt: InvitationToTender) -> None:
    """Two people let the local panel agree its scores again; the result so far stays on record."""
    cast = cast_of(itt)
    proposal = propose_reopening(
        itt=itt, panel=itt.panels[0], actor=people.actor_of(cast.commissioner), reason=WHY_REOPENED, now=clock.now()
    )
    db.session.commit()
    decide_setting_aside(
        proposal=proposal, actor=people.actor_of(cast.approver), note=CHECKED_REOPENING, now=clock.now()
    )
    db.session.commit()
