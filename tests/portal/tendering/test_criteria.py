"""Drawing up the criteria, their weights and shares."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.core.errors import InvalidInput, WrongState
from portal.tendering.criteria import (
    DoesNotTotal,
    add_criterion,
    change_criterion,
    remove_criterion,
    save_shares,
    save_weights,
)
from portal.tendering.models import AwardCriterion, InvitationToTender
from portal.tendering.panels import remove_panel
from portal.tendering.tree import CriterionKind, kind_of, walk
from portal.tendering.weighing import effective
from tests.factories.tendering import (
    criterion_named,
    draft_itt,
    make_commissioner,
    panel_named,
    published_itt,
)


def described(itt: InvitationToTender, **changes: Any) -> dict[str, Any]:
    """A scored criterion as the form describes it."""
    return {
        "title": "Value to the community",
        "guidance": "What else you bring.",
        "plain_title": "",
        "parent": None,
        "scale": itt.scales[0],
        "minimum": None,
    } | changes


def weights_of(itt: InvitationToTender, **changes: str) -> dict[Any, Decimal]:
    """The saved weights with some changed, by key with underscores."""
    weights = {node.id: node.weight for node in itt.criteria}
    for key, weight in changes.items():
        weights[criterion_named(itt, key.replace("_", "-")).id] = Decimal(weight)
    return weights


def test_a_criterion_starts_without_weight(db_session: object) -> None:
    """It is added at the end, under its heading, with weight 0, so that the others are balanced with it."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    node = add_criterion(
        itt=itt, **described(itt, parent=criterion_named(itt, "service"), minimum=Decimal(2)), actor=actor
    )
    assert (node.key, node.weight, node.minimum, kind_of(node)) == (
        "value-to-the-community",
        0,
        2,
        CriterionKind.SCORED,
    )
    assert [each.key for each, depth in walk(itt) if depth == 1][:4] == [
        "safeguarding",
        "outcomes",
        "working-together",
        "value-to-the-community",
    ]
    assert node.shares == []


def test_the_only_panel_scores_a_new_criterion(db_session: object) -> None:
    """Where there is one panel there is nothing to share out."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    for key in ("local", "parents"):
        remove_panel(itt=itt, panel=panel_named(itt, key), actor=actor)
    node = add_criterion(itt=itt, **described(itt), actor=actor)
    assert [(share.panel.key, share.share) for share in node.shares] == [("young-people", 100)]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": " "}, "title", "Give the criterion a title."),
        ({"parent": "welcome"}, "parent", "“A place to feel welcome” is scored itself. Only a heading has parts."),
        ({"parent": "price"}, "parent", "“Price” is scored itself. Only a heading has parts."),
        (
            {"minimum": Decimal(6)},
            "minimum",
            "The minimum 6 is not on the scale 0-5: it runs from 0 to 5 in steps of 1.",
        ),
    ],
)
def test_a_criterion_that_does_not_work_is_refused(
    db_session: object, changes: dict[str, Any], field: str, message: str
) -> None:
    """The reason stands beside its field."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    if "parent" in changes:
        changes = {"parent": criterion_named(itt, changes["parent"])}
    with pytest.raises(InvalidInput) as refused:
        add_criterion(itt=itt, **described(itt, **changes), actor=actor)
    assert (refused.value.field, refused.value.message) == (field, message)


def test_the_tree_stays_a_tree_of_three_levels(db_session: object) -> None:
    """A heading cannot go under itself, and nothing goes deeper than three levels."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    service = criterion_named(itt, "service")
    inner = add_criterion(itt=itt, **described(itt, title="Inner", scale=None, parent=service), actor=actor)
    with pytest.raises(InvalidInput, match="cannot be under itself"):
        change_criterion(itt=itt, criterion=service, **described(itt, scale=None, parent=inner), actor=actor)
    add_criterion(itt=itt, **described(itt, title="Third", parent=inner), actor=actor)
    young = criterion_named(itt, "young-people")
    with pytest.raises(InvalidInput, match="at most 3 levels"):
        change_criterion(
            itt=itt, criterion=young, **described(itt, title="Young", scale=None, parent=inner), actor=actor
        )


def test_a_criterion_that_becomes_a_heading_loses_what_was_scored(db_session: object) -> None:
    """Shares, minimum and questions go; key, weight and tie-break stay."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    node = criterion_named(itt, "safeguarding")
    change_criterion(
        itt=itt,
        criterion=node,
        **described(itt, title="Safety", scale=None, minimum=Decimal(3), parent=node.parent),
        actor=actor,
    )
    assert (node.key, node.title, node.weight, node.minimum, node.shares) == ("safeguarding", "Safety", 40, None, [])
    assert kind_of(node) is CriterionKind.HEADING
    assert [question.key for question in itt.questions if question.criterion is None] == [
        "safeguarding",
        "safeguarding-policy",
    ]
    assert "safeguarding" in itt.tie_break


