"""Receipts: built when a bid is submitted, signed, and verifiable by anybody without the portal.

The database keeps a receipt without its nonces and its files: with a nonce a price could be tried out against the
commitment, and a file's SHA-256 would tell a known file. Both are in the sealed content, so the provider's copy is
put together from the two when its people read it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from portal.audit.recording import Recorded
from portal.bidding.closing import Entered
from portal.bidding.contents import as_bytes
from portal.bidding.envelopes import Parts, content_of
from portal.core.errors import InvalidInput, SealBroken
from portal.core.seals import KeyFolder, sign, signature_holds

FORMAT = "fairlot-receipt-2"
LARGEST_RECEIPT = 2_000_000
LATE = "This came after the closing time. It is kept sealed in the late box, and is no bid unless two people admit it."


@dataclass(frozen=True)
class Verdict:
    """Whether a receipt is genuine; `findings` says what is wrong, `key_known` whether the key was compared.

    `said` is what the receipt itself says: whose bid was received, which, and when.
    """

    holds: bool
    findings: tuple[str, ...]
    key_id: str
    key_known: bool
    said: tuple[tuple[str, str], ...]


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
    key = keys.signing_key()
    public_key = bytes(key.verify_key).hex()
    body = {
        "format": FORMAT,
        "reference": entered.reference,
        "itt": entered.itt_reference,
        "itt_title": entered.itt_title,
        "lot": entered.lot_number,
        "provider": entered.provider_name,
        "version": number,
        "received_at": entered.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "commitment": evidence["commitment"],
        "method": {"version": entered.method_version, "sha256": entered.method_hash},
        "envelopes": {
            kind: {"commitment": part.commitment, "sha256": evidence[f"{kind}_sha256"]} for kind, part in parts.items()
        },
        **({"late": {"closes_at": entered.closes_at.isoformat(), "standing": LATE}} if late else {}),
        "ledger": {"chain": recorded.chain, "position": recorded.seq, "hash": recorded.hash},
        **_PARTS_OF_FORMAT[FORMAT](parts),
    }
    return {
        "body": body,
        "signature": sign(as_bytes(body), key),
        "public_key": public_key,
        "key_id": key_id_of(public_key),
    }


def stored_part(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt as the database may keep it: without what would help to guess the content."""
    return {**receipt, "body": {k: v for k, v in receipt["body"].items() if k not in ("nonces", "files")}}


def whole_receipt(stored: Mapping[str, Any], parts: Parts) -> dict[str, Any]:
    """Put the provider's receipt together again; raises `SealBroken` when the signature then does not hold."""
    receipt = {**stored, "body": {**stored["body"], **_PARTS_OF_FORMAT[stored["body"]["format"]](parts)}}
    if not signature_holds(as_bytes(receipt["body"]), receipt["signature"], receipt["public_key"]):
        raise SealBroken("The receipt does not match what was submitted.")
    return receipt


def secrets_of(receipt: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The secret numbers of a whole receipt, each with the words for it."""
    body = receipt["body"]
    if "nonce" in body:
        return [("Secret number that belongs to it", body["nonce"])]
    return [(f"Secret number of the {kind} envelope", nonce) for kind, nonce in body["nonces"].items()]


def receipt_text(receipt: Mapping[str, Any]) -> str:
    """The whole receipt as the file that its provider keeps."""
    return json.dumps(receipt, indent=1, ensure_ascii=False)


def key_id_of(public_key: str) -> str:
    """The short name of a signing key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def verify_receipt(
    document: str | bytes, *, trusted_key: str | None = None, itt: str | None = None, bid: str | None = None
) -> Verdict:
    """Verify a receipt file offline.

    `trusted_key`: the portal's public key (hexadecimal), as published on "How we protect your bid"; without
    it the signature is only checked against the key in the receipt itself, and `key_known` is False. `itt`
    and `bid`: the references that it is presented for; a receipt of another one does not hold. Raises
    `InvalidInput` for a file that is no receipt.
    """
    receipt = _read(document)
    body, public_key = receipt["body"], receipt["public_key"]
    findings = []
    if not signature_holds(as_bytes(body), receipt["signature"], public_key):
        findings.append("The signature does not match: the receipt was changed or is not from this portal.")
    if receipt["key_id"] != key_id_of(public_key):
        findings.append("The name of the key does not match the key.")
    if trusted_key is not None and not hmac.compare_digest(trusted_key.lower(), public_key.lower()):
        findings.append("It was signed with another key than this portal's.")
    if itt is not None and body.get("itt") != itt:
        findings.append(f"It is a receipt for {body.get('itt')}, not for {itt}.")
    if bid is not None and body.get("reference") != bid:
        findings.append(f"It is a receipt for {body.get('reference')}, not for {bid}.")
    return Verdict(not findings, tuple(findings), receipt["key_id"], trusted_key is not None, tuple(_said(body)))


def _said(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a receipt says, with the words for it, as far as it says it: nobody has signed a forged one."""
    yield "Bidder", f"{body.get('provider')}"
    yield "Bid", f"{body.get('reference')}, version {body.get('version')}"
    yield "Invitation", f"{body.get('itt_title')} ({body.get('itt')}), lot {body.get('lot')}"
    yield "Received", f"{body.get('received_at')} (UTC)"
    if isinstance(body.get("late"), Mapping):
        yield "Late", f"{body['late'].get('standing')} The closing time was {body['late'].get('closes_at')}."
    files = body.get("files")
    for entry in files if isinstance(files, list) else ():
        if isinstance(entry, Mapping):
            yield "File", f"{entry.get('name')}: SHA-256 {entry.get('sha256')}"


def public_key_of(keys: KeyFolder) -> str:
    """The portal's public key for receipts (hexadecimal), to be published."""
    return bytes(keys.signing_key().verify_key).hex()


def _nonce_of(parts: Parts) -> dict[str, Any]:
    """What receipts of the first format have of the sealed content: its envelopes shared one nonce."""
    [nonce] = {part.nonce.hex() for part in parts.values()}
    return {"nonce": nonce, "files": _files_of(parts)}


def _nonces_of(parts: Parts) -> dict[str, Any]:
    return {"nonces": {kind: part.nonce.hex() for kind, part in parts.items()}, "files": _files_of(parts)}


_PARTS_OF_FORMAT = {"fairlot-receipt-1": _nonce_of, FORMAT: _nonces_of}
"""How the sealed parts of a receipt are put together, by its format."""


def _files_of(parts: Parts) -> list[dict[str, Any]]:
    return [{part: entry[part] for part in ("name", "question", "size", "sha256")} for entry in content_of(parts).files]


def _read(document: str | bytes) -> dict[str, Any]:
    if len(document) > LARGEST_RECEIPT:
        raise InvalidInput("That file is too large to be a receipt.", field="receipt")
    try:
        receipt = json.loads(document)
        sound = receipt["body"]["format"] in _PARTS_OF_FORMAT and all(
            isinstance(receipt[part], str) for part in ("signature", "public_key", "key_id")
        )
        bytes.fromhex(receipt["public_key"])
    except (ValueError, KeyError, TypeError, RecursionError) as unreadable:
        raise InvalidInput("That file is not a Fairlot receipt.", field="receipt") from unreadable
    if not sound:
        raise InvalidInput("That file is not a Fairlot receipt.", field="receipt")
    return dict(receipt)
