"""Asking and answering on the pages: an officer asks, the bidder answers in time, others see nothing."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.bidding.models import Bid
from portal.core.permissions import Role
from portal.extensions import db
from portal.judging.enquiry_models import Enquiry
from portal.judging.states import Verdict
from portal.web.submissions import AUTOSAVE
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import ready_for_award
from tests.factories.bidding import opened_itt
from tests.factories.judging import (
    ANSWER,
    HEARD,
    MISSING,
    PRICE,
    RECORDS,
    WHY,
    answered,
    asked_about_price,
    bids_of,
    checked_itt,
    decide,
    in_days,
    judge_enquiry,
    let_it_run_out,
    listed,
    raised,
)
from tests.filling import errors_of, fields_of, fill, link_in, text_of

pytestmark = pytest.mark.usefixtures("db_session")
DUE = {f"due-{part}": str(getattr(in_days(), part)) for part in ("day", "month", "year")}


def desk(bid: Bid, part: str) -> str:
    return f"/commissioning/itts/{bid.itt.reference}/enquiries/{part}"


def own(enquiry: Enquiry) -> str:
    return f"/provider/bids/{enquiry.bid.reference}/judgements/{enquiry.id}"


def officer(client: CheckedClient, bid: Bid, role: Role = Role.COMMISSIONER) -> CheckedClient:
    sign_in(client, make_person(role, authority=bid.itt.authority))
    return client


def bidder(client: CheckedClient, bid: Bid, role: Role = Role.SUBMITTER) -> CheckedClient:
    sign_in(client, make_person(role, provider=bid.provider))
    return client


def test_what_is_missing_is_listed_and_sent(client: CheckedClient, new_client: Callable[[], CheckedClient]) -> None:
    """The officer ticks it, the bidder sends words and a page, and the officer reads both beside the bid."""
    [bid] = bids_of(checked_itt(1))
    typed = {"missing": f"{bid.id}/{RECORDS}", "words": MISSING} | DUE
    assert fill(officer(client, bid), desk(bid, "omissions"), typed).status_code == 302
    enquiry = db.session.scalars(select(Enquiry)).one()
    theirs = bidder(new_client(), bid)
    assert "Waits for you" in theirs.get(own(enquiry).rpartition("/")[0]).text
    said = {f"answer-{RECORDS}": ANSWER, "file": (io.BytesIO(b"The page.\n"), "page.txt")}
    assert fill(theirs, own(enquiry), said, content_type="multipart/form-data").status_code == 302
    assert ANSWER in theirs.get(own(enquiry)).text
    page = client.get(desk(bid, str(enquiry.id)))
    assert ANSWER in page.text
    [file] = [part.split('"')[0] for part in page.text.split('href="') if "/files/" in part.split('"')[0]]
    assert client.get(file).data == b"The page.\n"


def test_a_ground_is_raised_answered_and_judged(client: CheckedClient) -> None:
    """The page says what the ground is, whom it concerns and what follows; then it waits for an approver."""
    [bid] = bids_of(opened_itt(1))
    typed = {"ground": "insolvency", "concern": "subcontractor", "whom": "Demo Cleaning", "words": HEARD} | DUE
    assert fill(officer(client, bid), desk(bid, f"exclusion/{bid.id}"), typed).status_code == 302
    enquiry = db.session.scalars(select(Enquiry)).one()
    told = text_of(client.get(desk(bid, str(enquiry.id))))
    assert "Demo Cleaning: a subcontractor" in told
    assert "Schedule 7" in told or "Sch 7" in told
    assert "The bidder can still answer" in told
    answered(enquiry)
    assert fill(client, desk(bid, str(enquiry.id)), {"verdict": "fails", "reason": WHY}).status_code == 302
    assert "A second person decides" in client.get(desk(bid, str(enquiry.id))).text


def test_reading_an_answer_is_recorded(client: CheckedClient) -> None:
    """Once in a quarter of an hour, as of whatever a bidder sent; before there is an answer nothing is read."""
    [bid] = bids_of(opened_itt(1))
    enquiry = raised(bid)
    page = desk(bid, str(enquiry.id))
    officer(client, bid).get(page)
    assert viewings(enquiry) == []
    answered(enquiry)
    for _ in range(2):
        client.get(page)
    assert viewings(enquiry) == [str(bid.id)]


def viewings(enquiry: Enquiry) -> list[str]:
    """Of which bids somebody read an answer to it."""
    viewed = select(Event).where(Event.kind == EventKind.BID_FILE_VIEWED)
    found = viewed.where(Event.data["enquiry"].astext == str(enquiry.id))
    return [str(event.object_id) for event in db.session.scalars(found)]


def test_what_the_page_saves_by_itself_is_kept_and_not_sent(client: CheckedClient) -> None:
    """An answer is sent once, so no page sends it by itself: what is typed is kept for whoever typed it."""
    enquiry = raised(bids_of(opened_itt(1))[0])
    sent = fields_of(bidder(client, enquiry.bid).get(own(enquiry))) | {"answer-": ANSWER}
    sent.pop("file", None)
    client.post(own(enquiry), data=sent, headers={AUTOSAVE: "1"})
    db.session.refresh(enquiry)
    assert enquiry.answers is None
    assert ANSWER in client.get(own(enquiry)).text


def test_a_decided_ground_leads_to_raising_it_again(client: CheckedClient) -> None:
    """The form knows what it was, and whom it concerned."""
    [bid] = bids_of(opened_itt(1))
    enquiry = raised(bid, "insolvency", "Demo Cleaning")
    let_it_run_out(enquiry)
    page = desk(bid, str(enquiry.id))
    assert "Raise it again" not in officer(client, bid).get(page).text
    decide(judge_enquiry(enquiry, Verdict.PASSES))
    address = link_in(client.get(page), "Raise it again")
    assert address is not None
    filled = fields_of(client.get(address))
    assert (filled["ground"], filled["concern"], filled["whom"]) == (["insolvency"], "subcontractor", "Demo Cleaning")


def test_a_low_price_is_shown_with_what_the_rules_say(client: CheckedClient) -> None:
    """Once the panels have closed; before, there is no such page."""
    itt = ready_for_award(3, prices=("60000", "110000", "112000"))
    bid = bids_of(itt)[0]
    page = officer(client, bid).get(desk(bid, f"price/{bid.id}")).text
    assert "£60,000" in page
    assert "More than 20% below the middle of the other bids" in page
    assert fill(client, desk(bid, f"price/{bid.id}"), {"words": PRICE} | DUE).status_code == 302
    early = bids_of(opened_itt(1))[0]
    assert officer(client, early).get(desk(early, f"price/{early.id}")).status_code == 409


def test_too_late_is_said_and_noted(client: CheckedClient) -> None:
    """What was typed is refused in words, and the record says that it was tried."""
    [enquiry] = listed({bids_of(checked_itt(1))[0]: [RECORDS]})
    page = bidder(client, enquiry.bid).get(own(enquiry))
    assert "Send this answer" in page.text
    sent = fields_of(page) | {f"answer-{RECORDS}": ANSWER}
    sent.pop("file", None)
    let_it_run_out(enquiry)
    late = client.post(own(enquiry), data=sent)
    assert late.status_code >= 400
    assert "for every bidder" in " ".join(errors_of(late))
    noted = db.session.scalars(select(Event.kind).where(Event.object_id == enquiry.id).order_by(Event.seq)).all()
    assert noted == [EventKind.ENQUIRY_MADE, EventKind.ENQUIRY_REFUSED_LATE]
    assert "The time is over" in client.get(own(enquiry)).text


def test_only_whose_it_is_sees_it(client: CheckedClient) -> None:
    """Another bidder does not find it, a contributor reads without a form, an opener reads nothing."""
    [first, second] = bids_of(opened_itt(2))
    enquiry = raised(first)
    assert bidder(client, second).get(own(enquiry)).status_code == 404
    other = f"/provider/bids/{second.reference}/judgements/{enquiry.id}"
    assert client.get(other).status_code == 404
    assert "Send this answer" not in bidder(client, first, Role.CONTRIBUTOR).get(own(enquiry)).text
    assert officer(client, first, Role.OPENER).get(desk(first, str(enquiry.id))).status_code == 403
    assert officer(client, first, Role.AUDITOR).get(desk(first, str(enquiry.id))).status_code == 200


def test_a_price_that_was_asked_about_is_judged_on_its_page(client: CheckedClient) -> None:
    """Without an answer once the time is over."""
    enquiry = asked_about_price(bids_of(ready_for_award(1))[0])
    let_it_run_out(enquiry)
    page = desk(enquiry.bid, str(enquiry.id))
    assert fill(officer(client, enquiry.bid), page, {"verdict": "passes", "reason": WHY}).status_code == 302
