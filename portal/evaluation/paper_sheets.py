"""The other road to a young person's consent, where phones fail: a signed sheet, keyed in by two adults.

No adult says yes for a child: each answer counts once two people of two sides, the panel's and the authority's, have
read the same from the paper, and where they read something else the difference is shown to both.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.parsing.text import has_text, tidy
from portal.core.pdf import Document, Facts, Table, Text
from portal.core.permissions import Actor, Role, Verb
from portal.core.taking import take
from portal.core.words import marks
from portal.evaluation.consenting import answer_for, answers_to
from portal.evaluation.leaves import leaves_by_bid
from portal.evaluation.models import ModeratedScore, PanelMember, PanelWork
from portal.evaluation.panels import require_young_people
from portal.evaluation.paper_models import PaperAnswer
from portal.evaluation.queries import agreed_scores, bid_to_score, counting_members
from portal.evaluation.standing import standing_of
from portal.evaluation.states import Side


@dataclass(frozen=True)
class Said:
    """What stands on the sheet about one score: that it is right, or what the young person would change."""

    agrees: bool
    dissent: str = ""


@dataclass(frozen=True)
class OnPaper:
    """How the keying of one young person's sheet stands."""

    member: PanelMember
    own: Mapping[uuid.UUID, PaperAnswer]
    """By agreed score, as the actor keyed it."""
    differs: frozenset[uuid.UUID]
    """Agreed scores of which an adult of the other side has read something else."""
    counts: frozenset[uuid.UUID]
    """Agreed scores that the young person has answered, on paper or on a screen."""
    others: int
    """How many answers an adult of the other side has keyed."""
    beside: int
    """How many another adult of the actor's own side has keyed: they count no more than the actor's."""


def key_sheet(
    *, work: PanelWork, member_id: uuid.UUID, sheet: Mapping[uuid.UUID, Said], actor: Actor, now: datetime
) -> OnPaper:
    """Key in what a young person's signed sheet says to the panel's agreed scores, by their identifiers.

    Consequences: an answer that an adult of the other side has keyed as well, and reads the same, counts as the young
    person's from now on; one that they read otherwise counts for nothing until one of them keys it again. What a young
    person has said counts on: only they change it. Records SCORE_ANSWERED for each that counts, with both who keyed
    it. Raises `InvalidInput` (fields "says-", "dissent-" and the score's id), `NotFound` for whoever does not score on
    the panel, `NotAllowed`, `WrongState` outside moderation.
    """
    take(work, Verb.KEY_SHEET, actor=actor)
    require_young_people(work)
    member = next((one for one in counting_members(work.panel_id) if one.id == member_id), None)
    if member is None:
        raise NotFound("There is no such young person on this panel.")
    scores = {score.id: score for score in agreed_scores(work.panel_id).values()}
    standing = standing_of(work, member)
    counts = sheet_of(work, member, actor).counts
    for score_id, said in sheet.items():
        if score_id not in scores:
            raise InvalidInput("The group has changed this score since. Look at it again.", field=f"says-{score_id}")
        if not standing.is_open(bid_to_score(work.itt_id, scores[score_id].bid_id)):
            raise InvalidInput("They have a link with this bidder, so they do not judge it.", field=f"says-{score_id}")
        if score_id in counts:
            raise InvalidInput("They have answered this one. Now only they can change it.", field=f"says-{score_id}")
        if not said.agrees and not has_text(said.dissent):
            raise InvalidInput("Type what the young person would change.", field=f"dissent-{score_id}")
        _key(work, scores[score_id], member, said, actor=actor, now=now)
    return sheet_of(work, member, actor)


def sheet_of(work: PanelWork, member: PanelMember, actor: Actor) -> OnPaper:
    """How the keying of a young person's sheet stands, as the actor sees it."""
    return sheets_of(work, [member], actor)[0]


def sheets_of(work: PanelWork, members: Sequence[PanelMember], actor: Actor) -> list[OnPaper]:
    """The same for several."""
    scores = list(agreed_scores(work.panel_id).values())
    keyed, said = _keyed(scores), answers_to(*scores)
    return [_as_seen(member, keyed, said, actor, side_of(work, actor)) for member in members]


