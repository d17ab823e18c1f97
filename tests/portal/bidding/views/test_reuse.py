"""Earlier answers and own documents, offered for another bid over HTTP: seen, ticked, used in one press."""

from __future__ import annotations

import uuid

from flask import current_app

from portal.accounts.models import User
from portal.bidding.documents import read_file
from portal.bidding.drafting import read_draft, save_answers
from portal.bidding.models import Bid
from portal.core import clock
from portal.core.permissions import Actor
from portal.extensions import db
from portal.joining.evidence import add_evidence
from portal.organisations.models import Provider
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import POLICY_TEXT, complete_draft, draft_bid, questions_of, submitter_of
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt
from tests.pages import read
from tests.portal.tendering.views.browsing import filled

INSURANCE = b"Employers' liability: 10,000,000 pounds.\n"


def _provider() -> tuple[Provider, Actor]:
    provider = make_provider()
    return provider, submitter_of(provider)


def _page(bid: Bid) -> str:
    return f"/provider/bids/{bid.reference}/reuse"


def _words(client: CheckedClient, bid: Bid) -> str:
    return " ".join(read(client.get(_page(bid)).text).get_text(" ").split())


def _insured(provider: Provider, actor: Actor, *, name: str = "insurance.txt") -> None:
    add_evidence(
        provider=provider,
        actor=actor,
        kind="employers_liability",
        upload=(name, lambda: INSURANCE),
        expires_on=None,
        files=current_app.extensions["files"],
        now=clock.now(),
    )


def test_what_is_unchanged_is_used_in_one_press(client: CheckedClient, db_session: object) -> None:
    """Answers and files of the same questions are ticked already; a document waits to be ticked; the price is not."""
    provider, actor = _provider()
    earlier = complete_draft(published_itt(), actor=actor, answer="As we said before.")
    _insured(provider, actor)
    bid = draft_bid(published_itt(), actor=actor)
    keys = current_app.extensions["keys"]
    sign_in(client, db.session.get_one(User, actor.user_id))
    said = _words(client, bid)
    assert f"From {earlier.reference}" in said
    assert "Your documents: Employers’ liability insurance" in said
    assert read_draft(bid=bid, actor=actor, keys=keys).answers == {}
    action, sent = filled(client, _page(bid))
    document = next(
        box["name"] for box in read(client.get(_page(bid)).text).select("input[type=checkbox]:not([checked])")
    )
    assert client.post(action, data=sent | {document: "y"}).location == f"/provider/bids/{bid.reference}"
    db.session.refresh(bid)
    draft = read_draft(bid=bid, actor=actor, keys=keys)
    before = read_draft(bid=earlier, actor=actor, keys=keys)
    assert draft.answers == before.answers
    assert draft.price is None
    contents = [_bytes_of(bid, actor, entry["id"]) for entry in draft.files]
    assert contents == [POLICY_TEXT, INSURANCE]
    assert {entry["key"] for entry in draft.files}.isdisjoint(entry["key"] for entry in before.files)
    assert "There is nothing to offer" in _words(client, bid)


def _bytes_of(bid: Bid, actor: Actor, file_id: str) -> bytes:
    keys, files = current_app.extensions["keys"], current_app.extensions["files"]
    content = read_draft(bid=bid, actor=actor, keys=keys)
    return read_file(bid=bid, actor=actor, content=content, files=files, file_id=uuid.UUID(file_id))[1]


def test_nobody_elses_bid_is_offered(client: CheckedClient, db_session: object) -> None:
    """Another provider's answers and documents are in no page and in no offer."""
    other, rival = _provider()
    complete_draft(published_itt(), actor=rival, answer="Only the rival says so.")
    _insured(other, rival, name="rival.txt")
    _, actor = _provider()
    bid = draft_bid(published_itt(), actor=actor)
    sign_in(client, db.session.get_one(User, actor.user_id))
    page = client.get(_page(bid)).text
    assert [said for said in ("Only the rival", "rival.txt") if said in page] == []
    sign_in(client, db.session.get_one(User, rival.user_id))
    assert client.get(_page(bid)).status_code == 404


def test_what_was_answered_meanwhile_stays(client: CheckedClient, db_session: object) -> None:
    """A colleague's answer is not replaced by the offered one; the page says so."""
    _, actor = _provider()
    complete_draft(published_itt(), actor=actor, answer="As we said before.")
    bid = draft_bid(published_itt(), actor=actor)
    sign_in(client, db.session.get_one(User, actor.user_id))
    action, sent = filled(client, _page(bid))
    keys, key = current_app.extensions["keys"], questions_of(bid.itt)[0].key
    save_answers(bid=bid, actor=actor, keys=keys, answers={key: "Newer."})
    db.session.commit()
    assert client.post(action, data=sent).status_code == 302
    db.session.refresh(bid)
    assert read_draft(bid=bid, actor=actor, keys=keys).answers[key] == "Newer."


def test_what_was_changed_since_is_not_used_unseen(client: CheckedClient, db_session: object) -> None:
    """An answer that its own bid has changed since the page was made is another offer, which nobody has seen."""
    _, actor = _provider()
    earlier = complete_draft(published_itt(), actor=actor, answer="As we said before.")
    bid = draft_bid(published_itt(), actor=actor)
    sign_in(client, db.session.get_one(User, actor.user_id))
    action, sent = filled(client, _page(bid))
    keys, key = current_app.extensions["keys"], questions_of(earlier.itt)[0].key
    save_answers(bid=earlier, actor=actor, keys=keys, answers={key: "Said otherwise now."})
    db.session.commit()
    client.post(action, data=sent)
    db.session.refresh(bid)
    assert key not in read_draft(bid=bid, actor=actor, keys=keys).answers
