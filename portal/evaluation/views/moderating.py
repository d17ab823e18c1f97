"""The panel moderates: the board, each score that it agrees, who consents, and the close."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.consenting import asked_for
from portal.evaluation.forms import AgreeForm, CloseForm, ConsentForm
from portal.evaluation.leaves import boards_of, leaf_named
from portal.evaluation.models import PanelWork
from portal.evaluation.moderation import (
    agree_score,
    close_moderation,
    open_cells,
    start_moderation,
    waiting_for,
)
from portal.evaluation.published_method import plain, points
from portal.evaluation.queries import (
    agreed_history,
    agreed_score,
    agreed_scores,
    bid_to_score,
    opinions_of,
    seat_of,
    spreads_of,
)
from portal.evaluation.reading import read_bid
from portal.evaluation.views.panel import ADULTS, may, undeclared, visible
from portal.web.access import actor, for_panel
from portal.web.forms import PlainForm

bp = Blueprint("moderation", __name__, url_prefix="/panel/<uuid:panel_id>")


@bp.get("/moderate")
@for_panel(*ADULTS)
def board(panel_id: uuid.UUID) -> ResponseReturnValue:
    """The moderation board: the spread of each cell, what is agreed, what is open."""
    work = visible(panel_id)
    policy.require(actor(), Verb.SEE_SCORES, work)
    if undeclared(work):
        return redirect(url_for("panel_desk.declare", panel_id=panel_id))
    return render_template(
        "evaluation/panel/board.html",
        work=work,
        boards=boards_of(work),
        spreads=spreads_of(panel_id),
        agreed=agreed_scores(panel_id),
        moderates=may(work, Verb.AGREE),
    )


@bp.post("/moderate")
@for_panel(Role.CHAIR, Role.FACILITATOR)
def start(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Start the moderation."""
    work = visible(panel_id)
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: start_moderation(work=work, actor=actor(), now=clock.now())
    ):
        flash("The panel is moderating. Everybody on it can now see all scores.", "success")
        return redirect(url_for(".board", panel_id=panel_id))
    page = render_template("evaluation/panel/not_yet.html", form=form, work=work, waiting=waiting_for(work))
    return page, form.status_code


@bp.route("/moderate/<uuid:bid_id>/<criterion>", methods=["GET", "POST"])
@for_panel(*ADULTS)
def cell(panel_id: uuid.UUID, bid_id: uuid.UUID, criterion: str) -> ResponseReturnValue:
    """One bid and question: what each member gave and why, and the score that the panel agrees."""
    work = visible(panel_id)
    policy.require(actor(), Verb.SEE_SCORES, work)
    if undeclared(work):
        return redirect(url_for("panel_desk.declare", panel_id=panel_id))
    form = _agree_form(work, bid_id, criterion)
    if form.validate_on_submit() and form.carry_out(lambda: _agree(work, bid_id, criterion, form)):
        flash("The agreed score is recorded.", "success")
        rest = open_cells(work)
        if rest and rest[0][0].bid_id == bid_id:
            return redirect(url_for(".cell", panel_id=panel_id, bid_id=bid_id, criterion=rest[0][1].key))
        return redirect(url_for(".board", panel_id=panel_id))
    return _cell_page(work, bid_id, criterion, form), form.status_code


@bp.post("/moderate/agreed/<uuid:agreed_id>")
@for_panel(Role.CHAIR, Role.PANEL_MEMBER)
def answer(panel_id: uuid.UUID, agreed_id: uuid.UUID) -> ResponseReturnValue:
    """Consent to an agreed score, or dissent from it in words."""
    work = visible(panel_id)
    policy.require(actor(), Verb.CONSENT, work)
    agreed = agreed_score(work, agreed_id)
    form = ConsentForm()
    if form.validate_on_submit() and form.carry_out(lambda: form.answer(work, agreed_id, actor(), clock.now())):
        flash("Your answer is recorded.", "success")
        return redirect(url_for(".board", panel_id=panel_id))
    own = _agree_form(work, agreed.bid_id, agreed.criterion.key)
    page = _cell_page(work, agreed.bid_id, agreed.criterion.key, own, consent=form)
    return page, form.status_code


@bp.route("/close", methods=["GET", "POST"])
@for_panel(Role.CHAIR, Role.FACILITATOR)
def close(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Close the moderation with the record of the meeting."""
    work = visible(panel_id)
    policy.require(actor(), Verb.CLOSE_MODERATION, work)
    form = CloseForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: close_moderation(
            work=work, meeting_record=form.meeting_record.data or "", actor=actor(), now=clock.now()
        )
    ):
        flash("The moderation is closed. The agreed scores are final.", "success")
        return redirect(url_for(".board", panel_id=panel_id))
    still_open = open_cells(work)
    page = render_template("evaluation/panel/close.html", form=form, work=work, still_open=still_open)
    return page, form.status_code


def _agree(work: PanelWork, bid_id: uuid.UUID, criterion: str, form: AgreeForm) -> Any:
    return agree_score(
        work=work,
        bid_id=bid_id,
        criterion=criterion,
        score=form.score.data or "",
        reason=form.reason.data or "",
        outside_reason=form.outside_reason.data or "",
        nobody_named=form.nobody_named.data,
        actor=actor(),
        now=clock.now(),
    )


def _agree_form(work: PanelWork, bid_id: uuid.UUID, criterion: str) -> AgreeForm:
    leaf = leaf_named(work, bid_to_score(work.itt_id, bid_id), criterion)
    agreed = agreed_scores(work.panel_id).get((bid_id, leaf.criterion.id))
    if agreed is None:
        return AgreeForm(data={})
    return AgreeForm(
        data={"score": plain(agreed.score), "reason": agreed.reason, "outside_reason": agreed.outside_reason}
    )


def _cell_page(
    work: PanelWork, bid_id: uuid.UUID, criterion: str, form: AgreeForm, consent: ConsentForm | None = None
) -> str:
    bid, answers = bid_to_score(work.itt_id, bid_id), None
    leaf = leaf_named(work, bid, criterion)
    if may(work, Verb.READ_BIDS):
        answers = read_bid(work=work, bid_id=bid_id, actor=actor(), criterion=criterion).answers[criterion]
    agreed = agreed_scores(work.panel_id).get((bid_id, leaf.criterion.id))
    [asked] = asked_for(work, agreed) if agreed else [None]
    seat = seat_of(work.panel_id, actor().user_id)
    return render_template(
        "evaluation/panel/cell.html",
        form=form,
        consent=consent or ConsentForm(),
        asked=asked,
        answers_it=asked and may(work, Verb.CONSENT) and asked.may_answer(seat),
        spread=spreads_of(work.panel_id, (bid_id, leaf.criterion.id)).get((bid_id, leaf.criterion.id)),
        work=work,
        bid=bid,
        answers=answers,
        leaf=leaf,
        points=points(leaf.scale),
        opinions=opinions_of(work.panel_id, bid_id).get(leaf.criterion.id, []),
        agreed=agreed,
        history=agreed_history(work.panel_id, bid_id).get(leaf.criterion.id, []),
        moderates=may(work, Verb.AGREE),
    )
