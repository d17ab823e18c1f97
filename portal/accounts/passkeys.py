"""Passkeys: a key that stays in a computer, a phone or a stick answers a question that only it can (WebAuthn).

The question is worked out anew from the session and the time at which the page was made, so that nothing is stored
for it: it holds for ten minutes, and no longer than until the session has shown a second factor (ASVS 5.0, 6.5.5).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import webauthn
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.accounts.factor_models import Passkey
from portal.accounts.models import User, UserSession
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor
from portal.core.seals import KeyFolder
from portal.core.taking import lock

LASTS = timedelta(minutes=10)
NAME_LENGTH = 60
MOST = 10
WRONG = "That passkey did not work here. Try again, or use another way."


@dataclass(frozen=True)
class Site:
    """Where keys are made and shown: the site's host name, which they are bound to, and its address."""

    host: str
    origin: str


@dataclass(frozen=True)
class Question:
    """What a browser asks a key: the session it is asked for, when, and to what end ("add" or "show")."""

    purpose: str
    session_id: uuid.UUID
    factor_at: datetime | None
    asked_at: int

    def challenge(self, keys: KeyFolder) -> bytes:
        """The bytes that the key signs."""
        shown = self.factor_at.timestamp() if self.factor_at else 0
        said = f"{self.purpose}:{self.session_id}:{shown}:{self.asked_at}"
        return hashlib.blake2b(said.encode(), digest_size=32, key=keys.factor_key(), person=b"fairlot-passkey").digest()

    def is_over(self, now: datetime) -> bool:
        """Whether the page that asked has been open for too long."""
        return not 0 <= now.timestamp() - self.asked_at <= LASTS.total_seconds()


def passkeys_of(user_id: uuid.UUID) -> Sequence[Passkey]:
    """The person's passkeys, oldest first."""
    return db.session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at)).all()


def options_to_add(*, person: User, question: Question, site: Site, keys: KeyFolder) -> dict[str, Any]:
    """What the browser needs in order to make a key for the person."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Fairlot",
        user_id=person.id.bytes,
        user_name=person.email or person.display_name,
        user_display_name=person.display_name,
        challenge=question.challenge(keys),
        exclude_credentials=_described(passkeys_of(person.id)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def options_to_show(*, user_id: uuid.UUID, question: Question, site: Site, keys: KeyFolder) -> dict[str, Any]:
    """What the browser needs in order to ask one of the person's keys."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=question.challenge(keys),
        allow_credentials=_described(passkeys_of(user_id)),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def add_passkey(
    *, actor: Actor, name: str, answer: str, question: Question, site: Site, keys: KeyFolder, now: datetime
) -> Passkey:
    """Keep the key that the person's browser has made, under the name that they give it.

    Consequences: the session counts as having shown the factor. Records PASSKEY_ADDED. Raises `InvalidInput` (fields
    "name", "passkey"), `WrongState` for more than ten.
    """
    called = require_text(one_line(name), "Give the passkey a name.", field="name", most=NAME_LENGTH)
    person = lock(User, actor.user_id)
    if len(passkeys_of(person.id)) >= MOST:
        raise WrongState(f"You have {MOST} passkeys. Remove one first.")
    verified = _verified_new(answer, question, site, keys, now)
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == verified.credential_id)) is not None:
        raise InvalidInput("That passkey is here already.", field="passkey")
    added = Passkey(
        id=uuid.uuid4(),
        user_id=person.id,
        name=called,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=_transports_in(answer),
        created_at=now,
    )
    db.session.add(added)
    lock(UserSession, question.session_id).factor_at = now
    record(EventKind.PASSKEY_ADDED, added, actor=actor)
    return added


def remove_passkey(*, actor: Actor, passkey_id: uuid.UUID) -> None:
    """Forget a passkey of the person. Records PASSKEY_REMOVED; raises `NotFound`, `WrongState` for the last factor."""
    person = lock(User, actor.user_id)
    mine = {passkey.id: passkey for passkey in passkeys_of(person.id)}
    found = mine.get(passkey_id)
    if found is None:
        raise NotFound("There is no such passkey of yours.")
    if len(mine) == 1 and person.totp_sealed is None:
        raise WrongState("This is your only second factor. Add another passkey or an authenticator app first.")
    record(EventKind.PASSKEY_REMOVED, found, actor=actor)
    db.session.execute(delete(Passkey).where(Passkey.id == found.id))


def passkey_holds(
    own: Session, *, user_id: uuid.UUID, answer: str, question: Question, site: Site, keys: KeyFolder, now: datetime
) -> bool:
    """Whether the answer is one of the person's keys' to this very question. The caller has locked the person."""
    if question.is_over(now):
        return False
    try:
        raw = webauthn.helpers.parse_authentication_credential_json(answer).raw_id
        mine = own.scalars(
            select(Passkey).where(Passkey.credential_id == raw, Passkey.user_id == user_id)
        ).one_or_none()
        if mine is None:
            return False
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=question.challenge(keys),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=mine.public_key,
            credential_current_sign_count=mine.sign_count,
        )
    except (WebAuthnException, ValueError):
        return False
    mine.sign_count, mine.last_used_at = verified.new_sign_count, now
    return True


def _verified_new(answer: str, question: Question, site: Site, keys: KeyFolder, now: datetime) -> Any:
    if question.is_over(now):
        raise InvalidInput("This page was open for too long. Try again.", field="passkey")
    try:
        return webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=question.challenge(keys),
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError) as wrong:
        raise InvalidInput(WRONG, field="passkey") from wrong


def _transports_in(answer: str) -> list[str]:
    said = json.loads(answer).get("response", {}).get("transports", [])
    known = {transport.value for transport in AuthenticatorTransport}
    return [transport for transport in said if transport in known] if isinstance(said, list) else []


def _described(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=passkey.credential_id, transports=[AuthenticatorTransport(said) for said in passkey.transports] or None
        )
        for passkey in passkeys
    ]
