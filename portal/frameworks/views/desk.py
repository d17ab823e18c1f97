"""The one blueprint of a commissioner's pages about setting up, and how they find what they are about."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal.core.errors import NotFound
from portal.frameworks.models import Framework, FrameworkLot
from portal.web.forms import BaseForm

bp = Blueprint("framework_desk", __name__, url_prefix="/commissioning/frameworks")


def lot_of(framework: Framework, number: int) -> FrameworkLot:
    """Find the lot with that number; raises `NotFound`."""
    found = next((lot for lot in framework.lots if lot.number == number), None)
    if found is None:
        raise NotFound("That lot is not there any more.")
    return found


def saved(reference: str, message: str = "Saved.", endpoint: str = "framework_desk.show") -> Response:
    """Say that it is saved, and go on to the task list or another page."""
    flash(message, "success")
    return redirect(url_for(endpoint, reference=reference))


def shown(name: str, form: BaseForm, framework: Framework, **more: Any) -> ResponseReturnValue:
    """The page of that name with its form, and the status that goes with it."""
    page = render_template(
        f"frameworks/setting_up/{name}.html",
        form=form,
        framework=framework,
        kind_words=framework.kind_words,
        **more,
    )
    return page, form.status_code
