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
from portal.core import inspecting
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.organisations.models import Provider
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import (
    EDITION,
    POLICY_TEXT,
    close_now,
    complete_draft,
    draft_bid,
    open_itt,
    questions_of,
    submit,
    submitted_bid,
    submitter_of,
)
from tests.factories.ending import cancelled
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt
from tests.filling import text_of

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
    assert banner_of(tasks) == "Not submitted yet: your bid"
    for link in re.findall(r'href="([^"]+/answers/[^"]+)"', tasks):
        page = client.get(link).get_data(as_text=True)
        boxes = re.findall(r'<textarea[^>]+name="(answers-[^"]+)"', page)
        typed = fields_of(page, link) | {box: f"Our answer to {box}" for box in boxes}
        assert client.post(link, data=typed).status_code == 302
    page = client.get(f"{home}/documents").get_data(as_text=True)
    upload = fields_of(page, "/documents") | {"files-safeguarding-policy": (io.BytesIO(POLICY_TEXT), "policy.txt")}
    assert client.post(f"{home}/documents", data=upload).status_code == 302
    page = client.get(f"{home}/price").get_data(as_text=True)
    assert client.post(f"{home}/price", data=fields_of(page, "/price") | {"price": "£118,000.50"}).status_code == 302
    check = client.get(f"{home}/check").get_data(as_text=True)
    assert "£118,000.50" in check
    assert "policy.txt" in check
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
    typed = {
        f"answers-{q.key}": f"New {q.key} " + "word " * 90 for q in questions_of(bid.itt) if q.kind.value == "text"
    }
    form = typed | {"revision": str(bid.draft_revision), "idempotency_key": str(uuid.uuid4()), "declared": EDITION}
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


def form_for(client: CheckedClient, bid: Bid, page: str) -> dict[str, str]:
    """The hidden fields of a page of the bid."""
    address = f"/provider/bids/{bid.reference}/{page}"
    return fields_of(client.get(address).get_data(as_text=True), f"/{page}")


