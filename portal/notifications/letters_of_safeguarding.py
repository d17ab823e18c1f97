"""Who hears what concerns the safety of young people on a panel: never their words, always where to read them."""

from __future__ import annotations

from portal.audit.models import Event
from portal.core.columns import db
from portal.evaluation.models import PanelWork
from portal.notifications.addressing import itt_of, page_of
from portal.notifications.composing import tell


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
                panel=work.panel.name,
            )
