"""The demonstration's scenes: each procurement at its stage, with whoever can do something there now."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from portal.awarding.models import AssessmentSummary
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.organisations.models import Provider
from portal.scenarios import demo, people, story
from portal.scenarios.people import Part
from portal.tendering.joint_models import JointBuyer
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import IttStatus


class Behind(StrEnum):
    """What a door's page is a page of."""

    PROCUREMENT = "procurement"
    PANEL = "panel"
    BID = "bid"
    SUMMARY = "summary"
    JOINT = "joint"
    """A part in buying together of another authority."""


@dataclass(frozen=True)
class Door:
    """One way into a scene: who goes in, what the button says, and the page it leads to.

    `key` is the panel's for a page of a panel; bids and summaries are those of the part's provider.
    """

    part: Part
    text: str
    endpoint: str
    behind: Behind = Behind.PROCUREMENT
    key: str = ""


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
        "hold 40 of every 100 in both lots, the second of which is judged by weights and a price of its own and goes "
        "to two providers.",
        (
            Door(people.COMMISSIONER, "Finish the draft", "itts.draft"),
            Door(people.COMMISSIONER, "Make one for each locality", "itts.localities"),
        ),
    ),
    Scene(
        "Bought together",
        story.JOINT,
        IttStatus.DRAFT,
        "Another council is asked to buy and sign, and a health board will monitor the contract. The council reads the "
        "draft with its documents on a page of its own and agrees; nothing is published before.",
        (
            Door(people.PARTNER_APPROVER, "Read the draft, and agree", "joint.show", Behind.JOINT),
            Door(people.COMMISSIONER, "See who buys together", "joint.buyers"),
        ),
    ),
    Scene(
        "Open for bids",
        demo.OPEN,
        IttStatus.PUBLISHED,
        "One bid is in and another is half written. Finish it, submit it and keep the receipt. Nobody can see "
        "either, or that there are two.",
        (
            Door(people.HARBOUR_SUBMITTER, "Finish the bid", "bids.show", Behind.BID),
            Door(people.COMMISSIONER, "Answer what a bidder asks", "clarification_desk.index"),
        ),
        public_endpoint="opportunities.show",
        public_text="See it as the public does",
    ),
    Scene(
        "Changed while open",
        demo.CHANGED,
        IttStatus.PUBLISHED,
        "Two people changed a question after a bid had come in. The bid stays submitted: its bidder reads both "
        "wordings and confirms it with one press, or changes it. Otherwise it is opened with a mark.",
        (
            Door(people.MEADOW_SUBMITTER, "Confirm the bid", "bid_confirming.confirm", Behind.BID),
            Door(people.COMMISSIONER, "Change something else", "addenda.index"),
        ),
        public_endpoint="opportunities.show",
        public_text="See what everybody reads",
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
        "in with a card, no name and no e-mail; what may concern their safety is held until somebody has looked. "
        "Meanwhile officers judge what no panel sees; "
        "whoever fails is out once a second person has decided so.",
        (
            Door(people.COMMISSIONER, "Judge what officers check", "compliance.index"),
            Door(people.PARENT, "Score as a parent", "panel_desk.show", Behind.PANEL, "parents"),
            Door(
                people.SAFEGUARDING_LEAD,
                "Read what a young person wrote",
                "safeguarding.panel",
                Behind.PANEL,
                "young-people",
            ),
            Door(people.FACILITATOR, "Let others read a comment", "held_words.index", Behind.PANEL, "young-people"),
        ),
        for_young_people=True,
    ),
    Scene(
        "In moderation",
        demo.MODERATING,
        IttStatus.OPENED,
        "All scores are in. Each panel looks at how far apart they are, talks, and agrees one score with one "
        "reason. Nobody's own score is ever changed. The prices are still sealed: two openers open them once "
        "the panels have closed.",
        (
            Door(people.CHAIR, "Lead the local panel", "panel_desk.show", Behind.PANEL, "local"),
            Door(people.FACILITATOR, "Sit with the young people", "panel_desk.show", Behind.PANEL, "young-people"),
        ),
    ),
    Scene(
        "Award proposed",
        demo.RESULT,
        IttStatus.MODERATED,
        "The published method has named the winner and a commissioner has proposed the award. A second person "
        "reads every figure and decides; in that moment every bidder is told. Then the award notice waits for its "
        "number on Find a Tender, and nothing of the award is public before.",
        (
            Door(people.APPROVER, "Decide the award", "awards.show"),
            Door(people.COMMISSIONER, "Record the notice's number, once it is decided", "notice_desk.show"),
        ),
    ),
    Scene(
        "Two lots, judged in two ways",
        story.DIVIDED,
        IttStatus.MODERATED,
        "By night working with others does not count, safety weighs more, and the price has figures of its own. Each "
        "lot has its result by its own method; the awards can be proposed lot by lot.",
        (
            Door(people.AUDITOR, "Compare the results of both lots", "evaluation_desk.result"),
            Door(people.COMMISSIONER, "Propose an award", "awards.show"),
        ),
        public_endpoint="opportunities.show",
        public_text="See both methods as the public does",
    ),
    Scene(
        "A tie to end",
        story.TIED,
        IttStatus.MODERATED,
        "Two bids have exactly the same total, and no published rule parts them. Two people each commit to a secret "
        "value and then reveal it; what follows is the order, and everybody can work it out again.",
        (
            Door(people.COMMISSIONER, "Commit to the first value", "draws.show"),
            Door(people.APPROVER, "Commit to the second", "draws.show"),
        ),
    ),
    Scene(
        "The winner has withdrawn",
        story.WITHDRAWN,
        IttStatus.MODERATED,
        "It was awarded, and before anything was signed the winner asked to withdraw. Two people agreed. The award to "
        "the next in the published ranking is proposed; what was set aside stays on record.",
        (
            Door(people.APPROVER, "Decide the award to the next", "awards.show"),
            Door(people.HARBOUR_SUBMITTER, "Read what the winner was told", "bids.show", Behind.BID),
            Door(people.AUDITOR, "See what was set aside", "setting_aside.show"),
        ),
    ),
    Scene(
        "Scores agreed again",
        story.REOPENED,
        IttStatus.OPENED,
        "There was a result when it turned out that a panel had read the wrong version of a file. Two people reopened "
        "that panel. It agrees its scores again, and the old result is kept beside the new one.",
        (
            Door(people.CHAIR, "Agree the scores again", "panel_desk.show", Behind.PANEL, "local"),
            Door(people.COMMISSIONER, "See why, and the old result", "setting_aside.show"),
        ),
    ),
    Scene(
        "Standstill",
        demo.STANDSTILL,
        IttStatus.AWARDED,
        "Every bidder has its scores and reasons, and the winner's. Nothing can be signed for 8 working days: try.",
        (
            Door(people.MEADOW_SUBMITTER, "Read a bidder's summary", "summaries.show", Behind.SUMMARY),
            Door(people.MANAGER, "Try to sign", "contract_desk.conclude"),
        ),
    ),
    Scene(
        "Cancelled",
        demo.CANCELLED,
        IttStatus.CANCELLED,
        "Two people stopped it while a bid was sealed. Nobody can ever open that bid; its bidder, the public and the "
        "officers read why. The procurement termination notice waits for its number.",
        (
            Door(people.MEADOW_SUBMITTER, "Read what became of the bid", "bids.show", Behind.BID),
            Door(people.COMMISSIONER, "See who ended it, and why", "endings.show"),
        ),
        public_endpoint="opportunities.show",
        public_text="See it as the public does",
    ),
    Scene(
        "Ended without an award",
        demo.NOT_AWARDED,
        IttStatus.NOT_AWARDED,
        "It closed without a bid. Two people ended it, with a reason that everybody can read.",
        (Door(people.AUDITOR, "Read what happened", "commissioning_desk.itt"),),
        public_endpoint="opportunities.show",
        public_text="See it as the public does",
    ),
    Scene(
        "Under contract",
        demo.CONTRACT,
        IttStatus.CONTRACTED,
        "The contract stands in the public register with its term and break points, and every step is open data. The "
        "young people read on their phone what their marks changed, and what the council did with their words.",
        (
            Door(people.AUDITOR, "Check the whole history", "commissioning_desk.itt"),
            Door(people.AUDITOR, "Take the evaluation report", "reports.show"),
            Door(people.FACILITATOR, "Print what they changed", "influence.adults", Behind.PANEL, "young-people"),
        ),
        for_young_people=True,
        public_endpoint="contracts.index",
        public_text="See the register",
    ),
)


