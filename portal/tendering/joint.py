"""Buying together: who buys, signs and monitors beside the authority that runs the invitation, and that each agrees."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, NotFound, WrongState
from portal.core.parsing.text import one_line, require_length, require_reason
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock
from portal.core.uniqueness import unless_taken
from portal.organisations.models import ContractingAuthority
from portal.organisations.queries import authority_with_id
from portal.tendering.changing import begin_change
from portal.tendering.joint_models import JointBuyer
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

LONGEST_NAME, LONGEST_AGREEMENT = 200, 1_000
"""Characters."""


def add_joint_buyer(
    *,
    itt: InvitationToTender,
    authority_id: uuid.UUID | None,
    name: str,
    agreement: str,
    parts: Sequence[str],
    actor: Actor,
    now: datetime,
) -> JointBuyer:
    """Add an authority of the portal, which is asked to agree, or a body by its `name`, with how it agreed.

    `parts`: which of "buys", "signs" and "monitors" it does; the authority that runs the invitation buys and signs, and
    monitors unless another does. Records JOINT_BUYER_ADDED; the authority's commissioners and approvers are told.
    Raises `InvalidInput` beside `authority`, `name`, `agreement`, `buys` or `monitors`, and as `begin_change`.
    """
    begin_change(itt, actor)
    called, how = one_line(name), ""
    if (authority_id is None) == (called == ""):
        raise InvalidInput("Choose an authority from the list, or name a body that is not in it.", field="name")
    if authority_id == itt.authority_id:
        raise InvalidInput("Your authority buys already: it runs the invitation.", field="authority")
    if called:
        require_length(called, LONGEST_NAME, field="name")
        how = require_reason(agreement, "Say when and how it agreed", field="agreement", most=LONGEST_AGREEMENT)
    if not parts:
        raise InvalidInput("Say what it does: buy, sign or monitor.", field="buys")
    added = JointBuyer(
        itt_id=itt.id,
        authority_id=authority_with_id(authority_id).id if authority_id is not None else None,
        name=called,
        agreement=how,
        agreed_at=now if called else None,
        agreed_by_id=actor.user_id if called else None,
        **{part: part in parts for part in ("buys", "signs", "monitors")},
    )
    taken = {
        "uq_joint_buyer_itt_id_authority_id": lambda: InvalidInput("It is in the list already.", field="authority"),
        "uq_joint_buyer_monitors": lambda: InvalidInput(
            "Another body monitors the contract already.", field="monitors"
        ),
    }
    with unless_taken(taken):
        db.session.add(added)
        db.session.flush()
    db.session.expire(itt, ["joint_buyers"])
    record(EventKind.JOINT_BUYER_ADDED, added, actor=actor, parts=sorted(parts), asked=authority_id)
    return added


def remove_joint_buyer(*, joint: JointBuyer, actor: Actor) -> None:
    """Take a body out again. Records JOINT_BUYER_REMOVED. Raises as `begin_change`."""
    begin_change(joint.itt, actor)
    record(EventKind.JOINT_BUYER_REMOVED, joint, actor=actor)
    joint.itt.joint_buyers.remove(joint)
    db.session.flush()


def agree_to_buy_together(*, joint: JointBuyer, actor: Actor, now: datetime) -> None:
    """Agree, for one's own authority, to buy together. Records JOINT_BUYER_AGREED; the commissioners are told.

    Raises `NotFound` for people of other authorities, `NotAllowed`, `Conflict` once it is agreed, `WrongState` once the
    invitation is no draft any more.
    """
    itt = lock(InvitationToTender, joint.itt_id)
    held = lock(JointBuyer, joint.id)
    _require_theirs(held, actor)
    if held.agreed_at is not None:
        raise Conflict("Your authority has agreed already.")
    if itt.status is not IttStatus.DRAFT:
        raise WrongState("This invitation is no draft any more.")
    held.agreed_at, held.agreed_by_id = now, actor.user_id
    record(EventKind.JOINT_BUYER_AGREED, held, actor=actor)


def joint_buyer_of(itt: InvitationToTender, joint_id: uuid.UUID) -> JointBuyer:
    """One of those who buy together; raises `NotFound`."""
    for one in itt.joint_buyers:
        if one.id == joint_id:
            found: JointBuyer = one
            return found
    raise NotFound("There is no such body in the list.")


def own_part(joint_id: uuid.UUID, actor: Actor) -> JointBuyer:
    """The part of one's own authority in an invitation that another runs; raises `NotFound` or `NotAllowed`."""
    found = db.session.get(JointBuyer, joint_id)
    if found is None or found.itt.status is IttStatus.DISCARDED:
        raise NotFound("There is nothing here for you.")
    _require_theirs(found, actor)
    return found


def reads_as_buyer(itt: InvitationToTender, actor: Actor) -> bool:
    """Whether somebody reads a draft and its documents: people of the buyer, and of authorities that buy with it."""
    if policy.allows(actor, Verb.READ, itt):
        return True
    others = (one.authority for one in itt.joint_buyers if itt.status is not IttStatus.DISCARDED)
    return any(policy.allows(actor, Verb.BUY_TOGETHER, other) for other in others if other is not None)


def parts_of(authority_id: uuid.UUID | None) -> Sequence[JointBuyer]:
    """What an authority buys, signs or monitors together with others who run the invitation, the latest first."""
    return db.session.scalars(
        select(JointBuyer)
        .join(JointBuyer.itt)
        .where(JointBuyer.authority_id == authority_id, InvitationToTender.status != IttStatus.DISCARDED)
        .order_by(JointBuyer.added_at.desc(), JointBuyer.id)
    ).all()


def others_here(itt: InvitationToTender) -> Sequence[ContractingAuthority]:
    """The authorities of the portal that can be asked, by name."""
    taken = [itt.authority_id, *(one.authority_id for one in itt.joint_buyers if one.authority_id is not None)]
    others = select(ContractingAuthority).where(ContractingAuthority.id.not_in(taken))
    return db.session.scalars(others.order_by(ContractingAuthority.name_fold, ContractingAuthority.id)).all()


def _require_theirs(joint: JointBuyer, actor: Actor) -> None:
    if joint.authority is None:
        raise NotFound("There is nothing here for you.")
    policy.require(actor, Verb.BUY_TOGETHER, joint.authority)
