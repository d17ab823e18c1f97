"""What a bidder reads of how its own bid is judged, and where it answers what it is asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import Bid
from portal.bidding.queries import own_bid
from portal.core import clock
from portal.core.errors import DeadlinePassed, NotFound
from portal.core.permissions import Verb, policy
from portal.judging.answering import MOST_FILES, answer_enquiry
from portal.judging.enquiries import enquiries_about, enquiry_of
from portal.judging.enquiry_models import Enquiry
from portal.judging.forms import AnswerForm, answer_form
from portal.judging.queries import failures_of, prompts_of, subjects_of
from portal.web.access import actor, for_provider, require_to_send
from portal.web.uploads import takes_files

bp = Blueprint("own_judgements", __name__, url_prefix="/provider/bids/<reference>/judgements")


@bp.get("")
@for_provider()
def show(reference: str) -> ResponseReturnValue:
    """What the buyer asks about the bid, and why it is out of scoring and ranking, where it is."""
    bid = own_bid(reference, actor())
    failures = failures_of(bid.id)
    return render_template(
        "judging/provider/show.html",
        bid=bid,
        failures=failures,
        subjects=subjects_of(failures),
        enquiries=enquiries_about(bid.id),
        now=clock.now(),
    )


@bp.route("/<uuid:enquiry_id>", methods=["GET", "POST"])
@for_provider()
@takes_files(MOST_FILES)
def answer(reference: str, enquiry_id: uuid.UUID) -> ResponseReturnValue:
    """What the buyer asks; answer it once, in time."""
    bid = own_bid(reference, actor())
    enquiry = enquiry_of(itt_id=bid.itt_id, enquiry_id=enquiry_id)
    if enquiry.bid_id != bid.id:
        raise NotFound("There is no such question here.")
    require_to_send(Verb.ANSWER, enquiry)
    prompts = prompts_of(bid.itt_id)
    form = answer_form({key: prompts[key] for key in enquiry.keys} or {"": "Your answer"})
    if form.validate_on_submit() and form.carry_out(lambda: _answer(enquiry, form)):
        flash("Your answer is sent. The buyer has been told.", "success")
        return redirect(url_for("own_judgements.show", reference=bid.reference))
    if isinstance(form.refusal, DeadlinePassed):
        record(EventKind.ENQUIRY_REFUSED_LATE, enquiry, actor=actor(), bid=bid.id, due_at=enquiry.due_at.isoformat())
    return _page(bid, enquiry, form, prompts), form.status_code


def _answer(enquiry: Enquiry, form: AnswerForm) -> None:
    files, uploads = current_app.extensions["files"], form.file.uploads
    answer_enquiry(enquiry=enquiry, answers=form.answers, uploads=uploads, actor=actor(), files=files)


def _page(bid: Bid, enquiry: Enquiry, form: AnswerForm, prompts: Mapping[str, str]) -> str:
    return render_template(
        "judging/provider/answer.html",
        bid=bid,
        enquiry=enquiry,
        form=form if policy.allows(actor(), Verb.ANSWER, enquiry) else None,
        prompts=prompts,
        now=clock.now(),
    )
