"""The demonstration's sign-ins, for its start page and for `portal seed`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import update

from portal.accounts.models import User
from portal.accounts.people import people_with_emails
from portal.accounts.second_factor import secret_of
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.seals import KeyFolder
from portal.scenarios.matrix_people import PARTS as MATRIX_PARTS
from portal.scenarios.people import PARTS, PASSWORD, REGIONAL_PARTS, Part

EVERY_PART = (*PARTS, *REGIONAL_PARTS, *MATRIX_PARTS)


def sign_ins(parts: Iterable[Part] = PARTS) -> list[dict[str, str]]:
    """Role, e-mail address and password of every part."""
    return [{"role": part.title, "email": part.email, "password": PASSWORD} for part in parts]


@dataclass(frozen=True)
class PartWithCode:
    """A part, and the code that its authenticator app would show now (None where none is needed)."""

    part: Part
    code: str | None


def parts_with_codes(*, keys: KeyFolder, now: datetime) -> list[PartWithCode]:
    """Every part that somebody plays here, with its present code; one statement."""
    people = people_with_emails(part.email for part in EVERY_PART)
    return [PartWithCode(part, _code(people[part.email], keys, now)) for part in EVERY_PART if part.email in people]


def _code(person: User, keys: KeyFolder, now: datetime) -> str | None:
    if person.totp_sealed is None:
        return None
    return pyotp.TOTP(secret_of(person, keys=keys)).at(now)


def let_code_work_again(user_id: uuid.UUID) -> None:
    """A code works once; whoever plays a part twice within half a minute shows the same one again."""
    db.session.execute(update(User).where(User.id == user_id).values(totp_step=0))


def part_named(email: str) -> Part:
    """The part with that address; raises `NotFound`."""
    for part in EVERY_PART:
        if part.email == email:
            return part
    raise NotFound("There is no such part.")
