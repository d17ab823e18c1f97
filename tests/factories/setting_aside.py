"""Awards that are set aside before their contract, through the real activities."""

from __future__ import annotations

from portal.awarding.models import AwardDecision, SettingAside
from portal.core import clock
from portal.ending.setting_aside import decide_setting_aside, propose_reopening, propose_withdrawal
from portal.evaluation.results import calculate_result, diagnose_result
from portal.extensions import db
from portal.tendering.models import InvitationToTender, Panel
from tests.factories.awarding import approver_of
from tests.factories.tendering import make_commissioner

WHY = "They cannot take the service on with the staff that they have."
AGAIN = "A panel read the wrong version of one answer, so it looks at its scores again."
CHECKED = "I read the letter of the winner and the terms of the invitation."


def propose_to_withdraw(decision: AwardDecision) -> SettingAside:
    """Propose, by a new commissioner, that the winner withdraws."""
    actor = make_commissioner(decision.itt.authority)
    return propose_withdrawal(place=decision.places[0], actor=actor, reason=WHY, now=clock.now())


def propose_to_reopen(itt: InvitationToTender, panel: Panel | None = None) -> SettingAside:
    """Propose, by a new commissioner, that one panel or all agree their scores again."""
    actor = make_commissioner(itt.authority)
    return propose_reopening(itt=itt, panel=panel, actor=actor, reason=AGAIN, now=clock.now())


def agree(proposal: SettingAside) -> SettingAside:
    """Decide it, by a new approver."""
    approver = approver_of(proposal.itt.authority)
    decide_setting_aside(proposal=proposal, actor=approver, note=CHECKED, now=clock.now())
    db.session.refresh(proposal.itt)
    return proposal


def calculate_again(itt: InvitationToTender) -> None:
    """Calculate the results, and what decided them."""
    for result in calculate_result(itt_id=itt.id, now=clock.now()):
        diagnose_result(result_id=result.id)
