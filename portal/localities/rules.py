"""Who draws an authority's map."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy

RULES = [permit("authority", Verb.CHANGE_LOCALITIES, {Role.AUTHORITY_ADMINISTRATOR})]

policy.declare(RULES)
