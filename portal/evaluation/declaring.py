"""Declaring interests against the bidders that the opening revealed, and being recused."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.sessions import end_sessions_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import OpenedBid
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.parsing.text import has_text, require_length, tidy
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.attending import leave
from portal.evaluation.held_states import HeldPlace
from portal.evaluation.models import Declaration, ModeratedScore, PanelMember, PanelWork
from portal.evaluation.panels import end_seat
from portal.evaluation.queries import has_declared, opened_bids, seat_of
from portal.evaluation.safeguarding.holding import kept_words
from portal.evaluation.states import MemberRole, PanelWorkStatus
from portal.evaluation.taking_part.agreeing import require_taking_part
from portal.evaluation.taking_part.pairing import part
from portal.tendering.interests.declaring import settle_panel_entry

LONGEST_DETAIL = 2000


@dataclass(frozen=True)
class Interest:
    """What a member says about one bidder; an interest is described."""

    has_interest: bool
    detail: str = ""


def declare_interest(
    *, work: PanelWork, answers: Mapping[uuid.UUID, Interest], actor: Actor, now: datetime
) -> PanelMember:
    """Declare for every opened bid, by its id, whether the member has an interest in its bidder.

    Consequences: with no interest anywhere the member may read and score from now on. One interest recuses
    from the whole procurement, for an evaluator who left out one bid would move it against the others: the
    role on the panel ends at once (a young person's session too), and the member's scores leave the panel's
    but stay in the record. Recusal during moderation supersedes every agreed score of the panel, so that each
    is agreed again without the member. A later declaration replaces the earlier one; the ledger keeps both. The
    register of interests says what came of it.
    What a young person says of it is looked through like a reason (`safeguarding.holding`).
    Records INTEREST_DECLARED, and MEMBER_RECUSED after an interest. Returns the seat; its `recused_at` says
    which of the two it was. Raises `InvalidInput` (field "interest-" or "detail-" and the bid's id),
    `WrongState` before the opening and after the panel has closed. Source: Procurement Act 2023 ss.81-83.
    """
    take(work, Verb.DECLARE, actor=actor)
    member = seat_of(work.panel_id, actor.user_id)
    require_taking_part(work, member)
    bids = opened_bids(work.itt_id)
    _check(bids, answers)
    _store(member, bids, answers, now=now)
    interests = sum(answers[bid.bid_id].has_interest for bid in bids)
    settle_panel_entry(panel=work.panel, user_id=member.user_id, interests=_in_words(member, bids, answers), now=now)
    if interests:
        _recuse(member, work, now=now)
    record(EventKind.INTEREST_DECLARED, member, actor=actor, bids=len(bids), interests=interests)
    if interests:
        record(
            EventKind.MEMBER_RECUSED,
            member,
            actor=actor,
            panel=work.panel.key,
            moderating=work.status is PanelWorkStatus.MODERATING,
        )
    return member


def require_declared(work: PanelWork, actor: Actor) -> PanelMember:
    """The actor's seat, once it has declared no interest for each bidder; else `NotAllowed` or `NotFound`.

    Of a young person also once everybody has consented that they take part.
    """
    member = seat_of(work.panel_id, actor.user_id)
    require_taking_part(work, member)
    if not has_declared(member):
        raise NotAllowed("Declare for each bidder first whether you have an interest in it.", code="not_declared")
    return member


def _check(bids: Sequence[OpenedBid], answers: Mapping[uuid.UUID, Interest]) -> None:
    for bid in bids:
        answer = answers.get(bid.bid_id)
        if answer is None:
            raise InvalidInput(
                f"Say whether you have an interest in {bid.bid.provider.name}.",
                field=f"interest-{bid.bid_id}",
            )
        if answer.has_interest and not has_text(answer.detail):
            raise InvalidInput(
                f"Say in a sentence what connects you with {bid.bid.provider.name}.",
                field=f"detail-{bid.bid_id}",
            )
        require_length(answer.detail, LONGEST_DETAIL, field=f"detail-{bid.bid_id}")


def _in_words(member: PanelMember, bids: Sequence[OpenedBid], answers: Mapping[uuid.UUID, Interest]) -> list[str]:
    """Each interest as the register has it; of a young person nothing but that there is one."""
    found = [
        (bid.bid.provider.name, tidy(answers[bid.bid_id].detail)) for bid in bids if answers[bid.bid_id].has_interest
    ]
    is_young = member.role is MemberRole.YOUNG_MEMBER
    return [f"{name}: {'a young person said so.' if is_young else detail}" for name, detail in found]


def _store(
    member: PanelMember, bids: Sequence[OpenedBid], answers: Mapping[uuid.UUID, Interest], *, now: datetime
) -> None:
    rows = [
        {
            "id": uuid.uuid4(),
            "panel_member_id": member.id,
            "bid_id": bid.bid_id,
            "has_interest": answers[bid.bid_id].has_interest,
            "detail": _detail(member, bid, answers[bid.bid_id], now=now),
            "made_at": now,
        }
        for bid in bids
    ]
    if not rows:
        return
    stored = insert(Declaration)
    db.session.execute(
        stored.on_conflict_do_update(
            constraint="uq_declaration_panel_member_id_bid_id",
            set_={name: stored.excluded[name] for name in ("has_interest", "detail", "made_at")},
        ),
        rows,
    )


def _detail(member: PanelMember, bid: OpenedBid, answer: Interest, *, now: datetime) -> str:
    words = tidy(answer.detail) if answer.has_interest else ""
    return kept_words(member=member, words=words, place=HeldPlace.DECLARATION, bid_id=bid.bid_id, now=now).reason


def _recuse(member: PanelMember, work: PanelWork, *, now: datetime) -> None:
    part(member, now=now)
    member.recused_at = now
    end_seat(member, now=now)
    if member.role is MemberRole.YOUNG_MEMBER:
        end_sessions_of(user_id=member.user_id, now=now)
    if work.status is PanelWorkStatus.MODERATING:
        leave(work, member.id, now=now)
        db.session.execute(
            update(ModeratedScore)
            .where(ModeratedScore.panel_id == work.panel_id, ModeratedScore.superseded_at.is_(None))
            .values(superseded_at=now)
        )


def declarations_of(member: PanelMember) -> Mapping[uuid.UUID, Declaration]:
    """What the member declared last, by bid."""
    found = db.session.scalars(select(Declaration).where(Declaration.panel_member_id == member.id))
    return {declaration.bid_id: declaration for declaration in found}
