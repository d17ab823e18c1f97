"""Contracting authorities and providers for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from portal.accounts.models import HeldRole, User
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider, ProviderAlert, Verification
from portal.organisations.states import VerificationMethod, VerificationStatus

_numbers = count(1)


def make_authority(name: str | None = None, *, administrators: int = 2, **details: Any) -> ContractingAuthority:
    """A contracting authority with an address, and the administrators without whom nothing is published there."""
    number = next(_numbers)
    authority = ContractingAuthority(
        **{
            "name": name or f"Demo County Council {number}",
            "organisation_scheme": "GB-LAE",
            "organisation_number": "DEM",
            "address": "1 Demo Square, Demotown",
            "postcode": "DE1 1AA",
            "contact_email": f"commissioning{number}@authority.example",
        }
        | details
    )
    db.session.add(authority)
    db.session.flush()
    for place in range(administrators):
        person = User(
            display_name=f"Demo Administrator {number}-{place}",
            email=f"administrator{number}-{place}@authority.example",
            password_hash="none",
        )
        role = HeldRole(user=person, role=Role.AUTHORITY_ADMINISTRATOR, authority_id=authority.id)
        db.session.add_all([person, role])
    db.session.flush()
    return authority


def make_provider(
    name: str | None = None, *, alerts: tuple[str, ...] = (), verified: bool = True, **details: Any
) -> Provider:
    """A registered provider with a company number of its own, verified or not; `alerts` are CPV codes."""
    number = next(_numbers)
    provider = Provider(
        **{
            "name": name or f"Demo Provider {number}",
            "company_number": f"{9_000_000 + number:08}",
            "address": "2 Demo Street, Demotown",
            "postcode": "DE1 2BB",
            "is_sme": True,
        }
        | details
    )
    provider.alerts = [ProviderAlert(cpv_code=code) for code in alerts]
    db.session.add(provider)
    db.session.flush()
    if verified:
        held = VerificationMethod.BEFORE_RECORDS, VerificationStatus.VERIFIED
        db.session.add(
            Verification(provider_id=provider.id, method=held[0], status=held[1], proved_at=provider.created_at)
        )
        db.session.flush()
    return provider
