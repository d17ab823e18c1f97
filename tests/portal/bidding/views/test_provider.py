"""The provider's pages of a bid, over HTTP."""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.audit.models import Event
from portal.bidding.models import Bid, BidVersion, LateAttempt
from portal.bidding.receipts import verify_receipt
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.organisations.models import Provider
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import (
    PDF,
    close_now,
    complete_draft,
    draft_bid,
    open_itt,
    questions_of,
    submit,
    submitted_bid,
    submitter_of,
)
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt

Counter = Callable[[], AbstractContextManager[list[str]]]
NewClient = Callable[[], CheckedClient]


def person_of(actor: Actor) -> User:
    return db.session.get_one(User, actor.user_id)


def fields_of(html: str, action_ends: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to an address ending so."""
    page = BeautifulSoup(html, "html.parser")
    form = next(form for form in page.find_all("form") if str(form.get("action")).endswith(action_ends))
    return {str(box["name"]): str(box.get("value", "")) for box in form.find_all("input", type="hidden")}


def banner_of(html: str) -> str:
    found = BeautifulSoup(html, "html.parser").select_one(".fl-banner__title")
    return found.get_text(strip=True) if found else ""


@pytest.fixture
def submitter(db_session: object) -> Actor:
    return submitter_of()


def test_a_provider_walks_from_the_start_to_the_receipt(client: CheckedClient, submitter: Actor) -> None:
    """Start, answer, attach, price, check, submit: each page leads on, and the receipt verifies offline."""
    itt = published_itt()
    sign_in(client, person_of(submitter))
    start = client.get(f"/provider/bids/start/{itt.reference}").get_data(as_text=True)
    began = client.post(f"/provider/bids/start/{itt.reference}", data=fields_of(start, itt.reference))
    home = began.location
    tasks = client.get(home).get_data(as_text=True)
    assert banner_of(tasks) == "Not submitted"
    for link in re.findall(r'href="([^"]+/answers/[^"]+)"', tasks):
        page = client.get(link).get_data(as_text=True)
        boxes = re.findall(r'<textarea[^>]+name="(answers-[^"]+)"', page)
        typed = fields_of(page, link) | {box: f"Our answer to {box}" for box in boxes}
        assert client.post(link, data=typed).status_code == 302
    page = client.get(f"{home}/documents").get_data(as_text=True)
    upload = fields_of(page, "/documents") | {"files-safeguarding-policy": (io.BytesIO(PDF), "policy.pdf")}
    assert client.post(f"{home}/documents", data=upload).status_code == 302
    page = client.get(f"{home}/price").get_data(as_text=True)
    assert client.post(f"{home}/price", data=fields_of(page, "/price") | {"price": "£118,000.50"}).status_code == 302
    check = client.get(f"{home}/check").get_data(as_text=True)
    assert "£118,000.50" in check
    assert "policy.pdf" in check
    done = client.post(f"{home}/submit", data=fields_of(check, "/submit"))
    assert done.location.endswith("/receipt/1")
    assert "Submitted" in client.get(done.location).get_data(as_text=True)
    receipt = client.get(f"{home}/receipt/1.json")
    assert verify_receipt(receipt.data).holds
    assert banner_of(client.get(home).get_data(as_text=True)) == "Submitted"


def test_pressing_submit_twice_gives_one_version_and_the_same_receipt(client: CheckedClient, submitter: Actor) -> None:
    """The same form sent again answers with the same receipt (D-10)."""
    bid = complete_draft(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    form = fields_of(client.get(f"/provider/bids/{bid.reference}/check").get_data(as_text=True), "/submit")
    answers = {client.post(f"/provider/bids/{bid.reference}/submit", data=form).location for _ in range(3)}
    assert len(answers) == 1
    assert db.session.scalar(select(func.count()).select_from(BidVersion)) == 1


def test_save_and_submit_now_is_one_request_of_at_most_eight_statements(
    client: CheckedClient, submitter: Actor, count_statements: Counter
) -> None:
    """Answers sent to the submit address are saved and submitted together (G1)."""
    bid = complete_draft(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    typed = {f"answers-{q.key}": f"New {q.key} " + "word " * 90 for q in questions_of(bid.itt) if q.kind.value == "text"}
    form = typed | {"revision": str(bid.draft_revision), "idempotency_key": str(uuid.uuid4())}
    page = client.get(f"/provider/bids/{bid.reference}/price").get_data(as_text=True)
    form["csrf_token"] = fields_of(page, "/price")["csrf_token"]
    address = f"/provider/bids/{bid.reference}/submit"
    with count_statements() as statements:
        answer = client.post(address, data=form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert len(statements) <= 8, "\n".join(statements)
    read = client.get(f"/provider/bids/{bid.reference}/submitted").get_data(as_text=True)
    assert "New " in read
    db.session.refresh(bid)
    assert (bid.version, bid.has_unsubmitted_change) == (1, False)