def side_of(work: PanelWork, actor: Actor) -> Side:
    """For whom the actor reads sheets: whoever facilitates the panel is of its side, whatever else they are."""
    return Side.PANEL if Role.FACILITATOR in actor.towards_panel(work.panel_id) else Side.AUTHORITY


def _as_seen(
    member: PanelMember,
    keyed: Sequence[PaperAnswer],
    said: Mapping[uuid.UUID, Mapping[uuid.UUID, object]],
    actor: Actor,
    side: Side,
) -> OnPaper:
    mine = [one for one in keyed if one.panel_member_id == member.id]
    own = {one.moderated_score_id: one for one in mine if one.keyed_by_id in actor.people}
    beyond = [one for one in mine if one.keyed_by_id not in actor.people]
    others = [one for one in beyond if one.side is not side]
    return OnPaper(
        member=member,
        own=own,
        differs=frozenset(
            one.moderated_score_id
            for one in others
            if one.moderated_score_id in own and own[one.moderated_score_id].agrees != one.agrees
        ),
        counts=frozenset(score_id for score_id, answers in said.items() if member.id in answers),
        others=len({one.moderated_score_id for one in others}),
        beside=len({one.moderated_score_id for one in beyond if one.side is side}),
    )


def _key(
    work: PanelWork, score: ModeratedScore, member: PanelMember, said: Said, *, actor: Actor, now: datetime
) -> None:
    assert actor.user_id is not None
    side = side_of(work, actor)
    keyed = [one for one in _keyed([score]) if one.panel_member_id == member.id]
    before = next((one for one in keyed if one.keyed_by_id == actor.user_id), None)
    if before is not None:
        before.superseded_at = now
        # The index allows one reading in force, so the old one goes before the new one comes.
        db.session.flush()
    dissent = "" if said.agrees else tidy(said.dissent)
    db.session.add(
        PaperAnswer(
            moderated_score_id=score.id,
            panel_member_id=member.id,
            agrees=said.agrees,
            dissent=dissent,
            keyed_by_id=actor.user_id,
            side=side,
            keyed_at=now,
        )
    )
    db.session.flush()
    beyond = (one for one in keyed if one.keyed_by_id not in actor.people and one.side is not side)
    other = next((one for one in beyond if one.agrees == said.agrees), None)
    if other is not None:
        words = other.dissent or dissent
        answer_for(
            work=work, agreed=score, member=member, dissent=words, keyed_by=other.keyed_by_id, actor=actor, now=now
        )


def _keyed(scores: Sequence[ModeratedScore]) -> Sequence[PaperAnswer]:
    return db.session.scalars(
        select(PaperAnswer)
        .where(PaperAnswer.superseded_at.is_(None))
        .where(PaperAnswer.moderated_score_id.in_([score.id for score in scores]))
        .order_by(PaperAnswer.keyed_at, PaperAnswer.id)
    ).all()


def agreed_in_words(work: PanelWork) -> Mapping[uuid.UUID, str]:
    """Each score that the panel agreed, by its identifier, as the sheet names it, in the order of the board."""
    scores = agreed_scores(work.panel_id)
    named = {}
    for bid, leaves in leaves_by_bid(work).items():
        for leaf in leaves:
            if (agreed := scores.get((bid.bid_id, leaf.criterion.id))) is not None:
                title = leaf.criterion.plain_title or leaf.criterion.title
                named[agreed.id] = f"{bid.label}: {marks(agreed.score)} for “{title}”"
    return named


def blank_sheet(work: PanelWork, now: datetime) -> Document:
    """The sheet that a young person fills in and signs with the alias."""
    return Document(
        title="What your group agreed",
        lead="Is each score right? Tick one box for each. It is fine to say no. Nobody can say yes for you.",
        footer=work.itt.title,
        parts=(
            Facts((("Your made-up name", ""), ("Day", ""))),
            Table(
                ("Your group’s score", "That’s right for us", "No, I’d change it: what?"),
                tuple((words, "", "") for words in agreed_in_words(work).values()),
                (5, 2, 6),
            ),
            Text("Sign with your made-up name:"),
        ),
        made_at=now,
    )
