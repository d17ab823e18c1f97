"""Moderation: the panel agrees one score on the scale, with a reason, for each bid and question."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import OpenedBid
from portal.core.clock import LONDON
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotYet, WrongState
from portal.core.parsing.text import has_text, require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.core.words import counted
from portal.evaluation.attending import arrive, attend, end_meeting
from portal.evaluation.consenting import settle, settle_all
from portal.evaluation.correcting import require_open
from portal.evaluation.coverage import require_covered
from portal.evaluation.dealing import require_dealt
from portal.evaluation.declaring import require_declared
from portal.evaluation.leaves import leaf_named
from portal.evaluation.models import ModeratedScore, PanelWork
from portal.evaluation.moderation_queries import attendance_of, every_answer, every_movement, seats_of
from portal.evaluation.progress import still_owing
from portal.evaluation.published_method import Leaf, plain, read_score, scored_leaves
from portal.evaluation.queries import (
    Cell,
    agreed_scores,
    counting_members,
    spreads_of,
    works_of_itt,
)
from portal.evaluation.reasons import LONGEST_REASON, reason_for_score
from portal.evaluation.safeguarding.holding import check_written_down
from portal.evaluation.standing import bid_to_judge, standings_of
from portal.evaluation.states import PANEL_WORK, PanelWorkStatus
from portal.evaluation.taking_part.chairing import go_on, require_chair_finished
from portal.evaluation.workbench import Place, places_of
from portal.tendering.method import method_for
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import ITT, Combination, IttStatus

LONGEST_RECORD = 10_000


def start_moderation(
    *, work: PanelWork, actor: Actor, now: datetime, present: Collection[uuid.UUID] | None = None
) -> None:
    """Start the panel's moderation, once every scoring member has submitted every scorecard of theirs.

    `present`: who takes part in the meeting, by seat; everybody on the panel where it is not said.

    Consequences: members read each other's scores from now on; nobody scores any more. Records
    MODERATION_STARTED. Raises `WrongState` naming how many have not submitted: a gap is never imputed, and
    only recusal or removal takes a member out of the panel. Of a shared-out panel also where a bid has too few members.
    """
    take(work, Verb.START_MODERATION, actor=actor)
    own = require_declared(work, actor)
    members = counting_members(work.panel_id)
    require_covered(work)
    require_dealt(work)
    open_for = waiting_for(work)
    if open_for:
        names = ", ".join(open_for)
        raise WrongState(f"Not everybody has submitted their scores. Waiting for: {names}.")
    work.status = PANEL_WORK.move(work.status, PanelWorkStatus.MODERATING)
    work.moderation_started_at = now
    there = {member.id for member in seats_of(work.panel_id)} if present is None else {*present, own.id}
    there = attend(work, there, now=now)
    record(
        EventKind.MODERATION_STARTED,
        work,
        actor=actor,
        panel=work.panel.key,
        members=len(members),
        present=sorted(map(str, there)),
    )


def change_attendance(*, work: PanelWork, present: Collection[uuid.UUID], actor: Actor, now: datetime) -> None:
    """Write down who takes part from now on, by seat; whoever writes it down does.

    Consequences: whoever is not named has left; agreed scores that wait are looked at again by their rule. Records
    ATTENDANCE_CHANGED with the seats. Raises `InvalidInput` (field "present") for whoever is not on the panel.
    """
    take(work, Verb.AGREE, actor=actor)
    there = {*present, require_declared(work, actor).id}
    there = attend(work, there, now=now)
    settle_all(work, now=now)
    record(EventKind.ATTENDANCE_CHANGED, work, actor=actor, panel=work.panel.key, present=sorted(map(str, there)))


def waiting_for(work: PanelWork) -> list[str]:
    """The aliases of the scoring members who have not yet submitted every bid that is theirs."""
    return [found.member.alias for found in still_owing(work)]


def agree_score(
    *,
    work: PanelWork,
    bid_id: uuid.UUID,
    criterion: str,
    score: str,
    reason: str,
    actor: Actor,
    now: datetime,
    outside_reason: str = "",
    not_higher: str = "",
    not_lower: str = "",
    nobody_named: bool = False,
) -> ModeratedScore:
    """Write down the score that the panel agreed for a bid under a criterion (its key), with its reason.

    Consequences: it stands if its rule asks for nobody's consent (`consenting.consents_needed`), and waits for it
    otherwise; an earlier agreed score is superseded and kept; individual scores never change. The same again changes
    nothing. Records SCORE_AGREED. Raises `InvalidInput` (fields "score", "reason", "outside_reason", "not_higher",
    "not_lower": off the scale, no reason of its own, outside what anybody gave or beside a step of the scale without
    saying why, or words for young people that name somebody without `nobody_named` or may be about harm:
    `safeguarding.holding.check_written_down`), `NotFound` for a question that is not the panel's, `WrongState` outside
    moderation, for any other score than the one that is corrected, or where the method combines by mean or median.
    """
    take(work, Verb.AGREE, actor=actor)
    bid = _arrive_at(work, bid_id, actor, now)
    if work.panel.combine is not Combination.AGREED:
        raise WrongState("The published method combines this panel’s scores by itself: there is nothing to agree.")
    leaf = leaf_named(work, bid, criterion)
    require_open(work, bid.bid_id, leaf.criterion.id)
    value, words = read_score(score, leaf.scale, field="score"), _checked_reason(work, leaf, reason)
    outside = _why_outside(work, (bid.bid_id, leaf.criterion.id), value, outside_reason)
    higher, lower = _why_no_step(work, leaf, value, not_higher, not_lower)
    before = _in_force(work, bid, leaf)
    if before is not None and _written(before) == (value, words, outside, higher, lower):
        return before
    agreed = ModeratedScore(
        panel_id=work.panel_id,
        bid_id=bid.bid_id,
        criterion_id=leaf.criterion.id,
        score=value,
        reason=words,
        outside_reason=outside,
        not_higher=higher,
        not_lower=lower,
        agreed_at=now,
        agreed_by_id=actor.user_id,
    )
    _check_words(work, agreed, nobody_named=nobody_named, actor=actor, now=now)
    _supersede(before, agreed, now=now)
    settle(work, agreed, now=now)
    record(
        EventKind.SCORE_AGREED,
        agreed,
        actor=actor,
        panel=work.panel.key,
        bid=bid.bid_id,
        criterion=leaf.key,
        score=value,
        before=plain(before.score) if before else None,
        stands=agreed.stands_at is not None,
    )
    return agreed


def _arrive_at(work: PanelWork, bid_id: uuid.UUID, actor: Actor, now: datetime) -> OpenedBid:
    """The bid, where the actor may judge it; whoever writes down what is agreed of it takes part."""
    own = require_declared(work, actor)
    bid = bid_to_judge(work, own, bid_id)
    arrive(work, own.id, now=now)
    return bid


def _check_words(work: PanelWork, agreed: ModeratedScore, *, nobody_named: bool, actor: Actor, now: datetime) -> None:
    check_written_down(
        work=work,
        words=(agreed.reason, agreed.outside_reason, agreed.not_higher, agreed.not_lower),
        field="reason",
        nobody_named=nobody_named,
        actor=actor,
        now=now,
        bid_id=agreed.bid_id,
        criterion_id=agreed.criterion_id,
    )


def close_moderation(
    *,
    work: PanelWork,
    meeting_record: str,
    met_first_date: date | None,
    actor: Actor,
    now: datetime,
    met_last_date: date | None = None,
) -> None:
    """Close the panel's moderation with the days on which it met (the last where there were several) and a summary.

    Consequences: the agreed scores are final; when it was the last panel the ITT becomes MODERATED, and the
    worker calculates the result. Records MODERATION_CLOSED with a digest of the agreed scores and of
    what was said to them. Raises `WrongState` naming the open cells, for a panel below its least number in a lot,
    and until a young chair has said that the group has finished, `NotYet` while nobody has decided what follows from
    a link with a bidder, `InvalidInput` (fields "met_first", "met_last", "meeting_record"; the last for words on harm,
    too).
    """
    # The ITT first: two panels that close at the same time must not both think that the other is still open.
    itt = lock(InvitationToTender, work.itt_id)
    take(work, Verb.CLOSE_MODERATION, actor=actor)
    require_declared(work, actor)
    ask = "Write in short how you came to the agreed scores"
    words = require_reason(meeting_record, ask, field="meeting_record", most=LONGEST_RECORD)
    # Who met is named here, young people by alias; bidders do not read it.
    check_written_down(work=work, words=[words], field="meeting_record", nobody_named=True, actor=actor, now=now)
    _check_days(met_first_date, met_last_date, now)
    require_covered(work)
    _check_nothing_waits(work)
    _check_everything_is_agreed(work)
    require_chair_finished(work.panel_id)
    work.status = PANEL_WORK.move(work.status, PanelWorkStatus.CLOSED)
    work.closed_at = now
    work.closed_by_id = actor.user_id
    work.corrects = None
    work.meeting_record, work.met_first_date, work.met_last_date = words, met_first_date, met_last_date
    said = _digest_of_what_was_said(work)
    end_meeting(work, now=now)
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
        said_sha256=said,
        meeting_record_sha256=hashlib.sha256(words.encode()).hexdigest(),
    )


def open_panels(itt: InvitationToTender) -> list[Panel]:
    """The panels, pilots included, that score something and have not closed."""
    scoring = {panel for lot in itt.lots for _, panels in scored_leaves(method_for(lot)) for panel in panels}
    works = works_of_itt(itt.id)
    closed = {panel_id for panel_id, work in works.items() if work.status is PanelWorkStatus.CLOSED}
    return [panel for panel in itt.panels if panel.key in scoring and panel.id not in closed]


def open_cells(work: PanelWork) -> list[Place]:
    """The bids and questions without an agreed score that stands, in the order of the board."""
    return [place for place in places_of(work) if not place.stands]


def _check_everything_is_agreed(work: PanelWork) -> None:
    if work.panel.combine is not Combination.AGREED:
        return
    still_open = open_cells(work)
    if still_open:
        bid, leaf = still_open[0].bid, still_open[0].leaf
        raise WrongState(
            f"{counted(len(still_open), 'score is', 'scores are')} not agreed yet, or not by everybody who has to"
            f" consent, the first for {bid.label}, “{leaf.criterion.title}”."
        )


def _check_nothing_waits(work: PanelWork) -> None:
    """Whoever is not to judge is found before anything is final."""
    waiting = {person for person, standing in standings_of(work.itt_id).items() if standing.waits}
    if any(seat.user_id in waiting for seat in seats_of(work.panel_id)):
        raise NotYet(
            "Somebody on the panel has a link with a bidder. You can close once two people of the council have decided "
            "what follows from it.",
            code="interest_waits",
        )


def _checked_reason(work: PanelWork, leaf: Leaf, reason: str) -> str:
    ask = "Give the panel’s reason: the bidder will read it"
    words = reason_for_score(reason, leaf.scale, ask=ask, field="reason")
    # One sentence for every question says of none why: what was agreed is read question by question.
    elsewhere = select(ModeratedScore.id).where(
        ModeratedScore.panel_id == work.panel_id,
        ModeratedScore.criterion_id != leaf.criterion.id,
        ModeratedScore.superseded_at.is_(None),
        func.fold(ModeratedScore.reason) == func.fold(words),
    )
    if db.session.execute(elsewhere.limit(1)).first() is not None:
        raise InvalidInput(
            "The same reason stands under another question. Say what in this answer earned the score.", field="reason"
        )
    return words


def _written(agreed: ModeratedScore) -> tuple[Decimal, str, str, str, str]:
    return plain(agreed.score), agreed.reason, agreed.outside_reason, agreed.not_higher, agreed.not_lower


def _why_no_step(work: PanelWork, leaf: Leaf, value: Decimal, not_higher: str, not_lower: str) -> tuple[str, str]:
    """Why not one step higher and not one lower, where the scale has it; young people need not say."""
    asked = (
        (not_higher, value < leaf.scale.maximum, "Say why not one higher", "not_higher"),
        (not_lower, value > leaf.scale.minimum, "Say why not one lower", "not_lower"),
    )
    young = work.panel.kind.is_young_people
    higher, lower = (
        ""
        if not there or (young and not has_text(typed))
        else require_reason(typed, ask, field=field, most=LONGEST_REASON)
        for typed, there, ask, field in asked
    )
    return higher, lower


def _why_outside(work: PanelWork, cell: Cell, value: Decimal, typed: str) -> str:
    """Why a score lies outside what anybody gave; nothing where it does not."""
    given = spreads_of(work.panel_id, cell).get(cell)
    if given is None or given.lowest <= value <= given.highest:
        return ""
    lowest, highest = plain(given.lowest), plain(given.highest)
    gave = lowest if lowest == highest else f"{lowest} to {highest}"
    ask = f"Nobody gave {value}: members gave {gave}. Say why the agreed score lies outside what anybody gave"
    return require_reason(typed, ask, field="outside_reason", most=LONGEST_REASON)


def _in_force(work: PanelWork, bid: OpenedBid, leaf: Leaf) -> ModeratedScore | None:
    return db.session.scalars(
        select(ModeratedScore).where(
            ModeratedScore.panel_id == work.panel_id,
            ModeratedScore.bid_id == bid.bid_id,
            ModeratedScore.criterion_id == leaf.criterion.id,
            ModeratedScore.superseded_at.is_(None),
        )
    ).one_or_none()


def _supersede(before: ModeratedScore | None, agreed: ModeratedScore, *, now: datetime) -> None:
    if before is not None:
        before.superseded_at = now
        # The index allows one score in force a cell, so the old one goes before the new one comes.
        db.session.flush()
    go_on(agreed.panel_id)
    db.session.add(agreed)
    db.session.flush()


def _digest(scores: Sequence[ModeratedScore]) -> str:
    listed = sorted([str(score.bid_id), str(score.criterion_id), *map(str, _written(score))] for score in scores)
    return _sha256(listed)


def _digest_of_what_was_said(work: PanelWork) -> str:
    """Of every answer to an agreed score, everybody who came round, and who was there when; also what was replaced."""
    answers = [
        [str(said.moderated_score_id), str(said.panel_member_id), said.kept_dissent]
        for said in every_answer(work.panel_id)
    ]
    moved = [
        [str(one.bid_id), str(one.criterion_id), str(one.panel_member_id), str(plain(one.moved_to)), one.why]
        for one in every_movement(work.panel_id)
    ]
    there = [[str(row.panel_member_id), row.came_at.isoformat()] for row in attendance_of(work.panel_id)]
    return _sha256([sorted(answers), sorted(moved), sorted(there)])


def _sha256(listed: object) -> str:
    return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest()


def _check_days(first: date | None, last: date | None, now: datetime) -> None:
    today = now.astimezone(LONDON).date()
    if first is None:
        raise InvalidInput("Enter the day on which the panel met.", field="met_first")
    if first > today:
        raise InvalidInput("The panel cannot have met on a day that is still to come.", field="met_first")
    if last is not None and not first <= last <= today:
        raise InvalidInput("The last day comes after the first, and is not still to come.", field="met_last")
