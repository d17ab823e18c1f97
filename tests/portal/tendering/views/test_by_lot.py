"""The pages on which lots are judged in different ways, for officers and for everybody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.core.permissions import Role
from portal.tendering.criteria import save_lot_weights
from portal.tendering.lots import add_lot
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.tendering import criterion_named, draft_itt, judge_otherwise, published_in_lots
from tests.filling import text_of
from tests.portal.tendering.views.browsing import errors_of, post


@pytest.fixture
def officer(client: CheckedClient) -> Any:
    """A signed-in commissioner."""
    person = make_person(Role.COMMISSIONER)
    sign_in(client, person)
    return actor_of(person)


@pytest.fixture
def itt(officer: Any) -> InvitationToTender:
    """The example as a draft of the signed-in commissioner, with two lots."""
    made = draft_itt(actor=officer)
    add_lot(itt=made, title="North", description="", estimated_value=Decimal(240_000), actor=officer)
    return made


def address(itt: InvitationToTender, part: str) -> str:
    """A page of the draft."""
    return f"/commissioning/itts/{itt.reference}/draft/{part}"


def test_a_box_that_stays_empty_weighs_as_in_every_lot(client: CheckedClient, itt: InvitationToTender) -> None:
    """What is typed is the lot's own, and both pages say so."""
    page = address(itt, "lots/2/weights")
    assert post(client, page, **{"in-lot-working-together": "0", "in-lot-outcomes": "60%"}).status_code == 302
    assert itt.lots[1].weights == {"working-together": "0", "outcomes": "60"}
    told = text_of(client.get(address(itt, "criteria")))
    assert "2. North Better lives for children, young people and families 60%" in told
    assert "None: as in every lot" in told
    shown = text_of(client.get(page))
    assert "What every score is worth in lot 2, in marks out of 100" in shown
    assert client.get(address(itt, "lots/3/weights")).status_code == 404


def test_weights_of_a_lot_that_do_not_add_up_are_refused_beside_their_boxes(
    client: CheckedClient, itt: InvitationToTender
) -> None:
    """With their sum, the typed figures kept and nothing saved."""
    page = address(itt, "lots/2/weights")
    answer = post(client, page, **{"in-lot-price": "15", "in-lot-welcome": "a lot"})
    assert (answer.status_code, list(errors_of(answer))) == (422, ["#in-lot-welcome"])
    answer = post(client, page, **{"in-lot-price": "15"})
    assert errors_of(answer) == {"#in-lot-service": "The weights of the four parts total 95, they must total 100."}
    assert "95% – must be 100%" in text_of(answer)
    assert 'value="15"' in answer.text
    assert itt.lots[1].weights == {}


def test_a_lot_has_a_price_formula_of_its_own(client: CheckedClient, itt: InvitationToTender) -> None:
    """And loses it again; a figure that is missing is asked for beside its box, of a formula of its own alone."""
    page = address(itt, "lots/2/price")
    refused = post(client, page, own="yes", formula="benchmark", floor="", ceiling="90000")
    assert (refused.status_code, list(errors_of(refused))) == (422, ["#floor"])
    assert post(client, page, own="yes", formula="benchmark", floor="60000", ceiling="90000").status_code == 302
    assert itt.lots[1].price_formula == {"formula": "benchmark", "floor": "60000", "ceiling": "90000"}
    assert "of its own" in text_of(client.get(address(itt, "price")))
    assert post(client, page, own="no", floor="", ceiling="").status_code == 302
    assert itt.lots[1].price_formula is None


def test_every_page_of_the_method_tells_it_by_lot(client: CheckedClient, itt: InvitationToTender, officer: Any) -> None:
    """Task list, shares, panels, questions, preview and last look, with the lots named beside the figures."""
    judge_otherwise(itt.lots[1], officer)
    moved = {"price": "25", "parents-view": "5", "our-voice": "75", "welcome": "25"}
    own = {criterion_named(itt, key).id: Decimal(weight) for key, weight in moved.items()}
    save_lot_weights(lot=itt.lots[1], weights=own, actor=officer)
    assert "The marks so far in lot 2" in client.get(address(itt, "")[:-1]).text
    assert "Lot 2: What every score is worth" in text_of(client.get(address(itt, "shares")))
    assert "10 in lot 1, 5 in lot 2" in text_of(client.get(address(itt, "panels")))
    assert "20 marks in lot 1, 30 marks in lot 2" in text_of(client.get(address(itt, "questions")))
    for page in (address(itt, "preview"), address(itt, "")[: -len("draft/")] + "publish"):
        told = text_of(client.get(page))
        assert "Of the 100 marks it gives 10 in lot 1, 5 in lot 2." in told
        assert "Gives 40 of the 100 marks." in told
        assert "Lot 2: What every score is worth" in told
        assert "An example with made-up prices in lot 2" in told


def test_the_bid_form_of_a_lot_shows_its_marks_and_its_price_rule(
    client: CheckedClient, itt: InvitationToTender, officer: Any
) -> None:
    """In the preview, by what draws it for bidders; a criterion that does not count is not there."""
    judge_otherwise(itt.lots[1], officer)
    forms = {
        number: [text_of(client.get(address(itt, f"bid-form/{number}/{place}"))) for place in range(1, pages + 1)]
        for number, pages in ((1, 6), (2, 6))
    }
    told = {number: " ".join(pages) for number, pages in forms.items()}
    assert "“Young people’s voice” is worth up to 20 marks" in told[1]
    assert "“Young people’s voice” is worth up to 30 marks" in told[2]
    assert ("Working with others" in told[1], "Working with others" in told[2]) == (True, False)
    assert ("The lowest price gets" in told[1], "owest price" in told[2]) == (False, True)


def test_the_public_page_has_the_seal_of_each_method(client: CheckedClient, db_session: object) -> None:
    """One line for all lots that share it, one for each lot that does not."""
    itt = published_in_lots(2, otherwise=True)
    page = client.get(f"/opportunities/{itt.reference}")
    seals = [code.get_text() for code in BeautifulSoup(page.text, "html.parser").find_all("code")]
    assert [seals.count(seal) for seal in (itt.method_hash, itt.lots[1].method_hash)] == [1, 1]
    assert "Lot 2: What every score is worth" in text_of(page)
