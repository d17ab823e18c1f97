"""What officers ask bidders about their opened bids, and how they judge the answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.keeping import read_kept
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.queries import itt_by_reference
from portal.evaluation.reading import read_prices
from portal.judging.asking import ask_about_price, list_omissions, raise_ground
from portal.judging.enquiries import file_of, read_enquiry
from portal.judging.enquiry_models import Enquiry
from portal.judging.forms import AskingForm, GroundForm, JudgementForm, OmissionsForm
from portal.judging.grounds import GROUNDS
from portal.judging.judging import judge
from portal.judging.queries import Standing, prompts_of, standing_of, standings_of
from portal.judging.states import Concern, Verdict
from portal.judging.views.commissioner import OFFICERS
from portal.regulation.assessing_law import ASSESSING
from portal.regulation.low_prices import RULES, flags
from portal.tendering.models import InvitationToTender
from portal.web.access import actor, for_authority, require_to_send
from portal.web.downloads import attachment

bp = Blueprint("enquiries", __name__, url_prefix="/commissioning/itts/<reference>/enquiries")
PREFILLED = ("ground", "concern", "whom")
"""What a match on the debarment list brings into the form."""
ASKED = "The bidder has been told, and until when it can answer."


@bp.route("/omissions", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def omissions(reference: str) -> ResponseReturnValue:
    """List what is missing from which bid, with one day for all."""
    itt = _to_judge(reference)
    form = OmissionsForm()
    form.offer(standings_of(itt))
    asked: dict[str, Any] = {"itt": itt, "actor": actor(), "now": clock.now()}
    if form.validate_on_submit() and form.carry_out(
        lambda: list_omissions(missing=form.listed, words=form.words.data, due_date=form.due.data, **asked)
    ):
        flash("The bidders have been told, and until when they can answer.", "success")
        return redirect(url_for("compliance.index", reference=itt.reference))
    return render_template("judging/commissioner/omissions.html", itt=itt, form=form), form.status_code


@bp.route("/exclusion/<uuid:bid_id>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def exclusion(reference: str, bid_id: uuid.UUID) -> ResponseReturnValue:
    """Raise a ground for exclusion, and ask the bidder what it says."""
    itt, form = _to_judge(reference), GroundForm(data={name: request.args.get(name) for name in PREFILLED})
    form.offer(GROUNDS[itt.regime])
    standing = standing_of(itt, bid_id)

    def act() -> Enquiry:
        concern, whom = Concern(form.concern.data), form.whom.data
        return raise_ground(ground=form.ground.data, concern=concern, whom=whom, **_asked(itt, bid_id, form))

    return _asking("exclusion", itt, standing, form, act)


@bp.route("/price/<uuid:bid_id>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def price(reference: str, bid_id: uuid.UUID) -> ResponseReturnValue:
    """Ask a bidder about its price, with what the rules say of it."""
    itt, form = _to_judge(reference), AskingForm()
    standing = standing_of(itt, bid_id)
    opened = read_prices(itt=itt, lot_id=standing.opened.bid.lot_id, reader=actor())
    prices = {found.bid_id: found.price for found in opened.values() if found.stands and found.price is not None}
    own = prices.pop(bid_id, None)
    said = flags(own, list(prices.values()), itt.estimated_value) if own is not None else []
    return _asking(
        "price",
        itt,
        standing,
        form,
        lambda: ask_about_price(**_asked(itt, bid_id, form)),
        price=own,
        said=said,
        rules=RULES,
    )


@bp.route("/<uuid:enquiry_id>", methods=["GET", "POST"])
@for_authority(*OFFICERS)
def show(reference: str, enquiry_id: uuid.UUID) -> ResponseReturnValue:
    """What was asked and answered; a ground or a price is judged here, and a second person decides."""
    itt = itt_by_reference(reference)
    enquiry = read_enquiry(itt=itt, enquiry_id=enquiry_id, actor=actor())
    require_to_send(Verb.JUDGE, itt)
    form = JudgementForm()
    if form.validate_on_submit() and form.carry_out(lambda: _judge(itt, enquiry, form)):
        flash("An approver has been told: nothing changes until then.", "success")
        return redirect(url_for("compliance.show", reference=itt.reference, bid_id=enquiry.bid_id))
    return _page(itt, enquiry, form), form.status_code


@bp.get("/<uuid:enquiry_id>/files/<uuid:file_id>")
@for_authority(*OFFICERS)
def file(reference: str, enquiry_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """A document that came with an answer, as an attachment that the browser does not run."""
    itt = itt_by_reference(reference)
    found = file_of(read_enquiry(itt=itt, enquiry_id=enquiry_id, actor=actor()), file_id)
    content = read_kept(found, files=current_app.extensions["files"])
    return attachment(found.file_name, content, found.media_type)


def _page(itt: InvitationToTender, enquiry: Enquiry, form: JudgementForm) -> str:
    raised = next((one for one in standing_of(itt, enquiry.bid_id).raised if one.enquiry.id == enquiry.id), None)
    ready = raised is not None and raised.proposed is None and enquiry.is_over(clock.now())
    may_judge = policy.allows(actor(), Verb.JUDGE, itt)
    return render_template(
        "judging/commissioner/enquiry.html",
        itt=itt,
        enquiry=enquiry,
        raised=raised,
        form=form if ready and may_judge else None,
        may_judge=may_judge,
        prompts=prompts_of(itt.id),
        now=clock.now(),
    )


def _to_judge(reference: str) -> InvitationToTender:
    itt = itt_by_reference(reference)
    policy.require(actor(), Verb.JUDGE, itt)
    return itt


def _asked(itt: InvitationToTender, bid_id: uuid.UUID, form: AskingForm) -> dict[str, Any]:
    asked = {"words": form.words.data, "due_date": form.due.data}
    return {"itt": itt, "bid_id": bid_id, "actor": actor(), "now": clock.now(), **asked}


def _asking(
    name: str,
    itt: InvitationToTender,
    standing: Standing,
    form: AskingForm,
    act: Callable[[], Enquiry],
    **values: Any,
) -> ResponseReturnValue:
    if form.validate_on_submit() and form.carry_out(act):
        flash(ASKED, "success")
        return redirect(url_for("compliance.show", reference=itt.reference, bid_id=standing.opened.bid_id))
    page = render_template(
        f"judging/commissioner/ask_{name}.html",
        itt=itt,
        bid=standing.opened.bid,
        form=form,
        law=ASSESSING[itt.regime],
        **values,
    )
    return page, form.status_code


def _judge(itt: InvitationToTender, enquiry: Enquiry, form: JudgementForm) -> object:
    return judge(
        itt=itt,
        bid_id=enquiry.bid_id,
        matter=enquiry.matter,
        about=enquiry.about,
        verdict=Verdict(form.verdict.data),
        reason=form.reason.data,
        actor=actor(),
        now=clock.now(),
    )
