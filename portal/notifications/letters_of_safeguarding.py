"""Who hears what concerns the safety of young people on a panel: never their words, always where to read them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from portal.audit.models import Event
from portal.core.columns import db
from portal.evaluation.models import HeldWords, PanelWork
from portal.evaluation.queries import members_of
from portal.evaluation.safeguarding.queries import readers_of
from portal.evaluation.states import MemberRole
from portal.notifications.addressing import itt_of, page_of
from portal.notifications.composing import tell
from portal.notifications.recipients import with_deputies


def lead_named(event: Event) -> None:
    """The lead and the deputy hear that they are named, and what they will be told."""
    itt, work = itt_of(event), db.session.get_one(PanelWork, event.object_id)
    for person, is_deputy in ((work.safeguarding_lead_id, False), (work.safeguarding_deputy_id, True)):
        if person is not None:
            tell(
                event=event,
                people=[person],
                template="evaluation/safeguarding_deputy" if is_deputy else "evaluation/safeguarding_lead",
                link=page_of("safeguarding.panel", panel_id=work.panel_id),
                thread=itt.id,
                itt=itt,
                panel=work.panel,
            )


def words_held(event: Event) -> None:
    """The lead hears at once of what may be about harm, the deputy where the lead has left.

    What only names somebody waits on the facilitator's page.
    """
    held = db.session.get_one(HeldWords, event.object_id)
    if event.data["for_lead"]:
        _to_read(event, held, with_deputies(readers_of(held.work)[:1]), "evaluation/words_held")


def words_unread(event: Event) -> None:
    """The deputy hears of what the lead has not read; after that whoever sits with the young people, whom to call."""
    held = db.session.get_one(HeldWords, event.object_id)
    if event.data["to_deputy"]:
        deputy = held.work.safeguarding_deputy_id
        _to_read(event, held, with_deputies([deputy] if deputy else []), "evaluation/words_unread")
        return
    seats = members_of([held.panel_id]).get(held.panel_id, [])
    tell(
        event=event,
        people=[seat.user_id for seat in seats if seat.role is MemberRole.FACILITATOR and seat.removed_at is None],
        template="evaluation/call_the_line",
        link=page_of("panel_desk.show", panel_id=held.panel_id),
        thread=held.work.itt_id,
        itt=held.work.itt,
        line=held.work.itt.authority.emergency_line,
    )


def _to_read(event: Event, held: HeldWords, people: Sequence[uuid.UUID], template: str) -> None:
    tell(
        event=event,
        people=people,
        template=template,
        link=page_of("safeguarding.words", held_id=held.id),
        thread=held.work.itt_id,
        itt=held.work.itt,
        panel=held.work.panel,
    )
