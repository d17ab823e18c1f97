"""What only one can have: the second in the same second is refused in words."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from portal.core.errors import Conflict
from portal.core.uniqueness import unless_taken
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from tests.factories.organisations import make_authority, make_provider


def taken() -> Conflict:
    """What the tests say."""
    return Conflict("Somebody has it already.")


def test_the_constraint_that_is_named_is_refused_in_words(db_session: object) -> None:
    """And what was written before the block stays."""
    first, second = make_provider(), make_provider()
    number = first.company_number
    with pytest.raises(Conflict), unless_taken({"uq_provider_company_number": taken}):
        second.company_number = number
    db.session.expire_all()
    assert (db.session.get_one(Provider, first.id).company_number, second.company_number != number) == (number, True)


def test_any_other_fault_is_ours(db_session: object) -> None:
    """Another constraint is not taken for the named one."""
    name = make_authority().name
    with pytest.raises(IntegrityError), unless_taken({"uq_provider_company_number": taken}):
        db.session.add(ContractingAuthority(name=name))
