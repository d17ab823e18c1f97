"""Deciding as the second person what takes a bid out of scoring and ranking, or back in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor
from portal.judging.judging import retire
from portal.judging.models import Judgement
from portal.judging.queries import failures_of
from portal.judging.states import JUDGEMENT, JudgementStatus
from portal.tendering.second_person import take_to_decide

WHY = "Say in a sentence or two what you checked, or why you refuse"


def decide_judgement(*, judgement: Judgement, actor: Actor, note: str, now: datetime) -> None:
    """Decide a proposed judgement: from the commit on the bid is out of scoring and ranking, or back in.

    It stays in the record with everything that panels have scored. Its bidder is told, with the reason; where there
    is a result already it is calculated again (PA2023 s.19(3)). Records JUDGEMENT_DECIDED. Raises `NotAllowed` for
    the person who proposed, `WrongState` when it is not waiting (any more), `InvalidInput` (field "note") for fewer
    than 20 characters.
    """
    take_to_decide(judgement, actor)
    said = require_reason(note, WHY, field="note")
    before = _standing_before(judgement)
    if before is not None:
        retire(before)
    judgement.status = JUDGEMENT.move(judgement.status, JudgementStatus.DECIDED)
    judgement.decide(actor, now=now, note=said)
    db.session.flush()
    bid = judgement.bid
    bid.disregarded_at = (bid.disregarded_at or now) if failures_of(bid.id) else None
    record(
        EventKind.JUDGEMENT_DECIDED,
        judgement,
        actor=actor,
        bid=judgement.bid_id,
        about=judgement.about,
        verdict=judgement.verdict.value,
        stands=bid.disregarded_at is None,
    )


def refuse_judgement(*, judgement: Judgement, actor: Actor, note: str, now: datetime) -> None:
    """Refuse a proposed judgement, with the reason: what stood before it stands. Records JUDGEMENT_REFUSED.

    Commissioners are told. Raises as `decide_judgement`.
    """
    take_to_decide(judgement, actor)
    said = require_reason(note, WHY, field="note")
    judgement.status = JUDGEMENT.move(judgement.status, JudgementStatus.REFUSED)
    judgement.decide(actor, now=now, note=said)
    record(EventKind.JUDGEMENT_REFUSED, judgement, actor=actor, bid=judgement.bid_id, about=judgement.about)


def _standing_before(judgement: Judgement) -> Judgement | None:
    return db.session.scalars(
        select(Judgement).where(
            Judgement.bid_id == judgement.bid_id,
            Judgement.matter == judgement.matter,
            Judgement.about == judgement.about,
            Judgement.status == JudgementStatus.DECIDED,
        )
    ).one_or_none()
