"""The PIN of a young person's card: what may be chosen, and whether one is right.

The facilitator hands the card over and has seen its code. With a PIN that the young person alone knows, the card in an
adult's hand opens nothing.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from datetime import datetime

from portal.accounts.card_models import AccessCard, SittingPin
from portal.accounts.models import User
from portal.accounts.passwords import hash_password, password_matches
from portal.accounts.throttling import Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import squeeze
from portal.core.permissions import SYSTEM, Actor
from portal.core.seals import KeyFolder
from portal.core.taking import lock

FEWEST, MOST = 4, 6
MOST_WRONG = 10
"""Wrong PINs in a row after which a card stops: whoever has it and guesses comes upon 1 in 990 at best."""
ROW = "01234567890"


def choose_pin(*, card: AccessCard, member: User, pin: str, again: str, keys: KeyFolder, now: datetime) -> None:
    """Take the PIN that the young person chose. Records ACCESS_PIN_CHOSEN.

    Raises `InvalidInput` (fields "pin", "again") for one that is too easy or typed in two ways, and (field "code")
    where somebody has chosen one with this card in the meantime.
    """
    digits = _digits(pin)
    if not re.fullmatch(r"[0-9]{4,6}", digits):
        raise InvalidInput(f"Use {FEWEST} to {MOST} digits, such as 4 numbers that you like.", field="pin")
    if len(set(digits)) == 1 or digits in ROW or digits in ROW[::-1]:
        raise InvalidInput("That one is too easy to guess. Pick another one.", field="pin")
    if _digits(again) != digits:
        raise InvalidInput("That was not the same. Type your PIN two times.", field="again")
    lock(AccessCard, card.id)
    if db.session.get(SittingPin, member.id, populate_existing=True) is not None:
        raise InvalidInput("Someone has just picked a PIN with this card. Tell your facilitator.", field="code")
    db.session.add(SittingPin(user_id=member.id, pin_hash=hash_password(_keyed(member.id, digits, keys)), set_at=now))
    record(EventKind.ACCESS_PIN_CHOSEN, member, actor=Actor(user_id=member.id))


def pin_is_right(*, card: AccessCard, pin: str, origin: Origin, keys: KeyFolder, now: datetime) -> bool:
    """Whether it is the PIN of the card's person; a wrong one is counted, and too many in a row stop the card.

    Records CODE_REFUSED for a wrong one. Raises `TooManyTries` (field "pin") before it looks at one too many.
    """
    typed = _keyed(card.user_id, _digits(pin), keys)
    with guess(at=f"pin:{card.user_id}", origin=origin, keys=keys, now=now, field="pin") as tried:
        taken = lock(AccessCard, card.id)
        held = db.session.get(SittingPin, card.user_id, populate_existing=True)
        if taken.works(now) and held is not None and password_matches(held.pin_hash, typed):
            tried.succeed()
            return True
    taken.wrong_pins += 1
    if taken.wrong_pins >= MOST_WRONG:
        taken.withdrawn_at = taken.withdrawn_at or now
    record(EventKind.CODE_REFUSED, tried, actor=SYSTEM, purpose="pin")
    return False


def _digits(typed: str) -> str:
    return squeeze(unicodedata.normalize("NFKC", typed)).replace("-", "")


def _keyed(person_id: uuid.UUID, digits: str, keys: KeyFolder) -> str:
    """What is hashed: ten thousand PINs are tried in minutes, however slow the hash, unless the key is missing."""
    return keys.keyed_hash(f"pin:{person_id}:{digits}").hex()
