"""A commissioner draws up the scales and says what their points mean."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.core.numbers import plain
from portal.core.permissions import Role
from portal.tendering.forms.method import ScaleForm, points_form
from portal.tendering.forms.service import ConfirmForm
from portal.tendering.models import Scale, ScaleBand
from portal.tendering.scales import Meaning, add_scale, change_scale, describe_points, remove_scale
from portal.tendering.views.blueprint import bp, draft_of, part_of, saved
from portal.web.access import actor, for_authority
from portal.web.forms import BaseForm
from portal.web.submissions import saves_a_draft


@bp.route("/<reference>/draft/scales")
@for_authority(Role.COMMISSIONER)
def scales(reference: str) -> ResponseReturnValue:
    """The scales there are."""
    return render_template("tendering/commissioner/scales.html", itt=draft_of(reference))


@bp.route("/<reference>/draft/scales/add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def scale_add(reference: str) -> ResponseReturnValue:
    """A further scale."""
    itt = draft_of(reference)
    form = ScaleForm()
    if form.validate_on_submit() and form.carry_out(lambda: add_scale(itt=itt, **_range(form), actor=actor())):
        return saved(reference, "Scale added. Now say what its points mean.", "itts.points", key=form.outcome.key)
    return render_template("tendering/commissioner/scale.html", form=form, itt=itt, scale=None), form.status_code


@bp.route("/<reference>/draft/scales/<key>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def scale_edit(reference: str, key: str) -> ResponseReturnValue:
    """The range of a scale."""
    itt = draft_of(reference)
    scale = part_of(itt.scales, key)
    form = ScaleForm(obj=scale)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_scale(itt=itt, scale=scale, **_range(form), actor=actor())
    ):
        return saved(reference, "Scale saved.", "itts.points", key=scale.key)
    return render_template("tendering/commissioner/scale.html", form=form, itt=itt, scale=scale), form.status_code


@bp.route("/<reference>/draft/scales/<key>/points", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def points(reference: str, key: str) -> ResponseReturnValue:
    """What the points of a scale mean."""
    itt = draft_of(reference)
    scale = part_of(itt.scales, key)
    form = points_form({_name(band): (plain(band.score), band) for band in scale.bands})
    if form.validate_on_submit() and form.carry_out(
        lambda: describe_points(itt=itt, scale=scale, meanings=_meanings(form, scale), actor=actor())
    ):
        return saved(reference, "Scale saved.", "itts.scales")
    names = [(_name(band), plain(band.score)) for band in scale.bands]
    page = render_template("tendering/commissioner/points.html", form=form, itt=itt, scale=scale, names=names)
    return page, form.status_code


@bp.route("/<reference>/draft/scales/<key>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def scale_remove(reference: str, key: str) -> ResponseReturnValue:
    """Take a scale away."""
    itt = draft_of(reference)
    scale = part_of(itt.scales, key)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(lambda: remove_scale(itt=itt, scale=scale, actor=actor())):
        return saved(reference, "Scale removed.", "itts.scales")
    page = render_template(
        "tendering/commissioner/remove.html",
        form=form,
        itt=itt,
        what=f"the scale {scale.key}",
        consequence="What its points mean will be gone too.",
        back="itts.scales",
    )
    return page, form.status_code


def _range(form: ScaleForm) -> dict[str, Any]:
    return {
        "minimum": form.minimum.data,
        "maximum": form.maximum.data,
        "step": form.step.data,
        "normalise": form.normalise.data,
    }


def _name(band: ScaleBand) -> str:
    return "point-" + plain(band.score).replace(".", "_")


def _meanings(form: BaseForm, scale: Scale) -> dict[Decimal, Meaning]:
    names = {band.score: _name(band) for band in scale.bands}
    return {
        score: Meaning(form[f"{name}-label"].data, form[f"{name}-descriptor"].data, form[f"{name}-plain"].data)
        for score, name in names.items()
    }
