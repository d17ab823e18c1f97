"""Envelopes: whatever a bid says comes back, in every format, and only in its own place (S-10)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.bidding.closing import Entered
from portal.bidding.contents import Content, key_of_drafts
from portal.bidding.envelopes import (
    KEY_BYTES,
    NEWEST,
    Parts,
    content_of,
    keys_of_provider,
    parts_of,
    seal_version,
    unseal,
)
from portal.bidding.models import BidVersion, SealedEnvelope
from portal.bidding.states import BidStatus
from portal.core.canonical import bytes_of
from portal.core.errors import SealBroken
from portal.core.seals import KeyFolder, encrypt, new_content_key, pad
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.words import InWords
from portal.tendering.states import EnvelopeKind, IttStatus

KINDS = list(EnvelopeKind)
QUESTIONS = [Asked(f"{kind}-{number}", "", InWords(), envelope=kind) for kind in KINDS for number in (1, 2)]
KEYS_OF_QUESTIONS = [question.key for question in QUESTIONS]
TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
FILES = st.builds(
    lambda question, name, size: {"id": str(uuid.uuid4()), "question": question, "name": name, "size": size},
    st.sampled_from(KEYS_OF_QUESTIONS),
    TEXT,
    st.integers(0, 10**9),
)
CONTENTS = st.builds(
    Content,
    st.dictionaries(st.sampled_from(KEYS_OF_QUESTIONS), TEXT),
    st.lists(FILES, max_size=5),
    st.none() | st.decimals(min_value="0.01", max_value=10**12, places=2).map(str),
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    """Keys of an installation of their own."""
    return KeyFolder(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def bid(keys: KeyFolder) -> Entered:
    """A bid under the lock, of an invitation with a key."""
    itt_id = uuid.uuid4()
    return Entered(
        id=uuid.uuid4(),
        reference="BID-1",
        itt_id=itt_id,
        lot_id=uuid.uuid4(),
        provider_id=uuid.uuid4(),
        status=BidStatus.DRAFT,
        version=0,
        draft_sealed=None,
        draft_revision=1,
        draft_saved_at=None,
        draft_saved_by_id=None,
        submitted_revision=0,
        itt_reference="ITT-1",
        itt_title="Early help",
        itt_status=IttStatus.PUBLISHED,
        closes_at=datetime(2027, 1, 1, tzinfo=UTC),
        seal_public_key=keys.create_opening_key(itt_id, demonstration=False),
        max_lots_bid=None,
        validity_days=90,
        method_version=1,
        method_hash="0" * 64,
        submitted_method=0,
        lot_method=1,
        lot_number=1,
        provider_name="Harbour",
        questions=list(QUESTIONS),
        price_formula=None,
        at=datetime(2026, 12, 1, tzinfo=UTC),
    )


def stored(bid: Entered, content: Content, number: int, keys: KeyFolder) -> BidVersion:
    """A version as the newest format stores it."""
    row = seal_version(bid, content, number, keys).columns
    columns = ("seal_format", "method_version", "keys_for_draft", "commitment")
    made = BidVersion(number=number, **{name: row[name] for name in columns})
    made.envelopes = [
        SealedEnvelope(kind=kind, sealed=sealed, key_for_opening=wrapped)
        for kind, sealed, wrapped in zip(row["envelopes"], row["sealed"], row["keys_for_opening"], strict=True)
    ]
    return made


def stored_first(bid: Entered, content: Content, number: int, keys: KeyFolder) -> BidVersion:
    """A version as the release before stored it: written out here, so that nothing of today's sealing can change it."""
    nonce, content_keys = b"n" * KEY_BYTES, [new_content_key(), new_content_key()]
    said = {"quality": {"answers": content.answers, "files": content.files}, "price": {"price": content.price}}
    place = f"fairlot|{bid.itt_id}|{bid.lot_id}|{bid.id}|{bid.provider_id}|version {number}|"
    made = BidVersion(number=number, seal_format=1)
    made.envelopes = [
        SealedEnvelope(
            kind=EnvelopeKind(kind),
            sealed=encrypt(pad(bytes_of({"nonce": nonce.hex(), "content": part})), key, (place + kind).encode()),
            key_for_opening=b"",
        )
        for (kind, part), key in zip(said.items(), content_keys, strict=True)
    ]
    made.keys_for_draft = encrypt(b"".join(content_keys), key_of_drafts(bid, keys), f"{place}keys".encode())
    whole = {"answers": content.answers, "files": content.files, "price": content.price}
    made.commitment = hashlib.sha256(nonce + bytes_of(whole)).hexdigest()
    return made


