"""A commissioner draws up the panels."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role
from portal.tendering.alike import alike_lots, marks_by_panel
from portal.tendering.forms.method import PanelForm
from portal.tendering.forms.service import ConfirmForm
from portal.tendering.panels import add_panel, change_panel, remove_panel
from portal.tendering.states import Combination, PanelKind
from portal.tendering.views.blueprint import bp, draft_of, part_of, saved
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft


@bp.route("/<reference>/draft/panels")
@for_authority(Role.COMMISSIONER)
def panels(reference: str) -> ResponseReturnValue:
    """The panels there are."""
    itt = draft_of(reference)
    marks = marks_by_panel(alike_lots(itt))
    silent = [panel for panel in itt.panels if panel.counts and marks[panel] == "0"]
    return render_template("tendering/commissioner/panels.html", itt=itt, marks=marks, silent=silent)


@bp.route("/<reference>/draft/panels/add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def panel_add(reference: str) -> ResponseReturnValue:
    """A further panel."""
    itt = draft_of(reference)
    form = PanelForm()
    if form.validate_on_submit() and form.carry_out(lambda: add_panel(itt=itt, **_described(form), actor=actor())):
        return saved(reference, "Panel added.", "itts.panels")
    return render_template("tendering/commissioner/panel.html", form=form, itt=itt, panel=None), form.status_code


@bp.route("/<reference>/draft/panels/<key>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def panel_edit(reference: str, key: str) -> ResponseReturnValue:
    """One panel."""
    itt = draft_of(reference)
    panel = part_of(itt.panels, key)
    form = PanelForm(
        data={
            "name": panel.name,
            "kind": panel.kind.value,
            "combine": panel.combine.value,
            "counts": "yes" if panel.counts else "no",
            **({"quorum": panel.quorum} if panel.combine is not Combination.AGREED else {}),
        }
    )
    if form.validate_on_submit() and form.carry_out(
        lambda: change_panel(itt=itt, panel=panel, **_described(form), actor=actor())
    ):
        return saved(reference, "Panel saved.", "itts.panels")
    return render_template("tendering/commissioner/panel.html", form=form, itt=itt, panel=panel), form.status_code


@bp.route("/<reference>/draft/panels/<key>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def panel_remove(reference: str, key: str) -> ResponseReturnValue:
    """Take a panel away."""
    itt = draft_of(reference)
    panel = part_of(itt.panels, key)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(lambda: remove_panel(itt=itt, panel=panel, actor=actor())):
        return saved(reference, "Panel removed.", "itts.panels")
    page = render_template(
        "tendering/commissioner/remove.html",
        form=form,
        itt=itt,
        what=panel.name,
        consequence="The criteria that it scores will need another panel.",
        back="itts.panels",
    )
    return page, form.status_code


def _described(form: PanelForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "kind": PanelKind(form.kind.data),
        "combine": Combination(form.combine.data),
        "counts": form.counts.data == "yes",
        "quorum": form.quorum.data,
    }
