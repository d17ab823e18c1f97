"""Who may conclude a contract, and who reads its desk."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.tendering.states import IttStatus

policy.declare(
    [
        permit("itt", Verb.CONCLUDE_CONTRACT, [Role.COMMISSIONER, Role.CONTRACT_MANAGER], [IttStatus.AWARDED]),
        permit(
            "itt",
            Verb.SEE_CONTRACT_DESK,
            [Role.COMMISSIONER, Role.CONTRACT_MANAGER, Role.APPROVER, Role.AUDITOR],
            [IttStatus.AWARDED, IttStatus.CONTRACTED],
        ),
    ]
)
