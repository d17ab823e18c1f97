"""Criteria that an addendum changes: their words, weights and pass marks. The tree, scales, panels and shares stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.numbers import plain
from portal.core.parsing.text import one_line, require_text, tidy
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.tendering.amending.models import MethodChange
from portal.tendering.amending.prepared import as_json, columns_of, drop_prepared, hold, prepared_changes
from portal.tendering.amending.states import ChangedPart
from portal.tendering.by_lot import differs
from portal.tendering.criteria import DoesNotTotal, weight_field
from portal.tendering.inheriting import criteria_faults
from portal.tendering.method import freeze_method, method_of
from portal.tendering.method_rules import require_minimum
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot
from portal.tendering.queries import whole
from portal.tendering.tree import children_of
from portal.tendering.weighing import faults_in_lots, weight_faults
from tender_scoring import InvalidCase, validate_method

WORDS = ("title", "guidance", "plain_title")
SAME = "Nothing of this criterion is different from what is published."


def minimum_field(criterion: AwardCriterion) -> str:
    """Name the form field of a criterion's minimum score."""
    return f"minimum-{criterion.key}"


def prepare_words(
    *, itt: InvitationToTender, key: str, title: str, guidance: str, plain_title: str, actor: Actor
) -> MethodChange:
    """Prepare other words of a published criterion; raises `InvalidInput` beside `title`, `NotFound`."""
    held = take(itt, Verb.PROPOSE_ADDENDUM, *whole(), actor=actor)
    node = published_criterion(held, key)
    named = require_text(one_line(title), "Give the criterion a title.", field="title")
    said = {"title": named, "guidance": tidy(guidance), "plain_title": one_line(plain_title)}
    if said == {name: getattr(node, name) for name in WORDS}:
        raise InvalidInput(SAME, field="title")
    return hold(held, ChangedPart.CRITERION, key, columns_of(node), as_prepared(held)[key] | said)


def prepare_figures(
    *,
    itt: InvitationToTender,
    weights: Mapping[str, Decimal],
    minimums: Mapping[str, Decimal | None],
    actor: Actor,
) -> list[MethodChange]:
    """Prepare other weights and minimum scores, by the criteria's keys, all at once so that they are balanced.

    What is as it is published is let go. Raises `WrongState` where the law fixes them with the first publication,
    `DoesNotTotal` unless siblings total 100, `InvalidInput` beside a weight outside 0 to 100, beside a minimum that is
    not on its scale, or beside the first weight where nothing is different.
    """
    held = take(itt, Verb.PROPOSE_ADDENDUM, *whole(), actor=actor)
    require_weights_may_change(held)
    _require_figures(held, weights, minimums)
    made, standing = [], as_prepared(held)
    prepared = _new(prepared_changes(held.id))
    for node in held.criteria:
        before = columns_of(node)
        figures = {"weight": as_json(weights[node.key]), "minimum": as_json(minimums.get(node.key))}
        after = standing[node.key] | figures
        if after != before:
            made.append(hold(held, ChangedPart.CRITERION, node.key, before, after))
        elif node.key in prepared:
            drop_prepared(itt=held, part=ChangedPart.CRITERION, key=node.key, actor=actor)
    if not made:
        raise InvalidInput(
            "No weight or minimum is different from what is published.", field=weight_field(held.criteria[0])
        )
    return made


def require_weights_may_change(itt: InvitationToTender) -> None:
    """Refuse another weighting where the law fixes it with the first publication; raises `WrongState`."""
    if not itt.law.modification_law:
        raise WrongState(
            f"Weights and minimum scores stay as they were published under the {itt.law.act.name}. The words of a "
            "criterion can be made more precise."
        )


def as_prepared(itt: InvitationToTender) -> dict[str, dict[str, Any]]:
    """The columns of every criterion, by key, as they are prepared, or else as they are published."""
    prepared = _new(prepared_changes(itt.id))
    return {node.key: dict(prepared.get(node.key) or columns_of(node)) for node in itt.criteria}


def require_criteria(itt: InvitationToTender, changes: Sequence[MethodChange]) -> None:
    """Refuse changes after which there is no method that can be scored by (`InvalidInput`, field "prepared")."""
    new = _new(changes)
    if not new:
        return
    weights = {node.id: _decimal(new[node.key]["weight"]) for node in itt.criteria if node.key in new}
    faults = [*weight_faults(itt, weights).values(), *faults_in_lots(itt, weights), *criteria_faults(itt, weights)]
    for lot in (None, *filter(differs, itt.lots)):
        try:
            validate_method(_method_with(itt, lot, new))
        except InvalidCase as fault:
            faults.append(fault.message)
    if faults:
        raise InvalidInput(" ".join(dict.fromkeys(faults)), field="prepared")


def change_criteria(itt: InvitationToTender, changes: Sequence[MethodChange]) -> None:
    """Change the rows of the criteria into what an addendum says, and freeze and hash the method that they make."""
    new = _new(changes)
    for node in itt.criteria:
        if node.key in new:
            for name in WORDS:
                setattr(node, name, new[node.key][name])
            node.weight, node.minimum = _decimal(new[node.key]["weight"]), _decimal(new[node.key]["minimum"])
    if new:
        freeze_method(itt)


def _new(changes: Sequence[MethodChange]) -> dict[str, Mapping[str, Any]]:
    return {change.key: change.after for change in changes if change.part.is_criterion and change.after is not None}


def _method_with(itt: InvitationToTender, lot: Lot | None, new: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The method in the engine's format with the new weights and minimums; a lot's own weights stay."""
    method, own = method_of(itt, lot), lot.weights if lot is not None else {}

    def change(nodes: list[dict[str, Any]]) -> None:
        for node in nodes:
            change(node.get("children", []))
            if (columns := new.get(node["id"])) is None:
                continue
            node["weight"] = own.get(node["id"], plain(_decimal(columns["weight"])))
            node.pop("minimum", None)
            if columns["minimum"] is not None:
                node["minimum"] = plain(_decimal(columns["minimum"]))

    change(method["criteria"])
    return method


def _require_figures(
    itt: InvitationToTender, weights: Mapping[str, Decimal], minimums: Mapping[str, Decimal | None]
) -> None:
    for node in itt.criteria:
        if not 0 <= weights.get(node.key, Decimal(0)) <= 100:
            raise InvalidInput("A weight is from 0 to 100.", field=weight_field(node))
        minimum = minimums.get(node.key)
        if minimum is not None and node.scale is not None:
            try:
                require_minimum(minimum, node.scale)
            except InvalidInput as refused:
                raise InvalidInput(refused.message, field=minimum_field(node)) from refused
    by_id = {node.id: node for node in itt.criteria}
    faults = weight_faults(itt, {node.id: weights.get(node.key, Decimal(0)) for node in itt.criteria})
    if faults:
        groups = {heading: children_of(itt, by_id[heading] if heading else None)[0] for heading in faults}
        raise DoesNotTotal({weight_field(groups[heading]): message for heading, message in faults.items()})


def published_criterion(itt: InvitationToTender, key: str) -> AwardCriterion:
    """A criterion as it is published; raises `NotFound`."""
    found = next((node for node in itt.criteria if node.key == key), None)
    if found is None:
        raise NotFound("There is no such criterion.")
    return found


def _decimal(value: Any) -> Any:
    return None if value is None else Decimal(str(value))
