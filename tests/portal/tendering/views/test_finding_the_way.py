"""What a page lacks it says, with the way to the page where that is done; nothing that the law asks is preset."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.core import clock
from portal.core.permissions import Role
from portal.tendering.approving import ask_to_publish
from portal.tendering.drafting import set_value_and_term
from portal.tendering.interests.queries import has_declared
from portal.tendering.lots import add_lot
from portal.tendering.models import InvitationToTender
from portal.tendering.panels import add_panel
from portal.tendering.pricing import set_lot_price, set_price
from portal.tendering.states import Combination, PanelKind
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.tendering import draft_itt, make_commissioner, ready_itt
from tests.filling import text_of
from tests.pages import read
from tests.portal.tendering.views.browsing import errors_of, post


@pytest.fixture
def officer(client: CheckedClient) -> Any:
    """A signed-in commissioner."""
    person = make_person(Role.COMMISSIONER)
    sign_in(client, person)
    return actor_of(person)


@pytest.fixture
def itt(officer: Any) -> InvitationToTender:
    """The example as a draft of the signed-in commissioner."""
    return draft_itt(actor=officer)


def address(itt: InvitationToTender, part: str) -> str:
    """A page of the draft."""
    return f"/commissioning/itts/{itt.reference}/draft/{part}"


def links_of(answer: Any) -> list[str]:
    """Where the page's content leads."""
    return [str(link["href"]) for link in read(answer.text).select("main a[href]")]


def test_a_panel_without_marks_says_where_they_are_set(
    client: CheckedClient, itt: InvitationToTender, officer: Any
) -> None:
    """The others show theirs, and nobody reads a 0 that nobody meant."""
    page = address(itt, "panels")
    assert "No marks yet" not in text_of(client.get(page))
    new = {"kind": PanelKind.LOCAL, "combine": Combination.AGREED, "counts": True, "quorum": None}
    add_panel(itt=itt, name="Night panel", **new, actor=officer)
    answer = client.get(page)
    assert "No marks yet: Night panel" in text_of(answer)
    assert {address(itt, "shares"), address(itt, "criteria")} <= set(links_of(answer))


def test_a_table_of_items_and_rates_is_found_from_the_task_list_and_from_the_price(
    client: CheckedClient, itt: InvitationToTender
) -> None:
    """By its name, wherever somebody looks for it first."""
    assert "Questions and price schedule" in text_of(client.get(address(itt, "")[:-1]))
    assert f"{address(itt, 'questions/add')}?kind=price_schedule" in links_of(client.get(address(itt, "price")))


def test_the_example_of_a_price_says_of_which_lots_it_is(
    client: CheckedClient, itt: InvitationToTender, officer: Any
) -> None:
    """One for each rule, also on the page of the rule of every lot; and of whose size its prices are."""
    for title in ("North", "South"):
        add_lot(itt=itt, title=title, description="", estimated_value=Decimal(120_000), actor=officer)
    set_price(itt=itt, formula={"formula": "lowest_relative"}, actor=officer)
    assert "made-up prices, of the size of lot 1 " in text_of(client.get(address(itt, "price")))
    set_lot_price(lot=itt.lots[2], formula={"formula": "mean_relative"}, actor=officer)
    told = text_of(client.get(address(itt, "price")))
    assert "made-up prices in lots 1 and 2, of the size of lot 1 " in told
    assert "made-up prices in lot 3 " in told


def test_that_no_notice_is_needed_is_never_preset(client: CheckedClient, itt: InvitationToTender) -> None:
    """Whoever presses the button has said so; a number that was saved stands there again."""
    page = address(itt, "publication")
    chosen = "input[name=publication_basis][checked]"
    assert read(client.get(page).text).select(chosen) == []
    assert list(errors_of(post(client, page))) == ["#publication_basis"]
    post(client, page, publication_basis="central_reference", central_reference="012345-2026")
    (kept,) = read(client.get(page).text).select(chosen)
    assert kept["value"] == "central_reference"


def test_declaring_comes_back_to_the_act_that_asked_for_it(client: CheckedClient) -> None:
    """The page of the decision leads to declaring and not to itself, and nobody is led off this site."""
    asker = make_commissioner()
    itt = ready_itt(actor=asker)
    set_value_and_term(itt=itt, estimated_value=itt.estimated_value, term_months=48, break_months=[], actor=asker)
    ask_to_publish(itt=itt, actor=asker, now=clock.now())
    second = make_person(Role.APPROVER, authority=itt.authority)
    sign_in(client, second)
    page = f"/commissioning/itts/{itt.reference}/approve"
    found = links_of(client.get(page))
    declare = f"/commissioning/itts/{itt.reference}/interests/declare?next={page}"
    assert declare in found
    assert page not in found
    answer = post(client, declare, interest="no")
    assert (answer.status_code, answer.location) == (302, page)
    assert has_declared(itt.id, actor_of(second))
    led = post(client, declare.replace(page, "//elsewhere.example"), interest="no")
    assert led.location == f"/commissioning/itts/{itt.reference}/interests"
