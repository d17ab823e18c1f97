"""Earlier texts of a draft: kept when somebody changes a text, read and put back by those who may read the draft.

Kept are, of each field, the last 30 texts that their successor does not hold, for 90 days, and as many of those that
two people wrote at once and that were not stored. They are sealed under a key of the draft's own, because some drafts
are sealed (bids) and none is for anybody else.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import joinedload

from portal.core.columns import db
from portal.core.seals import KeyFolder, decrypt, encrypt, pad, unpad
from portal.editing.comparing import holds
from portal.editing.models import EarlierText

MOST = 30
"""Of one field."""
UNCHOSEN = "unchosen "
"""Before a field's name: what somebody wrote while another wrote there, too, and which was never stored as it."""
KEPT = timedelta(days=90)

# One statement, because a submission that saves as well holds locks: a change that the same person goes on with is
# noted as of now, any other is added, and what is too many or too old goes.
_KEEP = text(
    """
    WITH changed AS (
        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:fields AS text[]), CAST(:texts AS bytea[]),
                             CAST(:helds AS boolean[])) AS change (id, field, sealed, is_held)
    ), newest AS (
        SELECT DISTINCT ON (field) id, field, replaced_by_id FROM earlier_text
        WHERE draft = :draft AND field = ANY(CAST(:fields AS text[])) AND replaced_at >= :oldest
        ORDER BY field, replaced_at DESC, id
    ), continued AS (
        UPDATE earlier_text SET replaced_at = :now FROM newest JOIN changed USING (field)
        WHERE earlier_text.id = newest.id AND is_held AND newest.replaced_by_id = CAST(:actor AS uuid)
        RETURNING earlier_text.field
    ), gone AS (
        DELETE FROM earlier_text WHERE id IN (
            SELECT id FROM (
                SELECT id, replaced_at, row_number() OVER (PARTITION BY field ORDER BY replaced_at DESC, id) AS place
                FROM earlier_text WHERE draft = :draft AND field = ANY(CAST(:fields AS text[]))
            ) AS ranked WHERE place >= :most OR replaced_at < :oldest
        )
    )
    INSERT INTO earlier_text (id, draft, field, sealed, replaced_at, replaced_by_id)
    SELECT id, :draft, field, sealed, :now, CAST(:actor AS uuid) FROM changed
    WHERE field NOT IN (SELECT field FROM continued)
    """
)


@dataclass(frozen=True)
class Change:
    """One field's text before and after an edit."""

    before: str
    after: str


@dataclass(frozen=True)
class Earlier:
    """An earlier text: until when it stood, and by whom what came after it was written (None: nobody known).

    Of a text that somebody wrote beside another's: when, and by whom.
    """

    id: uuid.UUID
    text: str
    until: datetime
    replaced_by: str | None
    is_unchosen: bool


def keep_earlier(
    *, draft: str, changes: Mapping[str, Change], actor_id: uuid.UUID | None, keys: KeyFolder, now: datetime
) -> None:
    """Keep what fields said before they were changed ({field: change}), and let go of what is older than is kept.

    What the new text holds whole is not kept a second time while the same person goes on writing. Part of saving,
    which has judged the permission.
    """
    if not changes:
        return
    rows = [_row(draft, field, change, keys) for field, change in changes.items()]
    columns = {f"{name}s": [row[name] for row in rows] for name in ("id", "field", "text", "held")}
    db.session.execute(
        _KEEP, {**columns, "draft": draft, "actor": actor_id, "now": now, "oldest": now - KEPT, "most": MOST}
    )


def earlier_texts(draft: str, field: str, keys: KeyFolder) -> list[Earlier]:
    """What a field of a draft said before, newest first. Whoever calls has judged that the draft may be read."""
    return [
        Earlier(
            row.id,
            _read(row.sealed, draft, row.field, row.id, keys),
            row.replaced_at,
            row.replaced_by.display_name if row.replaced_by else None,
            row.field != field,
        )
        for row in _rows(draft, field, UNCHOSEN + field)
        if row.sealed is not None
    ]


def counts_of_earlier(draft: str) -> dict[str, int]:
    """How many earlier texts each field of a draft has, those that were not chosen among them."""
    found = db.session.execute(
        select(EarlierText.field, func.count().label("texts"))
        .where(EarlierText.draft == draft, EarlierText.sealed.is_not(None))
        .group_by(EarlierText.field)
    )
    counts: dict[str, int] = {}
    for row in found:
        field = row.field.removeprefix(UNCHOSEN)
        counts[field] = counts.get(field, 0) + row.texts
    return counts


def last_change(draft: str, field: str) -> tuple[str, datetime] | None:
    """Who changed a field last, by name, and when; None where that is not known."""
    newest = next(iter(_rows(draft, field, most=1)), None)
    return (newest.replaced_by.display_name, newest.replaced_at) if newest is not None and newest.replaced_by else None


def forget_earlier(*, draft: str) -> None:
    """Forget every earlier text of a draft that is deleted."""
    db.session.execute(delete(EarlierText).where(EarlierText.draft == draft))


def _rows(draft: str, *fields: str, most: int = MOST) -> Sequence[EarlierText]:
    return db.session.scalars(
        select(EarlierText)
        .where(EarlierText.draft == draft, EarlierText.field.in_(fields))
        .order_by(EarlierText.replaced_at.desc(), EarlierText.id)
        .options(joinedload(EarlierText.replaced_by))
        .limit(most)
    ).all()


def _row(draft: str, field: str, change: Change, keys: KeyFolder) -> dict[str, Any]:
    """What is kept of a change: the text before it, sealed and bound to its place."""
    identifier = uuid.uuid4()
    place = _context(draft, field, identifier)
    sealed = encrypt(pad(change.before.encode()), _key(draft, keys), place) if change.before else None
    return {"id": identifier, "field": field, "text": sealed, "held": holds(change.after, change.before)}


def _read(sealed: bytes, draft: str, field: str, identifier: uuid.UUID, keys: KeyFolder) -> str:
    return unpad(decrypt(sealed, _key(draft, keys), _context(draft, field, identifier))).decode()


def _key(draft: str, keys: KeyFolder) -> bytes:
    return keys.key_from_draft_key("fairlot earlier", draft)


def _context(draft: str, field: str, identifier: uuid.UUID) -> bytes:
    return f"fairlot|earlier|{draft}|{field}|{identifier}".encode()
