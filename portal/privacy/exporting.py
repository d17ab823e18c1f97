"""What the portal holds about a person, for themself (UK GDPR art 15 and 20): nobody else's name is in it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.accounts.models import HeldRole, User, UserSession
from portal.accounts.second_factor import has_factor
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor
from portal.evaluation.consent_models import ScoreConsent
from portal.evaluation.models import Declaration, PanelMember, Score, Scorecard
from portal.evaluation.note_models import OwnNote
from portal.notifications.mentions import fill_in
from portal.notifications.models import Message
from portal.organisations.models import ContractingAuthority, Provider
from portal.privacy.holdings import held_of
from portal.tendering.interests.models import Interest
from portal.tendering.models import AwardCriterion

SOMEBODY_ELSE = "somebody else"


def own_data(*, actor: Actor, now: datetime) -> dict[str, Any]:
    """Everything about the person, as a document for JSON. Records PERSONAL_DATA_EXPORTED."""
    if actor.user_id is None:
        raise NotFound("Only a person has data here.")
    person = db.session.get_one(User, actor.user_id)
    document = {
        "made_at": now,
        "account": _account(person),
        "roles": _roles(person.id),
        "sessions": _sessions(person.id),
        "inbox": _inbox(person),
        "declarations_of_interest": _declarations(person.id),
        "scores": _scores(person.id),
        "own_notes": _notes(person.id),
        "answers_to_agreed_scores": _answers(person.id),
        "acts": _acts(person.id),
        "named_in": [asdict(held) for held in held_of(person.id)],
    }
    record(EventKind.PERSONAL_DATA_EXPORTED, person, actor=actor)
    return document


def as_text(document: dict[str, Any]) -> str:
    """The same for people: a heading for each part, a line for each fact."""
    lines = ["Your data in Fairlot", ""]
    for name, part in document.items():
        lines += [name.replace("_", " ").capitalize(), ""]
        for row in part if isinstance(part, list) else [part]:
            facts = row.items() if isinstance(row, dict) else [("", row)]
            lines += [f"{key.replace('_', ' ')}: {_said(value)}" if key else _said(value) for key, value in facts]
            lines.append("")
        if part == []:
            lines += ["Nothing.", ""]
    return "\n".join(lines)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _account(person: User) -> dict[str, Any]:
    return {
        "name": person.display_name,
        "email": person.email,
        "created_at": person.created_at,
        "has_password": person.password_hash is not None,
        "has_second_factor": has_factor(person),
    }


def _roles(person_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(HeldRole, Provider.name, ContractingAuthority.name)
        .outerjoin(Provider, Provider.id == HeldRole.provider_id)
        .outerjoin(ContractingAuthority, ContractingAuthority.id == HeldRole.authority_id)
        .where(HeldRole.user_id == person_id)
        .order_by(HeldRole.created_at, HeldRole.id)
    )
    return [
        {
            "role": held.role.value,
            "at": provider or authority or ("a panel" if held.panel_id else "the portal"),
            "from": held.created_at,
            "until": held.ended_at,
        }
        for held, provider, authority in rows
    ]


def _sessions(person_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = select(UserSession).where(UserSession.user_id == person_id).order_by(UserSession.created_at)
    return [
        {"from": one.created_at, "last_used_at": one.last_seen_at, "ended_at": one.revoked_at}
        for one in db.session.scalars(rows)
    ]


def _inbox(person: User) -> list[dict[str, Any]]:
    rows = select(Message).where(Message.user_id == person.id).order_by(Message.created_at, Message.id)
    return [
        {
            "sent_at": one.created_at,
            "read_at": one.read_at,
            "subject": fill_in(one.stored_subject, [person], otherwise=SOMEBODY_ELSE),
            "body": fill_in(one.stored_body, [person], otherwise=SOMEBODY_ELSE),
        }
        for one in db.session.scalars(rows)
    ]


def _declarations(person_id: uuid.UUID) -> list[dict[str, Any]]:
    rows: Sequence[Declaration] = db.session.scalars(
        select(Declaration)
        .join(PanelMember, PanelMember.id == Declaration.panel_member_id)
        .where(PanelMember.user_id == person_id)
        .order_by(Declaration.made_at, Declaration.id)
    ).all()
    own = select(Interest).where(Interest.user_id == person_id, Interest.panel_id.is_(None))
    as_officer = db.session.scalars(own.where(Interest.declared_at.is_not(None)).order_by(Interest.declared_at))
    return [
        *(
            {"made_at": one.made_at, "has_interest": one.has_interest, "detail": one.detail, "kind": one.kind}
            for one in rows
        ),
        *({"made_at": one.declared_at, "has_interest": one.has_interest, "detail": one.detail} for one in as_officer),
    ]


def _scores(person_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(AwardCriterion.title, Score.score, Score.reason, Score.saved_at)
        .select_from(Score)
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .join(AwardCriterion, AwardCriterion.id == Score.criterion_id)
        .where(PanelMember.user_id == person_id)
        .order_by(Score.saved_at, Score.scorecard_id, AwardCriterion.position)
    )
    return [
        {"criterion": row.title, "score": row.score, "reason": row.reason, "saved_at": row.saved_at} for row in rows
    ]


def _notes(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What the person noted for themselves while they scored."""
    rows = db.session.execute(
        select(AwardCriterion.title, OwnNote.words, OwnNote.saved_at)
        .select_from(OwnNote)
        .join(PanelMember, PanelMember.id == OwnNote.panel_member_id)
        .join(AwardCriterion, AwardCriterion.id == OwnNote.criterion_id)
        .where(PanelMember.user_id == person_id)
        .order_by(OwnNote.saved_at, OwnNote.bid_id, AwardCriterion.position)
    )
    return [{"criterion": row.title, "words": row.words, "saved_at": row.saved_at} for row in rows]


def _answers(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What the person said to scores that their panel agreed."""
    rows = db.session.scalars(
        select(ScoreConsent)
        .join(ScoreConsent.member)
        .where(PanelMember.user_id == person_id)
        .options(contains_eager(ScoreConsent.member))
        .order_by(ScoreConsent.said_at, ScoreConsent.id)
    )
    return [{"said_at": one.said_at, "consents": not one.dissent, "words": one.dissent} for one in rows]


def _acts(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What the ledger says that the person did: when, and what kind of act."""
    rows = db.session.execute(
        select(Event.at, Event.kind).where(Event.actor_id == person_id).order_by(Event.at, Event.id)
    )
    return [{"at": row.at, "act": row.kind} for row in rows]
