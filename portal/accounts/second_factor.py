"""The second factor: a code from an authenticator app (TOTP, RFC 6238), a passkey, or a recovery code.

The secret of an app is encrypted with the installation's factor key, which is not in the database. Its code works once,
and for the 30 seconds in which the app shows it (ASVS 5.0, 6.5.5). An app whose clock is off is known by it: two codes
in a row that are off alike show by how much (RFC 6238, section 6).
"""

from __future__ import annotations

import hmac
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.devices import is_known
from portal.accounts.models import User, UserSession
from portal.accounts.passkeys import WRONG as WRONG_PASSKEY
from portal.accounts.passkeys import Question, Site, passkey_holds, passkeys_of
from portal.accounts.recovery import looks_like_one, use_recovery_code
from portal.accounts.sessions import end_sessions_of
from portal.accounts.throttling import Guess, Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record, record_apart
from portal.core.errors import InvalidInput, SealBroken, SecondFactorNeeded
from portal.core.parsing.text import has_text, squeeze
from portal.core.permissions import FRESH_FACTOR, Actor
from portal.core.seals import KeyFolder, decrypt, encrypt
from portal.core.taking import lock

STEP_SECONDS = 30
NEARBY_STEPS = 2
ISSUER = "Fairlot"
EMPTY = "Type the code that your authenticator app shows, or one of your recovery codes."
WRONG_CODE = "That code is not right. Wait for the next one in your authenticator app and type all six digits."
RUN_OUT = "That code has just run out. Type the one that your app shows now."
NO_APP = "You have no authenticator app here. Use your passkey, or one of your recovery codes."
WRONG_RECOVERY_CODE = "That recovery code does not work. Each one works once: try another of your codes."


@dataclass(frozen=True)
class Shown:
    """What somebody shows as their second factor: what they typed, or what a passkey answered to a question."""

    typed: str = ""
    answer: str = ""
    question: Question | None = None
    site: Site | None = None


@dataclass(frozen=True)
class Proposal:
    """A secret that is not in force yet: as text, as the address in the QR code, and sealed for the form."""

    secret: str
    address: str
    sealed: str


def propose_factor(*, user_id: uuid.UUID, account_name: str, keys: KeyFolder) -> Proposal:
    """Make up a secret for the person to put into an authenticator app; nothing is stored."""
    secret = pyotp.random_base32()
    sealed = encrypt(secret.encode(), keys.factor_key(), _context("proposed", user_id))
    return _proposal(secret, account_name, urlsafe_b64encode(sealed).decode())


def read_proposal(*, user_id: uuid.UUID, account_name: str, sealed: str, keys: KeyFolder) -> Proposal:
    """Read back the proposal that the form carried; `InvalidInput` when it is not for this person."""
    try:
        secret = decrypt(urlsafe_b64decode(sealed.encode()), keys.factor_key(), _context("proposed", user_id))
    except (SealBroken, ValueError) as broken:
        raise InvalidInput("This page was open for too long. Reload it and scan the new code.") from broken
    return _proposal(secret.decode(), account_name, sealed)


def set_up_factor(
    *,
    actor: Actor,
    session_id: uuid.UUID,
    proposal: Proposal,
    code: str,
    origin: Origin,
    keys: KeyFolder,
    now: datetime,
) -> None:
    """Put the proposed secret into force for the person, once its first code is right.

    Consequences: the session counts as having shown the factor; a factor that was in force before stops
    working; every other session of the person ends (ASVS 5.0 V7.4.3).
    Records SECOND_FACTOR_SET. Raises `SecondFactorNeeded` when a factor is in force and was not
    shown in this session in the last five minutes (a password alone must not replace it), `InvalidInput`
    (field "factor_code") for a wrong code, `TooManyTries` after several.
    """
    current = int(now.timestamp()) // STEP_SECONDS
    with _guess(actor.user_id, origin, keys, now) as tried:
        step = _matching_step(proposal.secret, code, after=0, current=current)
        if step is None:
            raise InvalidInput(WRONG_CODE, field="factor_code")
        tried.succeed()
    user = lock(User, actor.user_id)
    session = lock(UserSession, session_id)
    if has_factor(user) and not (session.factor_at and now - session.factor_at <= FRESH_FACTOR):
        raise SecondFactorNeeded("Show a code from your present authenticator first.")
    replaced = user.totp_sealed is not None
    user.totp_sealed = sealed_secret(proposal.secret, user_id=user.id, keys=keys)
    user.totp_step, user.totp_drift, user.totp_near = step, step - current, None
    session.factor_at = now
    end_sessions_of(user_id=user.id, now=now, except_session=session_id)
    record(EventKind.SECOND_FACTOR_SET, user, actor=actor, replaced=replaced)


