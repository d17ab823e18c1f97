"""The panel's desk: declare, score, submit, moderate."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.cards import card_counts
from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.consenting import counts_of_waiting
from portal.evaluation.declaring import declarations_of, declare_interest
from portal.evaluation.forms.panels import ScoreForm, StepBackForm, SubmitForm, declaration_form, score_form
from portal.evaluation.held_states import HeldStatus
from portal.evaluation.leaves import leaves_for, leaves_per_lot
from portal.evaluation.models import HeldWords, PanelWork
from portal.evaluation.noting import notes_of, save_notes
from portal.evaluation.panels import issue_sitting_card
from portal.evaluation.progress import progress_of
from portal.evaluation.published_method import Leaf, points
from portal.evaluation.queries import (
    bid_to_score,
    has_declared,
    members_who_declared,
    opened_bids,
    scorecards_of,
    seat_of,
    work_of,
    works_of_person,
)
from portal.evaluation.reading import read_bid, read_file
from portal.evaluation.reading_order import leaves_in_order
from portal.evaluation.recusing import step_back
from portal.evaluation.rules import MODERATING, SCORING
from portal.evaluation.safeguarding.queries import held_on_panel
from portal.evaluation.scoring import copied_reasons, is_complete, save_scores, submit_scorecards
from portal.evaluation.standing import links_of, standing_of
from portal.evaluation.states import MemberRole
from portal.evaluation.taking_part.agreeing import supporters_of, taking_part_of
from portal.evaluation.taking_part.chairing import chairing_of
from portal.evaluation.taking_part.times import times_of
from portal.evaluation.training.gate import lacks_training
from portal.web.access import actor, for_panel, signed_in
from portal.web.downloads import attachment
from portal.web.forms import PlainForm
from portal.web.qr_codes import qr_code
from portal.web.submissions import saves_a_draft

bp = Blueprint("panel_desk", __name__, url_prefix="/panel")

ADULTS = (Role.CHAIR, Role.PANEL_MEMBER, Role.FACILITATOR)


@bp.get("")
@for_panel(*ADULTS)
def index() -> ResponseReturnValue:
    """The panels that the person sits on."""
    seats = works_of_person(current_actor_id())
    declared = members_who_declared([member.id for _, member in seats])
    waiting = counts_of_waiting([member for work, member in seats if work.policy_state == MODERATING])
    return render_template("evaluation/panel/index.html", seats=seats, declared=declared, waiting=waiting)


@bp.get("/<uuid:panel_id>")
@for_panel(*ADULTS)
def show(panel_id: uuid.UUID) -> ResponseReturnValue:
    """What there is to do on one panel, and how far it is."""
    work = visible(panel_id)
    member = seat_of(panel_id, actor().user_id)
    standing, cards = standing_of(work, member), scorecards_of(member.id)
    asked, watches = standing.among(leaves_in_order(work, member)), may(work, Verb.SEE_PROGRESS)
    return render_template(
        "evaluation/panel/show.html",
        standing=standing,
        linked=links_of(work.itt_id, standing),
        work=work,
        member=member,
        declared=has_declared(member),
        asked=asked,
        cards=cards,
        complete={bid.bid_id for bid, leaves in asked.items() if is_complete(cards.get(bid.bid_id), leaves)},
        progress=progress_of([panel_id]).get(panel_id, []) if watches else None,
        per_lot=leaves_per_lot(work.panel, work.itt.lots) if watches else {},
        held=_held(work),
        must_train=work.policy_state == SCORING and lacks_training(member, clock.now()),
        form=PlainForm(),
    )


@bp.route("/<uuid:panel_id>/declare", methods=["GET", "POST"])
@for_panel(*ADULTS)
def declare(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Declare interests against the bidders."""
    work = visible(panel_id)
    policy.require(actor(), Verb.DECLARE, work)
    member = seat_of(panel_id, actor().user_id)
    bids = sorted(opened_bids(work.itt_id), key=lambda bid: bid.bid.provider.name_fold)
    form = declaration_form(bids, declarations_of(member))
    if form.validate_on_submit() and form.carry_out(
        lambda: declare_interest(work=work, answers=form.answers(bids), actor=actor(), now=clock.now())
    ):
        flash("Thank you. Your declaration is recorded.", "success")
        return redirect(url_for(".show", panel_id=panel_id))
    return render_template("evaluation/panel/declare.html", form=form, work=work, bids=bids), form.status_code


