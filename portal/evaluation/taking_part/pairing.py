"""Young people who score together: one scorecard that counts once, and everybody of the pair there with their own PIN.

What the group agrees each of them confirms for themselves.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.cards import WRONG_PIN, owner_typed_pin
from portal.accounts.throttling import Origin
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.permissions import Actor, Verb
from portal.core.seals import KeyFolder
from portal.core.taking import take
from portal.core.words import listed
from portal.evaluation.dealing import deal_again, give_back, hand_on
from portal.evaluation.models import PanelMember, PanelWork, Score, Scorecard
from portal.evaluation.queries import counting_members, has_declared, mates_of, seat_of
from portal.evaluation.states import SCORECARD, MemberRole, ScorecardStatus
from portal.evaluation.taking_part.agreeing import lacks
from portal.evaluation.taking_part.models import SatTogether, SupportedSitting

MOST_TOGETHER = 4


def pair_up(*, work: PanelWork, groups: Mapping[uuid.UUID, str], actor: Actor, now: datetime) -> None:
    """Write down who scores together: the young people's seats with the name of their group, "" for alone.

    Consequences: the one of each group who was appointed first has the scorecards, and what is given there counts once.
    Records YOUNG_PEOPLE_PAIRED with the seats. Raises `InvalidInput` (fields "group-" and the seat) for a group of one
    or of more than four and for whoever has saved a score already, `NotAllowed`, `WrongState` once it moderates.
    """
    take(work, Verb.ADD_YOUNG_PEOPLE, actor=actor)
    young = [member for member in counting_members(work.panel_id) if member.role is MemberRole.YOUNG_MEMBER]
    together: dict[str, list[PanelMember]] = defaultdict(list)
    for member in young:
        if groups.get(member.id):
            together[groups[member.id]].append(member)
    holders = {mate.id: mates[0].id for mates in together.values() for mate in mates[1:]}
    _check(young, together, holders)
    for member in young:
        member.scores_with_id = holders.get(member.id)
    db.session.flush()
    give_back(member for member in young if not member.has_card)
    record(
        EventKind.YOUNG_PEOPLE_PAIRED,
        work,
        actor=actor,
        panel=work.panel.key,
        groups=[[str(mate.id) for mate in mates] for mates in together.values()],
    )
    deal_again(work, actor=actor)


def sit_together(
    *,
    work: PanelWork,
    session_id: uuid.UUID,
    pins: Mapping[uuid.UUID, str],
    origin: Origin,
    keys: KeyFolder,
    actor: Actor,
    now: datetime,
) -> PanelMember | None:
    """Note that the others of a pair are there in this sitting, each by their own PIN; returns whose was wrong.

    Records SAT_TOGETHER with the seats once all are right. A wrong PIN counts like one at the door, so it is returned
    and not raised. Raises `NotAllowed` while one of them has still to say that they take part
    or to declare, `TooManyTries`, `WrongState`.
    """
    work = take(work, Verb.SCORE, actor=actor, share=True)
    own = seat_of(work.panel_id, actor.user_id)
    mates = mates_of(own)
    require_pair_ready(work, own)
    for mate in mates:
        if not owner_typed_pin(person_id=mate.user_id, pin=pins.get(mate.id, ""), origin=origin, keys=keys, now=now):
            return mate
    sitting = select(SupportedSitting.id).where(SupportedSitting.session_id == session_id)
    sitting_id = db.session.scalars(sitting).one()
    rows = [{"sitting_id": sitting_id, "member_id": mate.id, "came_at": now} for mate in mates]
    if rows:
        db.session.execute(insert(SatTogether).on_conflict_do_nothing(), rows)
        seats = sorted(str(mate.id) for mate in mates)
        record(EventKind.SAT_TOGETHER, own, actor=actor, panel=work.panel.key, mates=seats)
    return None


def wrong_pin(mate: PanelMember) -> InvalidInput:
    """What is said of a mate's PIN that was not right."""
    return InvalidInput(WRONG_PIN, field=f"pin-{mate.id}")


def are_together(member: PanelMember, session_id: uuid.UUID) -> bool:
    """Whether everybody with whom the member scores is there in this sitting."""
    there = db.session.scalars(
        select(SatTogether.member_id)
        .join(SupportedSitting, SupportedSitting.id == SatTogether.sitting_id)
        .where(SupportedSitting.session_id == session_id)
    ).all()
    return {mate.id for mate in mates_of(member)} <= set(there)


def holder_of(member: PanelMember) -> PanelMember | None:
    """On whose scorecards the member scores; None: on their own."""
    return db.session.get(PanelMember, member.scores_with_id) if member.scores_with_id else None


def require_own_card(member: PanelMember) -> None:
    """Raise `NotAllowed` for whoever scores on another's scorecards: their marks would count twice."""
    if (holder := holder_of(member)) is not None:
        raise NotAllowed(
            f"You score together with {holder.alias}: open it with their card, and type your PIN there.",
            code="scores_together",
        )


