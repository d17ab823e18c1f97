"""Panels of the scenarios at work: they declare, score, moderate and close, through the activities."""

from __future__ import annotations

import uuid

from portal.accounts.sessions import actor_for
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Actor
from portal.evaluation.consenting import asked_for, consent_to
from portal.evaluation.declaring import Interest, declare_interest
from portal.evaluation.leaves import leaves_for
from portal.evaluation.models import PanelWork
from portal.evaluation.moderation import agree_score, close_moderation, start_moderation
from portal.evaluation.queries import agreed_scores, bids_to_score, counting_members, work_of
from portal.evaluation.scoring import Entry, save_scores, submit_scorecards
from portal.evaluation.taking_part.agreeing import begin_sitting
from portal.evaluation.taking_part.states import Supporter
from portal.reporting.replying import publish_reply
from portal.scenarios import checking, people, story
from portal.scenarios.building import cast_of
from portal.scenarios.people import Part
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import PanelKind


def declare(itt: InvitationToTender, panel: Panel) -> None:
    """Everybody on the panel declares no interest, the facilitator as well."""
    work = db.session.get_one(PanelWork, panel.id)
    if panel.kind is PanelKind.YOUNG_PEOPLE:
        _declare(people.actor_of(cast_of(itt).facilitator), work)
    for member in counting_members(panel.id):
        if panel.kind is PanelKind.YOUNG_PEOPLE:
            sit_down(actor_for(member.user_id), work)
        _declare(actor_for(member.user_id), work)


def write_held(itt: InvitationToTender, panel: Panel) -> None:
    """Two young people write what somebody has to look at first: one a telephone number, one something about home."""
    work = db.session.get_one(PanelWork, panel.id)
    bid = bids_to_score(itt.id)[0]
    question = leaves_for(work, bid)[0].key
    for member, words in zip(counting_members(panel.id), story.HELD, strict=False):
        actor = actor_for(member.user_id)
        sit_down(actor, work)
        _declare(actor, work)
        entries = {question: Entry("4", words)}
        save_scores(work=work, bid_id=bid.bid_id, entries=entries, actor=actor, now=clock.now())
        db.session.commit()


def score(itt: InvitationToTender, panel: Panel, *, only: Part | None = None) -> None:
    """Everybody on the panel (or `only` one) declares no interest, and whoever scores there scores and submits."""
    work = db.session.get_one(PanelWork, panel.id)
    wanted = people.person_of(only).id if only else None
    if only is None:
        declare(itt, panel)
    else:
        _declare(people.actor_of(only), work)
    for place, member in enumerate(counting_members(panel.id)):
        if wanted is None or member.user_id == wanted:
            _score_as(actor_for(member.user_id), work, panel, itt, story.LEANINGS[place % len(story.LEANINGS)])


def sit_down(actor: Actor, work: PanelWork) -> None:
    """The young person agrees to take part, with the facilitator beside them."""
    begin_sitting(
        work=work,
        session_id=uuid.uuid4(),
        supporter=Supporter.FACILITATOR,
        agrees=True,
        actor=actor,
        now=clock.now(),
    )
    db.session.commit()


def _declare(actor: Actor, work: PanelWork) -> None:
    answers = {bid.bid_id: Interest(False) for bid in bids_to_score(work.itt_id)}
    declare_interest(work=work, answers=answers, actor=actor, now=clock.now())
    db.session.commit()


def _score_as(actor: Actor, work: PanelWork, panel: Panel, itt: InvitationToTender, leaning: int) -> None:
    for bid in bids_to_score(itt.id):
        entries = {}
        for leaf in leaves_for(work, bid):
            agreed, _ = story.agreed(itt.title, bid.bid.provider.name, leaf.key)
            given = min(5, max(0, agreed + (leaning if (agreed + len(leaf.key)) % 2 else 0)))
            entries[leaf.key] = Entry(str(given), story.INDIVIDUAL_REASON[panel.key])
        save_scores(work=work, bid_id=bid.bid_id, entries=entries, actor=actor, now=clock.now())
        db.session.commit()
    submit_scorecards(work=work, actor=actor, now=clock.now(), same_words=True)
    db.session.commit()


def moderate(itt: InvitationToTender, panel: Panel, *, whole: bool = True) -> None:
    """The panel agrees every score and closes (or, not `whole`, agrees those of one bid and stops there)."""
    work = db.session.get_one(PanelWork, panel.id)
    actor = people.actor_of(cast_of(itt).moderator(panel.key))
    start_moderation(work=work, actor=actor, now=clock.now())
    db.session.commit()
    for member in counting_members(panel.id) if panel.kind is PanelKind.YOUNG_PEOPLE else ():
        sit_down(actor_for(member.user_id), work)
    bids = bids_to_score(itt.id)
    for bid in bids if whole else bids[:1]:
        for leaf in leaves_for(work, bid):
            points, reason = story.agreed(itt.title, bid.bid.provider.name, leaf.key)
            agree_score(
                work=work,
                bid_id=bid.bid_id,
                criterion=leaf.key,
                score=str(points),
                reason=reason,
                outside_reason=story.OUTSIDE,
                not_higher=story.NOT_HIGHER,
                not_lower=story.NOT_LOWER,
                actor=actor,
                now=clock.now(),
            )
            db.session.commit()
    _consent(work)
    if whole:
        record = story.MEETING_RECORD[panel.key]
        close_moderation(work=work, meeting_record=record, met_first_date=clock.today(), actor=actor, now=clock.now())
        db.session.commit()


def _consent(work: PanelWork) -> None:
    """Everybody whose consent an agreed score waits for gives it."""
    for asked in asked_for(work, *agreed_scores(work.panel_id).values()):
        for member in asked.needed.of if asked.agreed.stands_at is None else ():
            consent_to(work=work, agreed_id=asked.agreed.id, actor=actor_for(member.user_id), now=clock.now())
            db.session.commit()


def score_and_moderate_all(itt: InvitationToTender) -> None:
    """Every panel scores, moderates and closes; the bidders are checked meanwhile."""
    checking.check_bidders(itt, people.actor_of(cast_of(itt).commissioner))
    for panel in itt.panels:
        score(itt, panel)
        moderate(itt, panel)


def answer_young_people(itt: InvitationToTender) -> None:
    """Tell the young people what was done with their words."""
    work = work_of(next(panel.id for panel in itt.panels if panel.kind.is_young_people))
    actor = people.actor_of(people.COMMISSIONER)
    publish_reply(itt=itt, work=work, lines=story.YOU_SAID_WE_DID, actor=actor, now=clock.now())
    db.session.commit()
