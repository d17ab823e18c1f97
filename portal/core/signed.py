"""Documents that the portal signs: whoever holds one can show to anybody, without the portal, what arrived and when.

{"body": {"format", ...}, "signature" (Ed25519 over the body, written in one way only), "public_key", "key_id"}.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.core.canonical import bytes_of
from portal.core.errors import InvalidInput
from portal.core.seals import KeyFolder, sign, signature_holds

LARGEST = 2_000_000
Said = Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]
"""What a body says, each with the words for it, as far as it says it: nobody has signed a forged one."""


@dataclass(frozen=True)
class Verdict:
    """Whether a document is genuine; `findings` says what is wrong, `key_known` whether the key was compared.

    `said` is what the document itself says: whose it is, of what, and when.
    """

    holds: bool
    findings: tuple[str, ...]
    key_id: str
    key_known: bool
    said: tuple[tuple[str, str], ...]


def as_instant(at: datetime) -> str:
    """An instant as bodies write it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def signed(body: Mapping[str, Any], keys: KeyFolder) -> dict[str, Any]:
    """Sign a body with the portal's key."""
    key = keys.signing_key()
    public_key = bytes(key.verify_key).hex()
    return {
        "body": body,
        "signature": sign(bytes_of(body), key),
        "public_key": public_key,
        "key_id": key_id_of(public_key),
    }


def is_signed(document: Mapping[str, Any]) -> bool:
    """Whether the signature holds, by the key that the document itself names."""
    return signature_holds(bytes_of(document["body"]), document["signature"], document["public_key"])


def as_text(document: Mapping[str, Any]) -> str:
    """The document as the file that its holder keeps."""
    return json.dumps(document, indent=1, ensure_ascii=False)


def key_id_of(public_key: str) -> str:
    """The short name of a signing key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def public_key_of(keys: KeyFolder) -> str:
    """The portal's public key (hexadecimal), to be published."""
    return bytes(keys.signing_key().verify_key).hex()


def verify(
    document: str | bytes, says: Mapping[str, Said], *, trusted_key: str | None = None, **about: str | None
) -> Verdict:
    """Verify a document offline: of one of the formats, by what each says.

    `trusted_key`: the portal's public key (hexadecimal), as published on "How we protect your bid"; without it the
    signature is only checked against the key in the document itself, and `key_known` is False. `about`: what the
    document is presented for, by the names of the body; one of another thing does not hold. Raises `InvalidInput`
    for a file that is none of these.
    """
    read = _read(document, says)
    body, public_key = read["body"], read["public_key"]
    findings = []
    if not is_signed(read):
        findings.append("The signature does not match: the receipt was changed or is not from this portal.")
    if read["key_id"] != key_id_of(public_key):
        findings.append("The name of the key does not match the key.")
    if trusted_key is not None and not hmac.compare_digest(trusted_key.lower(), public_key.lower()):
        findings.append("It was signed with another key than this portal's.")
    for name, wanted in about.items():
        if wanted is not None and body.get(name) != wanted:
            findings.append(f"It is a receipt for {body.get(name)}, not for {wanted}.")
    said = tuple(says[body["format"]](body))
    return Verdict(not findings, tuple(findings), read["key_id"], trusted_key is not None, said)


def files_said(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The files of a body, each by its name and fingerprint."""
    files = body.get("files")
    for entry in files if isinstance(files, list) else ():
        if isinstance(entry, Mapping):
            yield "File", f"{entry.get('name')}: SHA-256 {entry.get('sha256')}"


def _read(document: str | bytes, says: Mapping[str, Said]) -> dict[str, Any]:
    if len(document) > LARGEST:
        raise InvalidInput("That file is too large to be a receipt.", field="receipt")
    try:
        read = json.loads(document)
        sound = read["body"]["format"] in says and all(
            isinstance(read[part], str) for part in ("signature", "public_key", "key_id")
        )
        bytes.fromhex(read["public_key"])
        # What cannot be written cannot have been signed: half a character.
        bytes_of(read)
    except (ValueError, KeyError, TypeError, RecursionError) as unreadable:
        raise InvalidInput("That file is not a Fairlot receipt.", field="receipt") from unreadable
    if not sound:
        raise InvalidInput("That file is not a Fairlot receipt.", field="receipt")
    return dict(read)
