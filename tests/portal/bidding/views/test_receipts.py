"""Anybody can check a receipt that they are shown."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask

from portal.accounts.models import User
from portal.bidding.queries import version_of
from portal.bidding.receipts import whole_receipt
from portal.bidding.sealing import read_version
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import submitted_bid, submitter_of
from tests.factories.tendering import published_itt
from tests.filling import errors_of, fill, text_of

PAGE = "/check-a-receipt"


@pytest.fixture
def receipt(app: Flask, db_session: object) -> dict[str, Any]:
    """A receipt as its provider holds it."""
    actor = submitter_of()
    bid = submitted_bid(published_itt(title="Early help"), actor=actor)
    version = version_of(bid)
    return whole_receipt(
        version.receipt, read_version(bid=bid, version=version, actor=actor, keys=app.extensions["keys"])
    )


def shown(client: CheckedClient, document: object) -> Any:
    held = document if isinstance(document, bytes) else json.dumps(document).encode()
    return fill(client, PAGE, {"receipt": (io.BytesIO(held), "receipt.json")})


def test_a_genuine_receipt_says_whose_it_is_of_what_and_when(client: CheckedClient, receipt: dict[str, Any]) -> None:
    """To a visitor, and without a word that the receipt does not say itself."""
    page = text_of(shown(client, receipt))
    body = receipt["body"]
    assert "The receipt is genuine" in page
    for said in (body["provider"], body["reference"], "Early help", body["received_at"], body["files"][0]["sha256"]):
        assert said in page
    assert not any(nonce in page for nonce in body["nonces"].values())


@pytest.mark.parametrize("changed", ["provider", "received_at", "files"])
def test_a_changed_receipt_is_not_genuine(client: CheckedClient, receipt: dict[str, Any], changed: str) -> None:
    """Whatever was changed; what it says then is no part of what is true."""
    receipt["body"][changed] = "something else"
    page = text_of(shown(client, receipt))
    assert "The receipt is not genuine" in page
    assert "The signature does not match" in page


@pytest.mark.parametrize("document", [b"", b"not a receipt", b"[]", b"\xff\xfe", b'{"body": 1}'])
def test_what_is_no_receipt_is_refused_beside_its_box(
    client: CheckedClient, db_session: object, document: bytes
) -> None:
    """In words, and with nothing shown of it."""
    answer = shown(client, document)
    assert len(errors_of(answer)) == 1
    assert "genuine" not in text_of(answer)


def test_a_bids_people_see_who_submitted_it(client: CheckedClient, db_session: object) -> None:
    """On their page; the file itself names no person."""
    actor = submitter_of()
    bid = submitted_bid(published_itt(), actor=actor)
    person = db.session.get_one(User, actor.user_id)
    sign_in(client, person)
    home = f"/provider/bids/{bid.reference}/receipt"
    assert f"Submitted by {person.display_name}" in text_of(client.get(home))
    assert person.display_name not in client.get(f"{home}/1.json").get_data(as_text=True)
