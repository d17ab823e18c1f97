"""What a person typed and has not sent: kept for a month (portal/privacy/retention.py), sealed, for that person alone.

One row for a person and the address of a form. Nothing in it is carried out or shown to anybody else; the person
uses it or throws it away where it was typed (portal/accounts/views/unsent.py).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import KeptForm
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.seals import KeyFolder, decrypt, encrypt, pad, unpad

Typed = Mapping[str, Sequence[str]]
"""What the fields of a form hold, by their names."""


@dataclass(frozen=True)
class Kept:
    """What is kept of one form; `files` names those that have to be chosen again."""

    id: uuid.UUID
    shown_on: str
    """The page that the form is on."""
    kept_at: datetime
    typed: Typed
    files: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """What was typed, the longest first: what a page itself puts into a form is short."""
        return sorted((one for held in self.typed.values() for one in held if " " in one), key=len, reverse=True)


def keep_form(
    *,
    user_id: uuid.UUID,
    address: str,
    shown_on: str,
    typed: Typed,
    files: Sequence[str] = (),
    keys: KeyFolder,
    now: datetime,
) -> None:
    """Keep what the person typed into the form that posts to `address`, in place of what was kept of it before.

    Sealed with a key of the person's own, and bound to person and address, so that no row can be read in another's
    place. Records nothing: it is nobody's act.
    """
    document = {"on": shown_on, "typed": {name: list(held) for name, held in typed.items()}, "files": list(files)}
    sealed = encrypt(pad(json.dumps(document).encode()), _key(user_id, keys), _context(user_id, address))
    made = insert(KeptForm).values(id=uuid.uuid4(), user_id=user_id, address=address, sealed=sealed, kept_at=now)
    renewed = {"sealed": made.excluded.sealed, "kept_at": made.excluded.kept_at}
    db.session.execute(made.on_conflict_do_update(constraint="uq_kept_form_user_id_address", set_=renewed))


def kept_form(*, user_id: uuid.UUID, address: str, keys: KeyFolder) -> Kept | None:
    """What is kept of the person's form at the address, or None."""
    row = db.session.scalar(select(KeptForm).where(KeptForm.user_id == user_id, KeptForm.address == address))
    return _opened(row, keys) if row else None


def kept_forms(*, user_id: uuid.UUID, keys: KeyFolder) -> list[Kept]:
    """Everything that is kept for the person, the latest first."""
    rows = db.session.scalars(
        select(KeptForm).where(KeptForm.user_id == user_id).order_by(KeptForm.kept_at.desc(), KeptForm.id)
    )
    return [_opened(row, keys) for row in rows]


def forget_form(*, user_id: uuid.UUID, address: str) -> None:
    """Delete what is kept of the form: it was sent."""
    db.session.execute(delete(KeptForm).where(KeptForm.user_id == user_id, KeptForm.address == address))


def throw_away(*, user_id: uuid.UUID, kept_id: uuid.UUID) -> None:
    """Delete what the person does not want any more; raises `NotFound`."""
    found = delete(KeptForm).where(KeptForm.id == kept_id, KeptForm.user_id == user_id).returning(KeptForm.id)
    if db.session.scalar(found) is None:
        raise NotFound("This was thrown away or sent already.")


def _opened(row: KeptForm, keys: KeyFolder) -> Kept:
    opened = unpad(decrypt(row.sealed, _key(row.user_id, keys), _context(row.user_id, row.address)))
    document = json.loads(opened)
    return Kept(row.id, document["on"], row.kept_at, document["typed"], tuple(document["files"]))


def _key(user_id: uuid.UUID, keys: KeyFolder) -> bytes:
    return keys.key_from_draft_key("fairlot kept", str(user_id))


def _context(user_id: uuid.UUID, address: str) -> bytes:
    return f"fairlot|kept form|{user_id}|{address}".encode()
