"""What is stored of a person stands under a key of their own: erasing somebody destroys the key and nothing else.

The key is random, wrapped by one of the installation's (a file outside the database, portal/core/seals.py), and bound
to the person, as everything it seals is bound to the person and to what it is. There is no cache of keys: a process
that remembered one could still read what was erased (docs/decisions/0015-key-per-person.md).
"""

from __future__ import annotations

import hashlib
import uuid

from portal.core.errors import SealBroken
from portal.core.seals import decrypt, encrypt, new_content_key
from portal.extensions import keys

ERASED = "Erased person"
"""What somebody is called whose key was destroyed."""


def new_person_key(person_id: uuid.UUID) -> bytes:
    """A new key for the person, wrapped as it is stored."""
    return encrypt(new_content_key(), keys.person_keys()[0], _context("key", person_id))


def rewrapped(key: bytes, person_id: uuid.UUID) -> bytes:
    """The same key, wrapped by the installation's present one; itself where it is already."""
    present = keys.person_keys()[0]
    try:
        decrypt(key, present, _context("key", person_id))
    except SealBroken:
        return encrypt(_unwrapped(key, person_id), present, _context("key", person_id))
    return key


def seal(typed: str, *, key: bytes, person_id: uuid.UUID, what: str) -> bytes:
    """Seal words about the person under their (wrapped) key; `what` they are is part of the seal."""
    return encrypt(typed.encode(), _unwrapped(key, person_id), _context(what, person_id))


def unseal(sealed: bytes, *, key: bytes, person_id: uuid.UUID, what: str) -> str:
    """Reverse `seal`, or raise `SealBroken`."""
    return decrypt(sealed, _unwrapped(key, person_id), _context(what, person_id)).decode()


def address_index(address: str) -> bytes:
    """What an e-mail address is looked up by: the same for the same address, and telling nobody which it is."""
    return address_indexes(address)[0]


def address_indexes(address: str) -> list[bytes]:
    """The same under the present key and, while that one is being replaced, under the one before: look for either."""
    return [
        hashlib.blake2b(address.encode(), digest_size=32, key=key, person=b"fairlot-address").digest()
        for key in keys.person_keys()
    ]


def _unwrapped(key: bytes, person_id: uuid.UUID) -> bytes:
    *others, last = keys.person_keys()
    for wrapping in others:
        try:
            return decrypt(key, wrapping, _context("key", person_id))
        except SealBroken:
            continue
    return decrypt(key, last, _context("key", person_id))


def _context(what: str, person_id: uuid.UUID) -> bytes:
    return f"person {person_id} {what}".encode()
