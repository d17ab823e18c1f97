"""Correcting what an organisation says about itself, and what follows from another name or number."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.identity.verifying import end_verification
from portal.organisations.commitments import is_bound
from portal.organisations.details import IDENTITY, Identity, ProviderDetails, read_details, write_numbers
from portal.organisations.kept_numbers import take_up
from portal.organisations.models import FormerIdentity, Provider

CHANGED = "The organisation changed its name or number, so what was proved before says nothing about it."
BOUND = (
    "Councils know your organisation by its name and numbers: it is a member, or has sent an application or a bid. Ask "
    "for the change instead; officers decide."
)


def change_provider(*, provider: Provider, details: ProviderDetails, actor: Actor, now: datetime) -> None:
    """Change what the provider says about itself.

    Another name or number makes it "not yet verified" again; what it was called is kept. Records PROVIDER_CHANGED with
    the names of the changed fields. Raises `InvalidInput` with the field (see `read_details`; "organisation_name" for
    another name, number or parent of an organisation that councils deal with).
    """
    take(provider, Verb.CHANGE, actor=actor)
    before, wanted = Identity.of(provider), read_details(provider, details)
    changed = sorted(name for name, value in wanted.items() if getattr(provider, name) != value)
    if set(IDENTITY) & set(changed) and is_bound(provider.id):
        raise InvalidInput(BOUND, field="organisation_name")
    for name in changed:
        setattr(provider, name, wanted[name])
    if changed:
        _follow(provider, before, changed, actor, now)


def become(*, provider: Provider, identity: Identity, actor: Actor, now: datetime) -> None:
    """Give the provider another name, numbers or parent as officers decided. Records PROVIDER_CHANGED.

    Raises `InvalidInput` for a number that another organisation has registered meanwhile.
    """
    before = Identity.of(provider)
    for name, value in identity.columns().items():
        setattr(provider, name, value)
    changed = sorted(name for name in IDENTITY if getattr(before, name) != getattr(identity, name))
    _follow(provider, before, changed, actor, now)


def _follow(provider: Provider, before: Identity, changed: list[str], actor: Actor, now: datetime) -> None:
    write_numbers()
    take_up(provider)
    if set(IDENTITY) & set(changed):
        db.session.add(FormerIdentity(provider_id=provider.id, **before.columns(), until=now))
        db.session.flush()
        db.session.expire(provider, ["former"])
    if set(IDENTITY) & set(changed) - {"parent"}:
        end_verification(provider, reason=CHANGED, actor=actor, now=now)
    record(EventKind.PROVIDER_CHANGED, provider, actor=actor, changed=changed)