def test_a_heading_with_parts_stays_a_heading(db_session: object) -> None:
    """It cannot be scored itself while it has parts."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    with pytest.raises(InvalidInput) as refused:
        change_criterion(itt=itt, criterion=criterion_named(itt, "service"), **described(itt), actor=actor)
    assert refused.value.field == "kind"


def test_removing_a_heading_removes_what_is_under_it(db_session: object) -> None:
    """Its parts go, their questions stay without a criterion, the tie-break forgets them."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    remove_criterion(itt=itt, criterion=criterion_named(itt, "young-people"), actor=actor)
    assert {node.key for node in itt.criteria}.isdisjoint({"young-people", "our-voice", "welcome"})
    assert [question.key for question in itt.questions if question.criterion is None] == ["our-voice", "welcome"]
    assert itt.tie_break == ["safeguarding", "lowest_price"]


def test_weights_are_saved_together(db_session: object) -> None:
    """Siblings are balanced in one go."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    save_weights(itt=itt, weights=weights_of(itt, price="30", parents_view="0.5", service="29.5"), actor=actor)
    assert [part.value for part in effective(itt).parts] == [Decimal("29.5"), 40, Decimal("0.5"), 30]


def test_weights_that_do_not_total_100_are_refused(db_session: object) -> None:
    """Every group that is wrong is named beside its first weight, and nothing is saved."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    with pytest.raises(DoesNotTotal) as refused:
        save_weights(itt=itt, weights=weights_of(itt, price="15", welcome="60"), actor=actor)
    assert refused.value.faults == {
        "weight-service": "The weights of the four parts total 95, they must total 100.",
        "weight-our-voice": "The weights of the two parts of “What young people think” total 110, they must total 100.",
    }
    assert effective(itt).adds_up


@pytest.mark.parametrize(("weight", "field"), [("-5", "weight-price"), ("100.5", "weight-service")])
def test_a_weight_is_from_0_to_100(db_session: object, weight: str, field: str) -> None:
    """A negative weight is refused even where the sum would be 100."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    other = str(Decimal(30) + 20 - Decimal(weight))
    with pytest.raises(InvalidInput) as refused:
        save_weights(itt=itt, weights=weights_of(itt, price=weight, service=other), actor=actor)
    assert refused.value.field == field


def shares_of(itt: InvitationToTender, **changes: dict[str, str]) -> dict[Any, Decimal]:
    """The saved shares with some criteria's replaced."""
    shares = {(node.id, share.panel_id): share.share for node in itt.criteria for share in node.shares}
    for key, by_panel in changes.items():
        node = criterion_named(itt, key)
        for panel in itt.panels:
            shares[node.id, panel.id] = Decimal(by_panel.get(panel.key.replace("-", "_"), "0"))
    return shares


def test_shares_are_saved_together(db_session: object) -> None:
    """A criterion shared 60 to 40 gives each panel its part of the marks; a share of 0 leaves no row."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    shares = shares_of(itt, outcomes={"local": "60", "young_people": "40"}, welcome={"parents": "100"})
    save_shares(itt=itt, shares=shares, actor=actor)
    assert [(share.panel.key, share.share) for share in criterion_named(itt, "welcome").shares] == [("parents", 100)]
    by_panel = {part.label: part.value for part in effective(itt).parts}
    assert by_panel == {
        "Local panel": Decimal("25.8"),
        "Young people’s panel": Decimal("24.2"),
        "Parents’ panel": 30,
        "Price": 20,
    }


def test_shares_that_do_not_total_100_are_refused(db_session: object) -> None:
    """Each criterion that is wrong is named, and nothing is saved."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    with pytest.raises(DoesNotTotal) as refused:
        save_shares(itt=itt, shares=shares_of(itt, outcomes={"local": "60"}, welcome={}), actor=actor)
    assert refused.value.faults == {
        "share-outcomes-local": "The share of the only panel on “Better lives for children, young people and families” "
        "is 60, it must be 100.",
        "share-welcome-local": "No panel scores “A place to feel welcome” yet. Give the panels shares that total 100.",
    }
    assert effective(itt).adds_up
    with pytest.raises(InvalidInput) as outside:
        save_shares(itt=itt, shares=shares_of(itt, welcome={"local": "-10", "parents": "110"}), actor=actor)
    assert outside.value.field == "share-welcome-local"


def test_published_criteria_stay(db_session: object) -> None:
    """Weights, shares and criteria are fixed after publication."""
    actor = make_commissioner()
    itt = published_itt(actor=actor)
    node: AwardCriterion = criterion_named(itt, "welcome")
    with pytest.raises(WrongState):
        save_weights(itt=itt, weights=weights_of(itt), actor=actor)
    with pytest.raises(WrongState):
        save_shares(itt=itt, shares=shares_of(itt), actor=actor)
    with pytest.raises(WrongState):
        add_criterion(itt=itt, **described(itt), actor=actor)
    with pytest.raises(WrongState):
        change_criterion(itt=itt, criterion=node, **described(itt), actor=actor)
    with pytest.raises(WrongState):
        remove_criterion(itt=itt, criterion=node, actor=actor)
