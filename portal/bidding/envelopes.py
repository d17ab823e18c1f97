"""A version's sealed envelopes: which there are, what each says and is bound to, and the commitment over them.

The format that a version was sealed in is data of its row, and what a format means is data here: what was sealed
yesterday opens tomorrow, through one reader (docs/decisions/0021-envelopes.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nacl.utils import random

from portal.bidding.closing import Entered
from portal.bidding.contents import Content, Placed, context_of, from_sealed, key_of_drafts
from portal.bidding.models import BidVersion
from portal.core.canonical import bytes_of, sha256_of
from portal.core.errors import SealBroken
from portal.core.seals import KeyFolder, decrypt, encrypt, new_content_key, pad, wrap_for_opening
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.states import EnvelopeKind

KEY_BYTES = 32


@dataclass(frozen=True)
class Part:
    """What one envelope says, and the nonce without which nobody can try out contents against its commitment."""

    nonce: bytes
    content: dict[str, Any]
    """{"answers", "files"}, "price" in the price envelope, "declared" and "partners" in that of compliance, and
    "confidential" where something is."""

    @property
    def commitment(self) -> str:
        """SHA-256 of nonce and content, hexadecimal."""
        return hashlib.sha256(self.nonce + bytes_of(self.content)).hexdigest()


Parts = Mapping[EnvelopeKind, Part]


@dataclass(frozen=True)
class SealFormat:
    """How versions of one format are sealed."""

    number: int
    envelopes: tuple[EnvelopeKind, ...]
    """All that a version has, in the order in which their keys are kept for its provider."""
    bound_to: str
    """The context that an envelope opens in and in no other."""
    says: tuple[str, ...]
    """What the sealed document repeats of its place."""
    commitment: Callable[[Parts, Mapping[EnvelopeKind, str]], str]
    """The commitment of a whole version, from the parts that are open and the commitments of those still closed."""

    def place(self, bid: Placed, version: int, method: int, envelope: EnvelopeKind) -> dict[str, Any]:
        """Where an envelope belongs, in the words of the document; `method`: the version of it that is answered."""
        of_bid = {"itt": str(bid.itt_id), "lot": str(bid.lot_id), "bid": str(bid.id), "provider": str(bid.provider_id)}
        return {"format": self.number, **of_bid, "version": version, "method": method, "envelope": envelope.value}


def _over_the_whole(parts: Parts, closed: Mapping[EnvelopeKind, str]) -> str:
    if closed:
        raise SealBroken("A version of this format is opened whole.")
    [nonce] = {part.nonce for part in parts.values()}
    whole = {name: said for part in parts.values() for name, said in part.content.items()}
    return hashlib.sha256(nonce + bytes_of(whole)).hexdigest()


def _over_each(parts: Parts, closed: Mapping[EnvelopeKind, str]) -> str:
    return sha256_of({**closed, **{kind: part.commitment for kind, part in parts.items()}})


FORMATS = {
    form.number: form
    for form in (
        SealFormat(
            1,
            (EnvelopeKind.QUALITY, EnvelopeKind.PRICE),
            "fairlot|{itt}|{lot}|{bid}|{provider}|version {version}|{envelope}",
            (),
            _over_the_whole,
        ),
        SealFormat(
            2,
            (EnvelopeKind.COMPLIANCE, EnvelopeKind.QUALITY, EnvelopeKind.PRICE),
            "fairlot seal {format}|{itt}|{lot}|{bid}|{provider}|version {version}|{envelope}",
            ("format", "lot", "envelope"),
            _over_each,
        ),
        SealFormat(
            3,
            (EnvelopeKind.COMPLIANCE, EnvelopeKind.QUALITY, EnvelopeKind.PRICE),
            "fairlot seal {format}|{itt}|{lot}|{bid}|{provider}|version {version}|method {method}|{envelope}",
            ("format", "lot", "envelope", "method"),
            _over_each,
        ),
    )
}
NEWEST = FORMATS[3]


def parts_of(content: Content, questions: Iterable[Asked]) -> Parts:
    """Put each answer and file into its question's envelope, each envelope with a nonce of its own.

    What answers no question that is asked goes where the fewest read it: into the price's.
    """
    asked = {question.key: question.envelope for question in questions}
    parts = {}
    for envelope in NEWEST.envelopes:
        said: dict[str, Any] = {
            "answers": {k: v for k, v in content.answers.items() if asked.get(k, EnvelopeKind.PRICE) is envelope},
            "files": [f for f in content.files if asked.get(f["question"], EnvelopeKind.PRICE) is envelope],
        }
        marked = {k: why for k, why in content.confidential.items() if asked.get(k, EnvelopeKind.PRICE) is envelope}
        said |= {"confidential": marked} if marked else {}
        if envelope is EnvelopeKind.PRICE:
            said["price"] = content.price
        if envelope is EnvelopeKind.COMPLIANCE:
            more = {"declared": list(content.declared), "partners": content.partners}
            said |= {name: held for name, held in more.items() if held}
        parts[envelope] = Part(random(KEY_BYTES), said)
    return parts


def content_of(parts: Parts) -> Content:
    """What the envelopes say together; raises `SealBroken` where they do not have the shape of a bid."""
    whole = Content()
    try:
        for part in parts.values():
            whole.answers.update(part.content.get("answers", {}))
            whole.files.extend(part.content.get("files", []))
            whole.price = part.content.get("price", whole.price)
            whole.confidential.update(part.content.get("confidential", {}))
            whole.declared += tuple(part.content.get("declared", ()))
            whole.partners.extend(part.content.get("partners", []))
    except (AttributeError, TypeError, ValueError) as broken:
        raise SealBroken("The sealed content cannot be read.") from broken
    return whole


@dataclass(frozen=True)
class Sealed:
    """A version as it is sealed, before it is stored."""

    parts: Parts
    evidence: Mapping[str, str]
    """What the ledger says of it."""
    columns: Mapping[str, Any]
    """Those of its row and, as lists, those of its envelopes' rows."""


