"""The panel moderates: the board, each score that it agrees, who consents, and the close."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.audit.queries import length_of_chain
from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.consenting import answer_score, asked_for
from portal.evaluation.forms.moderating import AgreeForm, AttendanceForm, CloseForm, ConsentForm, MovementForm
from portal.evaluation.leaves import boards_of, leaf_named
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.moderation import (
    agree_score,
    change_attendance,
    close_moderation,
    open_cells,
    start_moderation,
    waiting_for,
)
from portal.evaluation.moderation_queries import attendance_of, movements_of, seats_of
from portal.evaluation.moving import note_movement
from portal.evaluation.noting import notes_of
from portal.evaluation.opened import Answer
from portal.evaluation.published_method import plain, points
from portal.evaluation.queries import (
    agreed_history,
    agreed_score,
    agreed_scores,
    bid_to_score,
    counting_members,
    opinions_of,
    seat_of,
    spreads_of,
)
from portal.evaluation.reading import read_bid
from portal.evaluation.standing import require_to_judge, standing_of
from portal.evaluation.views.panel import ADULTS, may, undeclared, visible
from portal.evaluation.workbench import next_to_write, workbench_at
from portal.web.access import actor, for_panel
from portal.web.watching import watched

bp = Blueprint("moderation", __name__, url_prefix="/panel/<uuid:panel_id>")


@bp.get("/moderate")
@for_panel(*ADULTS)
def board(panel_id: uuid.UUID) -> ResponseReturnValue:
    """The moderation board: the spread of each cell, what is agreed, what is open."""
    work = visible(panel_id)
    policy.require(actor(), Verb.SEE_SCORES, work)
    if undeclared(work):
        return redirect(url_for("panel_desk.declare", panel_id=panel_id))
    return watched(length_of_chain(work), lambda tag: _board(work, tag))


def _board(work: PanelWork, tag: str) -> str:
    return render_template(
        "evaluation/panel/board.html",
        work=work,
        tag=tag,
        boards=boards_of(work, standing_of(work, seat_of(work.panel_id, actor().user_id))),
        there=[row.member for row in attendance_of(work.panel_id) if row.left_at is None],
        spreads=spreads_of(work.panel_id),
        agreed=agreed_scores(work.panel_id),
        moderates=may(work, Verb.AGREE),
    )


@bp.route("/start", methods=["GET", "POST"])
@for_panel(Role.CHAIR, Role.FACILITATOR)
def start(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Say who is here, and start the moderation."""
    work = visible(panel_id)
    policy.require(actor(), Verb.START_MODERATION, work)
    seats = seats_of(panel_id)
    form = AttendanceForm().among(seats, [seat.id for seat in seats])
    if form.validate_on_submit() and form.carry_out(
        lambda: start_moderation(work=work, present=form.seats(), actor=actor(), now=clock.now())
    ):
        flash("The panel is moderating. Everybody on it can now see all scores.", "success")
        return redirect(url_for(".board", panel_id=panel_id))
    page = render_template("evaluation/panel/start.html", form=form, work=work, waiting=waiting_for(work))
    return page, form.status_code


