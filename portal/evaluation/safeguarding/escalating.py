"""What happens by the clock: nobody has read a disclosure, or words from before were not looked through yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.permissions import SYSTEM
from portal.evaluation.held_states import HELD, HeldStatus
from portal.evaluation.models import HeldWords, PanelWork
from portal.evaluation.safeguarding.holding import record_held, settle
from portal.safeguarding.screening import screen

UNREAD_FOR = timedelta(minutes=30)
"""Until the deputy is told, and again until the facilitator is told whom to call."""
PORTION = 500


def due_escalations(now: datetime) -> Select[Any]:
    """Disclosures that nobody has read for half an hour, or for half an hour after the deputy was told."""
    deputy = (HeldWords.deputy_told_at.is_(None), PanelWork.safeguarding_deputy_id.is_not(None))
    return (
        select(HeldWords.id)
        .join(PanelWork, PanelWork.panel_id == HeldWords.panel_id)
        .where(
            HeldWords.status == HeldStatus.WITH_LEAD,
            HeldWords.read_at.is_(None),
            HeldWords.line_shown_at.is_(None),
            or_(
                HeldWords.deputy_told_at <= now - UNREAD_FOR,
                and_(HeldWords.deputy_told_at.is_(None), HeldWords.held_at <= now - UNREAD_FOR),
            ),
        )
        .order_by(HeldWords.held_at, HeldWords.id)
        .add_columns(and_(*deputy).label("to_deputy"))
    )


def escalate(*, now: datetime) -> int:
    """Tell the deputy of what the lead has not read, and then the facilitator whom to call; return how much it was.

    Where no deputy is named the facilitator is told at once. Records WORDS_UNREAD for each.
    """
    found = db.session.execute(due_escalations(now).with_for_update(of=HeldWords, skip_locked=True)).all()
    for held_id, to_deputy in found:
        held = db.session.get_one(HeldWords, held_id)
        if to_deputy:
            held.deputy_told_at = now
        else:
            held.line_shown_at = now
        record(EventKind.WORDS_UNREAD, held, actor=SYSTEM, to_deputy=to_deputy)
    return len(found)


def screen_earlier(*, now: datetime) -> int:
    """Look through what young people wrote before anything was; return how much it was.

    Where nothing is found the words are released; the rest waits like what is written now. Records WORDS_HELD.
    """
    waiting = select(HeldWords).where(HeldWords.status == HeldStatus.UNSCREENED).order_by(HeldWords.id).limit(PORTION)
    found = db.session.scalars(waiting.with_for_update(skip_locked=True)).all()
    for held in found:
        if signs := screen(held.words):
            settle(held, signs, now=now)
            record_held(held)
        else:
            held.status = HELD.move(held.status, HeldStatus.RELEASED)
    return len(found)
