"""The demonstration's scenes: each procurement at its stage, with whoever can do something there now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.core.columns import db
from portal.scenarios import demo, people
from portal.scenarios.people import Part
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus


@dataclass(frozen=True)
class Door:
    """One way into a scene: who goes in, what the button says, and the page it leads to."""

    part: Part
    text: str
    endpoint: str
    by_reference: bool = True


@dataclass(frozen=True)
class Scene:
    """A stage of the road: the procurement that stands there, what happens, and the ways in."""

    stage: str
    title: str
    status: IttStatus
    told: str
    doors: Sequence[Door] = ()
    for_young_people: bool = False
    public_endpoint: str = ""
    public_text: str = ""


SCENES: tuple[Scene, ...] = (
    Scene(
        "Draft",
        demo.DRAFT,
        IttStatus.DRAFT,
        "The commissioner has begun. Finish the questions, give each panel its marks, and publish. Young people "
        "hold 40 of every 100.",
        (Door(people.COMMISSIONER, "Finish the draft", "itts.draft"),),
    ),
    Scene(
        "Open for bids",
        demo.OPEN,
        IttStatus.PUBLISHED,
        "One bid is in and another is half written. Finish it, submit it and keep the receipt. Nobody can see "
        "either, or that there are two.",
        (Door(people.HARBOUR_SUBMITTER, "Finish the bid", "provider_desk.index", by_reference=False),),
        public_endpoint="opportunities.show",
        public_text="See it as the public does",
    ),
    Scene(
        "Closed, not opened",
        demo.CLOSED,
        IttStatus.PUBLISHED,
        "The time is up and the bids are still sealed. Two people have to open them, at most 15 minutes apart: "
        "be the first, then the second.",
        (
            Door(people.OPENER_ONE, "Be the first opener", "openings.show"),
            Door(people.OPENER_TWO, "Be the second opener", "openings.show"),
        ),
    ),
    Scene(
        "Being scored",
        demo.SCORING,
        IttStatus.OPENED,
        "Panels say whether they know a bidder, then score each answer and give a reason. A young person comes "
        "in with a card, no name and no e-mail.",
        (Door(people.PARENT, "Score as a parent", "panel_desk.index", by_reference=False),),
        for_young_people=True,
    ),
    Scene(
        "In moderation",
        demo.MODERATING,
        IttStatus.OPENED,
        "All scores are in. Each panel looks at how far apart they are, talks, and agrees one score with one "
        "reason. Nobody's own score is ever changed.",
        (
            Door(people.CHAIR, "Lead the local panel", "panel_desk.index", by_reference=False),
            Door(people.FACILITATOR, "Sit with the young people", "panel_desk.index", by_reference=False),
        ),
    ),
    Scene(
        "Award proposed",
        demo.RESULT,
        IttStatus.MODERATED,
        "The published method has named the winner and a commissioner has proposed the award. A second person "
        "reads every figure and decides; in that moment every bidder is told.",
        (Door(people.APPROVER, "Decide the award", "awards.show"),),
    ),
    Scene(
        "Standstill",
        demo.STANDSTILL,
        IttStatus.AWARDED,
        "Every bidder has its scores and reasons, and the winner's. Nothing can be signed for 8 working days: try.",
        (
            Door(people.MEADOW_SUBMITTER, "Read a bidder's summary", "provider_desk.index", by_reference=False),
            Door(people.MANAGER, "Try to sign", "contract_desk.conclude"),
        ),
    ),
    Scene(
        "Under contract",
        demo.CONTRACT,
        IttStatus.CONTRACTED,
        "The contract stands in the public register with its term and break points, and every step is open data.",
        (Door(people.AUDITOR, "Check the whole history", "commissioning_desk.itt"),),
        public_endpoint="contracts.index",
        public_text="See the register",
    ),
)


def procurements_by_title() -> Mapping[str, InvitationToTender]:
    """The newest procurement of each scene's title; one statement."""
    found = db.session.scalars(
        select(InvitationToTender)
        .where(InvitationToTender.title.in_([scene.title for scene in SCENES]))
        .order_by(InvitationToTender.created_at)
    )
    return {itt.title: itt for itt in found}
