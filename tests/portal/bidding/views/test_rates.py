"""A price schedule over HTTP: rates row by row and pasted, sealed with the price, read once the panels have closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import current_app

from portal.accounts.models import User
from portal.bidding.drafting import read_draft, save_rates
from portal.bidding.models import Bid, OpenedBid, OpenedPrice
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor
from portal.evaluation.results import calculate_result
from portal.extensions import db
from portal.tendering.asking import add_question, ask_for_lots
from portal.tendering.lots import add_lot
from portal.tendering.models import InvitationToTender, Question
from portal.tendering.states import QuestionKind
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import close_now, draft_bid, fill_draft, open_itt, submit, submitter_of
from tests.factories.evaluation import KEYS, LOCAL, Evaluation, agree_all, appointed, close, declare, score_all, start
from tests.factories.tendering import make_commissioner, publish, ready_itt
from tests.pages import read
from tests.portal.tendering.views.browsing import errors_of, filled, post

ROWS = "Group session\tsession\t40\nSetting up\tlump sum\t1\tonce\nHoliday club\tday\t2.5\tyearly\toptional"
RATES = {"answers-rates.1.1": "2,000", "answers-rates.1.2": "£2,400", "answers-rates.2.1": "777.77"}
OPTIONAL = {"answers-rates.3.1": "60", "answers-rates.3.2": "70"}
PRICE = "212133.32"
"""(80,000 + 777.77 + 96,000) with VAT at 20%: 212,133.324."""


@pytest.fixture
def submitter(db_session: object) -> Actor:
    return submitter_of()


@pytest.fixture
def itt(client: CheckedClient, db_session: object) -> InvitationToTender:
    """A published invitation with a price schedule of three rows over two years."""
    return with_schedule(client, ROWS, years="2")


@pytest.fixture
def bid(client: CheckedClient, itt: InvitationToTender, submitter: Actor) -> Bid:
    """A draft that lacks its rates alone."""
    made = draft_bid(itt, actor=submitter)
    fill_draft(made, submitter, price=None)
    sign_in(client, db.session.get_one(User, submitter.user_id))
    return made


def with_schedule(client: CheckedClient, rows: str, *, years: str, lots: int = 1) -> InvitationToTender:
    """An invitation that asks for rates in its first lot."""
    commissioner = make_commissioner()
    made = ready_itt(actor=commissioner)
    sign_in(client, db.session.get_one(User, commissioner.user_id))
    questions = f"/commissioning/itts/{made.reference}/draft/questions"
    typed = {"prompt": "Rates", "years": years, "vat": "20", "rows": rows}
    assert post(client, f"{questions}/add?kind=price_schedule", **typed).status_code == 302
    again = post(client, f"{questions}/add?kind=price_schedule", **typed)
    assert errors_of(again) == {"#prompt": "There is a price schedule already, and a bid has one price."}
    for number in range(2, lots + 1):
        worth = made.lots[0].worth
        add_lot(itt=made, title=f"Area {number}", description="", estimated_value=worth, actor=commissioner)
    schedule = next(question for question in made.questions if question.asked.kind.sets_price)
    ask_for_lots(itt=made, question=schedule, lots=made.lots[:1], actor=commissioner)
    publish(made, commissioner)
    return made


def declared(itt: InvitationToTender) -> Evaluation:
    """The panels of an opened invitation, with everybody's declaration."""
    evaluation = appointed(itt)
    for seat in evaluation.everybody():
        declare(seat)
    return evaluation


def moderate(evaluation: Evaluation) -> None:
    """Every panel scores, agrees and closes."""
    for key in KEYS:
        for each in evaluation.scorers(key):
            score_all(evaluation, each)
        start(evaluation, key)
        agree_all(evaluation, key)
        close(evaluation, key)


def words_of(answer: Any) -> str:
    return " ".join(read(answer.text).get_text(" ").split())


