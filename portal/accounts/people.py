"""Making a person: the name and e-mail address that may be stored, and the account itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.link_models import AddressChange
from portal.accounts.models import HeldRole, User
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.emails import fold_email, read_email
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Role
from portal.core.personal import address_indexes
from portal.core.uniqueness import unless_taken
from portal.organisations.models import ContractingAuthority, Provider

NAME_LENGTH = 120
TAKEN = "That e-mail address cannot be used here: somebody has access with it already. Use another one."


KEPT_FOR_THE_OLD_OWNER = timedelta(days=7)
"""How long an address that somebody gave up stays theirs to go back to, should the change not have been their wish."""


class AddressTaken(InvalidInput):
    """Somebody has an account with the address already."""


def person_with_email(address: str | None) -> User | None:
    """Who has the address, compared as it looks; whether that person may sign in is the caller's question."""
    wanted = address_indexes(fold_email(address))
    return db.session.scalars(select(User).where(User.email_index.in_(wanted))).first()


def has_address(index: InstrumentedAttribute[bytes]) -> ColumnElement[bool]:
    """SQL: the person's present address is the one of this index (a column of another table)."""
    return User.email_index == index


def people_with_emails(addresses: Iterable[str]) -> dict[str, User]:
    """Everybody who has one of the addresses, by address, in one statement."""
    wanted = [index for address in addresses for index in address_indexes(fold_email(address))]
    found = db.session.scalars(select(User).where(User.email_index.in_(wanted)))
    return {str(person.email): person for person in found}


def holder_of(address: str) -> User | None:
    """Who has the address, or gave it up so lately that they may go back to it."""
    given_up = select(AddressChange.user_id).where(
        AddressChange.old_index.in_(address_indexes(address)),
        AddressChange.taken_at.is_not(None),
        AddressChange.stopped_at.is_(None),
        AddressChange.asked_at > func.clock_timestamp() - KEPT_FOR_THE_OLD_OWNER,
    )
    # Both are asked in any case: how long the answer takes shall tell nothing.
    former, holder = db.session.scalar(given_up.limit(1)), person_with_email(address)
    return db.session.get(User, former) if former and holder is None else holder


def refuse_taken(address: str, *, owner: uuid.UUID | None = None) -> None:
    """Raise `AddressTaken` (field "email") when the address is another person's than `owner`'s."""
    holder = holder_of(address)
    if holder is not None and holder.id != owner:
        raise AddressTaken(TAKEN, field="email")


def read_person_name(name: str) -> str:
    """A person's name as it may be stored; raises `InvalidInput` (field "name")."""
    return require_text(one_line(name), "Enter a name.", field="name", most=NAME_LENGTH)


def add_person(
    *, name: str, email: str, password_hash: str | None = None, confirmed_at: datetime | None = None
) -> User:
    """Add a person with an account; without a password for whoever is invited and chooses one.

    Raises `InvalidInput` (fields "name", "email"), `AddressTaken`.
    """
    display_name = read_person_name(name)
    address = read_email(email)
    refuse_taken(address)
    person = User(
        id=uuid.uuid4(),
        display_name=display_name,
        email=address,
        email_confirmed_at=confirmed_at,
        password_hash=password_hash,
    )
    with unless_address_taken():
        db.session.add(person)
    return person


def unless_address_taken() -> AbstractContextManager[None]:
    """Write an address inside the block, or raise `AddressTaken` for one that somebody got in the same second."""
    return unless_taken({"uq_user_account_email_index": partial(AddressTaken, TAKEN, field="email")})


def place_key(place: Provider | ContractingAuthority) -> dict[str, uuid.UUID]:
    """The column of a role that names the place, with its value."""
    return {"provider_id" if isinstance(place, Provider) else "authority_id": place.id}


def grant(
    person: User, role: Role, *, provider_id: uuid.UUID | None = None, authority_id: uuid.UUID | None = None
) -> None:
    """Give the person a role in one place."""
    db.session.add(HeldRole(user_id=person.id, role=role, provider_id=provider_id, authority_id=authority_id))
