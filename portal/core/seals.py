"""Seals: how content is kept unreadable until two people open it, and receipts signed (PyNaCl only).

Every piece of sealed content has its own random key. That key is wrapped twice: to the invitation's public key,
whose private half is a file outside the database that only an opening uses, and to the draft key, with which the
provider itself can still read and change its work before the deadline (PCR 2015 reg 22(16)(b)-(f)).
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from pathlib import Path
from typing import Any

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey, VerifyKey
from nacl.utils import random

from portal.core.errors import SealBroken

NONCE_BYTES = 24
PADDING_BYTES = 4096
PERSON, PERSON_BEFORE = "person", "person-before"


def new_content_key() -> bytes:
    """A random 32-byte key for one piece of content."""
    return random(SecretBox.KEY_SIZE)


def encrypt(content: bytes, key: bytes, context: bytes) -> bytes:
    """Encrypt and authenticate; `context` binds the result to its place, so it cannot be swapped or replayed."""
    nonce = random(NONCE_BYTES)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(content, context, nonce, key)


def decrypt(sealed: bytes, key: bytes, context: bytes) -> bytes:
    """Reverse `encrypt`, or raise `SealBroken` when content, key or context is not the one that was sealed."""
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[NONCE_BYTES:], context, sealed[:NONCE_BYTES], key)
    except (CryptoError, ValueError) as broken:
        # Content that was cut short below the length of its tag is refused with a plain ValueError.
        raise SealBroken("The sealed content does not match its seal.") from broken


def pad(content: bytes) -> bytes:
    """Lengthen to a multiple of 4 KiB, so that the size of what is sealed tells little about it."""
    padded = content + b"\x80"
    return padded + b"\x00" * (-len(padded) % PADDING_BYTES)


def unpad(padded: bytes) -> bytes:
    """Reverse `pad`, or raise `SealBroken`."""
    content, mark, rest = padded.rpartition(b"\x80")
    if not mark or rest.strip(b"\x00"):
        raise SealBroken("The sealed content is not padded as it should be.")
    return content


class KeyFolder:
    """The keys, as files outside the database, each readable by its owner alone.

    A key file says whether it belongs to a demonstration: demonstration keys never open or seal live bids.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: dict[str, bytes] = {}
        self._person_keys: tuple[tuple[Any, ...], tuple[bytes, ...]] | None = None

    def create_opening_key(self, itt_id: uuid.UUID, *, demonstration: bool) -> bytes:
        """Make an invitation's key pair, keep the private half here, and return the public half."""
        name = f"itt-{itt_id}"
        self._write(name, bytes(PrivateKey.generate()), demonstration=demonstration)
        # Read back: a publication that was rolled back has left its key here, and that one stays in use.
        return bytes(PrivateKey(self._read(name, demonstration=demonstration)).public_key)

    def opening_key(self, itt_id: uuid.UUID, *, demonstration: bool) -> bytes:
        """The private half of an invitation's key, for an opening only; raises `SealBroken` when it is not there."""
        return self._read(f"itt-{itt_id}", demonstration=demonstration)

    def destroy_opening_key(self, itt_id: uuid.UUID) -> None:
        """Destroy the private half of an invitation's key: what is sealed to it can never be opened."""
        self._path(f"itt-{itt_id}").unlink(missing_ok=True)

    def draft_key(self) -> bytes:
        """The installation's key for content that its provider may still read; made on first use."""
        return self._shared("draft")

    def key_from_draft_key(self, purpose: str, *about: str) -> bytes:
        """A key of 32 bytes for one purpose (at most 16 characters) and thing, derived from the draft key."""
        of = "|".join(about).encode()
        return hashlib.blake2b(of, key=self.draft_key(), person=purpose.encode(), digest_size=32).digest()

    def factor_key(self) -> bytes:
        """The installation's key for second-factor secrets; made on first use."""
        return self._shared("factor")

    def keyed_hash(self, value: str) -> bytes:
        """A hash that nobody without the key folder can look up, for what people type and where they are.

        Codes that have to be found by what is typed are stored so (docs/decisions/0022-typed-codes.md).
        """
        key = self.factor_key()
        return hashlib.blake2b(value.encode(), digest_size=32, key=key, person=b"fairlot-typed").digest()

    def person_keys(self) -> tuple[bytes, ...]:
        """The installation's keys that wrap every person's own: the present one, then the one that it replaces.

        The first is made on first use. Processes that run look at the files each time, so that all of them change to a
        new key at once, and none wraps with a key that it remembers.
        """
        if not self._path(PERSON).exists():
            self._write(PERSON, new_content_key(), demonstration=None)
        stamps = tuple(_stamp(self._path(name)) for name in (PERSON, PERSON_BEFORE))
        if self._person_keys is None or self._person_keys[0] != stamps:
            names = [name for name, stamp in zip((PERSON, PERSON_BEFORE), stamps, strict=True) if stamp]
            self._person_keys = stamps, tuple(self._read(name, demonstration=None) for name in names)
        return self._person_keys[1]

    def replace_person_key(self) -> None:
        """Put a new key in the place of the one that wraps persons' keys; the one before is read as well from now on.

        While that one is there this changes nothing: what was interrupted goes on.
        """
        present, *before = self.person_keys()
        if not before:
            self._write(PERSON_BEFORE, present, demonstration=None)
            self._write(PERSON, new_content_key(), demonstration=None, replace=True)

    def drop_person_key_before(self) -> None:
        """Delete the key that was replaced: what is still under it can be read nowhere any more."""
        self._path(PERSON_BEFORE).unlink(missing_ok=True)

    def signing_key(self) -> SigningKey:
        """The installation's key for signing receipts; made on first use."""
        return SigningKey(self._shared("receipt"))

    def _shared(self, name: str) -> bytes:
        held = self._held.get(name)
        if held is None:
            if not self._path(name).exists():
                self._write(name, new_content_key(), demonstration=None)
            held = self._held[name] = self._read(name, demonstration=None)
        return held

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def _write(self, name: str, key: bytes, *, demonstration: bool | None, replace: bool = False) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        document = json.dumps({"key": key.hex(), "demonstration": demonstration}).encode()
        temporary = self.folder / f".{name}.{uuid.uuid4()}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(document)
            handle.flush()
            os.fsync(handle.fileno())
        if replace:
            os.replace(temporary, self._path(name))
            return
        try:
            # A link refuses an existing name, where a rename would replace another process's fresh key.
            os.link(temporary, self._path(name))
        except FileExistsError:
            pass
        finally:
            temporary.unlink()

    def _read(self, name: str, *, demonstration: bool | None) -> bytes:
        try:
            document = json.loads(self._path(name).read_bytes())
        except FileNotFoundError as missing:
            raise SealBroken("The key that this needs is not in the key folder.") from missing
        if document["demonstration"] is not demonstration:
            raise SealBroken("That key belongs to another kind of installation: demonstration keys stay there.")
        return bytes.fromhex(document["key"])


def _stamp(path: Path) -> tuple[int, int] | None:
    """What another file in its place differs by; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def wrap_for_opening(content_key: bytes, public_key: bytes) -> bytes:
    """Wrap a content key so that only the holder of the invitation's private key can unwrap it."""
    return SealedBox(PublicKey(public_key)).encrypt(content_key)


def unwrap_at_opening(wrapped: bytes, private_key: bytes) -> bytes:
    """Unwrap with the invitation's private key, or raise `SealBroken`."""
    try:
        return SealedBox(PrivateKey(private_key)).decrypt(wrapped)
    except CryptoError as broken:
        raise SealBroken("The seal was not made for this invitation.") from broken


def sign(content: bytes, key: SigningKey) -> str:
    """An Ed25519 signature as hexadecimal text."""
    return key.sign(content).signature.hex()


def signature_holds(content: bytes, signature: str, public_key: str) -> bool:
    """Whether `signature` (hexadecimal) is `public_key`'s (hexadecimal) over `content`."""
    try:
        VerifyKey(bytes.fromhex(public_key)).verify(content, bytes.fromhex(signature))
    except (BadSignatureError, ValueError):
        return False
    return True