def test_rates_become_the_price(client: CheckedClient, bid: Bid, submitter: Actor, itt: InvitationToTender) -> None:
    """Row by row, what cannot be read is kept and marked; the total is the price, shown back in words."""
    assert "1. Group session 40 session a year" in words_of(client.get(f"/opportunities/{itt.reference}"))
    base = f"/provider/bids/{bid.reference}"
    price = client.get(f"{base}/price").location
    assert price == f"{base}/rates/1"
    wrong = post(client, price, **RATES | {"answers-rates.1.2": "1,5"})
    assert wrong.location == price
    assert "“1,5” can be read as £1.50 or as £15." in errors_of(client.get(price))["#answers-rates.1.2"]
    check = words_of(client.get(f"{base}/check"))
    assert "Answer “Row 1, Group session, year 2” again." in check
    assert "Give your rate for “Row 3, Holiday club, year 1”." in check
    assert post(client, price, **RATES | OPTIONAL).location == base
    stored = read_draft(bid=bid, actor=submitter, keys=current_app.extensions["keys"])
    assert stored.price == PRICE
    words = "two hundred and twelve thousand one hundred and thirty-three pounds and thirty-two pence"
    for page in ("rates", "check"):
        assert words in words_of(client.get(f"{base}/{page}"))
    refused = client.post(f"{base}/price", data=filled(client, price)[1] | {"price": "5"})
    assert refused.location == price


def test_rates_are_sealed_with_the_price(
    client: CheckedClient, bid: Bid, itt: InvitationToTender, submitter: Actor
) -> None:
    """The opening finds them in the price envelope and the price that they come to; no panel reads either."""
    base = f"/provider/bids/{bid.reference}"
    post(client, f"{base}/rates", **RATES | OPTIONAL)
    action, sent = filled(client, f"{base}/check")
    assert client.post(action, data=sent).location == f"{base}/receipt/1"
    assert "£777.77" in words_of(client.get(f"{base}/submitted"))
    close_now(itt)
    open_itt(itt)
    quality, priced, price = db.session.execute(
        db.select(OpenedBid.quality, OpenedPrice.said, OpenedPrice.price)
        .join(OpenedBid.opened_price)
        .where(OpenedBid.bid_id == bid.id)
    ).one()
    assert (f"{price:.2f}", priced["answers"]["rates.2.1"]) == (PRICE, "777.77")
    assert [key for key in quality["answers"] if key.startswith("rates")] == []
    evaluation = declared(itt)
    seat = evaluation.seats[LOCAL][1]
    sign_in(client, seat.user)
    page = client.get(f"/panel/{seat.panel.id}/bids/{bid.id}").text
    assert [said for said in ("777.77", "2400", "212,133", "Setting up") if said in page] == []
    sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
    address = f"/commissioning/itts/{itt.reference}/result/rates/{bid.id}"
    assert client.get(address).status_code == 409
    moderate(evaluation)
    assert "2. Setting up 1 lump sum once £777.77" in words_of(client.get(address))
    assert "2,Setting up,lump sum,1,once,counted,777.77," in client.get(f"{address}/schedule.csv").text


def test_a_lot_without_a_schedule_has_a_price_and_no_rates(
    client: CheckedClient, submitter: Actor, db_session: object
) -> None:
    """Of one provider's bids only that for the lot with the schedule leads to rates, which name the bidder."""
    itt = with_schedule(client, ROWS, years="2", lots=2)
    rates, figure = (draft_bid(itt, actor=submitter, lot=lot) for lot in itt.lots)
    keys = current_app.extensions["keys"]
    for bid, price in ((rates, None), (figure, "200000")):
        fill_draft(bid, submitter, price=price)
    save_rates(bid=rates, actor=submitter, keys=keys, pasted="1\t5\t6\n2\t7\t\n3\t8\t9")
    for bid in (rates, figure):
        submit(bid, submitter)
    close_now(itt)
    open_itt(itt)
    evaluation = declared(itt)
    moderate(evaluation)
    calculate_result(itt_id=itt.id, now=clock.now())
    sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
    result = f"/commissioning/itts/{itt.reference}/result"
    links = read(client.get(result).text).select("a[href*='/rates/']")
    assert [link["href"] for link in links] == [f"{result}/rates/{rates.id}"]
    assert rates.provider.name in words_of(client.get(f"{result}/rates/{rates.id}"))
    assert [client.get(f"{result}/rates/{bid.id}").status_code for bid in (rates, figure)] == [200, 404]


