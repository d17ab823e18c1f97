"""Files in parts, for the page's script: where to go on, one part, and the end. The plain form needs none of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.bidding.arriving import finish_file, take_part
from portal.bidding.forms.files import ArrivingForm
from portal.bidding.queries import own_bid
from portal.bidding.views.pages import carried_out, file_store, key_folder
from portal.web.access import actor, for_provider

bp = Blueprint("bid_parts", __name__, url_prefix="/provider/bids/<reference>/documents")


@bp.post("/parts")
@for_provider()
def take(reference: str) -> ResponseReturnValue:
    """Take a part of a file, if one is sent, and say how many are there."""
    return _answered(reference, lambda form: partial(take_part, part=form.part), lambda there: {"there": there})


@bp.post("/whole")
@for_provider()
def finish(reference: str) -> ResponseReturnValue:
    """Attach the file whose parts are there, and say whether it was kept, and why not."""
    return _answered(reference, lambda _form: finish_file, vars)


def _answered(
    reference: str, act: Callable[[ArrivingForm], Callable[..., Any]], told: Callable[[Any], dict[str, Any]]
) -> ResponseReturnValue:
    bid, form = own_bid(reference, actor()), ArrivingForm()
    known = {"bid": bid, "actor": actor(), "keys": key_folder(), "files": file_store()}
    if carried_out(form, bid, "attach", lambda: act(form)(**known, arriving=form.arriving)):
        return told(form.outcome)
    return {"message": form.refusal.message if form.refusal else form.not_saved}, form.status_code
