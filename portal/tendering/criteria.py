"""Draw up the award criteria: the tree, its weights, and which panel scores how much of what."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.numbers import plain
from portal.core.parsing.text import one_line, require_text, tidy
from portal.core.permissions import Actor
from portal.frameworks.models import FrameworkCriterion
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.inheriting import parent_of
from portal.tendering.method_rules import require_minimum
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, PanelShare, Scale
from portal.tendering.naming import new_key
from portal.tendering.tree import CriterionKind, below, children_of, kind_of, next_position, scored
from portal.tendering.weighing import share_faults, weight_faults

DEEPEST = 3
"""Levels of the tree that a page still shows well; the engine allows more."""
MOST_CRITERIA = 60


class DoesNotTotal(InvalidInput):
    """Weights or shares do not total 100; `faults` says where, by form field."""

    code = "does_not_total"

    def __init__(self, faults: Mapping[str, str]) -> None:
        field, message = next(iter(faults.items()))
        super().__init__(message, field=field)
        self.faults = dict(faults)


def lot_weight_field(criterion: AwardCriterion) -> str:
    """Name the form field of a criterion's weight in one lot."""
    return f"in-lot-{criterion.key}"


def weight_field(criterion: AwardCriterion) -> str:
    """Name the form field of a criterion's weight."""
    return f"weight-{criterion.key}"


def share_field(criterion: AwardCriterion, panel_key: str) -> str:
    """Name the form field of a panel's share of a criterion."""
    return f"share-{criterion.key}-{panel_key}"


def add_criterion(
    *,
    itt: InvitationToTender,
    title: str,
    guidance: str,
    plain_title: str,
    parent: AwardCriterion | None,
    scale: Scale | None,
    minimum: Decimal | None,
    actor: Actor,
    makes_precise: FrameworkCriterion | None = None,
) -> AwardCriterion:
    """Add a criterion with weight 0 under `parent` (None: at the top): scored on `scale`, or a heading without.

    The only panel there is scores it; with several, the shares are still to be given. In a call-off a criterion at
    the top says which of the framework's it `makes_precise`, and what is under it does too. Raises `InvalidInput`
    beside `title`, `parent`, `minimum` or `makes_precise`. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    if len(itt.criteria) >= MOST_CRITERIA:
        raise InvalidInput(f"An invitation has at most {MOST_CRITERIA} criteria.", field="title")
    node = AwardCriterion(id=uuid.uuid4(), weight=Decimal(0), shares=[])
    node.key = new_key(title, {other.key for other in itt.criteria}, otherwise="criterion")
    node.position = next_position(itt.criteria)
    _describe(itt, node, title, guidance, plain_title, parent, scale, minimum)
    belong_to(itt, node, makes_precise)
    if scale is not None and len(itt.panels) == 1:
        node.shares = [PanelShare(panel=itt.panels[0], panel_id=itt.panels[0].id, share=Decimal(100))]
    itt.criteria.append(node)
    db.session.flush()
    record_change(itt, actor, Task.CRITERIA, criterion=node.key)
    return node


def change_criterion(
    *,
    itt: InvitationToTender,
    criterion: AwardCriterion,
    title: str,
    guidance: str,
    plain_title: str,
    parent: AwardCriterion | None,
    scale: Scale | None,
    minimum: Decimal | None,
    actor: Actor,
    makes_precise: FrameworkCriterion | None = None,
) -> None:
    """Change a criterion; its key and weight stay. One that becomes a heading loses shares, minimum and questions.

    `makes_precise` as in `add_criterion`. Raises `InvalidInput` beside `title`, `parent`, `kind`, `minimum` or
    `makes_precise`. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    if scale is not None and children_of(itt, criterion):
        raise InvalidInput("It has parts under it, so it stays a heading. Remove them first.", field="kind")
    _describe(itt, criterion, title, guidance, plain_title, parent, scale, minimum)
    belong_to(itt, criterion, makes_precise)
    if scale is None:
        criterion.shares = []
        _forget(itt, {criterion.id}, from_tie_break=False)
    db.session.flush()
    record_change(itt, actor, Task.CRITERIA, criterion=criterion.key)


def remove_criterion(*, itt: InvitationToTender, criterion: AwardCriterion, actor: Actor) -> None:
    """Remove a criterion and everything under it; questions stay without one, the tie-break forgets it.

    Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    going = below(itt, criterion)
    _forget(itt, going)
    for node in [node for node in itt.criteria if node.id in going]:
        itt.criteria.remove(node)
    db.session.flush()
    record_change(itt, actor, Task.CRITERIA, removed=criterion.key)


def save_weights(*, itt: InvitationToTender, weights: Mapping[uuid.UUID, Decimal], actor: Actor) -> None:
    """Save the weight of every criterion at once, so that siblings are balanced against each other.

    Raises `DoesNotTotal` unless the roots and the parts of every heading total exactly 100, and `InvalidInput`
    beside a weight outside 0 to 100. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    _require_balance(itt, {node.id: weights.get(node.id, Decimal(0)) for node in itt.criteria}, weight_field)
    for node in itt.criteria:
        node.weight = weights.get(node.id, node.weight)
    record_change(itt, actor, Task.CRITERIA)


