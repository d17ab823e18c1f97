"""What waits for a second person about procurements, in one statement: whose first half each is, for nobody is both."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Select, Uuid, cast, literal, null, select, union_all

from portal.awarding.models import SettingAside
from portal.awarding.states import SettingAsideStatus
from portal.bidding.late_models import LateBid
from portal.bidding.states import LateStatus
from portal.core.approval import Half
from portal.core.columns import db
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.states import PanelWorkStatus
from portal.tendering.amending.models import Addendum
from portal.tendering.amending.states import AddendumStatus
from portal.tendering.approval_models import ApprovalStatus, PublicationApproval
from portal.tendering.ending_models import Ending
from portal.tendering.interests.models import Interest, Mitigation
from portal.tendering.interests.states import MitigationStatus
from portal.tendering.models import InvitationToTender
from portal.tendering.states import BEFORE_CONTRACT, EndingStatus, IttStatus

FirstPeople = tuple[Half, ...]
"""Who proposed one thing that waits, whose interest it is about, who began the draft: nobody of them decides it."""


class Waits(StrEnum):
    """What waits."""

    CHANGE = "change"
    ENDING = "ending"
    SETTING_ASIDE = "setting_aside"
    PUBLICATION = "publication"
    INTEREST = "interest"
    PANEL_REMOVAL = "panel_removal"
    LATE_BID = "late_bid"
    IN_THE_LATE_BOX = "in_the_late_box"
    """For its first person: nobody has said what is to become of it."""


def proposals_of(itt_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[Waits, frozenset[FirstPeople]]]:
    """What waits about each of these procurements where it can still be decided, with who decides none of it."""
    found: defaultdict[uuid.UUID, dict[Waits, frozenset[FirstPeople]]] = defaultdict(dict)
    waiting = (*(_waiting(*act, itt_ids) for act in _ACTS), _removals(itt_ids))
    rows = db.session.execute(union_all(*waiting))
    for name, itt_id, *halves in rows:
        first = tuple(Half(*half) for half in (halves[:2], halves[2:]) if half[0] is not None)
        found[itt_id][Waits(name)] = found[itt_id].get(Waits(name), frozenset()) | {first}
    return found


_OTHERS: Mapping[Any, tuple[Any, Any]] = {
    Mitigation: (Interest.user_id, Interest.declared_at),
    PublicationApproval: (InvitationToTender.created_by_id, InvitationToTender.created_at),
}
_NOBODY = (cast(null(), Uuid), cast(null(), DateTime(timezone=True)))
# The act, its status while it waits, and the stages at which it can be decided.
_ACTS: tuple[tuple[Waits, Any, StrEnum, Sequence[IttStatus]], ...] = (
    (Waits.CHANGE, Addendum, AddendumStatus.PROPOSED, (IttStatus.PUBLISHED,)),
    (Waits.ENDING, Ending, EndingStatus.PROPOSED, BEFORE_CONTRACT),
    (Waits.SETTING_ASIDE, SettingAside, SettingAsideStatus.PROPOSED, BEFORE_CONTRACT),
    (Waits.PUBLICATION, PublicationApproval, ApprovalStatus.PROPOSED, (IttStatus.DRAFT,)),
    (Waits.INTEREST, Mitigation, MitigationStatus.PROPOSED, (IttStatus.DRAFT, *BEFORE_CONTRACT)),
    (Waits.LATE_BID, LateBid, LateStatus.PROPOSED, (IttStatus.PUBLISHED,)),
    (Waits.IN_THE_LATE_BOX, LateBid, LateStatus.KEPT, (IttStatus.PUBLISHED,)),
)


def _waiting(
    name: Waits, act: Any, status: StrEnum, stages: Sequence[IttStatus], itt_ids: Sequence[uuid.UUID]
) -> Select[Any, *tuple[Any, ...]]:
    other = _OTHERS.get(act, _NOBODY)
    waiting = select(literal(name.value), act.itt_id, act.proposed_by_id, act.proposed_at, *other)
    return (
        (waiting.join(Interest, Interest.id == Mitigation.interest_id) if act is Mitigation else waiting)
        .join(InvitationToTender, InvitationToTender.id == act.itt_id)
        .where(act.itt_id.in_(itt_ids), act.status == status, InvitationToTender.status.in_(stages))
    )


def _removals(itt_ids: Sequence[uuid.UUID]) -> Select[Any, *tuple[Any, ...]]:
    """Who is to be taken off a panel: its columns stand in the table of the members."""
    proposed = (PanelMember.removal_proposed_by_id, PanelMember.removal_proposed_at)
    return (
        select(literal(Waits.PANEL_REMOVAL.value), PanelWork.itt_id, *proposed, *_NOBODY)
        .join(PanelWork, PanelWork.panel_id == PanelMember.panel_id)
        .join(InvitationToTender, InvitationToTender.id == PanelWork.itt_id)
        .where(
            PanelWork.itt_id.in_(itt_ids),
            PanelWork.status != PanelWorkStatus.CLOSED,
            InvitationToTender.status.in_((IttStatus.PUBLISHED, IttStatus.OPENED)),
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
            PanelMember.removal_proposed_by_id.is_not(None),
        )
    )
