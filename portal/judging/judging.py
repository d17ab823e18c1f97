"""Judging a bid: that an answer passes stands at once, everything else waits for a second person."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, NotFound, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.core.words import london
from portal.evaluation.reading import read_compliance
from portal.judging.models import Judgement
from portal.judging.queries import Raised, Requirement, Standing, standing_of, standings_of
from portal.judging.states import JUDGEMENT, JudgementStatus, Matter, Verdict
from portal.tendering.models import InvitationToTender

WHY = "Say in a sentence or two what decides it"
BY_RULE = "The answer passes by the rule that is published with the question."


def judge(
    *,
    itt: InvitationToTender,
    bid_id: uuid.UUID,
    matter: Matter,
    about: str,
    verdict: Verdict,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Judgement:
    """Judge one bid in one matter: an answer that officers check, a ground for exclusion, a low price.

    That an answer passes stands at once and replaces an earlier pass. Everything else is proposed: an approver
    decides, and until then the earlier judgement stands. Records JUDGED or JUDGEMENT_PROPOSED (approvers are told).
    Raises `NotFound` for another bid, question or ground, `Conflict` while one waits, `WrongState` while the bidder can
    still answer what it was asked about a ground or its price (PA2023 s.19(4), s.58(2)), `InvalidInput` (field
    "reason") for fewer than 20 characters.
    """
    take(itt, Verb.JUDGE, actor=actor)
    found = _judged(standing_of(itt, bid_id), matter, about)
    if found.proposed is not None:
        raise Conflict("That has been judged already, and waits for an approver.")
    if isinstance(found, Raised) and not found.enquiry.is_over(now):
        raise WrongState(f"The bidder can answer until {london(found.enquiry.due_at)}. Judge it after that.")
    reason = require_reason(reason, WHY, field="reason")
    what = {"itt": itt, "bid_id": bid_id, "matter": matter, "about": about}
    noted = {"bid": bid_id, "matter": matter.value, "about": about, "verdict": verdict.value}
    stands_out = found.decided is not None and found.decided.verdict.is_fails
    if matter.is_requirement and verdict.is_passes and not stands_out:
        judgement = _pass(found.decided, what, reason, actor, now)
        record(EventKind.JUDGED, judgement, actor=actor, **noted)
        return judgement
    judgement = _made(what, verdict, reason, actor, now)
    db.session.flush()
    record(EventKind.JUDGEMENT_PROPOSED, judgement, actor=actor, **noted)
    return judgement


def _judged(standing: Standing, matter: Matter, about: str) -> Requirement | Raised:
    if matter.is_requirement:
        found: Sequence[Requirement | Raised] = [one for one in standing.requirements if one.question.key == about]
    else:
        found = [one for one in standing.raised if (one.enquiry.matter, one.enquiry.about) == (matter, about)]
    if not found:
        raise NotFound("There is nothing of that kind to judge here.")
    return found[0]


def pass_by_rule(*, itt: InvitationToTender, actor: Actor, now: datetime) -> int:
    """Judge that every answer passes of which the published rule says so by itself; how many there were.

    What somebody has judged already stays as it is, and so does what has to be read: files and words. Each bid's
    answers are read, which is recorded. Records PASSED_BY_RULE with the number.
    """
    take(itt, Verb.JUDGE, actor=actor)
    passed = 0
    for standing in standings_of(itt):
        waiting = {one.question.key: one for one in standing.requirements if one.decided is None and not one.proposed}
        if not waiting or not standing.opened.stands:
            continue
        bid_id = standing.opened.bid_id
        for answer in read_compliance(itt=itt, bid_id=bid_id, actor=actor).answers:
            if answer.meets_its_rule and answer.question.key in waiting:
                key = answer.question.key
                what = {"itt": itt, "bid_id": bid_id, "matter": Matter.REQUIREMENT, "about": key}
                _pass(waiting[key].decided, what, BY_RULE, actor, now)
                passed += 1
    if passed:
        record(EventKind.PASSED_BY_RULE, itt, actor=actor, passed=passed)
    return passed


def _pass(before: Judgement | None, what: Mapping[str, Any], reason: str, actor: Actor, now: datetime) -> Judgement:
    if before is not None:
        retire(before)
    judgement = _made(what, Verdict.PASSES, reason, actor, now)
    judgement.status = JUDGEMENT.move(JudgementStatus.PROPOSED, JudgementStatus.DECIDED)
    judgement.decided_by_id, judgement.decided_at = actor.user_id, now
    db.session.flush()
    return judgement


def _made(what: Mapping[str, Any], verdict: Verdict, reason: str, actor: Actor, now: datetime) -> Judgement:
    judgement = Judgement(
        itt_id=what["itt"].id,
        bid_id=what["bid_id"],
        matter=what["matter"],
        about=what["about"],
        verdict=verdict,
        status=JudgementStatus.PROPOSED,
        reason=reason,
        proposed_by_id=actor.user_id,
        proposed_at=now,
    )
    db.session.add(judgement)
    return judgement


def retire(judgement: Judgement) -> None:
    """Let a newer judgement take its place; one stands at a time, so the old one goes first."""
    judgement.status = JUDGEMENT.move(judgement.status, JudgementStatus.REPLACED)
    db.session.flush()
