"""Taking somebody off a panel: at once while nothing of theirs counts, else with a reason and by two people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select, update

from portal.accounts.models import User
from portal.accounts.sessions import end_sessions_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.approval import require_second_person
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.evaluation.attending import leave
from portal.evaluation.dealing import deal_again
from portal.evaluation.models import PanelMember, PanelWork, Scorecard
from portal.evaluation.panels import end_seat
from portal.evaluation.states import MemberRole, PanelWorkStatus, ScorecardStatus
from portal.evaluation.taking_part.pairing import part
from portal.tendering.models import InvitationToTender

WHY = "Say why they are taken off the panel"


def takes_two(work: PanelWork, member: PanelMember) -> bool:
    """Whether a reason and a second person are needed: the member has submitted, or the panel moderates."""
    submitted = exists().where(Scorecard.panel_member_id == member.id, Scorecard.status == ScorecardStatus.SUBMITTED)
    return work.status is PanelWorkStatus.MODERATING or bool(db.session.scalar(select(submitted)))


def remove_panel_member(*, itt: InvitationToTender, member: PanelMember, actor: Actor, now: datetime) -> None:
    """Take somebody off a panel of whom nothing counts yet.

    Consequences: the role ends at once; what the member scored stays in the record and leaves the panel's
    scores; a young person's account is closed and its cards stop working. Records PANEL_MEMBER_REMOVED.
    Raises `NotAllowed`, `WrongState` where it takes two people (`propose_panel_removal`).
    """
    work = _take(itt, member, actor)
    if member.removed_at is not None:
        return
    if takes_two(work, member):
        raise WrongState("Their scores count, so taking them off the panel takes a reason and a second person.")
    _remove(work, member, actor, now)


def propose_panel_removal(
    *, itt: InvitationToTender, member: PanelMember, reason: str, actor: Actor, now: datetime
) -> None:
    """Propose, with a reason, to take somebody off a panel who has submitted, or while it moderates.

    Nothing changes until another commissioner decides. Records PANEL_REMOVAL_PROPOSED. Raises `InvalidInput` (field
    "reason"), `NotAllowed`, `WrongState` where it is proposed already.
    """
    _take(itt, member, actor)
    if member.removed_at is not None or member.removal_proposed_by_id is not None:
        raise WrongState("This is proposed already, or they are on the panel no longer.")
    member.removal_reason = require_reason(reason, WHY, field="reason", most=4000)
    member.removal_proposed_by_id, member.removal_proposed_at = actor.user_id, now
    record(EventKind.PANEL_REMOVAL_PROPOSED, member, actor=actor, panel=member.panel.key)


def decide_panel_removal(
    *, itt: InvitationToTender, member: PanelMember, agreed: bool, actor: Actor, now: datetime
) -> None:
    """Take them off as the second person, or keep them on the panel.

    Consequences as `remove_panel_member`; what the panel has agreed stands as it does, and the reason stays on
    record. Kept, nothing is proposed any more. Records PANEL_MEMBER_REMOVED or PANEL_REMOVAL_REFUSED. Raises
    `NotAllowed` for whoever proposed it, `WrongState` where nothing is proposed.
    """
    work = _take(itt, member, actor)
    if member.removed_at is not None or member.removal_proposed_by_id is None:
        raise WrongState("Nobody proposes to take them off the panel, or it is done already.")
    require_second_person(actor, member.removal_half)
    if agreed:
        member.removal_decided_by_id = actor.user_id
        _remove(work, member, actor, now)
        return
    member.removal_reason, member.removal_proposed_by_id, member.removal_proposed_at = "", None, None
    record(EventKind.PANEL_REMOVAL_REFUSED, member, actor=actor, panel=work.panel.key)


def _take(itt: InvitationToTender, member: PanelMember, actor: Actor) -> PanelWork:
    take(itt, Verb.APPOINT_PANEL, actor=actor, share=True)
    work = lock(PanelWork, member.panel_id)
    db.session.refresh(member)
    if work.status is PanelWorkStatus.CLOSED:
        raise WrongState("This panel has finished, so nobody can be taken off it.")
    return work


def _remove(work: PanelWork, member: PanelMember, actor: Actor, now: datetime) -> None:
    part(member, now=now)
    member.removed_at = now
    end_seat(member, now=now)
    leave(work, member.id, now=now)
    deal_again(work, actor=actor)
    if member.role is MemberRole.YOUNG_MEMBER:
        db.session.execute(update(User).where(User.id == member.user_id).values(is_active=False))
        end_sessions_of(user_id=member.user_id, now=now)
    record(EventKind.PANEL_MEMBER_REMOVED, member, actor=actor, panel=work.panel.key)
