"""Who may do what with an award, and what must hold first."""

from __future__ import annotations

from portal.awarding.states import DecisionStatus
from portal.core.permissions import PROVIDER_ROLES, Role, Verb, permit, policy
from portal.regulation.regimes import AwardKind, StandstillRule, standstill_rule
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttKind, IttStatus

READERS = (
    Role.COMMISSIONER,
    Role.APPROVER,
    Role.CONTRACT_MANAGER,
    Role.AUDITOR,
)

policy.declare(
    [
        permit("itt", Verb.PROPOSE_AWARD, [Role.COMMISSIONER], [IttStatus.MODERATED], half=True),
        permit("itt", Verb.SEE_AWARD, READERS, [IttStatus.MODERATED, IttStatus.AWARDED, IttStatus.CONTRACTED]),
        permit("award", Verb.READ, READERS),
        permit("award", Verb.DECIDE, [Role.APPROVER], [DecisionStatus.PROPOSED], half=True),
        permit("summary", Verb.READ, [*PROVIDER_ROLES, *READERS]),
    ]
)

_AWARD_KINDS = {
    IttKind.OPEN: AwardKind.COMPETITION,
    IttKind.MINI_COMPETITION: AwardKind.FRAMEWORK_CALL_OFF,
    IttKind.DPS_CALL_OFF: AwardKind.DPS_CALL_OFF,
    IttKind.MARKET_CALL_OFF: AwardKind.MARKET_CALL_OFF,
    # A direct award is always one from a framework, so a call-off too (PCR2015 reg 86(5)(c); PA2023 s.51(3)).
    IttKind.DIRECT_AWARD: AwardKind.FRAMEWORK_CALL_OFF,
}


def standstill_duty(itt: InvitationToTender) -> StandstillRule:
    """Whether the law requires a standstill for this ITT's award or leaves it to the authority, and its section."""
    return standstill_rule(regime=itt.regime, light_touch=itt.light_touch, award=_AWARD_KINDS[itt.kind])
