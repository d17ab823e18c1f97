"""Signed-in sessions: a row for each, so that signing out, a lost role or a new password ends it at once."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from portal.accounts.models import UserSession
from portal.audit.subjects import OnSystemChain
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import PROVIDER_ROLES, SECOND_FACTOR_ROLES, Actor, Role, StoodIn
from portal.core.personal import unseal

ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(minutes=60)
SEEN_EVERY = timedelta(minutes=1)

# What an absence adds to who somebody is: the roles of those for whom they stand in (their own alone: a deputy of a
# deputy gets nothing), and who stands in, or ever did, for them and for those.
_STANDING_IN = """
    coalesce((SELECT jsonb_agg(jsonb_build_array(m.role, m.authority_id, m.provider_id, NULL, a.user_id)
    ORDER BY m.created_at, m.id) FROM absence a JOIN membership m ON m.user_id = a.user_id AND m.ended_at IS NULL
    AND (m.authority_id = a.authority_id OR m.provider_id = a.provider_id) WHERE a.deputy_id = u.id AND
    a.status = 'agreed' AND a.begins_at <= :now AND a.ends_at > :now), '[]') AS lent_roles,
    coalesce((SELECT jsonb_agg(jsonb_build_array(d.deputy_id, d.begins_at, d.ends_at)) FROM absence d WHERE
    d.status = 'agreed' AND (d.user_id = u.id OR d.user_id IN (SELECT a.user_id FROM absence a WHERE
    a.deputy_id = u.id AND a.status = 'agreed' AND a.begins_at <= :now AND a.ends_at > :now))), '[]') AS deputies
"""

# One statement for session, person, roles and organisation: it runs on every request.
_FIND = text(
    f"""
    SELECT {_STANDING_IN}, s.id AS session_id, s.factor_at, s.last_seen_at, s.expires_at, u.id AS user_id,
    u.person_key, u.name_sealed,
    u.email_sealed, u.email_index IS NOT NULL AND u.email_confirmed_at IS NULL AS awaits_confirmation,
    u.totp_sealed IS NOT NULL AS has_authenticator,
    EXISTS (SELECT FROM passkey k WHERE k.user_id = u.id) AS has_passkey, coalesce(jsonb_agg(jsonb_build_array(m.role,
    m.authority_id, m.provider_id, m.panel_id) ORDER BY m.created_at, m.id) FILTER (WHERE m.id IS NOT NULL), '[]') AS
    held_roles, (array_agg(coalesce(p.name, a.name) ORDER BY m.created_at, m.id) FILTER (WHERE
    coalesce(p.name, a.name) IS NOT NULL))[1] AS organisation_name FROM user_session s JOIN user_account u
    ON u.id = s.user_id AND u.is_active LEFT JOIN membership m ON m.user_id = u.id AND m.ended_at IS NULL
    LEFT JOIN provider p ON p.id = m.provider_id LEFT JOIN contracting_authority a ON a.id = m.authority_id
    WHERE s.token_hash = :token_hash AND s.revoked_at IS NULL AND s.expires_at > :now AND s.last_seen_at >
    :idle_since GROUP BY s.id, u.id
    """
)

# Not synced to the disk: a crash that forgets the last second costs somebody at most an earlier sign-in, and a
# bidder who presses "submit" should wait for one sync, the bid's own.
_TOUCH = text(
    """
    UPDATE user_session SET last_seen_at = :now FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unsynced
    WHERE id = :session_id AND last_seen_at < :now
    """
)


# A sitting by card is short, so it goes on for another hour whenever somebody says that they are still there; no
# session goes on for longer than twelve hours.
_EXTEND = text(
    """
    UPDATE user_session SET last_seen_at = :now,
    expires_at = greatest(expires_at, least(:now + :idle, created_at + :absolute)) WHERE id = :session_id
    RETURNING expires_at
    """
)


_ACTOR = text(
    f"""
    SELECT {_STANDING_IN}, coalesce((SELECT jsonb_agg(jsonb_build_array(m.role, m.authority_id, m.provider_id,
    m.panel_id) ORDER BY m.created_at, m.id) FROM membership m WHERE m.user_id = u.id AND m.ended_at IS NULL), '[]')
    AS held_roles FROM user_account u WHERE u.id = :user_id
    """
)


@dataclass(frozen=True)
class SignedIn(OnSystemChain):
    """Who is signed in, as the request sees it; carries the members that Flask-Login asks for."""

    token: str
    session_id: uuid.UUID
    user_id: uuid.UUID
    display_name: str
    email: str | None
    organisation_name: str | None
    awaits_confirmation: bool
    """Whether the e-mail address has still to be confirmed."""
    has_authenticator: bool
    has_passkey: bool
    factor_at: datetime | None
    last_seen_at: datetime
    expires_at: datetime
    actor: Actor

    is_authenticated = True
    is_active = True
    is_anonymous = False

    ledger_object = "user"

    @property
    def ledger_id(self) -> uuid.UUID:
        """The person's identifier."""
        return self.user_id

    @property
    def ends_at(self) -> datetime:
        """When the session ends, if nothing more is opened in it."""
        return min(self.last_seen_at + IDLE, self.expires_at)

    def get_id(self) -> str:
        """What the cookie carries: the random token, of which the database holds the hash."""
        return self.token

    @property
    def has_factor(self) -> bool:
        """Whether there is anything to show beside the password."""
        return self.has_authenticator or self.has_passkey

    @property
    def awaits_factor(self) -> bool:
        """Whether the password was right and the second factor has still to be shown (or set up)."""
        return self.factor_at is None and bool(self.actor.roles & SECOND_FACTOR_ROLES)


