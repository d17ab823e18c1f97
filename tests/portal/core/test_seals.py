"""Seals: unreadable without the key, bound to their place, and broken by any change."""

from __future__ import annotations

import json
import stat
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import SealBroken
from portal.core.seals import (
    KeyFolder,
    decrypt,
    encrypt,
    new_content_key,
    pad,
    sign,
    signature_holds,
    unpad,
    unwrap_at_opening,
    wrap_for_opening,
)

CONTENT = b"Our answer, and our price: 118000.50"


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    """An empty key folder."""
    return KeyFolder(tmp_path / "keys")


@given(st.binary(max_size=9000))
def test_what_is_sealed_comes_back(content: bytes) -> None:
    """Padding and encryption reverse exactly, whatever the bytes are."""
    key = new_content_key()
    assert unpad(decrypt(encrypt(pad(content), key, b"place"), key, b"place")) == content


def test_a_seal_shows_nothing_of_the_content() -> None:
    """Neither words of it nor the same bytes twice."""
    key = new_content_key()
    first, second = encrypt(CONTENT, key, b"place"), encrypt(CONTENT, key, b"place")
    assert first != second
    assert b"price" not in first + second


def test_every_changed_byte_breaks_the_seal() -> None:
    """Flipping any single bit of the nonce or of the content is met."""
    key = new_content_key()
    sealed = encrypt(CONTENT, key, b"place")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            decrypt(bytes(changed), key, b"place")


@pytest.mark.parametrize("cut", [0, 1, 23, 24, 30, -1])
def test_a_shortened_seal_is_broken(cut: int) -> None:
    """A file that was cut short does not open as less."""
    key = new_content_key()
    with pytest.raises(SealBroken):
        decrypt(encrypt(CONTENT, key, b"place")[:cut], key, b"place")


def test_a_seal_belongs_to_its_place_and_key() -> None:
    """Sealed content that was moved to another bid or version does not open there (T20)."""
    key = new_content_key()
    sealed = encrypt(CONTENT, key, b"bid 1, version 1")
    for other_key, place in ((key, b"bid 1, version 2"), (key, b""), (new_content_key(), b"bid 1, version 1")):
        with pytest.raises(SealBroken):
            decrypt(sealed, other_key, place)


@pytest.mark.parametrize(("size", "padded"), [(0, 4096), (1, 4096), (4095, 4096), (4096, 8192), (8191, 8192)])
def test_sizes_are_rounded_up_to_four_kibibytes(size: int, padded: int) -> None:
    """Two answers of different length look the same."""
    assert len(pad(b"x" * size)) == padded


@pytest.mark.parametrize("broken", [b"", b"\x00" * 4096, b"x" * 4096, b"abc\x80\x00x"])
def test_padding_that_is_none_is_broken(broken: bytes) -> None:
    """Nothing is guessed where the mark is missing."""
    with pytest.raises(SealBroken):
        unpad(broken)


def test_only_the_private_half_opens(keys: KeyFolder) -> None:
    """A key that was wrapped for one invitation does not open with another's."""
    first, second = uuid.uuid4(), uuid.uuid4()
    public = keys.create_opening_key(first, demonstration=False)
    keys.create_opening_key(second, demonstration=False)
    content_key = new_content_key()
    wrapped = wrap_for_opening(content_key, public)
    assert unwrap_at_opening(wrapped, keys.opening_key(first, demonstration=False)) == content_key
    with pytest.raises(SealBroken):
        unwrap_at_opening(wrapped, keys.opening_key(second, demonstration=False))
    assert content_key not in wrapped
    for cut in (0, 10, 40, -1):
        with pytest.raises(SealBroken):
            unwrap_at_opening(wrapped[:cut], keys.opening_key(first, demonstration=False))


@pytest.mark.parametrize("made_for", [True, False])
def test_demonstration_keys_and_live_keys_never_mix(keys: KeyFolder, made_for: bool) -> None:
    """A key of a demonstration is refused on a live invitation, and the other way round (S-13, I13)."""
    itt = uuid.uuid4()
    keys.create_opening_key(itt, demonstration=made_for)
    with pytest.raises(SealBroken, match="another kind of installation"):
        keys.opening_key(itt, demonstration=not made_for)


def test_a_missing_key_is_said(keys: KeyFolder) -> None:
    """Without the key file there is no opening (S-08)."""
    with pytest.raises(SealBroken, match="not in the key folder"):
        keys.opening_key(uuid.uuid4(), demonstration=False)


def test_key_files_are_their_owner_s_alone(keys: KeyFolder) -> None:
    """The folder and each file are closed to everybody else."""
    keys.create_opening_key(uuid.uuid4(), demonstration=False)
    keys.draft_key()
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.folder.iterdir()} == {0o600}


def test_an_opening_key_is_made_once(keys: KeyFolder) -> None:
    """A second making does not replace the first: what was sealed stays openable."""
    itt = uuid.uuid4()
    public = keys.create_opening_key(itt, demonstration=False)
    keys.create_opening_key(itt, demonstration=False)
    wrapped = wrap_for_opening(b"k" * 32, public)
    assert unwrap_at_opening(wrapped, keys.opening_key(itt, demonstration=False)) == b"k" * 32


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    """Eight that need the draft key for the first time at once all hold the same one."""
    folders = [KeyFolder(tmp_path / "keys") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda folder: folder.draft_key(), folders))
    assert len(set(held)) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["draft.key"]


def test_the_installation_s_keys_differ(keys: KeyFolder) -> None:
    """Drafts, second factors and receipts each have their own, kept across restarts."""
    made = {keys.draft_key(), keys.factor_key(), bytes(keys.signing_key())}
    again = KeyFolder(keys.folder)
    assert len(made) == 3
    assert {again.draft_key(), again.factor_key(), bytes(again.signing_key())} == made
    documents = [json.loads(path.read_bytes()) for path in keys.folder.iterdir()]
    assert {document["demonstration"] for document in documents} == {None}


def test_a_signature_holds_for_its_content_and_key_alone(keys: KeyFolder) -> None:
    """A changed byte, another key or no signature at all do not pass."""
    key = keys.signing_key()
    public, signature = bytes(key.verify_key).hex(), sign(CONTENT, key)
    other = bytes(KeyFolder(keys.folder / "other").signing_key().verify_key).hex()
    assert signature_holds(CONTENT, signature, public)
    refused = [
        (CONTENT + b".", signature, public),
        (CONTENT, signature, other),
        (CONTENT, "00" * 64, public),
        (CONTENT, "not hexadecimal", public),
        (CONTENT, "", public),
        (CONTENT, signature, "00"),
    ]
    assert [signature_holds(*case) for case in refused] == [False] * 6
