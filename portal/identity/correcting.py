"""Correcting what an organisation says about itself."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.identity.verifying import end_verification
from portal.organisations.details import ProviderDetails, put_details, write_numbers
from portal.organisations.models import Provider

IDENTITY = frozenset({"name", "company_number", "charity_scheme", "charity_number"})
"""What somebody looks up in a register: whatever was proved was proved of these."""
FACTS = IDENTITY | {"address", "postcode", "is_sme", "is_vcse"}
CHANGED = "The organisation changed its name or number, so what was proved before says nothing about it."


def change_provider(*, provider: Provider, details: ProviderDetails, actor: Actor, now: datetime) -> None:
    """Change what the provider says about itself.

    Another name or number makes it "not yet verified" again. Records PROVIDER_CHANGED with the names of the changed
    fields. Raises `InvalidInput` with the field (see `put_details`).
    """
    take(provider, Verb.CHANGE, actor=actor)
    before = {name: getattr(provider, name) for name in FACTS}
    put_details(provider, details)
    changed = sorted(name for name in FACTS if getattr(provider, name) != before[name])
    if not changed:
        return
    write_numbers()
    if IDENTITY & set(changed):
        end_verification(provider, reason=CHANGED, actor=actor, now=now)
    record(EventKind.PROVIDER_CHANGED, provider, actor=actor, changed=changed)
