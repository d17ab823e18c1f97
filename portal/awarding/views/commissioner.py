"""The award, for the people of the authority."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.awarding import queries
from portal.awarding.deciding import decide_award, propose_award, refuse_award
from portal.awarding.forms import DecisionForm, ProposalForm
from portal.awarding.models import AwardDecision
from portal.awarding.obstacles import Obstacle, obstacles_to
from portal.awarding.settling import awarded_lots, ended_lots, open_lots, vacant_places
from portal.awarding.standings import Standings, standings_of
from portal.core import clock
from portal.core.approval import may_decide
from portal.core.errors import NotAllowed, WrongState
from portal.core.permissions import Verb, policy
from portal.evaluation.queries import current_result
from portal.organisations.models import Provider
from portal.regulation.procurement_law import AWARD
from portal.tendering.interests.queries import has_declared
from portal.tendering.lots import limit_words
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority

bp = Blueprint("awards", __name__, url_prefix="/commissioning/itts/<reference>/award")


@bp.route("", methods=["GET", "POST"])
@for_authority()
def show(reference: str) -> ResponseReturnValue:
    """The lot's award: propose it, decide it, or read it (`?lot=`, else the first lot that still waits)."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.SEE_AWARD, itt)
    lot = _chosen_lot(itt)
    decision = queries.decision_in_force(lot.id)
    may_be_proposed = decision is None or (decision.is_decided and vacant_places(lot))
    if may_be_proposed and lot in open_lots(itt) and policy.allows(actor(), Verb.PROPOSE_AWARD, itt):
        return _propose(itt, lot)
    if decision is not None and may_decide(decision, actor()):
        return _decide(itt, decision)
    if request.method == "POST":
        _refuse(itt, decision or queries.last_refused(lot.id))
    return _page(itt, lot, decision, None)


def _refuse(itt: InvitationToTender, decision: AwardDecision | None) -> NoReturn:
    """Say why nothing can be sent now: to whoever proposes and whoever decides what is in the way, to others no."""
    try:
        policy.require(actor(), Verb.PROPOSE_AWARD, itt)
    except NotAllowed:
        if decision is None:
            raise
        policy.require(actor(), Verb.DECIDE, decision)
        raise NotAllowed("Another person decides this award: you proposed it, or stood in for who did.") from None
    raise WrongState("An award of this lot is proposed already, or its lots are settled.")


def _propose(itt: InvitationToTender, lot: Lot) -> ResponseReturnValue:
    form = ProposalForm()
    form.offer(itt.standstill_rule.period, _to_choose(itt, lot))
    if form.validate_on_submit() and form.carry_out(
        lambda: propose_award(
            itt=itt,
            lot=lot,
            actor=actor(),
            reason=form.reason.data or "",
            offers_standstill=bool(form.offers_standstill.data),
            now=clock.now(),
            unverified_reason=form.unverified_reason.data,
            tied=form.tied.data or "",
            tie_reason=form.tie_reason.data or "",
        )
    ):
        flash("The award is proposed. An approver has been told.", "success")
        return _here(itt, lot)
    return _page(itt, lot, None, form)


def _to_choose(itt: InvitationToTender, lot: Lot) -> list[tuple[str, str]]:
    """The tied bids that two people choose of: none where the result says which, or the method draws a lot."""
    if itt.draws_lots:
        return []
    standings = standings_of(itt, lot, None, current_result(lot.id), actor())
    return [
        (row["bid"], f"{row['provider']} ({row['label']})") for row in standings.rows if row["bid"] in standings.tied
    ]


def _decide(itt: InvitationToTender, decision: AwardDecision) -> ResponseReturnValue:
    form = DecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _verdict(form, decision)):
        approved = form.verdict.data == "approve"
        flash(
            "The award is decided and every bidder has been told." if approved else "The award is refused.",
            "success",
        )
        return _here(itt, decision.lot)
    return _page(itt, decision.lot, decision, form)


def _verdict(form: DecisionForm, decision: AwardDecision) -> None:
    note, now = form.note.data or "", clock.now()
    if form.verdict.data == "approve":
        relying = form.unverified_reason.data
        decide_award(decision=decision, actor=actor(), note=note, now=now, unverified_reason=relying)
    else:
        refuse_award(decision=decision, actor=actor(), note=note, now=now)


def _chosen_lot(itt: InvitationToTender) -> Lot:
    asked = [lot for lot in itt.lots if str(lot.number) == request.args.get("lot")]
    return next(iter([*asked, *open_lots(itt), *itt.lots]))


def _here(itt: InvitationToTender, lot: Lot) -> ResponseReturnValue:
    """Back to the award of the same lot."""
    return redirect(url_for("awards.show", reference=itt.reference, lot=lot.number if len(itt.lots) > 1 else None))


def _lots(itt: InvitationToTender) -> list[tuple[Lot, str]]:
    """Where each lot stands, in a word or two, where there are several."""
    if len(itt.lots) == 1:
        return []
    awarded, ended, proposed = awarded_lots(itt.id), ended_lots(itt.id), queries.proposed_lots(itt.id)
    words = {lot.id: "Waits for its award" for lot in itt.lots}
    words |= dict.fromkeys(proposed, "Proposed") | dict.fromkeys(awarded, "Awarded")
    words |= dict.fromkeys(ended, "Ended without an award")
    return [(lot, words[lot.id]) for lot in itt.lots]


def _in_the_way(itt: InvitationToTender, lot: Lot, decision: AwardDecision | None) -> list[Obstacle]:
    return obstacles_to(itt, lot, deciding=decision is not None)


def _page(itt: InvitationToTender, lot: Lot, decision: AwardDecision | None, form: Any) -> ResponseReturnValue:
    result = decision.result if decision is not None else current_result(lot.id)
    standings = standings_of(itt, lot, decision, result, actor())
    awards = queries.decisions_in_force(lot.id)
    page = render_template(
        "awarding/commissioner/award.html",
        itt=itt,
        lot=lot,
        lots=_lots(itt),
        decision=decision,
        form=form,
        obstacles=_in_the_way(itt, lot, decision) if form is not None and result is not None else [],
        has_declared=has_declared(itt.id, actor()),
        result=result,
        rule=itt.standstill_rule,
        award_duty=itt.notice_duty(AWARD),
        standings=standings,
        unproved=_unproved(decision, standings),
        limits=limit_words(itt),
        draws=bool(standings.tied) and itt.draws_lots,
        history=queries.earlier_decisions(lot.id),
        awards=awards,
        vacant=vacant_places(lot) if awards else [],
        summaries=[summaries for award in awards if (summaries := queries.summaries_of(award.id))],
        standstill=queries.standstill_of(decision.id) if decision is not None else None,
        now=clock.now(),
    )
    return page, (form.status_code if form is not None else 200)


def _unproved(decision: AwardDecision | None, standings: Standings) -> list[Provider]:
    """Those whom it goes to and whose number nobody has proved, while nobody has said why all the same."""
    if decision is None:
        return [provider for provider in standings.winners if not provider.verification]
    relied = [place.bid.provider for place in decision.standing if not place.unverified_reason]
    return [provider for provider in relied if not provider.verification]
