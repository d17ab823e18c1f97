"""Filling the panels of a demonstration's procurement."""

from __future__ import annotations

from datetime import timedelta

from portal.core import clock
from portal.core.columns import db
from portal.evaluation.panels import Appointee, appoint_panel_member
from portal.evaluation.queries import counting_members, work_of
from portal.evaluation.safeguarding.naming import name_safeguarding_lead
from portal.evaluation.states import MemberRole
from portal.evaluation.taking_part.agreeing import ParentSaid, record_age_band
from portal.evaluation.taking_part.states import AgeBand, ParentSaidBy
from portal.evaluation.taking_part.times import MIDNIGHT, Times, set_sitting_times
from portal.evaluation.training.recording import record_training
from portal.scenarios import people
from portal.scenarios.people import Cast, Part
from portal.tendering.models import InvitationToTender, Panel

COURSE = "Scoring bids fairly: two half days of the demonstration"


def appoint(itt: InvitationToTender, cast: Cast) -> None:
    """Fill all three panels: adults by their addresses, young people by alias alone, and name who keeps them safe."""
    panels = {panel.key: panel for panel in itt.panels}
    seats = [(key, Appointee(role, part.name, part.email)) for key, role, part in cast.seats]
    seats += [("young-people", Appointee(MemberRole.YOUNG_MEMBER, alias)) for alias in people.YOUNG_PEOPLE]
    for key, appointee in seats:
        appoint_panel_member(
            itt=itt,
            panel=panels[key],
            appointee=appointee,
            actor=people.actor_of(cast.commissioner),
            now=clock.now(),
        )
        db.session.commit()
    _name_leads(itt, panels["young-people"], cast)
    _prepare_sittings(itt, panels["young-people"], cast)


def train(itt: InvitationToTender, part: Part, cast: Cast) -> None:
    """Write down that somebody on a panel was trained; the authority does not ask for it."""
    record_training(
        authority=itt.authority,
        user_id=people.person_of(part).id,
        course=COURSE,
        finished_date=clock.today() - timedelta(days=60),
        valid_until=clock.today() + timedelta(days=670),
        actor=people.actor_of(cast.commissioner),
        now=clock.now(),
    )
    db.session.commit()


def _name_leads(itt: InvitationToTender, panel: Panel, cast: Cast) -> None:
    lead, deputy = (people.person_of(part).id if part else None for part in cast.leads)
    actor = people.actor_of(cast.commissioner)
    name_safeguarding_lead(itt=itt, panel=panel, lead_id=lead, deputy_id=deputy, actor=actor)
    db.session.commit()


def _prepare_sittings(itt: InvitationToTender, panel: Panel, cast: Cast) -> None:
    """Open at every hour, so that a visitor can play a young person whenever they come."""
    all_day = Times(opens_at=MIDNIGHT, closes_at=MIDNIGHT)
    set_sitting_times(itt=itt, panel=panel, times=all_day, actor=people.actor_of(cast.commissioner))
    facilitator, now = people.actor_of(cast.facilitator), clock.now()
    said = ParentSaid(ParentSaidBy.PAPER, clock.today())
    for member in counting_members(panel.id):
        record_age_band(
            work=work_of(panel.id),
            member_id=member.id,
            age_band=AgeBand.FROM_14,
            parent=said,
            actor=facilitator,
            now=now,
        )
    db.session.commit()