def test_the_banner_says_what_counts(client: CheckedClient, submitter: Actor) -> None:
    """Not submitted, submitted, changes not submitted, withdrawn; and after closing what then counts."""
    bid = complete_draft(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    home = f"/provider/bids/{bid.reference}"

    def banner(page: str = "") -> str:
        return banner_of(client.get(home + page).get_data(as_text=True))

    assert {banner(), banner("/answers"), banner("/price"), banner("/documents"), banner("/check")} == {
        "Not submitted yet: your bid"
    }
    submit(bid, submitter)
    assert banner() == "Submitted"
    client.post(home + "/price", data=form_for(client, bid, "price") | {"price": "99"})
    assert {banner(), banner("/answers"), banner("/check")} == {"Changes not submitted yet"}
    assert client.post(home + "/withdraw", data=form_for(client, bid, "withdraw")).status_code == 302
    assert banner() == "Withdrawn"
    submit(bid, submitter)
    client.post(home + "/price", data=form_for(client, bid, "price") | {"price": "98"})
    close_now(bid.itt)
    assert banner() == "Submitted"
    assert "£98" in client.get(home + "/check").get_data(as_text=True)
    assert "£99" in client.get(home + "/submitted").get_data(as_text=True)
    open_itt(bid.itt)
    assert "£99" in client.get(home + "/submitted").get_data(as_text=True)


def test_a_price_in_words_is_refused_beside_its_field_and_kept(client: CheckedClient, submitter: Actor) -> None:
    """The message is beside the field and in the summary, and what was typed is still there."""
    bid = draft_bid(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    for typed in ("lots", "-5", "1.234", "NaN", "0"):
        answer = client.post(
            f"/provider/bids/{bid.reference}/price", data=form_for(client, bid, "price") | {"price": typed}
        )
        page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
        assert answer.status_code == 422
        assert page.select_one("#price")["value"] == typed  # type: ignore[index]
        assert page.select_one("#price-error") is not None
        assert page.select_one(".govuk-error-summary a[href='#price']") is not None


def test_a_price_is_repeated_as_it_was_understood(client: CheckedClient, submitter: Actor) -> None:
    """After saving and beside its field; a comma that may be a decimal point is refused with both readings."""
    bid = draft_bid(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    address = f"/provider/bids/{bid.reference}/price"
    form = form_for(client, bid, "price")
    refused = client.post(address, data=form | {"price": "118000,50"})
    assert "“118000,50” can be read as £118,000.50 or as £11,800,050." in refused.text
    assert client.post(address, data=form | {"price": "118 000.5"}).status_code == 302
    page = client.get(f"/provider/bids/{bid.reference}").text
    assert "Your price, £118,000.50, is saved. It is not submitted yet." in page
    assert "We read this as £118,000.50." in client.get(address).text


def test_what_is_missing_is_linked_to_where_it_is_done(client: CheckedClient, submitter: Actor) -> None:
    """The check page lists every gap with a link, and offers no submission (D-17)."""
    bid = draft_bid(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    page = client.get(f"/provider/bids/{bid.reference}/check").get_data(as_text=True)
    links = {link["href"] for link in BeautifulSoup(page, "html.parser").select(".fl-note--warning a")}
    home = f"/provider/bids/{bid.reference}"
    assert {f"{home}/documents#files-safeguarding-policy", f"{home}/price"} <= links
    assert len(links) == 8
    for link in links:
        target = client.get(str(link)).get_data(as_text=True)
        assert "#" not in str(link) or f'id="{str(link).partition("#")[2]}"' in target
    form = {
        "csrf_token": form_for(client, bid, "price")["csrf_token"],
        "idempotency_key": str(uuid.uuid4()),
        "declared": EDITION,
    }
    answer = client.post(f"{home}/submit", data=form | {"revision": "0"})
    assert answer.status_code == 422
    assert "8 things have to be done before you can submit." in answer.get_data(as_text=True)


def test_submitting_answers_that_are_too_long_keeps_what_was_typed(client: CheckedClient, submitter: Actor) -> None:
    """ "Save and submit now" that is refused shows the answers page with the message beside the answer."""
    bid = complete_draft(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    form = form_for(client, bid, "answers") | {"answers-welcome": "Long " * 301, "answers-our-voice": "Kept"}
    answer = client.post(f"/provider/bids/{bid.reference}/submit", data=form)
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert answer.status_code == 422
    assert "1 word too many" in page.select_one("#answers-welcome-error").get_text()  # type: ignore[union-attr]
    assert page.select_one("#answers-our-voice").get_text().strip() == "Kept"  # type: ignore[union-attr]
    db.session.refresh(bid)
    assert (bid.version, bid.draft_revision) == (0, 3)


def test_a_conflict_keeps_what_was_typed_and_shows_the_other_text(client: CheckedClient, submitter: Actor) -> None:
    """The second page to save is told who was first and shows both texts; a choice is then a decision (D-11)."""
    bid = complete_draft(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    stale = form_for(client, bid, "answers")
    address = f"/provider/bids/{bid.reference}/answers"
    everything = {f"answers-{q.key}": f"We would listen first. ({q.key})" for q in questions_of(bid.itt)}
    everything["answers-safeguarding-policy"] = ""
    assert client.post(address, data=stale | everything | {"answers-welcome": "Theirs"}).status_code == 302
    answer = client.post(address, data=stale | everything | {"answers-welcome": "Mine"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "changed this at" in page
    again = (
        fields_of(page, "/answers") | everything | {"answers-welcome": "Mine, agreed", "keep-answers-welcome": "both"}
    )
    assert client.post(address, data=again).status_code == 302
    assert "Mine, agreed" in client.get(address).get_data(as_text=True)


def test_a_refused_file_is_named_and_the_others_are_kept(
    client: CheckedClient, submitter: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty, of a wrong type, too large: by name, beside the box (and the others are attached)."""
    monkeypatch.setattr(inspecting, "LARGEST_FILE", 1000)
    bid = draft_bid(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    files = [
        (io.BytesIO(POLICY_TEXT), "good.txt"),
        (io.BytesIO(b""), "empty.txt"),
        (io.BytesIO(b"MZ"), "bad.exe"),
        (io.BytesIO(b"x" * 1001), "huge.txt"),
    ]
    address = f"/provider/bids/{bid.reference}/documents"
    answer = client.post(address, data=form_for(client, bid, "documents") | {"files-safeguarding-policy": files})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    summary = BeautifulSoup(page, "html.parser").select_one(".govuk-error-summary")
    assert summary is not None
    assert all(name in page for name in ("empty.txt is empty", "bad.exe is of a type", "huge.txt is larger"))
    assert "good.txt" in client.get(address).get_data(as_text=True)
    nothing = client.post(address, data=form_for(client, bid, "documents"))
    assert (nothing.status_code, "Choose at least one file." in nothing.get_data(as_text=True)) == (422, True)


def test_files_are_replaced_downloaded_and_removed(client: CheckedClient, submitter: Actor) -> None:
    """A download is an attachment under its name that no browser runs; removing is one button (U-11)."""
    bid = complete_draft(published_itt(), actor=submitter, name='Our "plan" ü.txt')
    sign_in(client, person_of(submitter))
    home = f"/provider/bids/{bid.reference}"
    page = client.get(f"{home}/documents").get_data(as_text=True)
    replace = re.search(r'href="([^"]+/replace)"', page)
    assert replace is not None
    download = replace[1].removesuffix("/replace")
    answer = client.get(download)
    assert (answer.data, answer.mimetype) == (POLICY_TEXT, "text/plain")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    form = fields_of(client.get(replace[1]).get_data(as_text=True), "/replace")
    assert client.post(replace[1], data=form).status_code == 422
    assert client.post(replace[1], data=form | {"file": (io.BytesIO(b"words"), "new.txt")}).status_code == 302
    page = client.get(f"{home}/documents").get_data(as_text=True)
    assert "new.txt" in page
    remove = re.search(r'action="([^"]+/remove)"', page)
    assert remove is not None
    assert client.post(remove[1], data=fields_of(page, "/remove")).status_code == 302
    assert "No file yet" in client.get(f"{home}/documents").get_data(as_text=True)
    assert client.get(download).status_code == 404


def test_everything_sent_after_the_closing_time_is_refused_recorded_and_explained(
    client: CheckedClient, submitter: Actor
) -> None:
    """Old tabs cannot save, attach, remove, withdraw or submit; each attempt is in the ledger (D-19)."""
    bid = submitted_bid(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    home = f"/provider/bids/{bid.reference}"
    token = {"csrf_token": form_for(client, bid, "price")["csrf_token"], "revision": str(bid.draft_revision)}
    page = client.get(f"{home}/documents").get_data(as_text=True)
    remove = re.search(r'action="([^"]+/remove)"', page)
    replace = re.search(r'href="([^"]+/replace)"', page)
    assert remove is not None
    assert replace is not None
    close_now(bid.itt)
    upload = {"files-safeguarding-policy": (io.BytesIO(POLICY_TEXT), "a.txt")}
    for address, data in (
        (
            f"{home}/submit",
            {"idempotency_key": str(uuid.uuid4()), "declared": EDITION, "answers-welcome": "Late but typed"},
        ),
        (f"{home}/answers", {"answers-welcome": "Late but typed"}),
        (f"{home}/price", {"price": "1"}),
        (f"{home}/documents", upload),
        (replace[1], {"file": (io.BytesIO(POLICY_TEXT), "b.txt")}),
        (remove[1], {}),
        (f"{home}/withdraw", {}),
    ):
        answer = client.post(address, data=token | data)
        text = answer.get_data(as_text=True)
        assert (answer.status_code, "The closing time has passed" in text) == (409, True), address
        assert ("Late but typed" in text) == ("answers-welcome" in data)
    acts = db.session.scalars(
        select(Event.data["act"].astext).where(Event.kind == "bid_refused_late").order_by(Event.seq)
    ).all()
    assert acts == ["submit", "save", "save", "attach", "attach", "remove", "withdraw"]
    assert db.session.scalar(select(func.count()).select_from(LateAttempt)) == 1
    db.session.refresh(bid)
    assert (bid.version, bid.has_unsubmitted_change) == (1, False)


def test_a_contributor_may_draft_and_not_submit(client: CheckedClient, submitter: Actor) -> None:
    """The page says who can; the address answers 403."""
    bid = complete_draft(published_itt(), actor=submitter)
    person = make_person(Role.CONTRIBUTOR, provider=db.session.get_one(Provider, submitter.provider_id))
    sign_in(client, person)
    home = f"/provider/bids/{bid.reference}"
    assert "A colleague has to submit" in client.get(f"{home}/check").get_data(as_text=True)
    form = form_for(client, bid, "price")
    assert client.post(f"{home}/price", data=form | {"price": "5"}).status_code == 302
    form["idempotency_key"] = str(uuid.uuid4())
    assert client.post(f"{home}/submit", data=form).status_code == 403


def test_another_organisations_bid_is_not_found_on_any_address(client: CheckedClient, submitter: Actor) -> None:
    """A rival gets 404 on every page and every act (R-07)."""
    bid = submitted_bid(published_itt(), actor=submitter)
    rival = make_person(Role.SUBMITTER, provider=make_provider())
    sign_in(client, rival)
    own = complete_draft(bid.itt, actor=actor_of(rival))
    token = form_for(client, own, "price")
    home = f"/provider/bids/{bid.reference}"
    pages = (
        "",
        "/answers",
        "/price",
        "/documents",
        "/check",
        "/receipt",
        "/receipt/1.json",
        "/submitted",
        "/withdraw",
    )
    assert {client.get(home + page).status_code for page in pages} == {404}
    acts = ("/answers", "/price", "/documents", "/submit", "/withdraw")
    assert {
        client.post(home + act, data=token | {"idempotency_key": str(uuid.uuid4()), "declared": EDITION}).status_code
        for act in acts
    } == {404}


@pytest.mark.parametrize("page", ["", "/answers", "/price", "/documents", "/check"])
def test_a_page_of_a_bid_takes_at_most_twelve_statements(
    client: CheckedClient, submitter: Actor, count_statements: Counter, page: str
) -> None:
    """And the same number whatever is in it (G10)."""
    bid = submitted_bid(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    address = f"/provider/bids/{bid.reference}{page}"
    client.get(address)
    with count_statements() as statements:
        client.get(address)
    assert len(statements) <= 12, "\n".join(statements)


def test_the_list_of_bids_takes_the_same_statements_for_one_and_three(
    client: CheckedClient, submitter: Actor, count_statements: Counter
) -> None:
    """No statement a row."""
    sign_in(client, person_of(submitter))
    counted = []
    for more in (1, 2):
        for _ in range(more):
            draft_bid(published_itt(), actor=submitter)
        client.get("/provider/bids")
        with count_statements() as statements:
            page = client.get("/provider/bids").get_data(as_text=True)
        counted.append((page.count("BID-") > 0, len(statements)))
    assert counted[0] == counted[1]
    assert counted[0][1] <= 4


def test_the_receipts_page_needs_a_version(client: CheckedClient, submitter: Actor) -> None:
    """Without a submission there is no receipt."""
    bid = draft_bid(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    assert client.get(f"/provider/bids/{bid.reference}/receipt").status_code == 404
    assert (
        json.loads(
            client.get(f"/provider/bids/{bid.reference}/receipt/1.json", headers={"Accept": "application/json"}).data
        )["code"]
        == "not_found"
    )


def test_a_box_that_was_not_sent_leaves_its_answer_alone(client: CheckedClient, submitter: Actor) -> None:
    """A request with one answer changes that one; a box sent empty clears its answer."""
    bid = complete_draft(published_itt(), actor=submitter)
    sign_in(client, person_of(submitter))
    form = form_for(client, bid, "answers") | {"answers-welcome": "Changed", "answers-outcomes": ""}
    assert client.post(f"/provider/bids/{bid.reference}/answers", data=form).status_code == 302
    page = BeautifulSoup(client.get(f"/provider/bids/{bid.reference}/answers").get_data(as_text=True), "html.parser")
    shown = {str(box["name"]): box.get_text().strip() for box in page.find_all("textarea")}
    assert (shown["answers-welcome"], shown["answers-outcomes"]) == ("Changed", "")
    assert shown["answers-safeguarding"] == "We would listen first. (safeguarding)"


@pytest.mark.parametrize(("over", "told"), [(close_now, "Bidding has closed."), (cancelled, "has cancelled this")])
def test_what_takes_no_bid_offers_none(
    client: CheckedClient, submitter: Actor, over: Callable[[InvitationToTender], object], told: str
) -> None:
    """The page to start a bid says why there is nothing to start, and has no button for it."""
    itt = published_itt()
    over(itt)
    sign_in(client, person_of(submitter))
    page = client.get(f"/provider/bids/start/{itt.reference}")
    assert told in text_of(page)
    assert "Start the bid" not in page.text
