"""Making a person: the name and e-mail address that may be stored, and the account itself."""

from __future__ import annotations

import re
import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Membership, User
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.permissions import Role

NAME_LENGTH = 120
EMAIL_LENGTH = 254
_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
TAKEN = "That e-mail address cannot be used here. If it is yours, sign in, or use another one."


def normalise_email(typed: str) -> str:
    """An address as it is stored and compared: without spaces around it, in lower case."""
    return typed.strip().lower()


def add_person(*, name: str, email: str, password_hash: str) -> User:
    """Add a person with an account. Raises `InvalidInput` (fields "name", "email")."""
    display_name = " ".join(name.split())
    if not display_name:
        raise InvalidInput("Enter a name.", field="name")
    if len(display_name) > NAME_LENGTH:
        raise InvalidInput(f"Use at most {NAME_LENGTH} characters.", field="name")
    address = normalise_email(email)
    if len(address) > EMAIL_LENGTH or not _EMAIL.fullmatch(address):
        raise InvalidInput("Enter an e-mail address in full, such as name@example.org.", field="email")
    if db.session.scalar(select(User.id).where(User.email == address)) is not None:
        raise InvalidInput(TAKEN, field="email")
    person = User(id=uuid.uuid4(), display_name=display_name, email=address, password_hash=password_hash)
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError as taken:
        # Somebody registered the same address in the same second.
        raise InvalidInput(TAKEN, field="email") from taken
    return person


def grant(
    person: User, role: Role, *, provider_id: uuid.UUID | None = None, authority_id: uuid.UUID | None = None
) -> None:
    """Give the person a role in one place."""
    db.session.add(Membership(user_id=person.id, role=role, provider_id=provider_id, authority_id=authority_id))
