"""Moderation: the panel agrees one score on the scale, with a reason, for each bid and question."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import OpenedBid
from portal.core.columns import db
from portal.core.errors import InvalidInput, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.core.words import counted
from portal.evaluation.declaring import require_declared
from portal.evaluation.leaves import leaf_named, leaves_by_bid
from portal.evaluation.models import ModeratedScore, PanelWork
from portal.evaluation.published_method import Leaf, plain, read_score, scored_leaves
from portal.evaluation.queries import (
    agreed_scores,
    bid_to_score,
    bids_to_score,
    counting_members,
    progress_of,
    works_of_itt,
)
from portal.evaluation.states import PANEL_WORK, PanelWorkStatus
from portal.tendering.method import method_for
from portal.tendering.models import InvitationToTender, Panel, Scale
from portal.tendering.states import ITT, Combination, IttStatus

LONGEST_REASON = 4000
LONGEST_RECORD = 10_000


def start_moderation(*, work: PanelWork, actor: Actor, now: datetime) -> None:
    """Start the panel's moderation, once every scoring member has submitted every scorecard.

    Consequences: members read each other's scores from now on; nobody scores any more. Records
    MODERATION_STARTED. Raises `WrongState` naming how many have not submitted: a gap is never imputed, and
    only recusal or removal takes a member out of the panel.
    """
    take(work, Verb.START_MODERATION, actor=actor)
    require_declared(work, actor)
    members = counting_members(work.panel_id)
    if len(members) < max(1, work.panel.quorum):
        raise WrongState("Too few members score on this panel: appoint more before it moderates.")
    open_for = waiting_for(work)
    if open_for:
        names = ", ".join(open_for)
        raise WrongState(f"Not everybody has submitted their scores. Waiting for: {names}.")
    work.status = PANEL_WORK.move(work.status, PanelWorkStatus.MODERATING)
    work.moderation_started_at = now
    record(EventKind.MODERATION_STARTED, work, actor=actor, panel=work.panel.key, members=len(members))


def waiting_for(work: PanelWork) -> list[str]:
    """The aliases of the scoring members who have not yet submitted every bid."""
    bids = len(bids_to_score(work.itt_id))
    return [
        found.member.alias
        for found in progress_of([work.panel_id], work.itt_id).get(work.panel_id, [])
        if found.member.may_score and found.submitted < bids
    ]


def agree_score(
    *,
    work: PanelWork,
    bid_id: uuid.UUID,
    criterion: str,
    score: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> ModeratedScore:
    """Write down the score that the panel agreed for a bid under a criterion (its key), with its reason.

    Consequences: an earlier agreed score is superseded and kept; individual scores never change. The same score and
    reason again change nothing. Records SCORE_AGREED. Raises `InvalidInput` (fields "score", "reason": off the scale,
    under 20 characters, or the scale's own words), `NotFound` for a question that is not the panel's, `WrongState`
    outside moderation or where the method combines by mean or median.
    """
    take(work, Verb.AGREE, actor=actor)
    require_declared(work, actor)
    if work.panel.combine is not Combination.AGREED:
        raise WrongState("The published method combines this panel’s scores by itself: there is nothing to agree.")
    bid = bid_to_score(work.itt_id, bid_id)
    leaf = leaf_named(work, bid, criterion)
    value = read_score(score, leaf.scale, field="score")
    words = _checked_reason(reason, leaf.scale)
    before = _in_force(work, bid, leaf)
    if before is not None and (plain(before.score), before.reason) == (value, words):
        return before
    agreed = _supersede(work, bid, leaf, before, value, words, actor=actor, now=now)
    record(
        EventKind.SCORE_AGREED,
        agreed,
        actor=actor,
        panel=work.panel.key,
        bid=bid.bid_id,
        criterion=leaf.key,
        score=value,
        before=plain(before.score) if before else None,
    )
    return agreed


def close_moderation(*, work: PanelWork, meeting_record: str, actor: Actor, now: datetime) -> None:
    """Close the panel's moderation with the record of its meeting.

    Consequences: the agreed scores are final; when it was the last panel the ITT becomes MODERATED, and the
    worker calculates the result. Records MODERATION_CLOSED with a digest of the agreed scores. Raises
    `WrongState` naming the open cells, `InvalidInput` (field "meeting_record") for a record under 20
    characters.
    """
    # The ITT first: two panels that close at the same time must not both think that the other is still open.
    itt = lock(InvitationToTender, work.itt_id)
    take(work, Verb.CLOSE_MODERATION, actor=actor)
    require_declared(work, actor)
    ask = "Write who met, when, and how you came to the agreed scores"
    words = require_reason(meeting_record, ask, field="meeting_record", most=LONGEST_RECORD)
    _check_everything_is_agreed(work)
    work.status = PANEL_WORK.move(work.status, PanelWorkStatus.CLOSED)
    work.closed_at = now
    work.closed_by_id = actor.user_id
    work.meeting_record = words
    db.session.flush()
    last = not open_panels(itt)
    if last:
        itt.status = ITT.move(itt.status, IttStatus.MODERATED)
    record(
        EventKind.MODERATION_CLOSED,
        work,
        actor=actor,
        panel=work.panel.key,
        last=last,
        agreed_sha256=_digest(list(agreed_scores(work.panel_id).values())),
        meeting_record_sha256=hashlib.sha256(words.encode()).hexdigest(),
    )


def open_panels(itt: InvitationToTender) -> list[Panel]:
    """The panels, pilots included, that score something and have not closed."""
    scoring = {panel for lot in itt.lots for _, panels in scored_leaves(method_for(lot)) for panel in panels}
    works = works_of_itt(itt.id)
    closed = {panel_id for panel_id, work in works.items() if work.status is PanelWorkStatus.CLOSED}
    return [panel for panel in itt.panels if panel.key in scoring and panel.id not in closed]


def open_cells(work: PanelWork) -> list[tuple[OpenedBid, Leaf]]:
    """The bids and questions without an agreed score, in the order of the board."""
    agreed = agreed_scores(work.panel_id)
    return [
        (bid, leaf)
        for bid, leaves in leaves_by_bid(work).items()
        for leaf in leaves
        if (bid.bid_id, leaf.criterion.id) not in agreed
    ]


def _check_everything_is_agreed(work: PanelWork) -> None:
    if work.panel.combine is not Combination.AGREED:
        return
    still_open = open_cells(work)
    if still_open:
        bid, leaf = still_open[0]
        raise WrongState(
            f"{counted(len(still_open), 'agreed score is', 'agreed scores are')} missing,"
            f" the first for {bid.label}, “{leaf.criterion.title}”."
        )


def _checked_reason(reason: str, scale: Scale) -> str:
    ask = "Give the panel’s reason: the bidder will read it"
    words = require_reason(reason, ask, field="reason", most=LONGEST_REASON)
    # A descriptor is no reason for itself (Woods v Milton Keynes [2015] EWHC 2011 (TCC)).
    published = {_bare(text) for band in scale.bands for text in (band.label, band.descriptor, band.plain_words)}
    if _bare(words) in published:
        raise InvalidInput(
            "That is the scale’s own description. Say what in this bid earned the score.", field="reason"
        )
    return words


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _in_force(work: PanelWork, bid: OpenedBid, leaf: Leaf) -> ModeratedScore | None:
    return db.session.scalars(
        select(ModeratedScore).where(
            ModeratedScore.panel_id == work.panel_id,
            ModeratedScore.bid_id == bid.bid_id,
            ModeratedScore.criterion_id == leaf.criterion.id,
            ModeratedScore.superseded_at.is_(None),
        )
    ).one_or_none()


def _supersede(
    work: PanelWork,
    bid: OpenedBid,
    leaf: Leaf,
    before: ModeratedScore | None,
    value: Decimal,
    words: str,
    *,
    actor: Actor,
    now: datetime,
) -> ModeratedScore:
    if before is not None:
        before.superseded_at = now
        # The index allows one score in force a cell, so the old one goes before the new one comes.
        db.session.flush()
    agreed = ModeratedScore(
        panel_id=work.panel_id,
        bid_id=bid.bid_id,
        criterion_id=leaf.criterion.id,
        score=value,
        reason=words,
        agreed_at=now,
        agreed_by_id=actor.user_id,
    )
    db.session.add(agreed)
    db.session.flush()
    return agreed


def _digest(scores: Sequence[ModeratedScore]) -> str:
    listed = sorted(
        [str(score.bid_id), str(score.criterion_id), str(plain(score.score)), score.reason] for score in scores
    )
    return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest()
