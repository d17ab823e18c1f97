"""Contracts for tests, concluded through the real activity."""

from __future__ import annotations

from datetime import date, timedelta

from portal.contracts.models import Contract
from portal.contracts.signing import conclude_contract
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.organisations.models import ContractingAuthority
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import Award


def manager_of(authority: ContractingAuthority) -> Actor:
    """A contract manager of the authority, as activities see people."""
    return actor_of(make_person(Role.CONTRACT_MANAGER, authority=authority))


def conclude(award: Award, *, signed: date | None = None, starts: date | None = None, place: int = 1) -> Contract:
    """Conclude the contract of an award, signed today and starting in 60 days unless told otherwise."""
    today = clock.today()
    return conclude_contract(
        place=next(held for held in award.decision.places if held.place == place),
        actor=manager_of(award.itt.authority),
        signed_date=signed or today,
        start_date=starts or today + timedelta(days=60),
    )
