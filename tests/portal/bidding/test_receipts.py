"""Receipts: signed, verifiable without the portal, useless for guessing."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import Event
from portal.bidding.models import Bid
from portal.bidding.queries import version_of
from portal.bidding.receipts import verify_receipt, whole_receipt
from portal.bidding.sealing import read_version
from portal.core.canonical import bytes_of
from portal.core.errors import InvalidInput, SealBroken
from portal.core.permissions import Actor
from portal.core.seals import KeyFolder
from portal.core.signed import public_key_of
from portal.extensions import db
from tests.factories.bidding import POLICY_TEXT, submitted_bid, submitter_of
from tests.factories.tendering import published_itt


class Held:
    """A submitted bid and its receipt, as its provider holds them."""

    def __init__(self, app: Flask) -> None:
        self.keys: KeyFolder = app.extensions["keys"]
        self.actor: Actor = submitter_of()
        self.bid: Bid = submitted_bid(published_itt(), actor=self.actor)
        self.version = version_of(self.bid)
        self.parts = read_version(bid=self.bid, version=self.version, actor=self.actor, keys=self.keys)
        self.receipt: dict[str, Any] = whole_receipt(self.version.receipt, self.parts)


@pytest.fixture
def held(app: Flask, db_session: object) -> Held:
    return Held(app)


def test_the_receipt_says_what_was_received_when(held: Held) -> None:
    """Reference, invitation, lot, version, instant to the microsecond, and every file's size and SHA-256 (R-01)."""
    body = held.receipt["body"]
    assert (body["reference"], body["itt"], body["lot"], body["version"]) == (
        held.bid.reference,
        held.bid.itt.reference,
        1,
        1,
    )
    assert body["received_at"] == held.version.received_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert body["files"] == [
        {
            "name": "policy.txt",
            "question": "safeguarding-policy",
            "size": len(POLICY_TEXT),
            "sha256": hashlib.sha256(POLICY_TEXT).hexdigest(),
        }
    ]


def test_the_receipt_verifies_offline_against_the_published_key(held: Held) -> None:
    """Nothing but the file and the public key is needed."""
    verdict = verify_receipt(json.dumps(held.receipt, indent=2), trusted_key=public_key_of(held.keys))
    assert (verdict.holds, verdict.findings, verdict.key_known) == (True, (), True)


def test_the_commitment_is_made_of_nonces_and_contents(held: Held) -> None:
    """Whoever holds the receipt and an envelope's content can compute both again, without the other envelopes."""
    body = held.receipt["body"]
    for kind, part in held.parts.items():
        told = hashlib.sha256(bytes.fromhex(body["nonces"][kind]) + bytes_of(part.content)).hexdigest()
        assert told == body["envelopes"][kind]["commitment"]
    each = {kind: said["commitment"] for kind, said in body["envelopes"].items()}
    assert hashlib.sha256(bytes_of(each)).hexdigest() == body["commitment"] == held.version.commitment


def test_the_receipt_has_the_digest_of_each_sealed_envelope(held: Held) -> None:
    """Three of them, and the ledger's entry names the same."""
    sealed = {each.kind.value: hashlib.sha256(each.sealed).hexdigest() for each in held.version.envelopes}
    assert set(sealed) == {"compliance", "quality", "price"}
    assert {kind: said["sha256"] for kind, said in held.receipt["body"]["envelopes"].items()} == sealed
    submitted = db.session.scalars(select(Event).where(Event.kind == "bid_submitted")).one()
    assert {kind: submitted.data[f"{kind}_sha256"] for kind in sealed} == sealed


def test_the_ledger_has_the_entry_that_the_receipt_names(held: Held) -> None:
    """Chain, position and hash are those of the BID_SUBMITTED entry, which names the same commitment (R-04)."""
    ledger = held.receipt["body"]["ledger"]
    event = db.session.scalars(
        select(Event).where(Event.chain == ledger["chain"], Event.seq == ledger["position"])
    ).one()
    assert (event.kind, event.hash.hex()) == ("bid_submitted", ledger["hash"])
    assert event.data["commitment"] == held.receipt["body"]["commitment"]


def test_the_database_keeps_the_receipt_without_what_would_help_to_guess(held: Held) -> None:
    """No nonce, no file, no name in the stored part."""
    assert set(held.version.receipt["body"]) == set(held.receipt["body"]) - {"nonces", "files"}
    stored = json.dumps(held.version.receipt)
    assert not [nonce for nonce in held.receipt["body"]["nonces"].values() if nonce in stored]
    assert hashlib.sha256(POLICY_TEXT).hexdigest() not in stored


@pytest.mark.parametrize("part", ["received_at", "itt", "version", "commitment", "reference", "provider"])
def test_every_change_breaks_the_signature(held: Held, part: str) -> None:
    """Changing any part of the body is found."""
    held.receipt["body"][part] = 2 if part == "version" else "2026-01-01T00:00:00.000000Z"
    assert not verify_receipt(json.dumps(held.receipt)).holds


def test_a_changed_file_list_breaks_the_signature(held: Held) -> None:
    """A receipt cannot be made to cover another file."""
    held.receipt["body"]["files"][0]["sha256"] = "0" * 64
    assert not verify_receipt(json.dumps(held.receipt)).holds


def test_a_receipt_for_another_invitation_or_bid_does_not_hold(held: Held) -> None:
    """Presented for something else it is refused, with the reason (R-03)."""
    document = json.dumps(held.receipt)
    assert verify_receipt(document, itt=held.bid.itt.reference, bid=held.bid.reference).holds
    verdict = verify_receipt(document, itt="ITT-00000000", bid="BID-00000000")
    assert verdict.findings == (
        f"It is a receipt for {held.bid.itt.reference}, not for ITT-00000000.",
        f"It is a receipt for {held.bid.reference}, not for BID-00000000.",
    )


def test_a_receipt_signed_with_another_key_does_not_hold(held: Held) -> None:
    """Somebody else's genuine signature is not this portal's."""
    assert not verify_receipt(json.dumps(held.receipt), trusted_key="ab" * 32).holds


def test_a_stored_part_that_was_changed_is_noticed(held: Held) -> None:
    """Putting the receipt together again checks its signature."""
    changed = held.version.receipt | {"body": held.version.receipt["body"] | {"version": 9}}
    with pytest.raises(SealBroken):
        whole_receipt(changed, held.parts)


SIGNED = {"signature": "00" * 64, "public_key": "00" * 32, "key_id": "0" * 16}


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"body": {}}',
        '{"body": {"format": "fairlot-receipt-1"}}',
        b"\xff\xfe",
        "[" * 5000,
        json.dumps({"body": {"format": "fairlot-receipt-2", "provider": "\ud800"}, **SIGNED}),
    ],
)
def test_a_file_that_is_no_receipt_is_refused_in_words(document: str | bytes) -> None:
    """No file makes the verification fail in another way."""
    with pytest.raises(InvalidInput, match="not a Fairlot receipt"):
        verify_receipt(document)
