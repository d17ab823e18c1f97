"""Destroying what nobody needs any more; of drafts hashes stay in the ledger, for disputes about what was ready."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import Bid, BidFile, FilePart
from portal.bidding.stored_files import discard_file
from portal.core.columns import db
from portal.core.permissions import SYSTEM
from portal.core.taking import lock
from portal.evaluation.models import HeldWords
from portal.extensions import files, keys
from portal.joining.models import Application
from portal.tendering.models import InvitationToTender


def destroy_bid_draft(bid_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Destroy answers, prices and files of bids that were never submitted. Records DRAFT_DESTROYED for each."""
    for bid_id in sorted(bid_ids):
        bid = lock(Bid, bid_id)
        stored = db.session.scalars(select(BidFile).where(BidFile.bid_id == bid.id).order_by(BidFile.id)).all()
        digests = [one.sealed_sha256 for one in stored]
        for one in stored:
            discard_file(row=one, files=files)
        sealed, bid.draft_sealed = bid.draft_sealed or b"", None
        record(
            EventKind.DRAFT_DESTROYED,
            bid,
            actor=SYSTEM,
            draft=hashlib.sha256(sealed).hexdigest(),
            files=digests,
            saved_at=bid.draft_saved_at,
        )


def destroy_file_parts(part_ids: Sequence[uuid.UUID], _now: datetime) -> None:
    """Destroy parts of files that were never finished."""
    for part in db.session.scalars(select(FilePart).where(FilePart.id.in_(part_ids))):
        discard_file(row=part, files=files)


def destroy_opening_keys(itt_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Destroy the keys of bids that a cancellation left sealed, so that nobody can ever open them.

    What its provider wrote stays readable to its provider. Records OPENING_KEY_DESTROYED for each.
    """
    for itt_id in sorted(itt_ids):
        itt = lock(InvitationToTender, itt_id)
        itt.opening_key_destroyed_at = now
        record(EventKind.OPENING_KEY_DESTROYED, itt, actor=SYSTEM)
        keys.destroy_opening_key(itt.id)


def destroy_application_draft(application_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Empty applications that were never submitted. Records DRAFT_DESTROYED for each."""
    for application_id in sorted(application_ids):
        application = lock(Application, application_id)
        application.answers = {}
        record(EventKind.DRAFT_DESTROYED, application, actor=SYSTEM, saved_at=application.saved_at)


def destroy_held_words(ids: Sequence[uuid.UUID], _now: datetime) -> None:
    """Forget the words and what was noted about them; that something was held and what was done in a word stay."""
    db.session.execute(update(HeldWords).where(HeldWords.id.in_(ids)).values(words="", note=""))
