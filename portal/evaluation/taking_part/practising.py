"""A young person practises on made-up answers, before the real ones where their panel asks for it."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.queries import seat_of
from portal.evaluation.states import MemberRole
from portal.evaluation.taking_part.agreeing import require_taking_part
from portal.evaluation.taking_part.models import TakingPart
from portal.evaluation.taking_part.practice import MADE_UP, POINTS, made_up
from portal.evaluation.taking_part.times import times_of


def play_practice(*, work: PanelWork, number: int, picked: str, actor: Actor, now: datetime) -> int:
    """Pick a face for one made-up answer; gives its number on the scale.

    Consequences: how far they are is kept, never what they picked; after the last answer they have practised, and have
    a certificate. Records PRACTICE_FINISHED then. Raises `InvalidInput` (field "score") without a face and for an
    answer that comes later, `NotFound`, `NotAllowed`, `WrongState`.
    """
    work = take(work, Verb.DECLARE, actor=actor)
    member = seat_of(work.panel_id, actor.user_id)
    require_taking_part(work, member)
    held = practice_of(member)
    if held is None:
        raise NotAllowed("Only young people practise here.")
    made_up(number)
    if number > held.practice_played + 1:
        raise InvalidInput("Do the practice questions one after the other.", field="score")
    if picked not in {str(point.score) for point in POINTS}:
        raise InvalidInput("Pick the face that fits best.", field="score")
    held.practice_played = max(held.practice_played, number)
    if held.practice_played == len(MADE_UP) and held.practised_at is None:
        held.practised_at = now
        record(EventKind.PRACTICE_FINISHED, member, actor=actor, panel=work.panel.key)
    return int(picked)


def practice_of(member: PanelMember) -> TakingPart | None:
    """How far a young person is with practising; nothing of an adult."""
    return db.session.get(TakingPart, member.user_id) if member.role is MemberRole.YOUNG_MEMBER else None


def lacks_practice(work: PanelWork, member: PanelMember) -> bool:
    """Whether a young person has still to practise before they score: where the commissioner asked for it."""
    if member.role is not MemberRole.YOUNG_MEMBER or not times_of(work.panel_id).practice_first:
        return False
    held = practice_of(member)
    return held is None or held.practised_at is None


def require_practised(work: PanelWork, member: PanelMember) -> None:
    """Raise `NotAllowed` for a young person who has still to practise; see `lacks_practice`."""
    if lacks_practice(work, member):
        raise NotAllowed("Practise on the made-up answers first.", code="not_practised")
