"""Another key in the place of the one that wraps the persons' keys, while the portal runs.

From the moment that the new key is there everything new is under it, and both are read. What is under the one before
is wrapped anew, some people in each transaction; addresses are found by either key until the one before is dropped.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from portal.accounts.link_models import AddressChange
from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.audit.subjects import OnSystemChain
from portal.core.columns import db
from portal.core.permissions import SYSTEM
from portal.core.personal import address_index, rewrapped
from portal.core.seals import KeyFolder
from portal.core.taking import lock
from portal.notifications.models import DeadAddress
from portal.organisations.claim_models import NumberClaim
from portal.tendering.clarifying.mail_models import MailFollower

PORTION = 200
"""People in one transaction: nobody waits for longer than they take."""
FIRST = uuid.UUID(int=0)


@dataclass(frozen=True)
class PersonKey(OnSystemChain):
    """The installation's key over persons' keys, as an event is about it."""

    ledger_object = "person_key"
    ledger_id = uuid.UUID("0b1f3a52-6a0e-4a39-9a0f-5f2a1d0a7c11")


def replace_key(keys: KeyFolder) -> None:
    """Put the new key in its place, or go on with one that is there. Records PERSON_KEY_REPLACED."""
    keys.replace_person_key()
    record(EventKind.PERSON_KEY_REPLACED, PersonKey(), actor=SYSTEM)


def rewrap_portions() -> Iterator[int]:
    """Wrap the keys of people, claimants and followers anew, find addresses by the new key: a transaction each turn.

    Yields how many the portion had; the caller commits. Whoever is erased meanwhile stays erased: each row is locked.
    """
    for model, work in _UNDER_THE_KEY:
        after = FIRST
        while True:
            next_ones = select(model.id).where(model.person_key.is_not(None), model.id > after).order_by(model.id)
            portion = db.session.scalars(next_ones.limit(PORTION)).all()
            if not portion:
                break
            for identifier in portion:
                row = lock(model, identifier)
                if row.person_key is not None:
                    work(row)
            after = portion[-1]
            yield len(portion)


def note_dropped() -> None:
    """Note that the key before goes, once all is under the new one. Records PERSON_KEY_DROPPED."""
    record(EventKind.PERSON_KEY_DROPPED, PersonKey(), actor=SYSTEM)


def _rewrap_person(person: User) -> None:
    assert person.person_key is not None
    person.person_key = rewrapped(person.person_key, person.id)
    if person.email is not None and person.email_index != address_index(person.email):
        dead = update(DeadAddress).where(DeadAddress.user_id == person.id, DeadAddress.address == person.email_index)
        person.email_index = address_index(person.email)
        db.session.execute(dead.values(address=person.email_index))
    for change in db.session.scalars(select(AddressChange).where(AddressChange.user_id == person.id)):
        change.old_index = address_index(change.old_email)


def _rewrap_claim(claim: NumberClaim) -> None:
    assert claim.person_key is not None
    claim.person_key = rewrapped(claim.person_key, claim.id)


def _rewrap_follower(follower: MailFollower) -> None:
    follower.person_key = rewrapped(follower.person_key, follower.id)
    follower.address_index = address_index(follower.address)


_UNDER_THE_KEY: tuple[tuple[Any, Callable[[Any], None]], ...] = (
    (User, _rewrap_person),
    (NumberClaim, _rewrap_claim),
    (MailFollower, _rewrap_follower),
)