@bp.route("/<uuid:panel_id>/step-back", methods=["GET", "POST"])
@for_panel(*ADULTS)
def leave(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Step back at once, because of a link that was declared, from a lot or from all of it."""
    work = visible(panel_id)
    policy.require(actor(), Verb.DECLARE, work)
    member = seat_of(panel_id, actor().user_id)
    form = StepBackForm().about(links_of(work.itt_id, standing_of(work, member)), lots=len(work.itt.lots))
    if form.validate_on_submit() and form.carry_out(
        lambda: step_back(work=work, lot_id=form.lot_id, actor=actor(), now=clock.now())
    ):
        if form.outcome.recused_at is not None:
            return redirect(url_for(".stepped_back"))
        flash("You have stepped back from that lot.", "success")
        return redirect(url_for(".show", panel_id=panel_id))
    return render_template("evaluation/panel/step_back.html", form=form, work=work), form.status_code


@bp.get("/stepped-back")
@signed_in
def stepped_back() -> ResponseReturnValue:
    """What happens after somebody stepped back."""
    return render_template("evaluation/panel/stepped_back.html")


@bp.get("/<uuid:panel_id>/bids/<uuid:bid_id>")
@for_panel(*ADULTS)
def score(panel_id: uuid.UUID, bid_id: uuid.UUID) -> ResponseReturnValue:
    """One bid: what it answers to the panel's questions, and the member's scores."""
    work = visible(panel_id)
    if undeclared(work):
        return redirect(url_for(".declare", panel_id=panel_id))
    return _score_page(work, bid_id)


@bp.post("/<uuid:panel_id>/bids/<uuid:bid_id>")
@for_panel(*ADULTS)
@saves_a_draft
def save(panel_id: uuid.UUID, bid_id: uuid.UUID) -> ResponseReturnValue:
    """Save the member's scores of one bid."""
    work = visible(panel_id)
    policy.require(actor(), Verb.SCORE, work)
    member = seat_of(panel_id, actor().user_id)
    leaves = leaves_for(work, bid_to_score(work.itt_id, bid_id, member))
    form = score_form(leaves, scorecards_of(member.id).get(bid_id), notes_of(member, bid_id))
    if form.validate_on_submit() and form.carry_out(lambda: _save(work, bid_id, form, leaves)):
        given = sum(1 for entry in form.entries(leaves).values() if entry.score)
        flash(f"Saved. Scores given: {given} of {len(leaves)}. You can change them until you submit.", "success")
        return redirect(url_for(".show", panel_id=panel_id))
    return _score_page(work, bid_id, form)


@bp.get("/<uuid:panel_id>/bids/<uuid:bid_id>/files/<uuid:file_id>")
@for_panel(*ADULTS)
def file(panel_id: uuid.UUID, bid_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """A file of a bid, as an attachment that the browser does not run."""
    files = current_app.extensions["files"]
    found = read_file(work=visible(panel_id), bid_id=bid_id, file_id=file_id, actor=actor(), files=files)
    return attachment(found.name, found.content, found.media_type)


@bp.route("/<uuid:panel_id>/submit", methods=["GET", "POST"])
@for_panel(Role.CHAIR, Role.PANEL_MEMBER)
def submit(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Check all scores and submit them."""
    work = visible(panel_id)
    policy.require(actor(), Verb.SCORE, work)
    form = SubmitForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: submit_scorecards(work=work, actor=actor(), now=clock.now(), same_words=form.same_words.data)
    ):
        flash("Your scores are submitted. Nobody can change them now.", "success")
        return redirect(url_for(".show", panel_id=panel_id))
    member = seat_of(panel_id, actor().user_id)
    standing, cards = standing_of(work, member), scorecards_of(member.id)
    asked = standing.among(leaves_in_order(work, member))
    page = render_template(
        "evaluation/panel/submit.html",
        form=form,
        work=work,
        asked=asked,
        given={card.bid_id: {s.criterion_id: s for s in card.scores} for card in cards.values()},
        copies=copied_reasons(asked, cards),
    )
    return page, form.status_code


@bp.get("/<uuid:panel_id>/cards")
@for_panel(Role.FACILITATOR)
def cards(panel_id: uuid.UUID) -> ResponseReturnValue:
    """The young people of the panel, how far they are, and their cards."""
    work = visible(panel_id)
    policy.require(actor(), Verb.SEE_PROGRESS, work)
    progress = progress_of([panel_id]).get(panel_id, [])
    young = [found for found in progress if found.member.role is MemberRole.YOUNG_MEMBER]
    ids = [found.member.user_id for found in young]
    return render_template(
        "evaluation/panel/cards.html",
        work=work,
        young=young,
        chairing=chairing_of(panel_id),
        counts=card_counts(ids),
        held=taking_part_of(ids),
        supporters=supporters_of(ids),
        until=times_of(panel_id).parents_until,
        preparing=may(work, Verb.PREPARE_SITTINGS),
        adding=may(work, Verb.ADD_YOUNG_PEOPLE),
        keying=may(work, Verb.KEY_SHEET),
        per_lot=leaves_per_lot(work.panel, work.itt.lots),
        issuing=may(work, Verb.ISSUE_CARD),
    )


@bp.post("/<uuid:panel_id>/cards/<uuid:member_id>")
@for_panel(Role.FACILITATOR)
def issue(panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Issue a card and show it, this once, ready to be printed."""
    work = visible(panel_id)
    keys = current_app.extensions["keys"]
    member, card = issue_sitting_card(work=work, member_id=member_id, actor=actor(), keys=keys, now=clock.now())
    address = url_for("accounts.card", _external=True)
    # Behind the "#", which no browser sends: the code reaches no log of an address.
    scanned = qr_code(f"{address}#{card.code}")
    return render_template(
        "evaluation/panel/card.html", work=work, member=member, card=card, address=address, scanned=scanned
    )


def visible(panel_id: uuid.UUID) -> PanelWork:
    """The panel's work, if it exists for the person."""
    work = work_of(panel_id)
    policy.require(actor(), Verb.READ, work)
    return work


def undeclared(work: PanelWork) -> bool:
    """Whether the person has still to declare before reading anything; a closed panel asks nobody."""
    seat = seat_of(work.panel_id, actor().user_id)
    return may(work, Verb.DECLARE) and not has_declared(seat)


def may(work: PanelWork, verb: Verb) -> bool:
    """Whether the person may do that to the panel now."""
    return policy.allows(actor(), verb, work)


def current_actor_id() -> uuid.UUID:
    """Who is signed in."""
    user_id = actor().user_id
    assert user_id is not None
    return user_id


def _held(work: PanelWork) -> Mapping[str, Sequence[HeldWords]]:
    """What waits for somebody in the room, and what is with the lead; nothing for whoever does not sit with them."""
    if not may(work, Verb.SEE_HELD_WORDS):
        return {}
    kinds = {"waiting": HeldStatus.WAITING, "with_lead": HeldStatus.WITH_LEAD}
    return {name: held_on_panel(work.panel_id, status) for name, status in kinds.items()}


def _save(work: PanelWork, bid_id: uuid.UUID, form: ScoreForm, leaves: Sequence[Leaf]) -> None:
    save_scores(work=work, bid_id=bid_id, entries=form.entries(leaves), actor=actor(), now=clock.now())
    save_notes(work=work, bid_id=bid_id, notes=form.notes(leaves), actor=actor(), now=clock.now())


def _score_page(work: PanelWork, bid_id: uuid.UUID, form: Any = None) -> ResponseReturnValue:
    member = seat_of(work.panel_id, actor().user_id)
    reading = read_bid(work=work, bid_id=bid_id, actor=actor())
    card = scorecards_of(member.id).get(bid_id)
    form = form or score_form(reading.leaves, card, notes_of(member, bid_id))
    page = render_template(
        "evaluation/panel/score.html",
        form=form,
        work=work,
        reading=reading,
        points={leaf.key: points(leaf.scale) for leaf in reading.leaves},
        card=card,
        scores=may(work, Verb.SCORE) and not (card and card.submitted_at),
    )
    return page, form.status_code
