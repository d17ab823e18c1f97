"""Members who came round from the score that they gave: from what, to what, and why. The score itself stays."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import require_text
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.correcting import require_open
from portal.evaluation.declaring import require_declared
from portal.evaluation.leaves import leaf_named
from portal.evaluation.models import PanelMember, PanelWork, Score, Scorecard
from portal.evaluation.moderation_models import Movement
from portal.evaluation.published_method import plain, read_score
from portal.evaluation.reasons import LONGEST_REASON
from portal.evaluation.recusal_models import has_left_lot_of
from portal.evaluation.safeguarding.holding import check_written_down
from portal.evaluation.standing import bid_to_judge


def note_movement(
    *,
    work: PanelWork,
    bid_id: uuid.UUID,
    criterion: str,
    member_id: uuid.UUID,
    moved_to: str,
    why: str,
    actor: Actor,
    now: datetime,
    nobody_named: bool = False,
) -> Movement:
    """Write down that a member came round from their score: the member, or whoever leads the moderation.

    Consequences: what was written of that member and question before is superseded and kept; the member's own score
    stays as it was submitted. Records SCORE_MOVED. Raises `InvalidInput` (fields "member", "moved_to", "why"; for young
    people as `check_written_down`), `NotFound`, `NotAllowed`, `WrongState` outside moderation.
    """
    taken = take(work, Verb.CONSENT if _is_own(member_id, actor) else Verb.AGREE, actor=actor)
    own = require_declared(taken, actor)
    bid = bid_to_judge(work, own, bid_id)
    leaf = leaf_named(work, bid, criterion)
    require_open(work, bid.bid_id, leaf.criterion.id)
    given = _score_of(work, member_id, bid.bid_id, leaf.criterion.id)
    to = read_score(moved_to, leaf.scale, field="moved_to")
    if to == given.score:
        raise InvalidInput(f"That is what they gave: {plain(given.score)}.", field="moved_to")
    movement = Movement(
        panel_member_id=member_id,
        bid_id=bid.bid_id,
        criterion_id=leaf.criterion.id,
        moved_from=given.score,
        moved_to=to,
        why=require_text(why, "Say why they came round.", field="why", most=LONGEST_REASON),
        written_at=now,
        written_by_id=actor.user_id,
    )
    _check_words(work, movement, nobody_named=nobody_named, actor=actor, now=now)
    _supersede(movement, now=now)
    record(
        EventKind.SCORE_MOVED,
        given.scorecard.member,
        actor=actor,
        panel=work.panel.key,
        bid=bid.bid_id,
        criterion=leaf.key,
        moved_from=plain(given.score),
        moved_to=to,
    )
    return movement


def _check_words(work: PanelWork, movement: Movement, *, nobody_named: bool, actor: Actor, now: datetime) -> None:
    check_written_down(
        work=work,
        words=[movement.why],
        field="why",
        nobody_named=nobody_named,
        actor=actor,
        now=now,
        bid_id=movement.bid_id,
        criterion_id=movement.criterion_id,
    )


def _is_own(member_id: uuid.UUID, actor: Actor) -> bool:
    member = db.session.get(PanelMember, member_id)
    return member is not None and member.user_id == actor.user_id


def _score_of(work: PanelWork, member_id: uuid.UUID, bid_id: uuid.UUID, criterion_id: uuid.UUID) -> Score:
    found = db.session.scalars(
        select(Score)
        .join(Score.scorecard)
        .join(Scorecard.member)
        .where(
            PanelMember.id == member_id,
            PanelMember.panel_id == work.panel_id,
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
            ~has_left_lot_of(Scorecard.bid_id),
            Scorecard.bid_id == bid_id,
            Score.criterion_id == criterion_id,
        )
    ).one_or_none()
    if found is None:
        raise InvalidInput("Choose a member who scored this.", field="member")
    return found


def _supersede(movement: Movement, *, now: datetime) -> None:
    before = select(Movement).where(
        Movement.panel_member_id == movement.panel_member_id,
        Movement.bid_id == movement.bid_id,
        Movement.criterion_id == movement.criterion_id,
        Movement.superseded_at.is_(None),
    )
    for old in db.session.scalars(before):
        old.superseded_at = now
    # The index allows one in force, so the old one goes before the new one comes.
    db.session.flush()
    db.session.add(movement)
    db.session.flush()