CHAPTERS: Mapping[str, frozenset[IttStatus]] = {
    "Writing and bidding": frozenset({IttStatus.DRAFT, IttStatus.PUBLISHED}),
    "Judging": frozenset({IttStatus.OPENED}),
    "Deciding": frozenset({IttStatus.MODERATED, IttStatus.AWARDED}),
    "How it ends": frozenset({IttStatus.CANCELLED, IttStatus.NOT_AWARDED, IttStatus.CONTRACTED}),
}
"""The parts of the road and the stages that each has: a page of all scenes at once is too long to choose from."""


def chapters() -> dict[str, list[Scene]]:
    """The scenes by the part of the road where each begins, in its order."""
    return {title: [scene for scene in SCENES if scene.status in stages] for title, stages in CHAPTERS.items()}


def procurements_by_title() -> Mapping[str, InvitationToTender]:
    """The newest procurement of each scene's title; one statement."""
    found = db.session.scalars(
        select(InvitationToTender)
        .where(InvitationToTender.title.in_([scene.title for scene in SCENES]))
        .order_by(InvitationToTender.created_at)
    )
    return {itt.title: itt for itt in found}


Values = Mapping[str, str | uuid.UUID]
"""What `url_for` needs for a door's page."""


def ways_in(procurements: Mapping[str, InvitationToTender]) -> Mapping[tuple[str, Door], Values]:
    """The values of every door's address by the scene's title; a door whose page does not exist is left out."""
    ids = [itt.id for itt in procurements.values()]
    panels = db.session.execute(select(Panel.itt_id, Panel.key, Panel.id).where(Panel.itt_id.in_(ids)))
    bids = db.session.execute(
        select(Bid.itt_id, Provider.name, Bid.reference).join(Bid.provider).where(Bid.itt_id.in_(ids))
    )
    summaries = db.session.execute(
        select(Bid.itt_id, Provider.name, AssessmentSummary.reference)
        .join(AssessmentSummary.bid)
        .join(Bid.provider)
        .where(Bid.itt_id.in_(ids))
    )
    joint = db.session.execute(
        select(JointBuyer.itt_id, JointBuyer.id).where(JointBuyer.itt_id.in_(ids), JointBuyer.authority_id.is_not(None))
    )
    known: dict[tuple[Behind, uuid.UUID, str], Values] = {
        **{(Behind.PROCUREMENT, itt.id, ""): {"reference": itt.reference} for itt in procurements.values()},
        **{(Behind.PANEL, itt_id, key): {"panel_id": panel_id} for itt_id, key, panel_id in panels},
        **{(Behind.BID, itt_id, name): {"reference": reference} for itt_id, name, reference in bids},
        **{(Behind.JOINT, itt_id, ""): {"joint_id": joint_id} for itt_id, joint_id in joint},
        **{(Behind.SUMMARY, itt_id, name): {"reference": reference} for itt_id, name, reference in summaries},
    }
    wanted = {
        (scene.title, door): (door.behind, procurements[scene.title].id, _key(door))
        for scene in SCENES
        if scene.title in procurements
        for door in scene.doors
    }
    return {place: known[key] for place, key in wanted.items() if key in known}


def _key(door: Door) -> str:
    by_provider = door.behind in {Behind.BID, Behind.SUMMARY}
    return (door.part.provider or "") if by_provider else door.key