def test_two_people_type_rates_of_one_schedule(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """Each rate is compared by itself: different rows are both saved, the same one is asked about."""
    address = f"/provider/bids/{bid.reference}/rates"
    action, mine = filled(client, address)
    post(client, address, **{"answers-rates.1.1": "5", "answers-rates.2.1": "6"})
    both = client.post(action, data=mine | {"answers-rates.1.1": "7", "answers-rates.1.2": "8"})
    assert both.status_code == 409
    assert "It is now: 5." in errors_of(both)["#answers-rates.1.1"]
    kept = read_draft(bid=bid, actor=submitter, keys=current_app.extensions["keys"]).answers
    assert {key: kept[key] for key in kept if key.startswith("rates")} == {
        "rates.1.1": "5",
        "rates.1.2": "8",
        "rates.2.1": "6",
    }


def test_rates_are_pasted(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """The file of the schedule comes back with rates; a fault is named by row, and nothing typed is lost."""
    base = f"/provider/bids/{bid.reference}/rates"
    lines = client.get(f"{base}/schedule.csv").text.splitlines()
    assert lines[1] == "1,Group session,session,40,yearly,counted,,"
    pasted = lines[1][:-2] + ",5,6\n" + lines[2].rstrip(",") + ",7,"
    wrong = post(client, f"{base}/paste", pasted=pasted + "\n1,x,8,9")
    assert errors_of(wrong) == {"#pasted": "Row 1 is there twice."}
    assert "1,x,8,9" in wrong.text
    assert post(client, f"{base}/paste", pasted=pasted).location == base
    kept = read_draft(bid=bid, actor=submitter, keys=current_app.extensions["keys"]).answers
    assert [kept[key] for key in ("rates.1.1", "rates.1.2", "rates.2.1")] == ["5", "6", "7"]


def test_a_schedule_of_three_thousand_rows_is_answered(client: CheckedClient, submitter: Actor) -> None:
    """25 rows a page; pasted whole, it comes to its price, and the check names no row too many."""
    itt = with_schedule(client, "\n".join(f"Item {number}\teach\t2" for number in range(1, 3001)), years="1")
    bid = draft_bid(itt, actor=submitter)
    fill_draft(bid, submitter, price=None)
    sign_in(client, db.session.get_one(User, submitter.user_id))
    base = f"/provider/bids/{bid.reference}/rates"
    page = client.get(f"{base}/2990")
    assert (page.text.count('class="govuk-table__row"') - 1, client.get(f"{base}/3001").status_code) == (11, 404)
    pasted = "\n".join(f"{number}\tItem {number}\t33.33" for number in range(1, 3001) if number != 1500)
    assert post(client, f"{base}/paste", pasted=pasted).status_code == 302
    check = words_of(client.get(f"/provider/bids/{bid.reference}/check"))
    assert "Give your rate for “Row 1500, Item 1500”." in check
    assert client.get(f"/provider/bids/{bid.reference}/price").location == f"{base}/1500"
    post(client, f"{base}/1500", **{"answers-rates.1500.1": "33.33"})
    assert read_draft(bid=bid, actor=submitter, keys=current_app.extensions["keys"]).price == "239976.00"


def test_each_lot_can_have_a_schedule_of_its_own(client: CheckedClient, submitter: Actor) -> None:
    """A second one is for the lots that have none, and a bid answers the one of its lot; no lot has two."""
    commissioner = make_commissioner()
    itt = ready_itt(actor=commissioner)
    add_lot(itt=itt, title="Area 2", description="", estimated_value=itt.lots[0].worth, actor=commissioner)
    asked = {"guidance": "", "kind": QuestionKind.PRICE_SCHEDULE, "criterion": None, "required": True}
    settings = {"years": "1", "vat": "0", "rows": "Group session\tsessions\t40"}
    add: Callable[..., Question] = lambda prompt, **more: add_question(  # noqa: E731
        itt=itt, prompt=prompt, settings=settings | more, actor=commissioner, **asked
    )
    first = add("Rates of area 1")
    with pytest.raises(InvalidInput, match="ask the first one for the other lots"):
        add("Rates of area 2")
    ask_for_lots(itt=itt, question=first, lots=itt.lots[:1], actor=commissioner)
    second = add("Rates of area 2", rows="Home visit\tvisits\t10")
    assert second.lot_ids == [itt.lots[1].id]
    with pytest.raises(InvalidInput, match="Lot 1 has a price schedule already"):
        ask_for_lots(itt=itt, question=second, lots=itt.lots, actor=commissioner)
    publish(itt, commissioner)
    bid = draft_bid(itt, actor=submitter, lot=itt.lots[1])
    sign_in(client, db.session.get_one(User, submitter.user_id))
    page = words_of(client.get(f"/provider/bids/{bid.reference}/rates"))
    assert ("1. Home visit 10 visits" in page, "Group session" in page) == (True, False)
