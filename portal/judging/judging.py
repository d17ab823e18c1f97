"""Judging a bid: a pass stands at once, a failure waits for a second person."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, NotFound
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.reading import read_compliance
from portal.judging.models import Judgement
from portal.judging.queries import Requirement, standing_of, standings_of
from portal.judging.states import JUDGEMENT, JudgementStatus, Matter, Verdict
from portal.tendering.models import InvitationToTender

WHY = "Say in a sentence or two what in the answer decides it"
BY_RULE = "The answer passes by the rule that is published with the question."


def judge_requirement(
    *,
    itt: InvitationToTender,
    bid_id: uuid.UUID,
    key: str,
    verdict: Verdict,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Judgement:
    """Judge one bid's answer to a question that officers check.

    A pass stands at once and replaces an earlier one. A failure, and a pass where a failure stands, is proposed: an
    approver decides, and until then the earlier judgement stands. Records JUDGED or JUDGEMENT_PROPOSED (approvers are
    told). Raises `NotFound` for another bid or question, `Conflict` while one waits, `InvalidInput` (field "reason")
    for fewer than 20 characters.
    """
    take(itt, Verb.JUDGE, actor=actor)
    asked = standing_of(itt, bid_id).requirements
    requirement = next((one for one in asked if one.question.key == key), None)
    if requirement is None:
        raise NotFound("Officers do not judge that question.")
    if requirement.proposed is not None:
        raise Conflict("That has been judged already, and waits for an approver.")
    reason = require_reason(reason, WHY, field="reason")
    if verdict.is_passes and not (requirement.decided and requirement.decided.verdict.is_fails):
        judgement = _pass(itt, bid_id, requirement, reason, actor, now)
        record(EventKind.JUDGED, judgement, actor=actor, bid=bid_id, about=key, verdict=verdict.value)
        return judgement
    judgement = _made(itt, bid_id, key, verdict, reason, actor, now)
    db.session.flush()
    record(EventKind.JUDGEMENT_PROPOSED, judgement, actor=actor, bid=bid_id, about=key, verdict=verdict.value)
    return judgement


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
                _pass(itt, bid_id, waiting[answer.question.key], BY_RULE, actor, now)
                passed += 1
    if passed:
        record(EventKind.PASSED_BY_RULE, itt, actor=actor, passed=passed)
    return passed


def _pass(
    itt: InvitationToTender, bid_id: uuid.UUID, requirement: Requirement, reason: str, actor: Actor, now: datetime
) -> Judgement:
    if requirement.decided is not None:
        retire(requirement.decided)
    judgement = _made(itt, bid_id, requirement.question.key, Verdict.PASSES, reason, actor, now)
    judgement.status = JUDGEMENT.move(JudgementStatus.PROPOSED, JudgementStatus.DECIDED)
    judgement.decided_by_id, judgement.decided_at = actor.user_id, now
    db.session.flush()
    return judgement


def _made(
    itt: InvitationToTender, bid_id: uuid.UUID, key: str, verdict: Verdict, reason: str, actor: Actor, now: datetime
) -> Judgement:
    judgement = Judgement(
        itt_id=itt.id,
        bid_id=bid_id,
        matter=Matter.REQUIREMENT,
        about=key,
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