def stored_second(bid: Entered, content: Content, number: int, keys: KeyFolder) -> BidVersion:
    """A version as it was stored before a seal said which questions it answers; written out here, too."""
    parts = parts_of(content, QUESTIONS)
    content_keys = {kind: new_content_key() for kind in parts}
    whose = f"{bid.itt_id}|{bid.lot_id}|{bid.id}|{bid.provider_id}|version {number}|"
    made = BidVersion(number=number, seal_format=2)
    made.envelopes = []
    for kind, part in parts.items():
        place = {"format": 2, "lot": str(bid.lot_id), "envelope": kind.value}
        document = {**place, "nonce": part.nonce.hex(), "content": part.content}
        sealed = encrypt(pad(bytes_of(document)), content_keys[kind], f"fairlot seal 2|{whose}{kind}".encode())
        made.envelopes.append(SealedEnvelope(kind=kind, sealed=sealed, key_for_opening=b""))
    joined = b"".join(content_keys.values())
    made.keys_for_draft = encrypt(joined, key_of_drafts(bid, keys), f"fairlot|{whose}keys".encode())
    made.commitment = hashlib.sha256(bytes_of({kind: part.commitment for kind, part in parts.items()})).hexdigest()
    return made


STORED = {1: stored_first, 2: stored_second, 3: stored}
SAID = Content({"quality-1": "We would listen.", "compliance-1": "Yes", "price-1": "a rate"}, [], "118000.00")


def read(bid: Entered, version: BidVersion, keys: KeyFolder) -> Parts:
    """What its provider reads back."""
    return unseal(bid, version, keys_of_provider(bid, version, keys))


@given(content=CONTENTS)
@settings(max_examples=200)
def test_whatever_a_bid_says_comes_back_each_part_from_its_own_envelope(
    keys: KeyFolder, bid: Entered, content: Content
) -> None:
    """Answers, files and price are what they were, and no envelope holds what belongs to another."""
    parts = read(bid, stored(bid, content, 3, keys), keys)
    whole = content_of(parts)
    assert (whole.answers, whole.price) == (content.answers, content.price)
    assert {key: whole.files_of(key) for key in KEYS_OF_QUESTIONS} == {
        key: content.files_of(key) for key in KEYS_OF_QUESTIONS
    }
    for kind, part in parts.items():
        named = {*part.content["answers"], *(entry["question"] for entry in part.content["files"])}
        assert {key.split("-")[0] for key in named} <= {kind.value}
        assert ("price" in part.content) == (kind is EnvelopeKind.PRICE)


@given(content=CONTENTS)
@settings(max_examples=100)
def test_whatever_was_sealed_by_the_release_before_comes_back(keys: KeyFolder, bid: Entered, content: Content) -> None:
    """Each earlier format opens under its own context through the same reader."""
    for store in (stored_first, stored_second):
        whole = content_of(read(bid, store(bid, content, 1, keys), keys))
        assert (whole.answers, whole.price) == (content.answers, content.price)
        assert {each["id"] for each in whole.files} == {each["id"] for each in content.files}


def test_what_answers_no_question_goes_where_the_fewest_read_it(keys: KeyFolder, bid: Entered) -> None:
    """An answer to a question that is not asked any more is in the price's envelope, and is not lost."""
    parts = read(bid, stored(bid, Content({"gone": "£5 an hour"}, [], "5.00"), 1, keys), keys)
    assert [kind for kind in parts if "gone" in parts[kind].content["answers"]] == [EnvelopeKind.PRICE]


