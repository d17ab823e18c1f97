"""The authority's view of an evaluation: the panels, how far they are, their record, the result."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.audit.queries import length_of_chain
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.consenting import asked_for
from portal.evaluation.forms.panels import ROLE_HINTS, AppointForm
from portal.evaluation.leaves import boards_of, leaf_named, leaves_per_lot
from portal.evaluation.models import PanelMember, PanelWork, Result
from portal.evaluation.moderation_queries import attendance_of, movements_of
from portal.evaluation.panels import appoint_panel_member, invite_panel_member_again
from portal.evaluation.progress import progress_of
from portal.evaluation.published_method import points, scored_leaves
from portal.evaluation.queries import (
    agreed_history,
    agreed_scores,
    bid_to_score,
    bids_to_score,
    itt_by_reference,
    members_of,
    opinions_of,
    spreads_of,
    work_of,
    works_of_itt,
)
from portal.evaluation.reading import read_rates
from portal.evaluation.reminding import remind_panel
from portal.evaluation.result_pages import result_page, workings_page
from portal.evaluation.results import block_reason, newest_results
from portal.evaluation.sharing_out import can_be_shared
from portal.evaluation.taking_part.chairing import chairs_of
from portal.evaluation.training.gate import untrained_on
from portal.tendering.method import method_for
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.question_kinds.schedule import columns_of, rows_with_rates
from portal.web.access import actor, for_authority
from portal.web.downloads import csv_download
from portal.web.forms import PlainForm
from portal.web.watching import watched

bp = Blueprint("evaluation_desk", __name__, url_prefix="/commissioning/itts/<reference>")

READERS = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR, Role.CONTRACT_MANAGER)


@bp.get("/panels")
@for_authority(Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR, Role.OPENER)
def panels(reference: str) -> ResponseReturnValue:
    """Every panel with its members and, for whoever oversees them, how far they are."""
    itt = _itt(reference, Verb.SEE_PANELS)
    works, bids = works_of_itt(itt.id), bids_to_score(itt.id)
    ids = [panel.id for panel in itt.panels]
    return render_template(
        "evaluation/commissioner/panels.html",
        itt=itt,
        works=works,
        members=members_of(ids),
        progress={p.member.id: p for rows in progress_of(ids).values() for p in rows},
        watched=_panels_open_to(Verb.SEE_PROGRESS, works),
        recorded=_panels_open_to(Verb.SEE_SCORES, works),
        told=_panels_open_to(Verb.READ_INFLUENCE, works) if itt.has_outcome else (),
        keyed=_panels_open_to(Verb.KEY_SHEET, works),
        bids=len(bids),
        per_lot={panel.id: leaves_per_lot(panel, itt.lots) for panel in itt.panels},
        appoints=policy.allows(actor(), Verb.APPOINT_PANEL, itt),
        shared=can_be_shared(itt, works.values()) if policy.allows(actor(), Verb.APPOINT_PANEL, itt) else (),
        leads=policy.allows(actor(), Verb.NAME_SAFEGUARDING_LEAD, itt),
        untrained=untrained_on(itt.id, clock.now()),
    )


@bp.route("/panels/<uuid:panel_id>/appoint", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def appoint(reference: str, panel_id: uuid.UUID) -> ResponseReturnValue:
    """Appoint somebody to a panel; a new adult is invited by mail."""
    itt = _itt(reference, Verb.APPOINT_PANEL)
    panel = _panel(itt, panel_id)
    form = AppointForm().for_panel(panel)
    if form.validate_on_submit() and form.carry_out(lambda: _appoint(itt, panel, form)):
        member = form.outcome
        mailed = f" We wrote to {member.user.email}." if member.user.awaits_joining else ""
        flash(f"{member.alias} is on the {panel.name}.{mailed}", "success")
        return redirect(url_for(".panels", reference=itt.reference))
    page = "evaluation/commissioner/appoint.html"
    return render_template(page, form=form, itt=itt, panel=panel, hints=ROLE_HINTS), form.status_code


@bp.post("/panels/<uuid:panel_id>/members/<uuid:member_id>/invitation")
@for_authority(Role.COMMISSIONER)
def invite_again(reference: str, panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Have the invitation mailed again to a member who has not joined yet."""
    itt = _itt(reference, Verb.APPOINT_PANEL)
    member = _member(_panel(itt, panel_id), member_id)
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: invite_panel_member_again(itt=itt, member=member, actor=actor(), now=clock.now())
    ):
        flash(f"We wrote to {member.user.email} again.", "success")
    elif form.refusal:
        flash(form.refusal.message, "warning")
    return redirect(url_for(".panels", reference=itt.reference))


