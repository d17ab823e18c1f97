"""Reading invitations to tender."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import ORMOption

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.frameworks.models import Framework, FrameworkLot
from portal.tendering.document_models import InvitationDocument
from portal.tendering.models import AwardCriterion, InvitationToTender, Scale
from portal.tendering.states import AFTER_PUBLICATION

Counts = Select[uuid.UUID, int]
"""A count for each invitation of some; none where it is nothing. Several are read together (`read_counts`)."""


def read_counts(*counts: Counts) -> list[dict[uuid.UUID, int]]:
    """What each of the counts found, by invitation, in one statement."""
    numbered = [count.add_columns(literal(number).label("of")) for number, count in enumerate(counts)]
    found: list[dict[uuid.UUID, int]] = [{} for _ in counts]
    for itt_id, how_many, of in db.session.execute(union_all(*numbered)):
        found[of][itt_id] = how_many
    return found


def whole() -> tuple[ORMOption, ...]:
    """Options that load an invitation with everything the method is made of, in nine statements (a call-off: ten)."""
    itt = InvitationToTender
    return (
        joinedload(itt.authority),
        joinedload(itt.framework_lot).joinedload(FrameworkLot.framework).selectinload(Framework.criteria),
        selectinload(itt.lots),
        selectinload(itt.panels),
        selectinload(itt.scales).selectinload(Scale.bands),
        selectinload(itt.criteria).selectinload(AwardCriterion.shares),
        selectinload(itt.questions),
        selectinload(itt.documents).joinedload(InvitationDocument.versions),
    )


def load_criteria(itt: InvitationToTender) -> None:
    """Load the criteria of an invitation with the panels' shares, the scales and their points, in one statement."""
    found = db.session.scalars(
        select(AwardCriterion)
        .where(AwardCriterion.itt_id == itt.id)
        .order_by(AwardCriterion.position)
        .options(joinedload(AwardCriterion.shares), joinedload(AwardCriterion.scale).joinedload(Scale.bands))
    )
    set_committed_value(itt, "criteria", list(found.unique()))


def find_itt(reference: str) -> InvitationToTender:
    """Find the whole invitation with that reference, in whatever state; raises `NotFound`."""
    found = db.session.scalars(
        select(InvitationToTender).where(InvitationToTender.reference == reference.upper()).options(*whole())
    ).one_or_none()
    if found is None:
        raise NotFound("There is no invitation to tender with that reference.")
    return found


def find_published_itt(reference: str) -> InvitationToTender:
    """Find the whole invitation with that reference once it is public; raises `NotFound` for drafts too."""
    found = find_itt(reference)
    if found.status not in AFTER_PUBLICATION:
        raise NotFound("There is no invitation to tender with that reference.")
    return found
