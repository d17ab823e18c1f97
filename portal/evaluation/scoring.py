"""Individual scores: saved as they come, then submitted and locked."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import OpenedBid
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotYet, WrongState
from portal.core.parsing.text import has_text, require_length, tidy
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.core.words import counted
from portal.evaluation.declaring import require_declared
from portal.evaluation.held_states import HeldPlace
from portal.evaluation.leaves import leaves_for, leaves_to_judge
from portal.evaluation.models import PanelMember, PanelWork, Score, Scorecard
from portal.evaluation.published_method import Leaf, plain, read_score
from portal.evaluation.reading_order import in_order_of
from portal.evaluation.reasons import LONGEST_REASON, copied, reason_for_score
from portal.evaluation.safeguarding.holding import kept_words
from portal.evaluation.standing import bid_to_judge, standing_of
from portal.evaluation.states import SCORECARD, MemberRole, ScorecardStatus
from portal.evaluation.taking_part.pairing import require_own_card, require_pair_ready
from portal.evaluation.taking_part.practising import require_practised
from portal.evaluation.training.gate import require_trained


@dataclass(frozen=True)
class Entry:
    """What was typed for one question: a score (empty: none yet) and a reason."""

    score: str
    reason: str = ""


def save_score(
    *,
    work: PanelWork,
    bid_id: uuid.UUID,
    criterion: str,
    score: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Scorecard:
    """Save one score with its reason (`save_scores` with one entry)."""
    return save_scores(work=work, bid_id=bid_id, entries={criterion: Entry(score, reason)}, actor=actor, now=now)


def save_scores(
    *, work: PanelWork, bid_id: uuid.UUID, entries: Mapping[str, Entry], actor: Actor, now: datetime
) -> Scorecard:
    """Save what the actor gives one bid, by criterion key, in the actor's own scorecard.

    Consequences: scores given before for the same questions are replaced, others stay; nothing counts before
    the scorecard is submitted. An entry without score and reason is left out. A score may wait for its reason
    until submission. Records nothing: a draft is the member's own; but a young person's words are looked through, and
    WORDS_HELD says that some are held. Raises `NotAllowed` until interests are declared for each bidder and, where
    their council asks for it, until they are trained, as `standing.bid_to_judge` does, `NotFound` for a question that
    is not this panel's, `InvalidInput` (fields "score-" or "reason-" and the criterion's key) for a score off the
    published scale, `WrongState` once submitted.
    """
    take(work, Verb.SCORE, actor=actor, share=True)
    member = require_declared(work, actor)
    require_practised(work, member)
    require_trained(member, now)
    require_own_card(member)
    require_pair_ready(work, member)
    bid = bid_to_judge(work, member, bid_id)
    leaves = {leaf.key: leaf for leaf in leaves_for(work, bid)}
    card = _draft_card(member, bid)
    rows = [
        _row(member, card, leaves[key], entry, now=now)
        for key, entry in entries.items()
        if key in leaves and (has_text(entry.score) or has_text(entry.reason))
    ]
    if rows:
        stored = insert(Score)
        db.session.execute(
            stored.on_conflict_do_update(
                constraint="pk_score",
                set_={name: stored.excluded[name] for name in ("score", "reason", "held_id", "saved_at")},
            ),
            rows,
        )
    return card


def submit_scorecards(*, work: PanelWork, actor: Actor, now: datetime, same_words: bool = False) -> Sequence[Scorecard]:
    """Submit the actor's scorecards of every bid that is theirs to judge: from now on nobody can change them.

    `same_words`: the actor was shown where one and the same reason stands in several places, and means it.

    Consequences: the panel can moderate once everybody has submitted; only then do members read each other's
    scores. Records SCORECARD_SUBMITTED for each, with a digest of the scores and the bid's place in the member's
    order. Submitting again changes nothing. Raises `InvalidInput` (field "bid-" and the bid's id) where a score or
    a reason is missing, or an adult's is none (`reasons.reason_for_score`), and (field "same_words") where an adult's
    was copied and not confirmed; `NotAllowed` until interests are declared and they are trained, where that is asked
    for, `NotYet` while a link of theirs is not decided, `WrongState` before the opening and during moderation.
    """
    take(work, Verb.SCORE, actor=actor, share=True)
    member = require_declared(work, actor)
    require_trained(member, now)
    require_own_card(member)
    require_pair_ready(work, member)
    standing = standing_of(work, member)
    asked = leaves_to_judge(work, standing, member)
    if standing.waits:
        raise NotYet(
            "You, or somebody who scores with you, have a link with a bidder. You can submit once two people of the "
            "council have decided what follows from it.",
            code="interest_waits",
        )
    cards = _locked_cards(member)
    for bid, leaves in asked.items():
        _check_complete(bid, cards.get(bid.bid_id), leaves)
    submitted = [cards[bid.bid_id] for bid in asked]
    fresh = [card for card in submitted if card.status is ScorecardStatus.DRAFT]
    # A few words of a young person are enough: they are never sent back for them.
    if fresh and member.role is not MemberRole.YOUNG_MEMBER:
        _check_reasons(asked, cards, same_words=same_words)
    for card in fresh:
        card.status = SCORECARD.move(card.status, ScorecardStatus.SUBMITTED)
        card.submitted_at = now
    ordered = in_order_of(member.id, (card.bid_id for card in submitted))
    places = {bid_id: place for place, bid_id in enumerate(ordered, 1)}
    for card in fresh:
        record(
            EventKind.SCORECARD_SUBMITTED,
            card,
            actor=actor,
            panel=work.panel.key,
            bid=card.bid_id,
            member=member.id,
            scores_sha256=digest_of(card.scores),
            place=places[card.bid_id],
        )
    return submitted


def digest_of(scores: Sequence[Score]) -> str:
    """SHA-256 (hexadecimal) of a scorecard's scores and reasons, so that the ledger shows a later change."""
    listed = sorted([str(score.criterion_id), str(plain(score.score)), score.written] for score in scores)
    return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest()


def is_complete(card: Scorecard | None, leaves: Sequence[Leaf]) -> bool:
    """Whether every question of the panel has a score and a reason."""
    given = {score.criterion_id for score in card.scores if has_text(score.reason)} if card else set()
    return all(leaf.criterion.id in given for leaf in leaves)


def _draft_card(member: PanelMember, bid: OpenedBid) -> Scorecard:
    db.session.execute(
        insert(Scorecard)
        .values(id=uuid.uuid4(), panel_member_id=member.id, bid_id=bid.bid_id, status=ScorecardStatus.DRAFT)
        .on_conflict_do_nothing()
    )
    card = db.session.scalars(
        select(Scorecard)
        .where(Scorecard.panel_member_id == member.id, Scorecard.bid_id == bid.bid_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if card.status is not ScorecardStatus.DRAFT:
        raise WrongState("You have submitted these scores, so they cannot be changed.")
    return card


def _row(member: PanelMember, card: Scorecard, leaf: Leaf, entry: Entry, *, now: datetime) -> dict[str, object]:
    if not has_text(entry.score):
        raise InvalidInput("Choose a score, so that your reason can be kept with it.", field=f"score-{leaf.key}")
    score = read_score(entry.score, leaf.scale, field=f"score-{leaf.key}")
    words = require_length(tidy(entry.reason), LONGEST_REASON, field=f"reason-{leaf.key}")
    kept = kept_words(
        member=member,
        words=words,
        place=HeldPlace.SCORE,
        bid_id=card.bid_id,
        criterion_id=leaf.criterion.id,
        now=now,
    )
    return {
        "scorecard_id": card.id,
        "criterion_id": leaf.criterion.id,
        "score": score,
        "kept_reason": kept.reason,
        "held_id": kept.held_id,
        "saved_at": now,
    }


def _locked_cards(member: PanelMember) -> Mapping[uuid.UUID, Scorecard]:
    found = db.session.scalars(
        select(Scorecard)
        .where(Scorecard.panel_member_id == member.id)
        .options(selectinload(Scorecard.scores))
        .order_by(Scorecard.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {card.bid_id: card for card in found}


def _check_complete(bid: OpenedBid, card: Scorecard | None, leaves: Sequence[Leaf]) -> None:
    if not is_complete(card, leaves):
        raise InvalidInput(
            f"{bid.label}: give every question a score and a reason before you submit.",
            field=f"bid-{bid.bid_id}",
        )


def copied_reasons(
    asked: Mapping[OpenedBid, Sequence[Leaf]], cards: Mapping[uuid.UUID, Scorecard]
) -> list[list[tuple[OpenedBid, Leaf]]]:
    """Where one and the same reason stands in several places of a member's scorecards."""
    given = {
        (bid.bid_id, score.criterion_id): score.reason
        for bid in asked
        if bid.bid_id in cards
        for score in cards[bid.bid_id].scores
    }
    places = [(bid, leaf) for bid, leaves in asked.items() for leaf in leaves]
    return copied({place: given.get((place[0].bid_id, place[1].criterion.id), "") for place in places})


def _check_reasons(
    asked: Mapping[OpenedBid, Sequence[Leaf]], cards: Mapping[uuid.UUID, Scorecard], *, same_words: bool
) -> None:
    for bid, leaves in asked.items():
        given = {score.criterion_id: score.reason for score in cards[bid.bid_id].scores}
        for leaf in leaves:
            ask = f"{bid.label}, “{leaf.criterion.title}”: say what in the answer earned the score"
            reason_for_score(given[leaf.criterion.id], leaf.scale, ask=ask, field=f"bid-{bid.bid_id}")
    found = copied_reasons(asked, cards)
    if found and not same_words:
        raise InvalidInput(
            f"The same reason stands in {counted(max(map(len, found)), 'place')}. Change it, or say that you mean it "
            "in each.",
            field="same_words",
        )
