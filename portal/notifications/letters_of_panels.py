"""Who hears that something of a panel waits for them: a removal, a consent, what it is told afterwards."""

from __future__ import annotations

from typing import Any

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.evaluation.consenting import asked_for, first_that_waits
from portal.evaluation.models import ModeratedScore, PanelMember, PanelWork
from portal.evaluation.progress import still_owing
from portal.evaluation.queries import work_of
from portal.evaluation.states import PanelWorkStatus
from portal.notifications import recipients
from portal.notifications.addressing import itt_of, page_of, to_authority
from portal.notifications.composing import tell
from portal.reporting.replying import untold_panels


def removal_waits(event: Event) -> None:
    """The commissioners but for whoever proposed it hear that one of them has to decide."""
    itt, member = itt_of(event), db.session.get_one(PanelMember, event.object_id)
    panel = member.panel
    page = page_of("panel_removals.decide", reference=itt.reference, panel_id=panel.id, member_id=member.id)
    to_authority(event, itt, "evaluation/removal_waits", Role.COMMISSIONER, link=page, panel=panel)


def score_waits(event: Event) -> None:
    """Whoever can give the consent that an agreed score waits for hears of it; for young people their facilitators.

    A young person is never written to. Of several that wait the first is written about: the others stand on the same
    page.
    """
    agreed = db.session.get_one(ModeratedScore, event.object_id)
    if first_that_waits(agreed.panel_id) != agreed.id:
        return
    work = work_of(agreed.panel_id)
    if work.panel.kind.is_young_people:
        people = recipients.people_of_panel(work.panel_id, Role.FACILITATOR)
    else:
        [asked] = asked_for(work, agreed)
        people = recipients.still_here([one.user_id for one in asked.needed.of if one.id not in asked.said])
    tell(
        event=event,
        people=[person for person in people if person != event.actor_id],
        template="evaluation/score_waits",
        link=page_of("moderation.board", panel_id=work.panel_id),
        thread=work.itt_id,
        itt=work.itt,
        panel=work.panel,
    )


def panel_reminded(event: Event) -> None:
    """Whoever owes scores still when this is written hears how many; of young people their facilitators.

    A young person is never written to.
    """
    work = db.session.get_one(PanelWork, event.object_id)
    owing = still_owing(work) if work.status is PanelWorkStatus.SCORING else []
    about: dict[str, Any] = {"event": event, "thread": work.itt_id, "itt": work.itt, "panel": work.panel}
    if work.panel.kind.is_young_people:
        if owing:
            people = recipients.people_of_panel(work.panel_id, Role.FACILITATOR)
            link = page_of("panel_desk.cards", panel_id=work.panel_id)
            tell(people=people, template="evaluation/young_reminded", link=link, count=len(owing), **about)
        return
    link = page_of("panel_desk.show", panel_id=work.panel_id)
    for found in owing:
        people = recipients.still_here([found.member.user_id])
        missing = found.asked - found.submitted
        tell(people=people, template="evaluation/panel_reminded", link=link, count=missing, **about)


def panel_to_tell(event: Event) -> None:
    """Once it is decided who is chosen, whoever can answer young people hears that they wait to be told."""
    itt = itt_of(event)
    if not itt.has_outcome:
        return
    roles = (Role.COMMISSIONER, Role.CONTRACT_MANAGER)
    people = recipients.people_of_authority(itt.authority_id, *roles)
    for panel in untold_panels(itt.id):
        tell(
            event=event,
            people=people,
            template="evaluation/panel_to_tell",
            link=page_of("influence.reply", reference=itt.reference, panel_id=panel.id),
            thread=itt.id,
            itt=itt,
            panel=panel,
        )
