"""What officers check of the opened bids, without prices and without what panels score, and how they judge it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import names_by_id
from portal.bidding.models import Bid
from portal.bidding.partners import Partner
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.core.words import counted
from portal.evaluation.queries import compliance_questions, itt_by_reference
from portal.evaluation.reading import read_compliance, read_compliance_file
from portal.judging.behind import behind_bid
from portal.judging.checking import is_old, list_for
from portal.judging.debarment import matches_in
from portal.judging.deciding import decide_judgement, refuse_judgement
from portal.judging.enquiries import enquiries_about, enquiries_of, enquiry_behind
from portal.judging.forms import DecisionForm, JudgementForm
from portal.judging.judging import judge as judge_bid
from portal.judging.judging import pass_by_rule
from portal.judging.models import Judgement
from portal.judging.queries import Standing, history_of, judgement_of, standing_of, standings_of, subjects_of
from portal.judging.states import Matter, Verdict
from portal.regulation.assessing_law import ASSESSING
from portal.tendering.models import InvitationToTender
from portal.web.access import actor, for_authority, require_to_send
from portal.web.downloads import attachment

bp = Blueprint("compliance", __name__, url_prefix="/commissioning/itts/<reference>/compliance")

OFFICERS = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR)


@bp.get("")
@for_authority(*OFFICERS)
def index(reference: str) -> ResponseReturnValue:
    """The opened bids, how far each is judged, and what was asked for officers to check."""
    itt = _itt(reference)
    return render_template(
        "judging/commissioner/index.html",
        itt=itt,
        standings=standings_of(itt),
        questions=compliance_questions(itt.id),
        may_judge=policy.allows(actor(), Verb.JUDGE, itt),
        omissions=[found for found in enquiries_of(itt.id) if found.matter.is_requirement],
    )


@bp.post("/pass-by-rule")
@for_authority(Role.COMMISSIONER)
def pass_all(reference: str) -> ResponseReturnValue:
    """Pass every answer that meets its published rule."""
    itt = _itt(reference)
    passed = pass_by_rule(itt=itt, actor=actor(), now=clock.now())
    told = f"{counted(passed, 'answer')} passed by the published rules." if passed else "Nothing more passes by rule."
    flash(f"{told} What has to be read waits for you.", "success" if passed else "info")
    return redirect(url_for("compliance.index", reference=itt.reference))


@bp.get("/<uuid:bid_id>")
@for_authority(*OFFICERS)
def show(reference: str, bid_id: uuid.UUID) -> ResponseReturnValue:
    """What one bid answered, and how it was judged."""
    itt = _itt(reference)
    reading = read_compliance(itt=itt, bid_id=bid_id, actor=actor())
    history, standing = history_of(bid_id), standing_of(itt, bid_id)
    return render_template(
        "judging/commissioner/bid.html",
        itt=itt,
        reading=reading,
        judged={one.question.key: one for one in standing.requirements},
        enquiries=enquiries_about(bid_id),
        raised={one.enquiry.id: one for one in standing.raised},
        may_judge=policy.allows(actor(), Verb.JUDGE, itt),
        history=history,
        names=names_by_id(*(one.proposed_by_id for one in history), *checkers_of(standing)),
        standing=standing,
        law=ASSESSING[itt.regime],
        **debarment_of(itt, reading.bid.bid, reading.partners),
        subjects=subjects_of(history),
    )


@bp.get("/<uuid:bid_id>/files/<uuid:file_id>")
@for_authority(*OFFICERS)
def file(reference: str, bid_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """A file that officers check, as an attachment that the browser does not run."""
    files = current_app.extensions["files"]
    found = read_compliance_file(itt=_itt(reference), bid_id=bid_id, file_id=file_id, actor=actor(), files=files)
    return attachment(found.name, found.content, found.media_type)


@bp.route("/<uuid:bid_id>/judge/<key>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def judge(reference: str, bid_id: uuid.UUID, key: str) -> ResponseReturnValue:
    """Judge one answer: it passes, or a second person decides."""
    itt = _itt(reference)
    policy.require(actor(), Verb.JUDGE, itt)
    reading = read_compliance(itt=itt, bid_id=bid_id, actor=actor())
    answer = next((one for one in reading.answers if one.question.key == key and one.question.asked.is_judged), None)
    if answer is None:
        raise NotFound("Officers do not judge that question.")
    form = JudgementForm()
    if form.validate_on_submit() and form.carry_out(lambda: _judge(form, itt, bid_id, key)):
        waits = form.outcome.status.is_proposed
        flash("An approver has been told: nothing changes until then." if waits else "It passes.", "success")
        return redirect(url_for("compliance.show", reference=itt.reference, bid_id=bid_id))
    page = render_template("judging/commissioner/judge.html", itt=itt, bid=reading.bid, answer=answer, form=form)
    return page, form.status_code


@bp.route("/judgements/<uuid:judgement_id>", methods=["GET", "POST"])
@for_authority(*OFFICERS)
def decide(reference: str, judgement_id: uuid.UUID) -> ResponseReturnValue:
    """The second person: decide what was proposed, or refuse. Others read it."""
    itt = _itt(reference)
    judgement = judgement_of(itt, judgement_id)
    require_to_send(Verb.DECIDE, judgement)
    form = DecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _decide(form, judgement)):
        decided = form.verdict.data == "decide"
        flash("Decided: its bidder is told now." if decided else "Refused: what stood before stands.", "success")
        return redirect(url_for("compliance.show", reference=itt.reference, bid_id=judgement.bid_id))
    page = render_template(
        "judging/commissioner/decide.html",
        itt=itt,
        judgement=judgement,
        form=form if policy.allows(actor(), Verb.DECIDE, judgement) else None,
        is_own=judgement.is_own(actor()),
        names=names_by_id(judgement.proposed_by_id),
        subject=subjects_of([judgement])[judgement.id],
        enquiry=enquiry_behind(judgement),
    )
    return page, form.status_code


def _itt(reference: str) -> InvitationToTender:
    itt = itt_by_reference(reference)
    policy.require(actor(), Verb.READ_COMPLIANCE, itt)
    return itt


def debarment_of(itt: InvitationToTender, bid: Bid, partners: Sequence[Partner]) -> Mapping[str, Any]:
    """What a page says of the debarment list; nothing where the law of the procurement has none."""
    if not ASSESSING[itt.regime].looking:
        return {}
    found = list_for(itt)
    return {
        "looking": ASSESSING[itt.regime].looking,
        "debarment": found,
        "is_old": found is not None and is_old(found, clock.now()),
        "matches": matches_in(found.entries, behind_bid(bid, partners)) if found is not None else [],
    }


def checkers_of(standing: Standing) -> list[uuid.UUID]:
    """Who made the newest check of those behind a bid."""
    return [standing.check.checked_by_id] if standing.check is not None else []


def _judge(form: JudgementForm, itt: InvitationToTender, bid_id: uuid.UUID, key: str) -> Judgement:
    verdict, reason = Verdict(form.verdict.data), form.reason.data
    return judge_bid(
        itt=itt,
        bid_id=bid_id,
        matter=Matter.REQUIREMENT,
        about=key,
        verdict=verdict,
        reason=reason,
        actor=actor(),
        now=clock.now(),
    )


def _decide(form: DecisionForm, judgement: Judgement) -> None:
    act = decide_judgement if form.verdict.data == "decide" else refuse_judgement
    act(judgement=judgement, actor=actor(), note=form.note.data, now=clock.now())
