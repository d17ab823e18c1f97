"""What is stored of a person stands under a key of their own: erasing somebody destroys the key and nothing else.

The key is random, wrapped by one of the installation's (a file outside the database, portal/core/seals.py), and bound
to the person, as everything it seals is bound to the person and to what it is. There is no cache of keys: a process
that remembered one could still read what was erased (docs/decisions/0015-key-per-person.md).
"""

from __future__ import annotations

import hashlib
import uuid

from portal.core.seals import decrypt, encrypt, new_content_key
from portal.extensions import keys

ERASED = "Erased person"
"""What somebody is called whose key was destroyed."""


def new_person_key(person_id: uuid.UUID) -> bytes:
    """A new key for the person, wrapped as it is stored."""
    return encrypt(new_content_key(), keys.person_key(), _context("key", person_id))


def seal(typed: str, *, key: bytes, person_id: uuid.UUID, what: str) -> bytes:
    """Seal words about the person under their (wrapped) key; `what` they are is part of the seal."""
    return encrypt(typed.encode(), _unwrapped(key, person_id), _context(what, person_id))


def unseal(sealed: bytes, *, key: bytes, person_id: uuid.UUID, what: str) -> str:
    """Reverse `seal`, or raise `SealBroken`."""
    return decrypt(sealed, _unwrapped(key, person_id), _context(what, person_id)).decode()


def address_index(address: str) -> bytes:
    """What an e-mail address is looked up by: the same for the same address, and telling nobody which it is."""
    digest = hashlib.blake2b(address.encode(), digest_size=32, key=keys.person_key(), person=b"fairlot-address")
    return digest.digest()


def _unwrapped(key: bytes, person_id: uuid.UUID) -> bytes:
    return decrypt(key, keys.person_key(), _context("key", person_id))


def _context(what: str, person_id: uuid.UUID) -> bytes:
    return f"person {person_id} {what}".encode()
