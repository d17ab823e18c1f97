"""What there is to do next on a procurement, and who may do it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for

from portal.core.permissions import Actor, Role
from portal.dashboards.situation import Situation, Wait
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from portal.web.filters import london_date


@dataclass(frozen=True)
class Step:
    """One thing to do or to read: what, where, for which roles, and a word on it."""

    text: str
    endpoint: str
    roles: frozenset[Role]
    hint: str = ""
    is_act: bool = False
    """Whether something waits for this person; else there is only something to read."""

    def href(self, itt: InvitationToTender) -> str:
        """The page of this step for this procurement."""
        return url_for(self.endpoint, reference=itt.reference)


def _act(text: str, endpoint: str, *roles: Role, hint: str = "") -> Step:
    return Step(text, endpoint, frozenset(roles), hint, is_act=True)


def _read(text: str, endpoint: str, *roles: Role, hint: str = "") -> Step:
    return Step(text, endpoint, frozenset(roles), hint)


_READERS = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR)
_SIGNERS = (Role.COMMISSIONER, Role.CONTRACT_MANAGER)

DRAFT = _act("Finish the draft and publish it", "itts.draft", Role.COMMISSIONER)
PANELS = _act(
    "Appoint the panels",
    "evaluation_desk.panels",
    Role.COMMISSIONER,
    hint="They see no bid before the opening, so you can do this while bids come in.",
)
OPEN = _act("Open the bids", "openings.show", Role.OPENER, hint="Two openers, at most 15 minutes apart.")
FOLLOW = _read(
    "See how far the panels are", "evaluation_desk.panels", Role.COMMISSIONER, hint="Counts only, no scores."
)
RESULT = _read("Read the result", "evaluation_desk.result", *_READERS, hint="Every figure of the calculation.")
NO_RESULT = _read("See why there is no result yet", "evaluation_desk.result", *_READERS)
PROPOSE = _act("Propose the award", "awards.show", Role.COMMISSIONER, hint="To the bid that came first.")
DECIDE = _act("Decide the award", "awards.show", Role.APPROVER, hint="A colleague has proposed it.")
PROPOSED = _read("Read the proposed award", "awards.show", *_READERS, hint="It waits for an approver.")
AWARD = _read("Read the award and the summaries", "awards.show", *_READERS, Role.CONTRACT_MANAGER)
CONCLUDE = _act("Conclude the contract", "contract_desk.conclude", *_SIGNERS)
WAIT = _read("Wait for the standstill to end", "contract_desk.conclude", *_SIGNERS)
CONTRACT = _read("Read the contract", "contract_desk.conclude", *_SIGNERS, Role.APPROVER, Role.AUDITOR)
RECORD = _read("Read the opening record", "openings.show", Role.OPENER, *_READERS)


def steps_for(itt: InvitationToTender, situation: Situation, actor: Actor, now: datetime) -> list[Step]:
    """The steps that are open to this actor at `now`, what waits for them first."""
    held = itt.policy_roles(actor)
    steps = [step for step in _steps_at(itt, situation, actor, now) if step.roles & held]
    return sorted(steps, key=lambda step: not step.is_act)


def _steps_at(
    itt: InvitationToTender, situation: Situation, actor: Actor, now: datetime
) -> tuple[Step, ...]:
    if itt.status is IttStatus.PUBLISHED:
        return (OPEN, PANELS) if itt.has_closed(now) else (PANELS,)
    if itt.status is IttStatus.MODERATED:
        return (*_awarding(situation, actor), RESULT if situation.has_result else NO_RESULT, FOLLOW, RECORD)
    if itt.status is IttStatus.AWARDED:
        return (_concluding(situation), AWARD, RESULT, FOLLOW, RECORD)
    return {
        IttStatus.DRAFT: (DRAFT,),
        IttStatus.OPENED: (FOLLOW, RECORD),
        IttStatus.CONTRACTED: (CONTRACT, AWARD, RESULT, FOLLOW, RECORD),
        IttStatus.CANCELLED: (),
    }[itt.status]


def _awarding(situation: Situation, actor: Actor) -> Iterator[Step]:
    if situation.has_result and situation.has_lot_to_propose:
        yield PROPOSE
    if situation.proposer_ids:
        # Whoever proposed an award cannot decide it as well.
        others = situation.proposer_ids - {actor.user_id}
        yield DECIDE if others and Role.APPROVER in actor.authority_roles else PROPOSED


def _concluding(situation: Situation) -> Step:
    if situation.standstill is Wait.WAITING:
        return replace(WAIT, hint="It begins with the contract award notice.")
    if situation.standstill is Wait.RUNNING:
        return replace(WAIT, hint=f"It runs to the end of {london_date(situation.last_date)}.")
    return CONCLUDE
