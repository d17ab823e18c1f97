"""Before publication a second person looks at everything: asked for, approved, sent back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.approval import require_second_person
from portal.core.columns import db
from portal.core.drafts import NotReady, Problem
from portal.core.errors import Conflict, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock, take
from portal.core.uniqueness import unless_taken
from portal.tendering.approval_models import APPROVAL, ApprovalStatus, PublicationApproval
from portal.tendering.approvals import approval_in_force, last_sent_back
from portal.tendering.checking import Task, problems_of
from portal.tendering.interests.queries import require_declared
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import whole

WAITS = "It waits for an approver already, or is approved."
AFTERWARDS = (Task.APPROVAL, Task.PUBLICATION)
LONGEST = 2_000
"""Characters."""


def problems_to_mend(itt: InvitationToTender, now: datetime) -> list[Problem[Task]]:
    """What keeps a draft from being approved: everything but the approval, and where the notice was published.

    The notice goes to the central platform once it is approved, and its number comes after that (PR24 reg 5(11)).
    """
    return [problem for problem in problems_of(itt, now) if problem.task not in AFTERWARDS]


def ask_to_publish(*, itt: InvitationToTender, actor: Actor, now: datetime) -> PublicationApproval:
    """Ask an approver to look at a draft that lacks nothing; every change of it afterwards takes that back.

    Records PUBLICATION_PROPOSED; the approvers are told. Raises `NotReady` with everything that is missing, `Conflict`
    while it waits already, `WrongState` for a direct award, which has a second person of its own.
    """
    held = take(itt, Verb.PROPOSE_PUBLICATION, *whole(), actor=actor)
    if held.law.names_one_provider:
        raise WrongState("A direct award is approved with its reason.")
    if problems := problems_to_mend(held, now):
        raise NotReady(problems)
    asked = PublicationApproval(itt_id=held.id, proposed_by_id=actor.user_id, proposed_at=now)
    with unless_taken({"uq_publication_approval_in_force": lambda: Conflict(WAITS)}):
        db.session.add(asked)
        db.session.flush()
    record(EventKind.PUBLICATION_PROPOSED, asked, actor=actor)
    return asked


def approve_publication(*, itt: InvitationToTender, actor: Actor, note: str, now: datetime) -> None:
    """Approve a draft as the second person: a commissioner can publish it as it stands.

    Records PUBLICATION_APPROVED; the commissioners are told. Raises `NotAllowed` for who asked, began the draft, or
    takes no further part; `InvalidInput` (field "note") without words, or before the approver has declared their
    interests; `NotReady`, `WrongState` when nothing waits.
    """
    asked = _take_waiting(itt, actor)
    require_declared(itt.id, actor, field="note")
    said = require_reason(note, "Say what you checked", field="note", most=LONGEST)
    if problems := problems_to_mend(itt, now):
        raise NotReady(problems)
    asked.status = APPROVAL.move(asked.status, ApprovalStatus.APPROVED)
    asked.decide(actor, now=now, note=said)
    record(EventKind.PUBLICATION_APPROVED, asked, actor=actor)


def send_back(*, itt: InvitationToTender, actor: Actor, note: str, now: datetime) -> None:
    """Send a draft back as the second person, with what is to be changed.

    Records PUBLICATION_SENT_BACK; whoever asked is told. Raises as `approve_publication`.
    """
    asked = _take_waiting(itt, actor)
    said = require_reason(note, "Say what is to be changed: who asked reads it", field="note", most=LONGEST)
    asked.status = APPROVAL.move(asked.status, ApprovalStatus.SENT_BACK)
    asked.decide(actor, now=now, note=said)
    record(EventKind.PUBLICATION_SENT_BACK, asked, actor=actor)


@dataclass(frozen=True)
class Standing:
    """Where a draft stands with its second person, and whether the actor can be the one."""

    asked: PublicationApproval | None
    sent_back: PublicationApproval | None
    may_decide: bool


def standing_of(itt: InvitationToTender, actor: Actor) -> Standing:
    """What was asked for, approved or sent back."""
    asked = approval_in_force(itt.id)
    return Standing(asked, last_sent_back(itt.id), may_approve_publication(itt, asked, actor))


def may_approve_publication(itt: InvitationToTender, asked: PublicationApproval | None, actor: Actor) -> bool:
    """Whether the actor can be the second person of what waits."""
    waits = asked is not None and asked.status.is_proposed and not asked.is_own(actor)
    return waits and policy.allows(actor, Verb.APPROVE_PUBLICATION, itt)


def _take_waiting(itt: InvitationToTender, actor: Actor) -> PublicationApproval:
    held = take(itt, Verb.APPROVE_PUBLICATION, *whole(), actor=actor)
    asked = approval_in_force(held.id)
    if asked is None or not asked.status.is_proposed:
        raise WrongState("Nothing waits for an approver here: it was changed, approved or sent back.")
    lock(PublicationApproval, asked.id)
    require_second_person(actor, *asked.first_people)
    return asked
