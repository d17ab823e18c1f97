"""Drawing a lot between tied bids, for two people of the authority; and how everybody checks it afterwards."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Verb, policy
from portal.evaluation.draw_models import Draw
from portal.evaluation.draw_queries import draw_of, draws_of, lot_to_draw, people_of, tied_bids
from portal.evaluation.drawing import abandon_draw, can_be_abandoned, commit_value, faults_of, reveal_value
from portal.evaluation.forms.panels import AbandonForm, CommitForm, RevealForm
from portal.evaluation.states import DrawStatus
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.queries import find_itt, find_published_itt
from portal.tendering.states import IttStatus
from portal.web.access import actor, for_authority, public, require_to_send

bp = Blueprint("draws", __name__)


@bp.route("/commissioning/itts/<reference>/draw", methods=["GET", "POST"])
@for_authority()
def show(reference: str) -> ResponseReturnValue:
    """Commit, reveal, or give up: whatever is this person's to do; and how far the draw is."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.SEE_RESULT, itt)
    lot = lot_to_draw(itt)
    draw = draw_of(lot.id) if lot is not None else None
    form = _form(itt, lot, draw)
    if form is None:
        require_to_send(Verb.DRAW_LOT, itt)
    if form is not None and form.validate_on_submit() and form.carry_out(lambda: _act(form, itt, lot, draw)):
        flash(_said(form), "success")
        return redirect(url_for("draws.show", reference=itt.reference))
    page = render_template("evaluation/commissioner/draw.html", form=form, lot=lot, **_shown(itt, draw))
    return page, form.status_code if form is not None else 200


@bp.get("/opportunities/<reference>/draw")
@public
def check(reference: str) -> ResponseReturnValue:
    """Everything that a draw was made of, once the award is decided: anybody can work the order out again."""
    itt = find_published_itt(reference)
    done = [draw for draw in draws_of(itt.id) if draw.status is DrawStatus.DONE]
    if itt.status not in (IttStatus.AWARDED, IttStatus.CONTRACTED) or not done:
        raise NotFound("No lot was drawn here, or the award is not decided yet.")
    return render_template("evaluation/public/draw.html", itt=itt, draws=done)


def _form(itt: InvitationToTender, lot: Lot | None, draw: Draw | None) -> Any:
    """The form of what this person can do now; None where there is nothing."""
    if lot is None or not itt.draws_lots or not policy.allows(actor(), Verb.DRAW_LOT, itt):
        return None
    if draw is None:
        return CommitForm()
    mine = draw.part_of(actor().user_id)
    if not draw.status.is_open:
        return None
    if mine is None and len(draw.parts) < 2:
        return CommitForm()
    if mine is not None and mine.value is None and len(draw.parts) == 2:
        return RevealForm()
    return AbandonForm() if mine is None and can_be_abandoned(draw, clock.now()) else None


def _act(form: Any, itt: InvitationToTender, lot: Lot | None, draw: Draw | None) -> object:
    now = clock.now()
    if isinstance(form, CommitForm):
        assert lot is not None
        return commit_value(itt=itt, lot=lot, actor=actor(), commitment=form.commitment.data or "", now=now)
    assert draw is not None
    if isinstance(form, RevealForm):
        return reveal_value(draw=draw, actor=actor(), value=form.value.data or "", now=now)
    abandon_draw(draw=draw, actor=actor(), now=now)
    return draw


def _said(form: Any) -> str:
    if isinstance(form, CommitForm):
        return "You have committed. Keep your value: you reveal it once two people have committed."
    if isinstance(form, RevealForm):
        done = form.outcome.status is DrawStatus.DONE
        return "The lot is drawn." if done else "Your value is revealed. The other person has to reveal theirs."
    return "The draw is given up. Two others can begin anew."


def _shown(itt: InvitationToTender, draw: Draw | None) -> dict[str, Any]:
    draws = draws_of(itt.id)
    return {
        "itt": itt,
        "draw": draw,
        "tied": draw.bids if draw is not None else [bid for lot in itt.lots for bid in tied_bids(lot.id)],
        "earlier": [one for one in draws if one.status is DrawStatus.ABANDONED],
        "superseded": [one for one in draws if one.status is DrawStatus.SUPERSEDED],
        "names": people_of(draws),
        "faults": faults_of(draw) if draw is not None else [],
        "mine": draw.part_of(actor().user_id) if draw is not None else None,
    }