def start_session(
    *,
    user_id: uuid.UUID,
    now: datetime,
    lasts: timedelta = ABSOLUTE,
    browser: str = "",
    session_id: uuid.UUID | None = None,
) -> str:
    """Open a session and return its token for the cookie. It ends after 12 hours, or after an hour unused.

    `browser` is roughly what it is opened in, for the person's list of sessions.
    """
    token = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(
            id=session_id or uuid.uuid4(),
            user_id=user_id,
            token_hash=_hash(token),
            expires_at=now + lasts,
            created_at=now,
            last_seen_at=now,
            browser=browser,
        )
    )
    return token


def sessions_of(user_id: uuid.UUID | None, now: datetime) -> Sequence[UserSession]:
    """The person's sessions that are still open, the last used first."""
    return db.session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
            UserSession.last_seen_at > now - IDLE,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id)
    ).all()


def find_signed_in(token: str, now: datetime) -> SignedIn | None:
    """Who the token belongs to, with the roles in force at this moment; None when the session has ended."""
    row = db.session.execute(_FIND, {"token_hash": _hash(token), "now": now, "idle_since": now - IDLE}).one_or_none()
    if row is None:
        return None
    own = {"key": row.person_key, "person_id": row.user_id}
    return SignedIn(
        token=token,
        session_id=row.session_id,
        user_id=row.user_id,
        display_name=unseal(row.name_sealed, what="name", **own),
        email=unseal(row.email_sealed, what="email", **own) if row.email_sealed else None,
        organisation_name=row.organisation_name,
        awaits_confirmation=row.awaits_confirmation,
        has_authenticator=row.has_authenticator,
        has_passkey=row.has_passkey,
        factor_at=row.factor_at.astimezone(UTC) if row.factor_at else None,
        last_seen_at=row.last_seen_at.astimezone(UTC),
        expires_at=row.expires_at.astimezone(UTC),
        actor=_actor(row.user_id, row),
    )


def actor_for(user_id: uuid.UUID) -> Actor:
    """Who the person is, with the roles in force, outside a request."""
    row = db.session.execute(_ACTOR, {"user_id": user_id, "now": clock.now()}).one()
    return _actor(user_id, row)


def touch_session(signed_in: SignedIn, now: datetime) -> None:
    """Note that the session is in use, at most once a minute.

    In a transaction of its own: reading a page changes nothing else, and the act that follows in the request
    must not find the row of its session locked.
    """
    if now - signed_in.last_seen_at < SEEN_EVERY:
        return
    with Session(db.engine) as own, own.begin():
        own.execute(_TOUCH, {"session_id": signed_in.session_id, "now": now})


def extend_session(*, signed_in: SignedIn, now: datetime) -> datetime:
    """Note that somebody is still there, and return when the session now ends (WCAG 2.2.1)."""
    limits = {"now": now, "idle": IDLE, "absolute": ABSOLUTE, "session_id": signed_in.session_id}
    expires_at: datetime = db.session.execute(_EXTEND, limits).scalar_one()
    return min(now + IDLE, expires_at)


def renew_token(*, session_id: uuid.UUID) -> str:
    """Give the session a new token, after a change of what it may do; the old one stops working at once."""
    token = secrets.token_urlsafe(32)
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(token_hash=_hash(token)))
    return token


def end_session(*, session_id: uuid.UUID, now: datetime) -> None:
    """End one session."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(revoked_at=now))


def end_sessions_of(*, user_id: uuid.UUID, now: datetime, except_session: uuid.UUID | None = None) -> None:
    """End every session of a person (a new password, a lost role), but for the one that asked."""
    ending = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if except_session is not None:
        ending = ending.where(UserSession.id != except_session)
    db.session.execute(ending.values(revoked_at=now))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _actor(user_id: uuid.UUID, row: Any) -> Actor:
    """Who acts: the first provider and the first authority count, should somebody belong to several.

    Whoever stands in for somebody does so where they work themselves: without a role of their own there, none is lent.
    """
    provider_id = next((uuid.UUID(held[2]) for held in row.held_roles if held[2]), None)
    authority_id = next((uuid.UUID(held[1]) for held in row.held_roles if held[1]), None)
    panels: dict[uuid.UUID, set[Role]] = defaultdict(set)
    of_provider, of_authority, of_platform, absent = set(), set(), set(), set()
    for name, authority, provider, panel, lender in [*([*held, None] for held in row.held_roles), *row.lent_roles]:
        role = Role(name)
        here = _same(provider, provider_id) or _same(authority, authority_id)
        absent |= {uuid.UUID(lender)} if lender and here else set()
        if panel:
            panels[uuid.UUID(panel)].add(role)
        elif _same(provider, provider_id) and role in PROVIDER_ROLES:
            of_provider.add(role)
        elif _same(authority, authority_id):
            of_authority.add(role)
        elif role is Role.PLATFORM_ADMINISTRATOR:
            of_platform.add(role)
    return Actor(
        user_id=user_id,
        provider_id=provider_id,
        provider_roles=frozenset(of_provider),
        authority_id=authority_id,
        authority_roles=frozenset(of_authority),
        panels={panel: frozenset(roles) for panel, roles in panels.items()},
        platform_roles=frozenset(of_platform),
        stands_in_for=frozenset(absent),
        deputies=tuple(_stood_in(*one) for one in row.deputies),
    )


def _same(place: str | None, own: uuid.UUID | None) -> bool:
    return place is not None and uuid.UUID(place) == own


def _stood_in(deputy_id: str, since: str, until: str) -> StoodIn:
    return StoodIn(uuid.UUID(deputy_id), datetime.fromisoformat(since), datetime.fromisoformat(until))
