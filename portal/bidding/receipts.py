"""Receipts: built when a bid is submitted, signed, and verifiable by anybody without the portal.

The database keeps a receipt without its nonces and its files: with a nonce a price could be tried out against the
commitment, and a file's SHA-256 would tell a known file. Both are in the sealed content, so the provider's copy is
put together from the two when its people read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.audit.recording import Recorded
from portal.bidding.closing import Entered
from portal.bidding.envelopes import Parts, content_of
from portal.core.errors import SealBroken
from portal.core.seals import KeyFolder
from portal.core.signed import Said, Verdict, as_instant, files_said, is_signed, signed, verify
from portal.joining import confirmations
from portal.tendering.states import EnvelopeKind

FORMAT = "fairlot-receipt-2"
LATE = "This came after the closing time. It is kept sealed in the late box, and is no bid unless two people admit it."


def build_receipt(
    entered: Entered,
    parts: Parts,
    number: int,
    evidence: Mapping[str, str],
    recorded: Recorded,
    keys: KeyFolder,
    *,
    late: bool = False,
) -> dict[str, Any]:
    """Build and sign the receipt of a version; one that came `late` says that it is no bid yet.

    {"body": {reference, itt, lot, provider, version, received_at (UTC, microseconds), commitment, method {version,
    sha256} (of the method and questions that it answers), envelopes {kind: {commitment, sha256 (of what is sealed)}},
    nonces {kind: hexadecimal}, files [{name, question, size, sha256}], ledger {chain, position, hash}}, "signature"
    (Ed25519 over the canonical body), "public_key", "key_id"}.

    `evidence`: commitment and digests as the ledger has them.
    """
    body = {
        "format": FORMAT,
        "reference": entered.reference,
        "itt": entered.itt_reference,
        "itt_title": entered.itt_title,
        "lot": entered.lot_number,
        "provider": entered.provider_name,
        "version": number,
        "received_at": as_instant(entered.at),
        "commitment": evidence["commitment"],
        "method": {"version": entered.method_version, "sha256": entered.method_hash},
        "envelopes": {
            kind: {"commitment": part.commitment, "sha256": evidence[f"{kind}_sha256"]} for kind, part in parts.items()
        },
        **({"late": {"closes_at": entered.closes_at.isoformat(), "standing": LATE}} if late else {}),
        "ledger": {"chain": recorded.chain, "position": recorded.seq, "hash": recorded.hash},
        **_PARTS_OF_FORMAT[FORMAT](parts),
    }
    return signed(body, keys)


def stored_part(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt as the database may keep it: without what would help to guess the content."""
    return {**receipt, "body": {k: v for k, v in receipt["body"].items() if k not in ("nonces", "files")}}


def whole_receipt(stored: Mapping[str, Any], parts: Parts) -> dict[str, Any]:
    """Put the provider's receipt together again; raises `SealBroken` when the signature then does not hold."""
    receipt = {**stored, "body": {**stored["body"], **_PARTS_OF_FORMAT[stored["body"]["format"]](parts)}}
    if not is_signed(receipt):
        raise SealBroken("The receipt does not match what was submitted.")
    return receipt


SEALED_PARTS = {
    EnvelopeKind.COMPLIANCE: "what officers check",
    EnvelopeKind.QUALITY: "what panels score",
    EnvelopeKind.PRICE: "the price",
}


def secrets_of(receipt: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The secret numbers of a whole receipt, each with the words for it."""
    body = receipt["body"]
    if "nonce" in body:
        return [("Secret number that belongs to it", body["nonce"])]
    return [(f"Secret number of {SEALED_PARTS[EnvelopeKind(kind)]}", nonce) for kind, nonce in body["nonces"].items()]


def verify_receipt(
    document: str | bytes, *, trusted_key: str | None = None, itt: str | None = None, bid: str | None = None
) -> Verdict:
    """Verify the receipt of a bid or the confirmation of an application offline, as `portal.core.signed.verify` does.

    `itt` and `bid`: the references that it is presented for.
    """
    return verify(document, SAYS, trusted_key=trusted_key, itt=itt, reference=bid)


def _said(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Bidder", f"{body.get('provider')}"
    yield "Bid", f"{body.get('reference')}, version {body.get('version')}"
    yield "Invitation", f"{body.get('itt_title')} ({body.get('itt')}), lot {body.get('lot')}"
    yield "Received", f"{body.get('received_at')} (UTC)"
    if isinstance(body.get("late"), Mapping):
        yield "Late", f"{body['late'].get('standing')} The closing time was {body['late'].get('closes_at')}."
    yield from files_said(body)


def _nonce_of(parts: Parts) -> dict[str, Any]:
    """What receipts of the first format have of the sealed content: its envelopes shared one nonce."""
    [nonce] = {part.nonce.hex() for part in parts.values()}
    return {"nonce": nonce, "files": _files_of(parts)}


def _nonces_of(parts: Parts) -> dict[str, Any]:
    return {"nonces": {kind: part.nonce.hex() for kind, part in parts.items()}, "files": _files_of(parts)}


_PARTS_OF_FORMAT = {"fairlot-receipt-1": _nonce_of, FORMAT: _nonces_of}
"""How the sealed parts of a receipt are put together, by its format."""

SAYS: Mapping[str, Said] = {**dict.fromkeys(_PARTS_OF_FORMAT, _said), confirmations.FORMAT: confirmations.said}
"""What anybody can have checked, by its format."""


def _files_of(parts: Parts) -> list[dict[str, Any]]:
    return [{part: entry[part] for part in ("name", "question", "size", "sha256")} for entry in content_of(parts).files]
