"""The demonstration's sign-ins, for its start page and for `portal seed`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.second_factor import secret_of
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.seals import KeyFolder
from portal.scenarios.people import PARTS, PASSWORD, Part

STEP_SECONDS = 30


def sign_ins() -> list[dict[str, str]]:
    """Role, e-mail address and password of every part."""
    return [{"role": part.title, "email": part.email, "password": PASSWORD} for part in PARTS]


@dataclass(frozen=True)
class PartWithCode:
    """A part, and the code that its authenticator app would show now (None where none is needed)."""

    part: Part
    code: str | None


def parts_with_codes(*, keys: KeyFolder, now: datetime) -> list[PartWithCode]:
    """Every part with its present code; one statement."""
    emails = [part.email for part in PARTS]
    people = {person.email: person for person in db.session.scalars(select(User).where(User.email.in_(emails)))}
    return [PartWithCode(part, _code(people.get(part.email), keys, now)) for part in PARTS]


def _code(person: User | None, keys: KeyFolder, now: datetime) -> str | None:
    if person is None or person.totp_sealed is None:
        return None
    totp = pyotp.TOTP(secret_of(person, keys=keys))
    # A code works once: after it was used, the one for the next half minute is accepted too.
    step = int(now.timestamp()) // STEP_SECONDS
    return totp.at(max(step, person.totp_step + 1) * STEP_SECONDS)


def part_named(email: str) -> Part:
    """The part with that address; raises `NotFound`."""
    for part in PARTS:
        if part.email == email:
            return part
    raise NotFound("There is no such part.")