def seal_version(entered: Entered, content: Content, number: int, keys: KeyFolder) -> Sealed:
    """Seal a version, each envelope under a key of its own."""
    parts = parts_of(content, entered.questions)
    content_keys = {envelope: new_content_key() for envelope in NEWEST.envelopes}
    sealed = {
        envelope: _seal(entered, number, envelope, parts[envelope], key) for envelope, key in content_keys.items()
    }
    commitment = NEWEST.commitment(parts, {})
    columns = {
        "seal_format": NEWEST.number,
        "method_version": entered.method_version,
        "keys_for_draft": encrypt(
            b"".join(content_keys.values()), key_of_drafts(entered, keys), _keys_context(entered, number)
        ),
        "commitment": commitment,
        "envelopes": list(sealed),
        "sealed": list(sealed.values()),
        "keys_for_opening": [wrap_for_opening(key, entered.seal_public_key) for key in content_keys.values()],
    }
    return Sealed(parts, _evidence(commitment, sealed), columns)


def evidence_of(version: BidVersion) -> dict[str, str]:
    """What the ledger has to say of a stored version."""
    return _evidence(version.commitment, {envelope.kind: envelope.sealed for envelope in version.envelopes})


def _evidence(commitment: str, sealed: Mapping[EnvelopeKind, bytes]) -> dict[str, str]:
    """The commitment, and the digest of each sealed envelope: {"commitment", "quality_sha256", ...}."""
    digests = {f"{envelope}_sha256": hashlib.sha256(content).hexdigest() for envelope, content in sealed.items()}
    return {"commitment": commitment, **digests}


def keys_of_provider(bid: Placed, version: BidVersion, keys: KeyFolder) -> dict[EnvelopeKind, bytes]:
    """The keys of a version's envelopes, as its provider may use them; raises `SealBroken`."""
    joined = decrypt(version.keys_for_draft, key_of_drafts(bid, keys), _keys_context(bid, version.number))
    places = range(0, len(joined), KEY_BYTES)
    kept = FORMATS[version.seal_format].envelopes
    return {kind: joined[at : at + KEY_BYTES] for kind, at in zip(kept, places, strict=True)}


def unseal(bid: Placed, version: BidVersion, keys: Mapping[EnvelopeKind, bytes]) -> Parts:
    """Open the envelopes of a version that there are keys for, and compare it with its commitment.

    For those that stay closed the receipt says to what each was committed. Raises `SealBroken`.
    """
    form = FORMATS[version.seal_format]
    held = {envelope.kind: envelope.sealed for envelope in version.envelopes}
    if set(held) != set(form.envelopes):
        raise SealBroken("The version does not have the envelopes that were sealed.")
    parts = {kind: _open(form, bid, version, kind, held[kind], keys[kind]) for kind in form.envelopes if kind in keys}
    closed = [kind for kind in form.envelopes if kind not in keys]
    try:
        committed = {kind: version.receipt["body"]["envelopes"][kind]["commitment"] for kind in closed}
        matches = form.commitment(parts, committed) == version.commitment
    except (KeyError, TypeError, ValueError) as broken:
        raise SealBroken("The sealed content cannot be read.") from broken
    if not matches:
        raise SealBroken("The sealed content does not match its commitment.")
    return parts


def _seal(entered: Entered, number: int, envelope: EnvelopeKind, part: Part, key: bytes) -> bytes:
    place = NEWEST.place(entered, number, entered.method_version, envelope)
    document = {**{word: place[word] for word in NEWEST.says}, "nonce": part.nonce.hex(), "content": part.content}
    return encrypt(pad(bytes_of(document)), key, NEWEST.bound_to.format(**place).encode())


def _open(
    form: SealFormat, bid: Placed, version: BidVersion, envelope: EnvelopeKind, sealed: bytes, key: bytes
) -> Part:
    place = form.place(bid, version.number, version.method_version, envelope)
    document = from_sealed(sealed, key, form.bound_to.format(**place).encode())
    try:
        part = Part(bytes.fromhex(document["nonce"]), dict(document["content"]))
    except (KeyError, TypeError, ValueError) as broken:
        raise SealBroken("The sealed content cannot be read.") from broken
    if any(document.get(word) != place[word] for word in form.says):
        raise SealBroken("The sealed content says that it belongs elsewhere.")
    return part


def _keys_context(bid: Placed, number: int) -> bytes:
    return context_of(bid, f"version {number}", "keys")
