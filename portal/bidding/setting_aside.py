"""Membership, checked again at the closing time: whose bids in a call-off are opened, and whose are set aside unopened.

Asked of the memberships and applications as they were when bidding closed, whatever has happened to them since. In
a dynamic market an application that was waiting then has to be decided first (PA2023 s.34(4)): a bidder that is
admitted before the opening is treated as a member.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, exists, func, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import Bid
from portal.bidding.states import BidStatus
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.parsing.text import LEAST_JUSTIFICATION, require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework, FrameworkLot
from portal.joining.models import Application, ApplicationDecision, ApplicationVersion
from portal.joining.states import PENDING, Outcome
from portal.tendering.models import InvitationToTender


class Fate(StrEnum):
    """What becomes of a bid in a call-off at the opening."""

    OPEN = "open"
    UNDECIDED = "undecided"
    """Its provider's application waited at the closing time and waits still."""
    NOT_A_MEMBER = "not_a_member"
    AWAY = "away"
    """A member, in a pause of its own or suspended."""
    ENDED = "ended"
    """The framework had ended."""
    UNEXPLAINED = "unexplained"
    """Its application stayed undecided for exceptional complexity (PA2023 s.34(5))."""


WHY_SET_ASIDE = {
    Fate.NOT_A_MEMBER: "Its provider was not a member of the lot when bidding closed ({law}).",
    Fate.AWAY: "Its provider’s membership of the lot was paused or suspended when bidding closed ({law}).",
    Fate.ENDED: "The framework had ended when bidding closed ({law}).",
    Fate.UNEXPLAINED: "Its provider’s application to join could not be decided in time, because of exceptional "
    "complexity that is on record (PA2023 s.34(5)).",
}


@dataclass(frozen=True)
class Checked:
    """The providers with a submitted bid, by what becomes of it."""

    fates: dict[uuid.UUID, Fate]

    @property
    def undecided(self) -> int:
        """How many bidders' applications still have to be decided."""
        return sum(fate is Fate.UNDECIDED for fate in self.fates.values())


def check_memberships(itt: InvitationToTender, at: datetime) -> Checked:
    """Check every submitted bidder of a call-off as of its closing time; `at` is now. One statement."""
    assert itt.closes_at is not None
    rows = db.session.execute(_bidders(itt, itt.closes_at, at))
    return Checked({row.provider_id: _fate(itt, row) for row in rows})


def undecided_bidders(itt: InvitationToTender, at: datetime) -> int:
    """How many applications of bidders still have to be decided before the bids can be opened; 0 once explained.

    The number alone: before the opening nobody on the authority's side learns who has bid.
    """
    if not itt.law.applicants_may_bid or itt.closes_at is None or itt.undecided_reason:
        return 0
    return check_memberships(itt, at).undecided


def explain_undecided(*, itt: InvitationToTender, actor: Actor, reason: str) -> None:
    """Record the exceptional complexity for which applications of bidders cannot be decided before the opening.

    Their bids are then set aside unopened with that reason, and the others can be opened (PA2023 s.34(5)). Only
    after the closing time by the database's clock. Records UNDECIDED_APPLICATIONS_EXPLAINED with the number. Raises
    `WrongState` when nothing is undecided, `InvalidInput` (field `reason`) under 40 characters.
    """
    take(itt, Verb.EXPLAIN_UNDECIDED, actor=actor)
    at = clock.database_time()
    if not itt.has_closed(at):
        raise WrongState("Bidding is still open. Applications are decided as they come.")
    count = undecided_bidders(itt, at)
    if not count:
        raise WrongState("No application of a bidder is undecided, so there is nothing to explain.")
    ask = "Say what makes the applications exceptionally complex (PA2023 s.34(5))"
    itt.undecided_reason = require_reason(reason, ask, field="reason", least=LEAST_JUSTIFICATION)
    record(EventKind.UNDECIDED_APPLICATIONS_EXPLAINED, itt, actor=actor, count=count)


def why_set_aside(itt: InvitationToTender, fate: Fate) -> str:
    """The reason that is kept with a bid that is not opened, and told to its provider."""
    return WHY_SET_ASIDE[fate].format(law=itt.law.members_law)


def _fate(itt: InvitationToTender, row: Row[uuid.UUID, bool, bool, bool, bool, bool]) -> Fate:
    _provider_id, in_force, was_member, was_there, admitted_since, waiting = row
    if not in_force:
        return Fate.ENDED
    if was_member or (itt.law.applicants_may_bid and admitted_since):
        return Fate.OPEN
    if itt.law.applicants_may_bid and waiting:
        return Fate.UNEXPLAINED if itt.undecided_reason else Fate.UNDECIDED
    return Fate.AWAY if was_there else Fate.NOT_A_MEMBER


def _bidders(
    itt: InvitationToTender, closed: datetime, at: datetime
) -> Select[uuid.UUID, bool, bool, bool, bool, bool]:
    in_force = exists().where(
        FrameworkLot.id == itt.framework_lot_id, Framework.id == FrameworkLot.framework_id, Framework.is_valid(closed)
    )
    theirs = (Admission.lot_id == itt.framework_lot_id, Admission.provider_id == Bid.provider_id)
    was_there = exists().where(*theirs, Admission.is_member(closed)).correlate(Bid)
    was_member = exists().where(*theirs, Admission.is_active(closed)).correlate(Bid)
    return (
        select(
            Bid.provider_id, in_force, was_member, was_there, _admitted_since(itt, closed, at), _waiting(itt, closed)
        )
        .where(Bid.itt_id == itt.id, Bid.status == BidStatus.SUBMITTED)
        .distinct()
    )


def _admitted_since(itt: InvitationToTender, closed: datetime, at: datetime) -> ColumnElement[bool]:
    """Admitted between closing and now, on an application that had arrived by the closing time: it was considered."""
    arrived = exists().where(
        ApplicationVersion.application_id == Admission.application_id, ApplicationVersion.received_at <= closed
    )
    return (
        exists()
        .where(
            Admission.lot_id == itt.framework_lot_id,
            Admission.provider_id == Bid.provider_id,
            Admission.admitted_at > closed,
            Admission.is_active(at),
            arrived.correlate(Admission),
        )
        .correlate(Bid)
    )


def _waiting(itt: InvitationToTender, closed: datetime) -> ColumnElement[bool]:
    """An application waits that had arrived by the closing time, and nobody has decided what it said then or since."""
    last = (
        select(func.max(ApplicationVersion.number))
        .where(ApplicationVersion.application_id == Application.id, ApplicationVersion.received_at <= closed)
        .correlate(Application)
        .scalar_subquery()
    )
    considered = exists().where(
        ApplicationDecision.application_id == Application.id,
        ApplicationDecision.version >= last,
        ApplicationDecision.outcome == Outcome.REFUSED,
        ApplicationDecision.decided_at.is_not(None),
    )
    return (
        exists()
        .where(
            Application.lot_id == itt.framework_lot_id,
            Application.provider_id == Bid.provider_id,
            Application.status.in_(PENDING),
            last.is_not(None),
            ~considered.correlate(Application),
        )
        .correlate(Bid)
    )
