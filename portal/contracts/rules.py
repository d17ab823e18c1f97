"""Who may conclude a contract, and who reads its desk."""

from __future__ import annotations

from portal.core.permissions import PROVIDER_ROLES, Role, permit, policy
from portal.tendering.states import IttStatus

policy.declare(
    [
        permit("itt", "conclude contract", [Role.COMMISSIONER, Role.CONTRACT_MANAGER], [IttStatus.AWARDED]),
        permit(
            "itt",
            "see contract desk",
            [Role.COMMISSIONER, Role.CONTRACT_MANAGER, Role.APPROVER, Role.AUDITOR],
            [IttStatus.AWARDED, IttStatus.CONTRACTED],
        ),
        permit("contract", "read", [*PROVIDER_ROLES, Role.COMMISSIONER, Role.CONTRACT_MANAGER, Role.AUDITOR]),
    ]
)
