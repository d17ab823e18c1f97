"""Draw up how the price earns its marks, and what decides between bids with the same total."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor
from portal.frameworks.models import FrameworkCriterion
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.criteria import belong_to
from portal.tendering.method_rules import require_formula, require_tie_break
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot
from portal.tendering.naming import new_key
from portal.tendering.tree import next_position, price_criterion


def set_price(
    *,
    itt: InvitationToTender,
    formula: Mapping[str, Any],
    weight: Decimal | None = None,
    actor: Actor,
    makes_precise: FrameworkCriterion | None = None,
    apart: bool | None = None,
) -> AwardCriterion:
    """Say how the price earns its marks, in the engine's form: {"formula": its name, ...its parameters}.

    Adds the price criterion at the top of the tree where there is none yet, with `weight` (default 0); an
    existing one keeps its weight unless one is given. In a call-off it says which of the framework's criteria it
    `makes_precise`. `apart`: whether prices stay sealed until two openers open them after the panels; None leaves
    that as it is. Raises `InvalidInput` beside `formula` or `makes_precise`. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    wanted = dict(formula)
    require_formula(wanted)
    price = price_criterion(itt)
    if price is None:
        price = AwardCriterion(id=uuid.uuid4(), title="Price", guidance="The price for the whole term.", shares=[])
        price.key = new_key("price", {node.key for node in itt.criteria})
        price.weight, price.position = Decimal(0), next_position(itt.criteria)
        itt.criteria.append(price)
    price.price_formula = wanted
    belong_to(itt, price, makes_precise)
    if weight is not None:
        price.weight = weight
    if apart is not None:
        itt.prices_apart = apart
    db.session.flush()
    record_change(itt, actor, Task.PRICE, formula=wanted["formula"])
    return price


def set_lot_price(*, lot: Lot, formula: Mapping[str, Any] | None, actor: Actor) -> None:
    """Say how the price of one of several lots earns its marks, in the engine's form; None: as in every lot.

    Its weight there is set with the other weights. Raises `InvalidInput` beside `formula`, also where the invitation
    has no price, or for the only lot. Records ITT_CHANGED.
    """
    itt = lot.itt
    begin_change(itt, actor)
    price = price_criterion(itt)
    if price is None or len(itt.lots) == 1:
        raise InvalidInput("Say first how the price earns marks in every lot.", field="formula")
    if formula is not None:
        require_formula(dict(formula))
    lot.price_formula = dict(formula) if formula is not None and dict(formula) != price.price_formula else None
    db.session.flush()
    record_change(itt, actor, Task.PRICE, lot=lot.number, formula=formula["formula"] if formula is not None else None)


def set_tie_break(*, itt: InvitationToTender, names: Sequence[str], actor: Actor) -> None:
    """Say what decides a tie, tried in order: keys of criteria (higher marks win) or "lowest_price".

    What it cannot resolve is a reported tie; nothing is decided by name or by time. Raises `InvalidInput` beside
    `tie_break` for a name of nothing, or one given twice. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    require_tie_break(itt, names)
    itt.tie_break = list(names)
    record_change(itt, actor, Task.TIE_BREAK, names=list(names))
