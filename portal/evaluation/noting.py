"""Own notes: a member's alone, beside the score, in no reason, letter or report.

They are part of the council's record of the procurement all the same, so that somebody who asks for its papers
(Freedom of Information Act 2000 s.1, UK GDPR art 15) may be given them; the page says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.parsing.text import has_text, require_length, tidy
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.declaring import require_declared
from portal.evaluation.leaves import leaves_for
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.note_models import OwnNote
from portal.evaluation.queries import scorecards_of
from portal.evaluation.standing import bid_to_judge

LONGEST_NOTE = 4000


def save_notes(*, work: PanelWork, bid_id: uuid.UUID, notes: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Save the actor's own notes on one bid, by criterion key; an empty one goes. Other keys are left out.

    Records nothing: they are the member's own. Raises `InvalidInput` (field "note-" and the key) for one of more than
    4,000 characters, `NotAllowed` until interests are declared, and as `standing.bid_to_judge` does, and
    `WrongState` once the actor's scores are submitted.
    """
    take(work, Verb.SCORE, actor=actor, share=True)
    member = require_declared(work, actor)
    bid = bid_to_judge(work, member, bid_id)
    card = scorecards_of(member.id).get(bid_id)
    if card is not None and card.submitted_at is not None:
        raise WrongState("You have submitted these scores, so your notes stay as they are.")
    typed = {
        leaf.criterion.id: require_length(tidy(notes[leaf.key]), LONGEST_NOTE, field=f"note-{leaf.key}")
        for leaf in leaves_for(work, bid)
        if leaf.key in notes
    }
    _keep(member, bid_id, {criterion: words for criterion, words in typed.items() if has_text(words)}, now)
    _remove(member, bid_id, [criterion for criterion, words in typed.items() if not has_text(words)])


def notes_of(member: PanelMember, bid_id: uuid.UUID) -> Mapping[uuid.UUID, str]:
    """The member's own notes on one bid, by criterion: for that member's pages alone."""
    rows = db.session.execute(
        select(OwnNote.criterion_id, OwnNote.words).where(
            OwnNote.panel_member_id == member.id, OwnNote.bid_id == bid_id
        )
    )
    return {row.criterion_id: row.words for row in rows}


def _keep(member: PanelMember, bid_id: uuid.UUID, words: Mapping[uuid.UUID, str], now: datetime) -> None:
    if not words:
        return
    kept = insert(OwnNote)
    place = {"panel_member_id": member.id, "bid_id": bid_id}
    db.session.execute(
        kept.on_conflict_do_update(
            constraint="pk_own_note", set_={name: kept.excluded[name] for name in ("words", "saved_at")}
        ),
        [{**place, "criterion_id": criterion, "words": note, "saved_at": now} for criterion, note in words.items()],
    )


def _remove(member: PanelMember, bid_id: uuid.UUID, criteria: Sequence[uuid.UUID]) -> None:
    own = delete(OwnNote).where(OwnNote.panel_member_id == member.id, OwnNote.bid_id == bid_id)
    db.session.execute(own.where(OwnNote.criterion_id.in_(criteria)))