@bp.route("/attendance", methods=["GET", "POST"])
@for_panel(Role.CHAIR, Role.FACILITATOR)
def attendance(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Who takes part from now on, and who took part when."""
    work = visible(panel_id)
    policy.require(actor(), Verb.AGREE, work)
    rows = attendance_of(panel_id)
    form = AttendanceForm().among(seats_of(panel_id), [row.panel_member_id for row in rows if row.left_at is None])
    if form.validate_on_submit() and form.carry_out(
        lambda: change_attendance(work=work, present=form.seats(), actor=actor(), now=clock.now())
    ):
        flash("Who is here is written down.", "success")
        return redirect(url_for(".board", panel_id=panel_id))
    return render_template("evaluation/panel/attendance.html", form=form, work=work, rows=rows), form.status_code


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
        rest = next_to_write(work, bid_id)
        if rest is not None:
            return redirect(url_for(".cell", panel_id=panel_id, bid_id=bid_id, criterion=rest.leaf.key))
        return redirect(url_for(".board", panel_id=panel_id))
    return _cell_page(work, bid_id, criterion, form), form.status_code


@bp.post("/moderate/<uuid:bid_id>/<criterion>/moved")
@for_panel(*ADULTS)
def moved(panel_id: uuid.UUID, bid_id: uuid.UUID, criterion: str) -> ResponseReturnValue:
    """Write down that a member came round from their score: oneself, or anybody where one leads the moderation."""
    work = visible(panel_id)
    policy.require(actor(), Verb.SEE_SCORES, work)
    form = MovementForm().among(_who_can_move(work))
    if form.validate_on_submit() and form.carry_out(lambda: _note_movement(work, bid_id, criterion, form)):
        flash("That they came round is written down.", "success")
        return redirect(url_for(".cell", panel_id=panel_id, bid_id=bid_id, criterion=criterion))
    return _cell_page(work, bid_id, criterion, _agree_form(work, bid_id, criterion), movement=form), form.status_code


@bp.post("/moderate/agreed/<uuid:agreed_id>")
@for_panel(Role.CHAIR, Role.PANEL_MEMBER)
def answer(panel_id: uuid.UUID, agreed_id: uuid.UUID) -> ResponseReturnValue:
    """Consent to an agreed score, or dissent from it in words."""
    work = visible(panel_id)
    policy.require(actor(), Verb.CONSENT, work)
    agreed = agreed_score(work, agreed_id)
    form = ConsentForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: answer_score(work=work, agreed_id=agreed_id, dissent=form.dissent(), actor=actor(), now=clock.now())
    ):
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
            work=work,
            meeting_record=form.meeting_record.data or "",
            met_first_date=form.met_first.data,
            met_last_date=form.met_last.data,
            actor=actor(),
            now=clock.now(),
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
        not_higher=form.not_higher.data or "",
        not_lower=form.not_lower.data or "",
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
        data={
            "score": plain(agreed.score),
            "reason": agreed.reason,
            "outside_reason": agreed.outside_reason,
            "not_higher": agreed.not_higher,
            "not_lower": agreed.not_lower,
        }
    )


def _who_can_move(work: PanelWork) -> list[PanelMember]:
    """Of whom the person can write down that they came round."""
    if not may(work, Verb.AGREE) and not may(work, Verb.CONSENT):
        return []
    scorers = counting_members(work.panel_id)
    return [member for member in scorers if may(work, Verb.AGREE) or member.user_id == actor().user_id]


def _note_movement(work: PanelWork, bid_id: uuid.UUID, criterion: str, form: MovementForm) -> Any:
    return note_movement(
        work=work,
        bid_id=bid_id,
        criterion=criterion,
        member_id=uuid.UUID(form.member.data),
        moved_to=form.moved_to.data or "",
        why=form.why.data or "",
        nobody_named=form.nobody_named.data,
        actor=actor(),
        now=clock.now(),
    )


def _cell_page(
    work: PanelWork,
    bid_id: uuid.UUID,
    criterion: str,
    form: AgreeForm,
    consent: ConsentForm | None = None,
    movement: MovementForm | None = None,
) -> str:
    bid = bid_to_score(work.itt_id, bid_id)
    leaf = leaf_named(work, bid, criterion)
    here, of_it = (bid_id, leaf.criterion.id), leaf.criterion.id
    answers: tuple[Answer, ...] = ()
    require_to_judge(work, seat_of(work.panel_id, actor().user_id), bid)
    if may(work, Verb.READ_BIDS):
        answers = read_bid(work=work, bid_id=bid_id, actor=actor(), criterion=criterion).answers[criterion]
    bench = workbench_at(work, here)
    asked = asked_for(work, bench.here.agreed)[0] if bench.here.agreed else None
    return render_template(
        "evaluation/panel/cell.html",
        form=form,
        consent=consent or ConsentForm(),
        movement=movement or MovementForm().among(_who_can_move(work)),
        asked=asked,
        answers_it=asked and may(work, Verb.CONSENT) and asked.may_answer(seat_of(work.panel_id, actor().user_id)),
        work=work,
        bench=bench,
        bid=bid,
        leaf=leaf,
        answers=answers,
        points=points(leaf.scale),
        spread=spreads_of(work.panel_id, here).get(here),
        opinions=opinions_of(work.panel_id, bid_id).get(of_it, []),
        movements=movements_of(work.panel_id, bid_id).get(of_it, []),
        history=agreed_history(work.panel_id, bid_id).get(of_it, []),
        note=notes_of(seat_of(work.panel_id, actor().user_id), bid_id).get(of_it, ""),
        moderates=may(work, Verb.AGREE),
    )