def require_pair_ready(work: PanelWork, member: PanelMember) -> None:
    """Raise `NotAllowed` unless everybody of the pair takes part and has declared; whoever scores alone is ready."""
    if missing := not_ready(work, member):
        names = listed(mate.alias for mate in missing)
        raise NotAllowed(f"First {names} opens the own card, says yes, and says whom they know.", code="pair_not_ready")


def not_ready(work: PanelWork, member: PanelMember) -> list[PanelMember]:
    """Who of the pair has still to use their own card: to say yes, and whom they know."""
    return [mate for mate in mates_of(member) if lacks(work, mate) is not None or not has_declared(mate)]


def part(member: PanelMember, *, now: datetime) -> None:
    """Let the pair of whoever leaves the panel go on: what both gave is theirs who stay, and counts once as before.

    The caller holds the panel's row. Records PAIR_PARTED where somebody else goes on with the scorecards.
    """
    mates = mates_of(member)
    if mates:
        _go_on_with(mates[0], member, _cards_of(member))


def part_in_lot(member: PanelMember, lot: Collection[uuid.UUID], gone: Collection[uuid.UUID]) -> None:
    """The same for whoever leaves one lot: the others go on there. `lot`: its bids; `gone`: whose accounts left it.

    Until something is submitted they have the scorecards of every lot from now on, and whoever leaves sits with them
    for the others; after it they get those of this lot. Where everybody of the pair has left the lot, its marks count
    no longer. The caller holds the panel's row. Records PAIR_PARTED.
    """
    mates = [mate for mate in mates_of(member) if mate.user_id not in gone]
    if not mates:
        return
    cards = _cards_of(member)
    if not any(card.status is ScorecardStatus.SUBMITTED for card in cards):
        _go_on_with(mates[0], member, cards)
        return
    for card in cards:
        if card.bid_id in lot:
            _hand_on(card, mates[0])
    hand_on(member, mates[0], lot)
    record(EventKind.PAIR_PARTED, member, actor=Actor(user_id=None), goes_on=mates[0].id)


def _cards_of(member: PanelMember) -> Sequence[Scorecard]:
    return db.session.scalars(select(Scorecard).where(Scorecard.panel_member_id == member.id)).all()


def _go_on_with(holder: PanelMember, member: PanelMember, cards: Sequence[Scorecard]) -> None:
    mates = mates_of(member)
    holder.scores_with_id = None
    member.scores_with_id = holder.id
    for mate in mates:
        if mate is not holder:
            mate.scores_with_id = holder.id
    db.session.flush()
    for card in cards:
        _hand_on(card, holder)
    hand_on(member, holder)
    record(EventKind.PAIR_PARTED, member, actor=Actor(user_id=None), goes_on=holder.id)


def _hand_on(card: Scorecard, holder: PanelMember) -> None:
    """A copy: what is submitted never changes, and what the holder submitted before is the same."""
    before = select(Scorecard).where(Scorecard.panel_member_id == holder.id, Scorecard.bid_id == card.bid_id)
    copy = db.session.scalars(before).one_or_none()
    if copy is None:
        copy = Scorecard(panel_member_id=holder.id, bid_id=card.bid_id, status=ScorecardStatus.DRAFT)
        db.session.add(copy)
        db.session.flush()
    elif copy.status is ScorecardStatus.SUBMITTED:
        return
    db.session.execute(delete(Score).where(Score.scorecard_id == copy.id))
    given = db.session.scalars(select(Score).where(Score.scorecard_id == card.id)).all()
    for one in given:
        db.session.add(
            Score(
                scorecard_id=copy.id,
                criterion_id=one.criterion_id,
                score=one.score,
                kept_reason=one.kept_reason,
                held_id=one.held_id,
                saved_at=one.saved_at,
            )
        )
    db.session.flush()
    if card.status is ScorecardStatus.SUBMITTED:
        copy.status, copy.submitted_at = SCORECARD.move(copy.status, ScorecardStatus.SUBMITTED), card.submitted_at
        db.session.flush()


def _check(
    young: Sequence[PanelMember],
    together: Mapping[str, Sequence[PanelMember]],
    holders: Mapping[uuid.UUID, uuid.UUID],
) -> None:
    for mates in together.values():
        if not 2 <= len(mates) <= MOST_TOGETHER:
            raise InvalidInput(
                f"A group that scores together has 2 to {MOST_TOGETHER} young people.", field=f"group-{mates[0].id}"
            )
    for member in young:
        after = holders.get(member.id)
        if member.scores_with_id != after and any(
            _has_scored(seat) for seat in (member.id, after, member.scores_with_id)
        ):
            raise InvalidInput(
                f"{member.alias}, or who scores with them, has saved a score already. Pairs are made before.",
                field=f"group-{member.id}",
            )


def _has_scored(seat_id: uuid.UUID | None) -> bool:
    saved = exists().where(Scorecard.panel_member_id == seat_id, Score.scorecard_id == Scorecard.id)
    return seat_id is not None and bool(db.session.scalar(select(saved)))
