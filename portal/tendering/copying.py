"""Begin a draft as a copy of an earlier invitation."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import Model, db
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Verb, policy
from portal.organisations.models import ContractingAuthority
from portal.tendering.drafting import create_itt
from portal.tendering.models import (
    AwardCriterion,
    InvitationToTender,
    Lot,
    Panel,
    PanelShare,
    Question,
    Scale,
    ScaleBand,
)
from portal.tendering.specification_models import SpecificationLine
from portal.tendering.specifications import specification_of
from portal.tendering.starting_points import StartingPoint
from portal.tendering.states import AFTER_PUBLICATION
from portal.tendering.tree import walk

COPIED = (
    "Copied are the description and codes, the outcomes, the value and length, the lots, panels, scales, criteria, "
    "shares, price formula, tie-break and questions."
)
NOT_COPIED = (
    "Not copied are the documents, the timetable, the notice, what was declared and recorded, and what bidders asked: "
    "each belongs to one procurement."
)
CARRIED = (
    "description",
    "easy_read",
    "cpv_codes",
    "light_touch",
    "estimated_value",
    "term_months",
    "break_months",
    "tie_break",
    "prices_apart",
    "max_lots_bid",
    "max_lots_awarded",
    "no_lots_reason",
)
"""What the row of the invitation itself carries over."""
MOST_OFFERED = 200

Row = TypeVar("Row", bound=Model)


def copyable_itts(authority_id: uuid.UUID) -> list[InvitationToTender]:
    """The open invitations that the authority has published, the latest first."""
    return list(
        db.session.scalars(
            select(InvitationToTender)
            .where(
                InvitationToTender.authority_id == authority_id,
                InvitationToTender.framework_lot_id.is_(None),
                InvitationToTender.status.in_(AFTER_PUBLICATION),
            )
            .order_by(InvitationToTender.published_at.desc(), InvitationToTender.id)
            .limit(MOST_OFFERED)
        )
    )


def copy_itt(
    *, source: InvitationToTender | None, authority: ContractingAuthority, title: str, actor: Actor, now: datetime
) -> InvitationToTender:
    """Begin a draft that says what `source` said (`COPIED`, `NOT_COPIED`), under the law of today.

    Records ITT_DRAFTED, and ITT_COPIED with the reference of the source. Raises as `create_itt`, and `InvalidInput`
    (field "source") without one or for a call-off, whose criteria come from its framework.
    """
    if source is None or source.framework_lot_id is not None:
        raise InvalidInput("Choose an earlier invitation from the list.", field="source")
    policy.require(actor, Verb.READ, source)
    made = create_itt(authority=authority, title=title, start=StartingPoint.EMPTY, actor=actor, now=now)
    made.copied_from_id = source.id
    for column in CARRIED:
        setattr(made, column, getattr(source, column))
    _copy_method(source, made, _copy_lots(source, made))
    _copy_specification(source, made)
    db.session.flush()
    record(EventKind.ITT_COPIED, made, actor=actor, source=source.reference)
    return made


def _copy_lots(source: InvitationToTender, made: InvitationToTender) -> Mapping[uuid.UUID, uuid.UUID]:
    """The lots, by the identifier of what they are copied from; a single lot keeps the title of its draft."""
    if len(source.lots) == 1:
        made.lots[0].description, made.lots[0].places = source.lots[0].description, source.lots[0].places
        return {source.lots[0].id: made.lots[0].id}
    made.lots.clear()
    db.session.flush()
    return {
        lot.id: _add(made.lots, _like(lot, Lot, "method", "method_hash", "method_version")).id for lot in source.lots
    }


def _copy_method(source: InvitationToTender, made: InvitationToTender, lots: Mapping[uuid.UUID, uuid.UUID]) -> None:
    panels = {panel.id: _add(made.panels, _like(panel, Panel)) for panel in source.panels}
    scales = {scale.id: _copy_scale(scale, made) for scale in source.scales}
    db.session.flush()
    nodes: dict[uuid.UUID | None, AwardCriterion] = {}
    for node, _ in walk(source):
        copied = _like(node, AwardCriterion, "parent_id", "scale_id", "framework_criterion_id")
        copied.scale_id = scales[node.scale_id].id if node.scale_id is not None else None
        copied.parent_id = nodes[node.parent_id].id if node.parent_id is not None else None
        nodes[node.id] = _add(made.criteria, copied)
        db.session.flush()
        for share in node.shares:
            panel = panels[share.panel_id]
            copied.shares.append(PanelShare(panel=panel, panel_id=panel.id, share=share.share))
    for question in source.questions:
        asked = _like(question, Question, "criterion_id", "lot_ids")
        asked.criterion_id = nodes[question.criterion_id].id if question.criterion_id is not None else None
        asked.lot_ids = [lots[lot_id] for lot_id in question.lot_ids]
        made.questions.append(asked)


def _copy_specification(source: InvitationToTender, made: InvitationToTender) -> None:
    for outcome in specification_of(source.id):
        above = _like(outcome.line, SpecificationLine, "outcome_id")
        lines = [above, *(_like(part, SpecificationLine, "outcome_id") for part in outcome.parts)]
        for line in lines:
            line.itt_id, line.outcome_id = made.id, None if line is above else above.id
            db.session.add(line)
            db.session.flush()


def _copy_scale(scale: Scale, made: InvitationToTender) -> Scale:
    copied = _add(made.scales, _like(scale, Scale))
    copied.bands = [_like(band, ScaleBand, "scale_id") for band in scale.bands]
    return copied


def _add(rows: list[Row], row: Row) -> Row:
    rows.append(row)
    db.session.flush()
    return row


def _like(row: Row, model: type[Row], *left_out: str) -> Row:
    """A new row with the values of another, but for its identifier, its invitation and what is left out."""
    kept = {column.key for column in model.__mapper__.column_attrs} - {"id", "itt_id", *left_out}
    # None is left out: given to a JSON column it would be the value null, and not nothing.
    values: dict[str, Any] = {name: value for name in kept if (value := getattr(row, name)) is not None}
    return model(**{name: list(value) if isinstance(value, list) else value for name, value in values.items()})
