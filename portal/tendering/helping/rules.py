"""Who may ask for help, and who gives it."""

from __future__ import annotations

from portal.core.permissions import PROVIDER_ROLES, Role, Verb, permit, policy
from portal.tendering.helping.states import HelpStatus

policy.declare(
    [
        permit("help_request", Verb.ASK, PROVIDER_ROLES),
        permit("help_request", Verb.ANSWER, {Role.COMMISSIONER}, (HelpStatus.ASKED,)),
    ]
)
