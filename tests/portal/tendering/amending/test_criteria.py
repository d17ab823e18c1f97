"""An addendum that changes criteria: words, weights and minimum scores, as a new version of the method."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.core.errors import InvalidInput, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.regulation.kinds import Regime
from portal.tendering.amending.criterion_changes import minimum_field, prepare_figures, prepare_words
from portal.tendering.amending.prepared import prepared_changes
from portal.tendering.criteria import DoesNotTotal, weight_field
from portal.tendering.method import method_of
from portal.tendering.method_versions import versions_of_method
from portal.tendering.models import AwardCriterion
from tender_scoring import method_hash
from tests.factories import amending
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, open_itt, submitted_bid
from tests.filling import errors_of, fields_of, text_of
from tests.portal.tendering.amending.test_amending import Case
from tests.portal.tendering.amending.test_views import Case as PageCase


class CriteriaCase(Case):
    """The same with the figures of its criteria."""

    @property
    def weights(self) -> dict[str, Decimal]:
        return {node.key: node.weight for node in self.itt.criteria}

    @property
    def minimums(self) -> dict[str, Decimal | None]:
        return {node.key: node.minimum for node in self.itt.criteria}

    @property
    def pair(self) -> tuple[AwardCriterion, AwardCriterion]:
        """Two criteria under the same heading, the first of which panels score."""
        for node in self.itt.criteria:
            beside = [each for each in self.itt.criteria if each.parent_id == node.parent_id and each is not node]
            if node.scale is not None and beside:
                return node, beside[0]
        raise AssertionError("no two criteria stand beside each other")

    def moved(self, by: int = 1) -> dict[str, Decimal]:
        more, less = self.pair
        return self.weights | {more.key: more.weight + by, less.key: less.weight - by}

    def prepare(self, actor: Actor | None = None, **changed: Any) -> Any:
        given = {"weights": self.moved(), "minimums": self.minimums} | changed
        return prepare_figures(itt=self.itt, actor=actor or self.officer, **given)

    def publish_prepared(self) -> None:
        self.publish(amending.propose(self.itt, self.officer))
        db.session.refresh(self.itt)


@pytest.fixture
def case(db_session: object) -> CriteriaCase:
    """Ready to change."""
    return CriteriaCase()


def test_weights_change_with_the_method_its_hash_and_a_version(case: CriteriaCase) -> None:
    """By two people; the version before stays readable, and results are worked out by the new one."""
    moved, before = case.moved(), case.itt.method_hash
    case.prepare()
    assert case.itt.method_hash == before
    case.publish_prepared()
    assert case.weights == moved
    assert case.itt.method_hash == method_hash(method_of(case.itt)) != before
    new, old = versions_of_method(case.itt.id)
    assert (new.stated["method"], old.number) == (case.itt.method, 1)
    assert method_hash(old.stated["method"]) == before


def test_a_minimum_score_and_words_change_too(case: CriteriaCase) -> None:
    """All of one criterion is one change, whatever was prepared first."""
    node, _ = case.pair
    assert node.scale is not None
    case.prepare(weights=case.weights, minimums=case.minimums | {node.key: node.scale.maximum})
    words = {"title": "Listening", "guidance": "What came of it.", "plain_title": "Did they listen?"}
    change = prepare_words(itt=case.itt, key=node.key, actor=case.officer, **words)
    assert [each.label for each in change.differences][-1] == "Minimum score"
    case.publish_prepared()
    db.session.refresh(node)
    assert (node.title, node.minimum, node.weight) == ("Listening", node.scale.maximum, case.weights[node.key])


def test_weights_that_do_not_total_100_are_refused_beside_their_group(case: CriteriaCase) -> None:
    """As while drafting, and nothing is prepared."""
    more, _ = case.pair
    with pytest.raises(DoesNotTotal):
        case.prepare(weights=case.weights | {more.key: more.weight + 1})
    assert prepared_changes(case.itt.id) == []


def test_a_minimum_that_is_not_on_the_scale_is_refused_beside_its_box(case: CriteriaCase) -> None:
    """A score between two points was never published."""
    node, _ = case.pair
    with pytest.raises(InvalidInput) as refused:
        case.prepare(minimums=case.minimums | {node.key: Decimal("0.123")})
    assert refused.value.field == minimum_field(node)


def test_figures_that_stay_as_they_are_are_no_change(case: CriteriaCase) -> None:
    """Refused, for weights as for words."""
    with pytest.raises(InvalidInput) as refused:
        case.prepare(weights=case.weights)
    assert refused.value.field == weight_field(case.itt.criteria[0])
    node, _ = case.pair
    said = {"title": node.title, "guidance": node.guidance, "plain_title": node.plain_title}
    with pytest.raises(InvalidInput) as refused:
        prepare_words(itt=case.itt, key=node.key, actor=case.officer, **said)
    assert refused.value.field == "title"


def test_what_would_be_no_method_is_not_proposed(case: CriteriaCase) -> None:
    """A criterion that earns nothing is refused in the engine's words."""
    more, less = case.pair
    total = more.weight + less.weight
    case.prepare(weights=case.weights | {more.key: total, less.key: Decimal(0)})
    with pytest.raises(InvalidInput) as refused:
        amending.propose(case.itt, case.officer)
    assert refused.value.field == "prepared"


def test_weights_stay_where_the_law_fixes_them(case: CriteriaCase) -> None:
    """Under the 2015 Regulations words alone can be made more precise."""
    case.itt.regime = Regime.PCR2015
    db.session.flush()
    with pytest.raises(WrongState):
        case.prepare()


def test_every_bid_is_asked_to_confirm_and_the_result_is_by_the_new_method(case: CriteriaCase) -> None:
    """A criterion concerns every lot; a bid that was not confirmed is marked, and its answers stand as they are."""
    bid = submitted_bid(case.itt)
    case.prepare()
    case.publish_prepared()
    db.session.refresh(bid.lot)
    assert bid.is_overtaken
    close_now(case.itt)
    [opened] = open_itt(case.itt).bids
    assert opened.mark == "Answered before change 1"


def test_the_page_prepares_figures_and_words_side_by_side(app: Any, db_session: object) -> None:
    """What is wrong stands beside its box; what is prepared is shown before and after."""
    page = PageCase(app)
    officer = page.app.test_client()
    sign_in(officer, make_person(Role.COMMISSIONER, authority=page.authority))
    address = f"{page.changes}/criteria"
    node = next(each for each in page.itt.criteria if each.scale is not None)
    sent = fields_of(officer.get(address), action=address)
    refused = officer.post(address, data=sent | {weight_field(node): str(node.weight + 1)})
    assert refused.status_code == 422
    assert errors_of(refused)
    words = fields_of(officer.get(f"{address}/{node.key}"), action=f"{address}/{node.key}")
    assert officer.post(f"{address}/{node.key}", data=words | {"title": "Another title"}).status_code == 302
    shown = text_of(officer.get(address))
    assert "Another title" in shown
    assert node.title in shown