@pytest.mark.parametrize("number", STORED)
@pytest.mark.parametrize("elsewhere", ["id", "itt_id", "lot_id", "provider_id", "version"])
def test_an_envelope_opens_in_no_other_place(keys: KeyFolder, bid: Entered, number: int, elsewhere: str) -> None:
    """Each envelope of a version, moved to another lot, bid, invitation, provider or version, stays shut."""
    version = STORED[number](bid, SAID, 1, keys)
    opening = keys_of_provider(bid, version, keys)
    place = bid if elsewhere == "version" else replace(bid, **{elsewhere: uuid.uuid4()})
    for moved in version.envelopes:
        other = STORED[number](place, SAID, 2 if elsewhere == "version" else 1, keys)
        its_keys = keys_of_provider(place, other, keys) | {moved.kind: opening[moved.kind]}
        other.envelopes = [moved if each.kind is moved.kind else each for each in other.envelopes]
        with pytest.raises(SealBroken):
            unseal(place, other, its_keys)


def test_a_version_opens_as_an_answer_to_no_other_questions(keys: KeyFolder, bid: Entered) -> None:
    """Which version of method and questions it answers is part of the seal: the row alone cannot say another."""
    version = stored(bid, SAID, 1, keys)
    version.method_version = 2
    with pytest.raises(SealBroken):
        read(bid, version, keys)


@pytest.mark.parametrize("number", STORED)
def test_an_envelope_does_not_open_as_another_kind(keys: KeyFolder, bid: Entered, number: int) -> None:
    """Price and quality change places, each with its own key: neither opens."""
    version = STORED[number](bid, SAID, 1, keys)
    opening = keys_of_provider(bid, version, keys)
    swap = {EnvelopeKind.PRICE: EnvelopeKind.QUALITY, EnvelopeKind.QUALITY: EnvelopeKind.PRICE}
    for each in version.envelopes:
        each.kind = swap.get(each.kind, each.kind)
    with pytest.raises(SealBroken):
        unseal(bid, version, {swap.get(kind, kind): key for kind, key in opening.items()})


def without_one(version: BidVersion) -> None:
    version.envelopes = version.envelopes[1:]


def of_another_format(version: BidVersion) -> None:
    version.seal_format = version.seal_format % len(STORED) + 1
    version.method_version = 1


def committed_to_something_else(version: BidVersion) -> None:
    version.commitment = "0" * 64


@pytest.mark.parametrize("number", STORED)
@pytest.mark.parametrize("tamper", [without_one, of_another_format, committed_to_something_else])
def test_a_version_that_is_not_whole_stays_shut(
    keys: KeyFolder, bid: Entered, number: int, tamper: Callable[[BidVersion], None]
) -> None:
    """A missing envelope, another format and another commitment are each found."""
    version = STORED[number](bid, SAID, 1, keys)
    opening = dict.fromkeys(KINDS, b"k" * KEY_BYTES) | keys_of_provider(bid, version, keys)
    tamper(version)
    with pytest.raises(SealBroken):
        unseal(bid, version, opening)


@pytest.mark.parametrize("word", NEWEST.says)
def test_an_envelope_that_says_it_belongs_elsewhere_stays_shut(keys: KeyFolder, bid: Entered, word: str) -> None:
    """Sealed in its place by somebody with the key, but naming another format, lot or envelope."""
    version = stored(bid, SAID, 1, keys)
    opening = keys_of_provider(bid, version, keys)
    place = NEWEST.place(bid, 1, 1, EnvelopeKind.PRICE)
    parts = unseal(bid, version, opening)
    lie = {name: place[name] for name in NEWEST.says} | {word: "another"}
    document = {**lie, "nonce": parts[EnvelopeKind.PRICE].nonce.hex(), "content": parts[EnvelopeKind.PRICE].content}
    forged = encrypt(pad(bytes_of(document)), opening[EnvelopeKind.PRICE], NEWEST.bound_to.format(**place).encode())
    [price] = [each for each in version.envelopes if each.kind is EnvelopeKind.PRICE]
    price.sealed = forged
    with pytest.raises(SealBroken, match="belongs elsewhere"):
        unseal(bid, version, opening)


def test_no_envelopes_commitment_helps_to_guess_another() -> None:
    """Each has a nonce of its own, so whoever reads quality cannot try out prices."""
    parts = parts_of(SAID, QUESTIONS)
    assert len({part.nonce for part in parts.values()}) == len(KINDS)
