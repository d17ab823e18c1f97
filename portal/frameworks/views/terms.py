"""A commissioner says what is bought, how long, on which terms, and where the notice was published first."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role
from portal.frameworks.drafting import describe_framework, set_publication, set_terms, set_validity
from portal.frameworks.forms.setting_up import AboutForm, PublicationForm, TermForm, TermsForm
from portal.frameworks.queries import framework_for
from portal.frameworks.terms import FeePayer
from portal.frameworks.views.desk import bp, saved, shown
from portal.regulation.queries import cpv_codes
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft


@bp.route("/<reference>/about", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def about(reference: str) -> ResponseReturnValue:
    """Title, description, codes, value, what it replaces."""
    framework = framework_for(reference, actor())
    form = AboutForm(obj=framework)
    if form.validate_on_submit() and form.carry_out(
        lambda: describe_framework(
            framework=framework,
            title=form.title.data,
            title_confirmed=form.title_confirmed.data,
            description=form.description.data,
            cpv_codes=form.cpv_codes.data,
            estimated_value=form.estimated_value.data,
            replaces=form.replaces.data,
            providers_before=form.providers_before.data,
            actor=actor(),
        )
    ):
        return saved(reference)
    return shown("about", form, framework, codes=cpv_codes())


@bp.route("/<reference>/term", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def term(reference: str) -> ResponseReturnValue:
    """Established when, valid from when until when."""
    framework = framework_for(reference, actor())
    form = TermForm.of(framework)
    if form.validate_on_submit() and form.carry_out(
        lambda: set_validity(framework=framework, validity=form.validity(), actor=actor(), now=clock.now())
    ):
        return saved(reference)
    return shown("term", form, framework)


@bp.route("/<reference>/terms", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def terms(reference: str) -> ResponseReturnValue:
    """How it works, the time to decide, fee, direct award, suspension."""
    framework = framework_for(reference, actor())
    form = TermsForm.of(framework)
    if form.validate_on_submit() and form.carry_out(
        lambda: set_terms(framework=framework, **_terms(form), actor=actor())
    ):
        return saved(reference)
    return shown("terms", form, framework)


@bp.route("/<reference>/publication", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def publication(reference: str) -> ResponseReturnValue:
    """The notice on the central platform, or why there is none."""
    framework = framework_for(reference, actor())
    form = PublicationForm(obj=framework)
    if form.validate_on_submit() and form.carry_out(
        lambda: set_publication(
            framework=framework,
            reference=form.publication_reference.data,
            reason=form.publication_reason.data,
            actor=actor(),
        )
    ):
        return saved(reference)
    return shown("publication", form, framework)


def _terms(form: TermsForm) -> dict[str, Any]:
    return {
        "how_it_works": form.how_it_works.data,
        "decision_days": form.decision_days.data,
        "fee_payer": FeePayer(form.fee_payer.data),
        "fee_percent": form.fee_percent.data,
        "suspension_terms": form.suspension_terms.data or "",
        "direct_award_terms": form.direct_award_terms.data or "",
        "publishes_members": bool(form.publishes_members.data),
    }
