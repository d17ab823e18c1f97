"""Telling a panel what was done with its words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import has_text, require_length, tidy
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.models import PanelWork
from portal.evaluation.states import PanelWorkStatus
from portal.reporting.models import PanelReply
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import OUTCOME_KNOWN, PanelKind

MOST_LINES = 3
LONGEST = 400

Pair = tuple[str, str]
"""What the panel said, and what was done."""


def publish_reply(
    *, itt: InvitationToTender, work: PanelWork, lines: Sequence[Pair], actor: Actor, now: datetime
) -> PanelReply:
    """Publish "You said, we did" to a panel, in up to three pairs.

    Consequences: the panel reads it on the page that tells what its marks changed; what it replaces stays on record.
    Records PANEL_TOLD. Raises `InvalidInput` (fields "said_1", "did_1" and on) for half a pair, one that is too long,
    and where there is none, `NotAllowed`, `WrongState` before it is decided who is chosen.
    """
    take(itt, Verb.TELL_PANEL, actor=actor, share=True)
    told = list(_checked(lines))
    if not told:
        raise InvalidInput("Say one thing at least that the panel said, and what you did.", field="said_1")
    assert actor.user_id is not None
    reply = PanelReply(panel_id=work.panel_id, lines=told, published_by_id=actor.user_id, published_at=now)
    db.session.add(reply)
    db.session.flush()
    record(EventKind.PANEL_TOLD, work, actor=actor, panel=work.panel.key, lines=len(told))
    return reply


def reply_to(panel_id: uuid.UUID) -> PanelReply | None:
    """What the panel was told last."""
    newest = select(PanelReply).where(PanelReply.panel_id == panel_id).order_by(PanelReply.published_at.desc())
    return db.session.scalars(newest.limit(1)).one_or_none()


def is_untold() -> ColumnElement[bool]:
    """Whether a panel of young people has agreed its marks, knows the outcome, and waits to hear what was done."""
    closed = exists().where(PanelWork.panel_id == Panel.id, PanelWork.status == PanelWorkStatus.CLOSED)
    known = exists().where(InvitationToTender.id == Panel.itt_id, InvitationToTender.status.in_(OUTCOME_KNOWN))
    told = exists().where(PanelReply.panel_id == Panel.id)
    each = (one.correlate(Panel) for one in (closed, known))
    return and_(Panel.kind == PanelKind.YOUNG_PEOPLE, *each, ~told.correlate(Panel))


def untold_panels(itt_id: uuid.UUID) -> Sequence[Panel]:
    """The panels of an invitation that wait to hear what was done with their words."""
    waiting = select(Panel).where(Panel.itt_id == itt_id, is_untold())
    return db.session.scalars(waiting.order_by(Panel.position)).all()


def _checked(lines: Sequence[Pair]) -> Sequence[list[str]]:
    kept = []
    for number, (said, did) in enumerate(lines, 1):
        if has_text(said) != has_text(did):
            field = f"did_{number}" if has_text(said) else f"said_{number}"
            ask = "Say what you did about it, or why you could not." if has_text(said) else "Say what they said."
            raise InvalidInput(ask, field=field)
        require_length(said, LONGEST, field=f"said_{number}")
        require_length(did, LONGEST, field=f"did_{number}")
        if has_text(said):
            kept.append([tidy(said), tidy(did)])
    return kept
