"""The bid form as an officer previews it is the form that bidders get, lot by lot, and takes nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup

from portal.accounts.models import User
from portal.bidding.models import Bid
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.tendering.asking import add_question, ask_for_lots
from portal.tendering.lots import add_lot
from portal.tendering.models import InvitationToTender
from portal.tendering.states import QuestionKind
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import draft_bid, submitter_of
from tests.factories.tendering import draft_itt, make_commissioner, publish, published_in_lots, ready_itt
from tests.portal.tendering.question_kinds.examples import EXAMPLES

pytestmark = pytest.mark.usefixtures("db_session")
Count = Callable[[], AbstractContextManager[list[str]]]
FRAME = {"csrf_token", "seen", "section", "revision", "draft"}
"""What a form carries besides its boxes."""


@pytest.fixture
def officer() -> Actor:
    return make_commissioner()


def of_every_kind(officer: Actor) -> InvitationToTender:
    """A draft in two lots that asks a question of every kind, every second one for the second lot alone."""
    itt = ready_itt(actor=officer)
    add_lot(itt=itt, title="Area 2", description="", estimated_value=itt.lots[0].worth, actor=officer)
    for place, example in enumerate(EXAMPLES):
        question = add_question(
            itt=itt,
            prompt=f"Question {place}",
            guidance="",
            kind=example.kind,
            settings=example.settings,
            criterion=None,
            required=True,
            actor=officer,
        )
        ask_for_lots(itt=itt, question=question, lots=itt.lots[place % 2 :], actor=officer)
    return itt


def boxes_of(page: str) -> set[tuple[str, str]]:
    """Each box of a page: its name and its label or legend."""
    main = BeautifulSoup(page, "html.parser").main
    assert main is not None
    found = set()
    for box in main.select("input, textarea, select"):
        if str(box["name"]) in FRAME or box.get("type") == "hidden":
            continue
        group, label = box.find_parent("fieldset"), main.select_one(f'label[for="{box["id"]}"]')
        legend = group.legend if group is not None else None
        found.add((str(box["name"]), " ".join((legend or label).get_text().split()) if legend or label else ""))
    return found


def all_pages(client: CheckedClient, start: str, number: int) -> list[str]:
    """Every page of the previewed form for a lot."""
    first = client.get(f"{start}/{number}").text
    navigation = BeautifulSoup(first, "html.parser").select_one('nav[aria-label="Pages of the form"] ul')
    assert navigation is not None
    return [client.get(str(link["href"])).text for link in navigation.select("a")]


def bidders_pages(client: CheckedClient, bid: Bid) -> list[str]:
    """The pages of a bid with boxes to fill in."""
    base = f"/provider/bids/{bid.reference}"
    return [client.get(f"{base}/{part}", follow_redirects=True).text for part in ("answers", "documents", "price")]


@pytest.mark.parametrize("number", [1, 2])
def test_the_preview_has_the_boxes_of_the_bid(client: CheckedClient, officer: Actor, number: int) -> None:
    """For each lot the same boxes with the same labels as a bidder for it gets, and no form that could be sent."""
    itt = of_every_kind(officer)
    sign_in(client, db.session.get_one(User, officer.user_id))
    previewed = all_pages(client, f"/commissioning/itts/{itt.reference}/draft/bid-form", number)
    assert not any(
        BeautifulSoup(page, "html.parser").select("main form, main button[type=submit]") for page in previewed
    )
    publish(itt, officer)
    bidder = submitter_of()
    bid = draft_bid(itt, actor=bidder, lot=itt.lots[number - 1])
    sign_in(client, db.session.get_one(User, bidder.user_id))
    asked = {box for page in bidders_pages(client, bid) for box in boxes_of(page)}
    assert {box for page in previewed for box in boxes_of(page)} == asked
    assert len(asked) > 5


def test_a_form_in_the_making_can_be_looked_at(client: CheckedClient, officer: Actor) -> None:
    """A draft without a timetable shows what there is, with what the answers are worth."""
    itt = draft_itt(actor=officer)
    sign_in(client, db.session.get_one(User, officer.user_id))
    pages = all_pages(client, f"/commissioning/itts/{itt.reference}/draft/bid-form", 1)
    assert "is worth up to" in pages[0]
    assert "What you declare by submitting" in pages[-1]


@pytest.mark.parametrize("where", ["/2", "/1/99", "/1/0", "/0/1"])
def test_there_is_nothing_beyond_the_form(client: CheckedClient, officer: Actor, where: str) -> None:
    """A lot or a page that there is not is not found."""
    itt = draft_itt(actor=officer)
    sign_in(client, db.session.get_one(User, officer.user_id))
    assert client.get(f"/commissioning/itts/{itt.reference}/draft/bid-form{where}").status_code == 404


def test_only_its_authority_looks(client: CheckedClient, officer: Actor) -> None:
    """Another authority and a provider are refused a draft's form."""
    itt = draft_itt(actor=officer)
    for person in (make_person(Role.COMMISSIONER), make_person(Role.SUBMITTER)):
        sign_in(client, person)
        assert client.get(f"/commissioning/itts/{itt.reference}/draft/bid-form").status_code in (403, 404)


@pytest.mark.parametrize("lots", [1, 3])
def test_statements_do_not_grow(client: CheckedClient, count_statements: Count, lots: int) -> None:
    """With one lot or three a page takes the same statements."""
    itt = published_in_lots(lots)
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    address = f"/commissioning/itts/{itt.reference}/draft/bid-form"
    client.get(address)
    db.session.commit()
    with count_statements() as statements:
        assert client.get(address).status_code == 200
    assert len(statements) <= 16


def test_rows_of_a_schedule_are_paged(client: CheckedClient, officer: Actor) -> None:
    """A long price schedule is previewed page by page, as a bidder gets it."""
    itt = ready_itt(actor=officer)
    rows = "\n".join(f"Item {number}\thour\t{number}" for number in range(1, 31))
    add_question(
        itt=itt,
        prompt="Rates",
        guidance="",
        kind=QuestionKind.PRICE_SCHEDULE,
        settings={"years": "1", "vat": "20", "rows": rows},
        criterion=None,
        required=True,
        actor=officer,
    )
    sign_in(client, db.session.get_one(User, officer.user_id))
    start = f"/commissioning/itts/{itt.reference}/draft/bid-form"
    priced = next(page for page in all_pages(client, start, 1) if "Rows 1 to 25 of 30" in page)
    following = BeautifulSoup(priced, "html.parser").select_one('nav[aria-label="Rows"] a')
    assert following is not None
    assert "Rows 26 to 30 of 30" in client.get(str(following["href"])).text
    assert client.get(f"{following['href']}9").status_code == 404
