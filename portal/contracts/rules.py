"""Who may conclude a contract, and who reads its desk."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.tendering.states import AFTER_MODERATION, IttStatus

policy.declare(
    [
        # While other lots wait for their award, or for another one: what is signed is asked lot by lot.
        permit(
            "itt",
            Verb.CONCLUDE_CONTRACT,
            [Role.COMMISSIONER, Role.CONTRACT_MANAGER],
            [IttStatus.MODERATED, IttStatus.AWARDED],
        ),
        permit(
            "itt",
            Verb.SEE_CONTRACT_DESK,
            [Role.COMMISSIONER, Role.CONTRACT_MANAGER, Role.APPROVER, Role.AUDITOR],
            AFTER_MODERATION,
        ),
    ]
)