def confirm_factor(
    *, user_id: uuid.UUID, session_id: uuid.UUID, shown: Shown, origin: Origin, keys: KeyFolder, now: datetime
) -> None:
    """Accept what the person shows and note in the session when it was.

    Runs in a transaction of its own, so that a code is used up whatever becomes of the act it was typed for. Raises
    `InvalidInput` (field "factor_code") for nothing, for a code that is wrong, out of its time or was used before, and
    for a passkey's answer to another question (and records SECOND_FACTOR_REFUSED); `TooManyTries` after several.
    """
    if not (has_text(shown.typed) or shown.answer):
        raise InvalidInput(EMPTY, field="factor_code")
    with _guess(user_id, origin, keys, now) as tried:
        # The lock makes two requests with the same code take turns: the second finds the step used.
        user = tried.session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
        refused = _why_refused(tried.session, user, shown, keys, now)
        if refused is None:
            tried.succeed()
            mine = update(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id)
            tried.session.execute(mine.values(factor_at=now))
        else:
            record_apart(tried.session, EventKind.SECOND_FACTOR_REFUSED, user, actor=Actor(user_id=user_id))
            raise InvalidInput(refused, field="factor_code")


def has_factor(user: User) -> bool:
    """Whether the person has anything to show beside the password."""
    return user.totp_sealed is not None or bool(passkeys_of(user.id))


def secret_of(user: User, *, keys: KeyFolder) -> str:
    """The person's secret that is in force; raises `InvalidInput` when there is none."""
    if user.totp_sealed is None:
        raise InvalidInput(NO_APP, field="factor_code")
    return decrypt(user.totp_sealed, keys.factor_key(), _context("in force", user.id)).decode()


def sealed_secret(secret: str, *, user_id: uuid.UUID, keys: KeyFolder) -> bytes:
    """The secret as it is stored for a person."""
    return encrypt(secret.encode(), keys.factor_key(), _context("in force", user_id))


@contextmanager
def _guess(user_id: uuid.UUID | None, origin: Origin, keys: KeyFolder, now: datetime) -> Iterator[Guess]:
    known = is_known(origin.device, user_id)
    with guess(at=f"factor:{user_id}", origin=origin, known=known, keys=keys, now=now, field="factor_code") as tried:
        yield tried


def _proposal(secret: str, account_name: str, sealed: str) -> Proposal:
    address = pyotp.TOTP(secret).provisioning_uri(name=account_name, issuer_name=ISSUER)
    return Proposal(secret=secret, address=address, sealed=sealed)


def _why_refused(own: Session, user: User, shown: Shown, keys: KeyFolder, now: datetime) -> str | None:
    """What is wrong with what was shown; None when it is accepted, and used up."""
    if shown.answer and shown.question and shown.site:
        holds = passkey_holds(own, user_id=user.id, answer=shown.answer, question=shown.question, site=shown.site,
                              keys=keys, now=now)  # fmt: skip
        return None if holds else WRONG_PASSKEY
    if looks_like_one(shown.typed):
        return None if use_recovery_code(own, user_id=user.id, typed=shown.typed, now=now) else WRONG_RECOVERY_CODE
    return _why_code_refused(user, shown.typed, keys, now)


def _why_code_refused(user: User, typed: str, keys: KeyFolder, now: datetime) -> str | None:
    current = int(now.timestamp()) // STEP_SECONDS
    step = _matching_step(secret_of(user, keys=keys), typed, after=user.totp_step, current=current)
    if step is None:
        return WRONG_CODE
    user.totp_step, off = step, step - current
    if off not in (user.totp_drift, user.totp_near):
        user.totp_near = off
        return RUN_OUT
    user.totp_drift, user.totp_near = off, None
    return None


def _matching_step(secret: str, code: str, *, after: int, current: int) -> int | None:
    """The time step near the present one that the code belongs to, among those later than the last one used."""
    typed = squeeze(code)
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for step in range(current - NEARBY_STEPS, current + NEARBY_STEPS + 1):
        if step > after and hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def _context(purpose: str, user_id: uuid.UUID) -> bytes:
    return f"second factor {purpose} {user_id}".encode()