def save_lot_weights(*, lot: Lot, weights: Mapping[uuid.UUID, Decimal | None], actor: Actor) -> None:
    """Save what criteria weigh in one of several lots: None as in every lot, 0 where a criterion does not count there.

    What stands under a heading that does not count there does not count either. Raises as `save_weights`, and
    `InvalidInput` for the only lot. Records ITT_CHANGED.
    """
    itt = lot.itt
    begin_change(itt, actor)
    if len(itt.lots) == 1:
        raise InvalidInput("There is one lot. Its weights are those of the invitation.")
    given = {node.id: weights.get(node.id) for node in itt.criteria}
    _require_balance(
        itt,
        {node.id: node.weight if (own := given[node.id]) is None else own for node in itt.criteria},
        lot_weight_field,
    )
    lot.weights = {
        node.key: plain(own) for node in itt.criteria if (own := given[node.id]) is not None and own != node.weight
    }
    db.session.flush()
    record_change(itt, actor, Task.CRITERIA, lot=lot.number)


def save_shares(
    *, itt: InvitationToTender, shares: Mapping[tuple[uuid.UUID, uuid.UUID], Decimal], actor: Actor
) -> None:
    """Save which panel gives how much of every scored criterion, by criterion and panel, in per cent.

    Raises `DoesNotTotal` unless each criterion's shares total exactly 100, and `InvalidInput` beside a share
    outside 0 to 100. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    nodes = scored(itt)
    for node in nodes:
        for panel in itt.panels:
            if not 0 <= shares.get((node.id, panel.id), Decimal(0)) <= 100:
                raise InvalidInput("A share is from 0 to 100.", field=share_field(node, panel.key))
    faults = share_faults(itt, shares)
    if faults and itt.panels:
        first = itt.panels[0].key
        raise DoesNotTotal({share_field(node, first): faults[node.id] for node in nodes if node.id in faults})
    for node in nodes:
        kept = {share.panel_id: share for share in node.shares}
        given = [(panel, shares.get((node.id, panel.id), Decimal(0))) for panel in itt.panels]
        node.shares = [
            _set(kept.get(panel.id) or PanelShare(panel=panel, panel_id=panel.id), share)
            for panel, share in given
            if share
        ]
    db.session.flush()
    record_change(itt, actor, Task.SHARES)


def belong_to(itt: InvitationToTender, node: AwardCriterion, criterion: FrameworkCriterion | None) -> None:
    """Say which of the framework's criteria a criterion at the top makes more precise (PCR2015 reg 34(24)).

    What stands under another belongs to the same one as that. Raises `InvalidInput` beside `makes_precise` in a
    call-off whose framework has criteria, when none of them is named. An open invitation has none.
    """
    framework = parent_of(itt)
    if framework is None or not framework.criteria or node.parent_id is not None:
        node.framework_criterion_id = None
        return
    if criterion is None or criterion.framework_id != framework.id:
        raise InvalidInput(
            "Say which criterion of the framework this makes more precise: a call-off is decided by the framework’s "
            f"criteria and no others ({framework.calling_off.criteria}).",
            field="makes_precise",
        )
    node.framework_criterion_id = criterion.id


def _require_balance(
    itt: InvitationToTender, weights: Mapping[uuid.UUID, Decimal], field: Callable[[AwardCriterion], str]
) -> None:
    for node in itt.criteria:
        if not 0 <= weights[node.id] <= 100:
            raise InvalidInput("A weight is from 0 to 100.", field=field(node))
    faults = weight_faults(itt, weights)
    if faults:
        by_id = {node.id: node for node in itt.criteria}
        groups = {heading: children_of(itt, by_id[heading] if heading else None)[0] for heading in faults}
        raise DoesNotTotal({field(groups[heading]): message for heading, message in faults.items()})


def _set(row: PanelShare, share: Decimal) -> PanelShare:
    row.share = share
    return row


def _describe(
    itt: InvitationToTender,
    node: AwardCriterion,
    title: str,
    guidance: str,
    plain_title: str,
    parent: AwardCriterion | None,
    scale: Scale | None,
    minimum: Decimal | None,
) -> None:
    named = require_text(one_line(title), "Give the criterion a title.", field="title")
    _require_place(itt, node, parent)
    if minimum is not None and scale is not None:
        require_minimum(minimum, scale)
    node.title, node.guidance, node.plain_title = named, tidy(guidance), one_line(plain_title)
    node.parent, node.parent_id = parent, parent.id if parent is not None else None
    node.scale, node.scale_id = scale, scale.id if scale is not None else None
    node.minimum = minimum if scale is not None else None


def _require_place(itt: InvitationToTender, node: AwardCriterion, parent: AwardCriterion | None) -> None:
    if parent is None:
        return
    if kind_of(parent) is not CriterionKind.HEADING:
        raise InvalidInput(f"“{parent.title}” is scored itself. Only a heading has parts.", field="parent")
    if parent.id in below(itt, node):
        raise InvalidInput("A criterion cannot be under itself.", field="parent")
    depth, above = 1, parent
    by_id = {other.id: other for other in itt.criteria}
    while above.parent_id is not None:
        depth, above = depth + 1, by_id[above.parent_id]
    if depth + _height(itt, node) > DEEPEST:
        raise InvalidInput(f"Criteria have at most {DEEPEST} levels.", field="parent")


def _height(itt: InvitationToTender, node: AwardCriterion) -> int:
    return 1 + max((_height(itt, child) for child in children_of(itt, node)), default=0)


def _forget(itt: InvitationToTender, going: set[uuid.UUID], *, from_tie_break: bool = True) -> None:
    for question in itt.questions:
        if question.criterion_id in going:
            question.criterion, question.criterion_id = None, None
    if from_tie_break:
        gone = [node for node in itt.criteria if node.id in going]
        keys = {node.key for node in gone}
        for lot in itt.lots:
            lot.weights = {key: weight for key, weight in lot.weights.items() if key not in keys}
            if any(kind_of(node) is CriterionKind.PRICE for node in gone):
                lot.price_formula = None
        itt.tie_break = [name for name in itt.tie_break if name not in keys]
