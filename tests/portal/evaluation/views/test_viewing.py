"""Looking at a bid's files over HTTP (P-12)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.audit.queries import events_of
from portal.bidding.models import OpenedBid
from portal.core.pdf import Document, Text
from portal.core.pdf import make_pdf as print_document
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import close_now, open_itt, submitted_bid
from tests.factories.evaluation import LOCAL, Evaluation, scoring_itt
from tests.factories.tendering import published_itt

POLICY = print_document(
    Document("Policy", "Lead", "F", (Text("We keep children safe."),), datetime(2026, 1, 1, tzinfo=UTC))
)


def scoring_with(name: str, content: bytes, **options: bool) -> tuple[Evaluation, str]:
    """An evaluation of one bid with that file, and the file's address under a panel's."""
    itt = published_itt()
    submitted_bid(itt, name=name, content=content)
    close_now(itt)
    open_itt(itt)
    evaluation = scoring_itt(itt=itt, **options)
    (quality,) = db.session.scalars(select(OpenedBid.quality))
    assert quality is not None
    return evaluation, f"bids/{evaluation.bids()[0].bid_id}/files/{quality['files'][0]['id']}"


def test_a_pdf_is_looked_at_and_recorded_once(client: CheckedClient) -> None:
    """The bid's page leads to it; text and picture are there, no cache keeps them, and one viewing is in the ledger."""
    evaluation, file = scoring_with("policy.pdf", POLICY)
    seat = evaluation.seats[LOCAL][1]
    base = f"/panel/{seat.panel.id}"
    sign_in(client, seat.user)
    bid_page = client.get(f"{base}/{file.partition('/files')[0]}").get_data(as_text=True)
    assert f"{base}/{file}/pages/1" in bid_page
    before = len(events_of(evaluation.itt.id))
    page = client.get(f"{base}/{file}/pages/1")
    assert (page.status_code, "We keep children safe." in page.get_data(as_text=True)) == (200, True)
    drawn = client.get(f"{base}/{file}/pages/1/picture")
    assert (drawn.mimetype, drawn.get_data()[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert {answer.headers["Cache-Control"] for answer in (page, drawn)} == {"no-store"}
    assert drawn.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    (event,) = events_of(evaluation.itt.id)[before:]
    assert (event.kind, event.actor_id, event.data["shown"]) == ("bid_file_viewed", seat.user.id, True)
    client.get(f"{base}/{file}")
    assert [event.data["shown"] for event in events_of(evaluation.itt.id)[before:]] == [True, False]
    assert client.get(f"{base}/{file}/pages/2").status_code == 404


def test_only_who_may_read_the_answer_looks_at_its_file(client: CheckedClient) -> None:
    """Another panel does not find it, and who has not declared neither reads nor is recorded as having read."""
    evaluation, file = scoring_with("policy.pdf", POLICY, declared=False)
    before = [event.kind for event in events_of(evaluation.itt.id)].count("bid_file_viewed")
    for key, status in (("parents", 403), (LOCAL, 403)):
        seat = evaluation.moderator(key)
        sign_in(client, seat.user)
        for path in ("pages/1", "pages/1/picture"):
            assert client.get(f"/panel/{seat.panel.id}/{file}/{path}").status_code == status
    assert [event.kind for event in events_of(evaluation.itt.id)].count("bid_file_viewed") == before


def test_another_panel_does_not_find_the_file(client: CheckedClient) -> None:
    """A file that was given with another panel's question is not there."""
    evaluation, file = scoring_with("policy.pdf", POLICY)
    seat = evaluation.moderator("parents")
    sign_in(client, seat.user)
    for path in ("pages/1", "pages/1/picture"):
        assert client.get(f"/panel/{seat.panel.id}/{file}/{path}").status_code == 404


@pytest.mark.parametrize(("name", "content"), [("policy.txt", b"We keep children safe.\n")])
def test_what_cannot_be_shown_is_downloaded(client: CheckedClient, name: str, content: bytes) -> None:
    """Its page says so and leads to the download; its picture is refused, and nothing is recorded as looked at."""
    evaluation, file = scoring_with(name, content)
    seat = evaluation.seats[LOCAL][1]
    base = f"/panel/{seat.panel.id}"
    sign_in(client, seat.user)
    before = len(events_of(evaluation.itt.id))
    page = client.get(f"{base}/{file}/pages/1")
    assert (page.status_code, "This file cannot be shown" in page.get_data(as_text=True)) == (422, True)
    assert f'href="{base}/{file}"' in page.get_data(as_text=True)
    assert client.get(f"{base}/{file}/pages/1/picture").status_code == 422
    assert len(events_of(evaluation.itt.id)) == before
