"""How firm a result is, on a page of its own: each look is recorded, and a second look is written down."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.evaluation.firmness_pages import firmness_page
from portal.evaluation.forms.looking import WORDS, LookForm
from portal.evaluation.models import Result
from portal.evaluation.second_look import look_again, look_faults, see_firmness
from portal.evaluation.states import LookConclusion
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority, require_to_send

bp = Blueprint("firmness", __name__)


@bp.route("/commissioning/itts/<reference>/firmness", methods=["GET", "POST"])
@for_authority()
def show(reference: str) -> ResponseReturnValue:
    """What decides a lot's result alone (`?lot=`, else the first); the second look at it."""
    itt = find_itt(reference)
    lot = next((lot for lot in itt.lots if str(lot.number) == request.args.get("lot")), itt.lots[0])
    if not policy.allows(actor(), Verb.LOOK_AGAIN, itt):
        require_to_send(Verb.LOOK_AGAIN, itt)
    result = see_firmness(itt=itt, lot=lot, actor=actor())
    form = _form(itt, result)
    if form is not None and form.validate_on_submit() and form.carry_out(lambda: _look(form, itt, lot)):
        flash("Your second look is on record.", "success")
        return redirect(url_for(".show", reference=itt.reference, lot=request.args.get("lot")))
    page = firmness_page(itt, result) if result is not None and result.diagnostics else None
    faults = list(look_faults(lot)) if itt.status.is_moderated else []
    shown = {"itt": itt, "lot": lot, "form": form, "page": page, "faults": faults, "words": WORDS}
    html = render_template("evaluation/commissioner/firmness.html", result=result, **shown)
    return html, form.status_code if form is not None else 200


def _form(itt: InvitationToTender, result: Result | None) -> LookForm | None:
    """The form of whoever may look again; None where there is nothing to look at."""
    if result is None or result.diagnostics is None or not policy.allows(actor(), Verb.LOOK_AGAIN, itt):
        return None
    return LookForm(result=str(result.id))


def _look(form: LookForm, itt: InvitationToTender, lot: Lot) -> object:
    return look_again(
        itt=itt,
        lot=lot,
        result_id=form.result.data or "",
        conclusion=LookConclusion(form.conclusion.data),
        seen=form.seen.data or "",
        finding=form.finding.data or "",
        actor=actor(),
        now=clock.now(),
    )