@bp.post("/panels/<uuid:panel_id>/reminder")
@for_authority(Role.COMMISSIONER)
def remind(reference: str, panel_id: uuid.UUID) -> ResponseReturnValue:
    """Remind a panel of the scores that it owes, and go on where one was: on the board of all panels, or here."""
    panel = _panel(_itt(reference, Verb.APPOINT_PANEL), panel_id)
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: remind_panel(work=work_of(panel.id), actor=actor(), now=clock.now())
    ):
        flash(f"We write to whoever on the {panel.name} has scores to give.", "success")
    elif form.refusal:
        flash(form.refusal.message, "warning")
    if "board" in request.args:
        return redirect(url_for("scoring_progress.index", after=request.args["board"] or None))
    return redirect(url_for(".panels", reference=reference))


@bp.get("/panels/<uuid:panel_id>/record")
@for_authority(Role.COMMISSIONER, Role.AUDITOR)
def record(reference: str, panel_id: uuid.UUID) -> ResponseReturnValue:
    """A closed panel's record: the spread of each cell, the agreed scores, the meeting."""
    itt, work = _closed_work(reference, panel_id)
    return render_template(
        "evaluation/commissioner/record.html",
        itt=itt,
        work=work,
        boards=boards_of(work),
        attendance=attendance_of(panel_id),
        spreads=spreads_of(panel_id),
        agreed=agreed_scores(panel_id),
        members=members_of([panel_id]).get(panel_id, []),
        chaired={one.member_id for one in chairs_of(panel_id)},
        reports=policy.allows(actor(), Verb.TAKE_REPORT, itt),
    )


@bp.get("/panels/<uuid:panel_id>/record/<uuid:bid_id>/<criterion>")
@for_authority(Role.COMMISSIONER, Role.AUDITOR)
def record_cell(reference: str, panel_id: uuid.UUID, bid_id: uuid.UUID, criterion: str) -> ResponseReturnValue:
    """One cell of the record: every individual score and reason, the agreed one, and what it superseded."""
    itt, work = _closed_work(reference, panel_id)
    bid = bid_to_score(itt.id, bid_id)
    leaf = leaf_named(work, bid, criterion)
    agreed = agreed_scores(panel_id).get((bid_id, leaf.criterion.id))
    return render_template(
        "evaluation/commissioner/record_cell.html",
        itt=itt,
        work=work,
        bid=bid,
        leaf=leaf,
        points=points(leaf.scale),
        opinions=opinions_of(panel_id, bid_id).get(leaf.criterion.id, []),
        asked=asked_for(work, agreed)[0] if agreed else None,
        present=[row.member for row in attendance_of(panel_id) if agreed and row.was_there(agreed.agreed_at)],
        movements=movements_of(panel_id, bid_id).get(leaf.criterion.id, []),
        history=agreed_history(panel_id, bid_id).get(leaf.criterion.id, []),
        corrects=policy.allows(actor(), Verb.PROPOSE_SETTING_ASIDE, itt),
    )


