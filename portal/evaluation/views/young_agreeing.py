"""Young people answer what is agreed for their group, and the young chair says that they have finished."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.models import OpenedBid
from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.consent_models import ScoreConsent
from portal.evaluation.consenting import Asked, answer_score, asked_for
from portal.evaluation.forms.moderating import ConsentForm
from portal.evaluation.leaves import leaves_by_bid
from portal.evaluation.published_method import Leaf
from portal.evaluation.queries import agreed_scores, has_declared, opinions_of
from portal.evaluation.reading import read_bid
from portal.evaluation.standing import standing_of
from portal.evaluation.taking_part.chairing import chairing_of, finish_as_chair
from portal.evaluation.taking_part.models import YoungChair
from portal.evaluation.views.young_seat import Seat, bp, own_seat
from portal.safeguarding.help_lines import HELP_LINES
from portal.web.access import actor, for_panel
from portal.web.forms import BaseForm, PlainForm


@bp.get("/agreed")
@bp.get("/agreed/<uuid:agreed_id>")
@for_panel(Role.YOUNG_MEMBER)
def agreed(agreed_id: uuid.UUID | None = None) -> ResponseReturnValue:
    """The scores that the group agreed, to confirm one by one."""
    return _agreed_page(own_seat(), ConsentForm(), agreed_id)


@bp.post("/agreed/<uuid:agreed_id>")
@for_panel(Role.YOUNG_MEMBER)
def confirm(agreed_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm one agreed score, or say why not."""
    seat, form = own_seat(), ConsentForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: answer_score(
            work=seat.work, agreed_id=agreed_id, dissent=form.dissent(), actor=actor(), now=clock.now()
        )
    ):
        return redirect(url_for(".agreed"))
    return _agreed_page(seat, form, agreed_id)


@bp.post("/finish")
@for_panel(Role.YOUNG_MEMBER)
def finish() -> ResponseReturnValue:
    """Say, as the chair, that the group has finished: the facilitator closes then."""
    seat, form = own_seat(), PlainForm()
    policy.require(actor(), Verb.CONSENT, seat.work)
    if _chairs(seat) is None:
        return redirect(url_for(".agreed"))
    if form.validate_on_submit() and form.carry_out(
        lambda: finish_as_chair(work=seat.work, actor=actor(), now=clock.now())
    ):
        return redirect(url_for(".agreed"))
    return _agreed_page(seat, form, None)


def _agreed_page(seat: Seat, form: BaseForm, answering: uuid.UUID | None) -> ResponseReturnValue:
    policy.require(actor(), Verb.CONSENT, seat.work)
    if not has_declared(seat.member):
        return redirect(url_for(".know"))
    scores = agreed_scores(seat.work.panel_id)
    asked = {(one.agreed.bid_id, one.agreed.criterion_id): one for one in asked_for(seat.work, *scores.values())}
    cells = [(bid, leaf) for bid, leaves in leaves_by_bid(seat.work).items() for leaf in leaves]
    rows = [(bid, leaf, asked.get((bid.bid_id, leaf.criterion.id))) for bid, leaf in cells]
    judges = standing_of(seat.work, seat.member).is_open
    own = [(bid, leaf, one, one.said.get(seat.member.id)) for bid, leaf, one in rows if one is not None and judges(bid)]
    places: dict[uuid.UUID | None, int] = {one.agreed.id: place for place, (_, _, one, _) in enumerate(own, 1)}
    waiting = next((one.agreed.id for _, _, one, mine in own if mine is None and not one.before(seat.member)), None)
    # A score that the group has changed meanwhile is not among them: the next that waits is shown.
    number = places.get(answering or waiting) or places.get(waiting)
    lines = HELP_LINES if any(mine and mine.held and mine.held.may_be_about_harm for _, _, _, mine in own) else ()
    if number is None:
        waits = {one.agreed.id: one.before(seat.member) for _, _, one, mine in own if mine is None}
        open_still = any(one is None or one.agreed.stands_at is None for _, _, one in rows)
        shown = {"rows": own, "lines": lines, "waits": waits, "open_still": open_still, "chairs": _chairs(seat)}
        return render_template("evaluation/young/agreed.html", **shown, form=form), form.status_code
    return _confirming_page(seat, form, own[number - 1], number=number, total=len(own), lines=lines)


def _chairs(seat: Seat) -> YoungChair | None:
    """As what the young person chairs the group; None for everybody else."""
    chairing = chairing_of(seat.work.panel_id)
    return chairing if chairing is not None and chairing.member_id == seat.member.id else None


def _confirming_page(
    seat: Seat, form: BaseForm, row: tuple[OpenedBid, Leaf, Asked, ScoreConsent | None], **shown: object
) -> ResponseReturnValue:
    bid, leaf, asked, mine = row
    reading = read_bid(work=seat.work, bid_id=bid.bid_id, actor=actor(), criterion=leaf.key)
    page = render_template(
        "evaluation/young/confirm.html",
        form=form,
        bid=bid,
        leaf=leaf,
        asked=asked,
        mine=mine,
        before=asked.before(seat.member),
        answers=reading.answers[leaf.key],
        opinions=opinions_of(seat.work.panel_id, bid.bid_id).get(leaf.criterion.id, []),
        **shown,
    )
    return page, form.status_code
