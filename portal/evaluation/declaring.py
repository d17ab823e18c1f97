"""Declaring interests against the bidders that the opening revealed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import OpenedBid
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed, all_at_once
from portal.core.parsing.text import has_text, require_length, tidy
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.held_states import HeldPlace
from portal.evaluation.models import Declaration, PanelMember, PanelWork
from portal.evaluation.queries import has_declared, opened_bids, seat_of
from portal.evaluation.safeguarding.holding import kept_words
from portal.evaluation.states import MemberRole
from portal.evaluation.taking_part.agreeing import require_taking_part
from portal.tendering.interests.declaring import SaidLink, settle_panel_entry
from portal.tendering.interests.states import LinkKind

LONGEST_DETAIL = 2000


@dataclass(frozen=True)
class Interest:
    """What a member says about one bidder; an interest is of a kind and described."""

    has_interest: bool
    detail: str = ""
    kind: LinkKind | None = None
    """What kind of link an interest is."""


def declare_interest(
    *, work: PanelWork, answers: Mapping[uuid.UUID, Interest], actor: Actor, now: datetime
) -> PanelMember:
    """Declare for every opened bid, by its id, whether the member has an interest in its bidder.

    Consequences: with no interest anywhere the member may read and score from now on. An interest keeps the member from
    reading and judging that bid until two people have decided what follows (`tendering.interests.mitigating`): they go
    on, with conditions or without, or leave the lot or the whole procurement (`recusing`); the other bids are open to
    them meanwhile, and nothing can be submitted or closed before. A later declaration adds to the earlier one: an
    interest that was declared once stays in the register, one in the same words with its answer.
    What a young person says of it is looked through like a reason (`safeguarding.holding`).
    Records INTEREST_DECLARED. Returns the seat. Raises `InvalidInput` (field "interest-", "kind-" or "detail-" and the
    bid's id), `WrongState` before the opening and after the panel has closed. Source: Procurement Act 2023 ss.81-83.
    """
    take(work, Verb.DECLARE, actor=actor)
    member = seat_of(work.panel_id, actor.user_id)
    require_taking_part(work, member)
    bids = opened_bids(work.itt_id)
    _check(bids, answers, before=declarations_of(member))
    _store(member, bids, answers, now=now)
    settle_panel_entry(panel=work.panel, user_id=member.user_id, links=_for_register(member, bids, answers), now=now)
    interests = sum(answers[bid.bid_id].has_interest for bid in bids)
    record(EventKind.INTEREST_DECLARED, member, actor=actor, bids=len(bids), interests=interests)
    return member


def require_declared(work: PanelWork, actor: Actor) -> PanelMember:
    """The actor's seat, once it has said of each bidder whether it has an interest; else `NotAllowed` or `NotFound`.

    Of a young person also once everybody has consented that they take part. Whether a bid is theirs to read and judge
    is asked by `standing.require_to_judge`.
    """
    member = seat_of(work.panel_id, actor.user_id)
    require_taking_part(work, member)
    if not has_declared(member):
        raise NotAllowed("Declare for each bidder first whether you have an interest in it.", code="not_declared")
    return member


def _check(
    bids: Sequence[OpenedBid], answers: Mapping[uuid.UUID, Interest], *, before: Mapping[uuid.UUID, Declaration]
) -> None:
    for bid in bids:
        answer = answers.get(bid.bid_id)
        if answer is None:
            raise InvalidInput(
                f"Say whether you have an interest in {bid.bid.provider.name}.",
                field=f"interest-{bid.bid_id}",
            )
        if bid.bid_id in before and before[bid.bid_id].has_interest and not answer.has_interest:
            raise InvalidInput(
                f"You declared an interest in {bid.bid.provider.name}. It stays in the register: two people of the "
                "council decide what follows from it. Tell them if it was a mistake.",
                field=f"interest-{bid.bid_id}",
                code="declared_before",
            )
        all_at_once(partial(_check_kind, bid, answer), partial(_check_words, bid, answer))


def _check_kind(bid: OpenedBid, answer: Interest) -> None:
    if answer.has_interest and answer.kind is None:
        raise InvalidInput(
            f"Choose what kind of link you have with {bid.bid.provider.name}.", field=f"kind-{bid.bid_id}"
        )


def _check_words(bid: OpenedBid, answer: Interest) -> None:
    if answer.has_interest and not has_text(answer.detail):
        raise InvalidInput(
            f"Say in a sentence what connects you with {bid.bid.provider.name}.", field=f"detail-{bid.bid_id}"
        )
    require_length(answer.detail, LONGEST_DETAIL, field=f"detail-{bid.bid_id}")


def _for_register(
    member: PanelMember, bids: Sequence[OpenedBid], answers: Mapping[uuid.UUID, Interest]
) -> dict[uuid.UUID, SaidLink | None]:
    """Each interest as the register has it, by bid; of a young person nothing but that there is one, and its kind."""
    is_young = member.role is MemberRole.YOUNG_MEMBER

    def link(bid: OpenedBid) -> SaidLink | None:
        answer = answers[bid.bid_id]
        said = "a young person said so." if is_young else tidy(answer.detail)
        return SaidLink(f"{bid.bid.provider.name}: {said}", answer.kind) if answer.has_interest else None

    return {bid.bid_id: link(bid) for bid in bids}


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
            "kind": answers[bid.bid_id].kind if answers[bid.bid_id].has_interest else None,
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
            set_={name: stored.excluded[name] for name in ("has_interest", "detail", "kind", "made_at")},
        ),
        rows,
    )


def _detail(member: PanelMember, bid: OpenedBid, answer: Interest, *, now: datetime) -> str:
    words = tidy(answer.detail) if answer.has_interest else ""
    return kept_words(member=member, words=words, place=HeldPlace.DECLARATION, bid_id=bid.bid_id, now=now).reason


def declarations_of(member: PanelMember) -> Mapping[uuid.UUID, Declaration]:
    """What the member declared last, by bid."""
    found = db.session.scalars(select(Declaration).where(Declaration.panel_member_id == member.id))
    return {declaration.bid_id: declaration for declaration in found}