@bp.get("/result")
@for_authority(*READERS)
def result(reference: str) -> ResponseReturnValue:
    """The ranking with everything that led to it, from the stored result."""
    itt = _itt(reference, Verb.SEE_RESULT)
    return watched(length_of_chain(itt), lambda tag: _result(itt, tag))


def _result(itt: InvitationToTender, tag: str) -> str:
    results = newest_results(itt.id)
    if not results:
        blocked = block_reason(itt.id)
        return render_template("evaluation/commissioner/no_result.html", itt=itt, blocked=blocked, tag=tag)
    return render_template(
        "evaluation/commissioner/result.html",
        itt=itt,
        tag=tag,
        pages=[result_page(itt, found, actor()) for found in results],
        sees_firmness=policy.allows(actor(), Verb.SEE_FIRMNESS, itt),
        compared=_first_scored(results[0]) if policy.allows(actor(), Verb.COMPARE_ANSWERS, itt) else None,
    )


def _first_scored(result: Result) -> str | None:
    """The key of the first criterion that a panel scores, of the method that is at hand."""
    return next((key for key, _ in scored_leaves(method_for(result.lot))), None)


@bp.get("/result/<uuid:result_id>/<bid>")
@for_authority(*READERS)
def workings(reference: str, result_id: uuid.UUID, bid: str) -> ResponseReturnValue:
    """Every figure behind one bid's total."""
    itt = _itt(reference, Verb.SEE_RESULT)
    found = next((found for found in newest_results(itt.id) if found.id == result_id), None)
    if found is None:
        raise NotFound("There is no such result.")
    page = workings_page(itt, found, bid, actor())
    return render_template("evaluation/commissioner/workings.html", itt=itt, page=page)


@bp.get("/result/rates/<uuid:bid_id>")
@for_authority(*READERS)
def rates(reference: str, bid_id: uuid.UUID) -> ResponseReturnValue:
    """What a bid's price was worked out from."""
    itt = itt_by_reference(reference)
    found = read_rates(itt=itt, bid_id=bid_id, actor=actor())
    return render_template("evaluation/commissioner/rates.html", itt=itt, rates=found)


@bp.get("/result/rates/<uuid:bid_id>/schedule.csv")
@for_authority(*READERS)
def rates_file(reference: str, bid_id: uuid.UUID) -> ResponseReturnValue:
    """The same for a spreadsheet."""
    found = read_rates(itt=itt_by_reference(reference), bid_id=bid_id, actor=actor())
    rows = rows_with_rates(found.schedule, found.given)
    return csv_download(f"rates-{found.bid.bid.reference}.csv", columns_of(found.schedule), rows)


def _itt(reference: str, verb: Verb) -> InvitationToTender:
    itt = itt_by_reference(reference)
    policy.require(actor(), verb, itt)
    return itt


def _panels_open_to(verb: Verb, works: Mapping[uuid.UUID, PanelWork]) -> set[uuid.UUID]:
    return {panel_id for panel_id, work in works.items() if policy.allows(actor(), verb, work)}


def _panel(itt: InvitationToTender, panel_id: uuid.UUID) -> Panel:
    for panel in itt.panels:
        if panel.id == panel_id:
            return panel
    raise NotFound("There is no such panel.")


def _member(panel: Panel, member_id: uuid.UUID) -> PanelMember:
    for member in members_of([panel.id]).get(panel.id, []):
        if member.id == member_id and member.removed_at is None:
            return member
    raise NotFound("There is no such member of this panel.")


def _closed_work(reference: str, panel_id: uuid.UUID) -> tuple[InvitationToTender, PanelWork]:
    itt = _itt(reference, Verb.SEE_PANELS)
    work = work_of(_panel(itt, panel_id).id)
    policy.require(actor(), Verb.SEE_SCORES, work)
    return itt, work


def _appoint(itt: InvitationToTender, panel: Panel, form: AppointForm) -> PanelMember:
    return appoint_panel_member(itt=itt, panel=panel, appointee=form.appointee(), actor=actor(), now=clock.now())
