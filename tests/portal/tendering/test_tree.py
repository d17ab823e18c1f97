"""The tree of criteria."""

from __future__ import annotations

from portal.tendering.tree import (
    CriterionKind,
    below,
    children_of,
    is_pilot_only,
    kind_of,
    price_criterion,
    scored,
    sibling_groups,
    walk,
)
from tests.factories.tendering import criterion_named, draft_itt, panel_named


def test_the_tree_is_walked_in_the_published_order(db_session: object) -> None:
    """Each heading comes before what is under it, with its depth."""
    itt = draft_itt()
    assert [(node.key, depth) for node, depth in walk(itt)] == [
        ("service", 0),
        ("safeguarding", 1),
        ("outcomes", 1),
        ("working-together", 1),
        ("young-people", 0),
        ("our-voice", 1),
        ("welcome", 1),
        ("parents-view", 0),
        ("price", 0),
    ]


def test_nodes_are_told_apart(db_session: object) -> None:
    """A node is a heading, scored, or the price."""
    itt = draft_itt()
    kinds = {key: kind_of(criterion_named(itt, key)) for key in ("service", "welcome", "price")}
    assert kinds == {"service": CriterionKind.HEADING, "welcome": CriterionKind.SCORED, "price": CriterionKind.PRICE}
    assert price_criterion(itt) is criterion_named(itt, "price")
    assert [node.key for node in scored(itt)] == [
        "safeguarding",
        "outcomes",
        "working-together",
        "our-voice",
        "welcome",
        "parents-view",
    ]


def test_siblings_and_what_is_below(db_session: object) -> None:
    """Groups of siblings are the roots and the parts of each heading."""
    itt = draft_itt()
    service = criterion_named(itt, "service")
    groups = [(heading.key if heading else None, len(nodes)) for heading, nodes in sibling_groups(itt)]
    assert groups == [(None, 4), ("service", 3), ("young-people", 2)]
    assert below(itt, service) == {service.id} | {node.id for node in children_of(itt, service)}


def test_a_pilots_criterion_is_known(db_session: object) -> None:
    """A criterion that only a pilot panel scores counts for nothing."""
    itt = draft_itt()
    node = criterion_named(itt, "parents-view")
    assert not is_pilot_only(node)
    panel_named(itt, "parents").counts = False
    assert is_pilot_only(node)
