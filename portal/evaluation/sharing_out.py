"""Sharing the bids of a panel out among its members, before it scores."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import exists, or_, select

from portal.core.columns import db
from portal.core.errors import InvalidInput, WrongState
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.core.words import counted
from portal.evaluation.coverage import least_members
from portal.evaluation.dealing import begun_on, deal, has_begun, short_of
from portal.evaluation.models import PanelWork
from portal.evaluation.owing import sharing_of
from portal.evaluation.queries import bids_to_score, members_with_cards
from portal.evaluation.sharing_models import Sharing
from portal.evaluation.states import PanelWorkStatus
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import Combination, IttStatus

SEED_BYTES = 32
USUAL_LEAST = 3


def share_out(
    *, itt: InvitationToTender, work: PanelWork, least: int | None, most: int | None, actor: Actor, now: datetime
) -> Sharing:
    """Share the panel's bids out: each is scored by `least` members, and nobody scores more than `most`.

    Consequences: members see and score only what is theirs, and moderation waits for that alone; whenever somebody
    joins, leaves or declares an interest it is balanced again (`dealing.deal_again`). Shared out again once scoring
    has begun, everybody keeps what they have, and only what is missing is added: so are a higher limit and bids that
    came late. Who scores what follows from a seed drawn once. Records BIDS_SHARED_OUT. Raises `InvalidInput` (fields
    "least", "most": below the panel's least number, more than its members, or impossible together), `NotAllowed`,
    `WrongState` before the opening, once a panel that was not shared out scores, once it moderates, and for a panel
    whose scores are averaged: there whoever scores a bid would decide where it ends.
    """
    take(itt, Verb.APPOINT_PANEL, actor=actor, share=True)
    assert actor.user_id is not None
    work = lock(PanelWork, work.panel_id)
    sharing = sharing_of(work.panel_id)
    _check_stage(itt, work, sharing)
    least, most = _checked_numbers(work, least, most)
    if sharing is None:
        sharing = Sharing(panel_id=work.panel_id, seed=secrets.token_hex(SEED_BYTES))
        db.session.add(sharing)
    sharing.least, sharing.most = least, most
    sharing.shared_at, sharing.shared_by_id = now, actor.user_id
    deal(work, sharing, actor=actor)
    _check_whole(work, least)
    return sharing


def can_be_shared(itt: InvitationToTender, works: Iterable[PanelWork]) -> frozenset[uuid.UUID]:
    """Of which of its panels the bids can be shared out, or shared out again (one statement at the most)."""
    staged = [
        work.panel_id
        for work in works
        if work.status is PanelWorkStatus.SCORING and work.panel.combine is Combination.AGREED
    ]
    if itt.status is not IttStatus.OPENED or not staged:
        return frozenset()
    shared = exists().where(Sharing.panel_id == Panel.id)
    found = select(Panel.id).where(Panel.id.in_(staged), or_(shared, ~begun_on(Panel.id)))
    return frozenset(db.session.scalars(found))


def suggestion(work: PanelWork, sharing: Sharing | None, *, bids: int, members: int) -> Mapping[str, int]:
    """The numbers that the form begins with: those there are, or three members a bid, and as few bids as that takes."""
    if sharing is not None:
        return {"least": sharing.least, "most": sharing.most}
    least = max(least_members(work.panel), min(USUAL_LEAST, members))
    return {"least": least, "most": -(-bids * least // max(1, members))}


def _check_stage(itt: InvitationToTender, work: PanelWork, sharing: Sharing | None) -> None:
    if itt.status is not IttStatus.OPENED:
        raise WrongState("The bids can be shared out once they are opened.")
    if work.status is not PanelWorkStatus.SCORING:
        raise WrongState("This panel has finished scoring, so there is nothing to share out.")
    if work.panel.combine is not Combination.AGREED:
        raise WrongState(
            "The scores of this panel are averaged. If different people scored different bids, who scores a bid would "
            "decide where it ends. So everybody on it scores every bid."
        )
    if sharing is None and has_begun(work.panel_id):
        raise WrongState("This panel has begun to score every bid, so the bids cannot be shared out any more.")


def _checked_numbers(work: PanelWork, least: int | None, most: int | None) -> tuple[int, int]:
    if least is None:
        raise InvalidInput("Say how many members score each bid.", field="least")
    if most is None or most < 1:
        raise InvalidInput("Say how many bids one member scores at the most.", field="most")
    members, bids = len(members_with_cards(work.panel_id)), len(bids_to_score(work.itt_id))
    lowest = least_members(work.panel)
    if least < lowest:
        raise InvalidInput(f"This panel agrees with {counted(lowest, 'member')} at the least.", field="least")
    if least > members:
        raise InvalidInput(f"{counted(members, 'member')} of this panel can score.", field="least")
    if members * most < bids * least:
        needed = -(-bids * least // members)
        raise InvalidInput(
            f"{counted(bids, 'bid')} for {counted(least, 'member')} each are {bids * least} to score. With "
            f"{counted(members, 'member')} somebody has to score {needed} at the least.",
            field="most",
        )
    return least, most


def _check_whole(work: PanelWork, least: int) -> None:
    short = short_of(work)
    if short:
        bid, scorers = short[0]
        raise InvalidInput(
            f"Nobody else can score {bid.label}: {counted(scorers, 'member')} of {least}. Raise the number of bids, or "
            "appoint somebody.",
            field="most",
        )
