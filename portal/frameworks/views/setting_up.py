"""A commissioner sets up a framework, dynamic purchasing system or dynamic market: list, task list, going live, end.

The pages for the parts are in the modules imported below, on the same blueprint.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.frameworks.ceasing import abandon_draft, cease_framework
from portal.frameworks.checking import problems_of
from portal.frameworks.counting import counts_of
from portal.frameworks.drafting import create_framework
from portal.frameworks.forms.setting_up import CeaseForm, ConfirmForm, GoLiveForm, NewForm
from portal.frameworks.going_live import go_live
from portal.frameworks.models import Framework
from portal.frameworks.proportion import warnings_of
from portal.frameworks.queries import authority_frameworks, find_framework, framework_for
from portal.frameworks.questionnaire import read
from portal.frameworks.rules import READING_ROLES
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.validity import public_state
from portal.frameworks.views import structure, taking_part, terms  # noqa: F401
from portal.frameworks.views.desk import bp, saved, shown
from portal.frameworks.views.tasks import ADDRESSES, groups_of
from portal.organisations.queries import authority_with_id
from portal.regulation.framework_law import KIND_WORDS
from portal.regulation.kinds import FrameworkKind
from portal.regulation.queries import cpv_codes_among
from portal.web.access import actor, for_authority

__all__ = ["bp"]

WORK = (
    ("Applications", "Who has applied, and what is due", "admissions.queue", READING_ROLES, True),
    ("Members", "Who has joined, and what has happened since", "members.index", READING_ROLES, True),
    ("Call off", "Invite every member of a lot to bid", "calling_off.start", {Role.COMMISSIONER}, False),
    ("Import members", "From a file, for one that exists already", "imports.index", {Role.COMMISSIONER}, False),
)
"""What is done with a live one: title, text, endpoint, who does it, and whether it is there after the end too."""


@bp.get("")
@for_authority()
def index() -> str:
    """What the authority leads, and where it takes part."""
    listed = authority_frameworks(actor().authority_id)
    return render_template(
        "frameworks/setting_up/index.html",
        led=listed.led,
        joined=listed.joined,
        counts=counts_of(framework.id for framework in (*listed.led, *listed.joined)),
        states={framework.id: public_state(framework, clock.now()) for framework in (*listed.led, *listed.joined)},
        kinds=KIND_WORDS,
        address=url_for("framework_desk.show", reference="REFERENCE"),
        public_address=url_for("frameworks.show", reference="REFERENCE"),
        call_off=url_for("calling_off.start", reference="REFERENCE"),
        may_start=Role.COMMISSIONER in actor().authority_roles,
    )


@bp.route("/new", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def new() -> ResponseReturnValue:
    """Start a draft."""
    form = NewForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: create_framework(
            authority=authority_with_id(actor().authority_id),
            kind=FrameworkKind(form.kind.data),
            title=form.title.data,
            title_confirmed=form.title_confirmed.data,
            established_on=form.established_on.data,
            actor=actor(),
            now=clock.now(),
        )
    ):
        return saved(form.outcome.reference, "Draft started.")
    return render_template("frameworks/setting_up/new.html", form=form), form.status_code


@bp.get("/<reference>")
@for_authority()
def show(reference: str) -> str:
    """The task list of a draft; of a live one, what can still be done."""
    framework = find_framework(reference)
    policy.require(actor(), Verb.READ, framework)
    now = clock.now()
    problems = problems_of(framework, now) if framework.status is FrameworkStatus.DRAFT else []
    may_edit = policy.allows(actor(), Verb.EDIT, framework)
    return render_template(
        "frameworks/setting_up/show.html",
        framework=framework,
        kind_words=framework.kind_words,
        problems=problems,
        open_tasks=len({problem.task for problem in problems}),
        groups=groups_of(framework, problems, may_edit=may_edit),
        may_edit=may_edit,
        may_manage=policy.allows(actor(), Verb.CEASE, framework),
        state=public_state(framework, now),
        counts=counts_of([framework.id])[framework.id],
        work=_work(framework),
    )


@bp.route("/<reference>/go-live", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def publish(reference: str) -> ResponseReturnValue:
    """The last look at everything that becomes fixed, and the button."""
    framework = framework_for(reference, actor())
    form = GoLiveForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: go_live(framework=framework, actor=actor(), now=clock.now())
    ):
        flash("It is live. This is what everybody can see now.", "success")
        return redirect(url_for("frameworks.show", reference=framework.reference))
    questionnaire = read(framework.questionnaire)
    return shown(
        "go_live",
        form,
        framework,
        problems=problems_of(framework, clock.now()),
        warnings=warnings_of(questionnaire, framework.lots),
        questionnaire=questionnaire,
        codes=cpv_codes_among(framework.cpv_codes),
        addresses=ADDRESSES,
    )


@bp.route("/<reference>/cease", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def cease(reference: str) -> ResponseReturnValue:
    """End it before its time."""
    framework = framework_for(reference, actor(), Verb.CEASE)
    form = CeaseForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: cease_framework(framework=framework, reason=form.reason.data, actor=actor(), now=clock.now())
    ):
        return saved(reference, "It has ended. Nobody can join, and nothing more is called off.")
    return shown("cease", form, framework, counts=counts_of([framework.id])[framework.id])


@bp.route("/<reference>/abandon", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def abandon(reference: str) -> ResponseReturnValue:
    """Give a draft up."""
    framework = framework_for(reference, actor())
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: abandon_draft(framework=framework, actor=actor(), now=clock.now())
    ):
        flash("The draft is given up.", "success")
        return redirect(url_for("framework_desk.index"))
    return shown("abandon", form, framework)


def _work(framework: Framework) -> list[dict[str, str]]:
    is_live = framework.status is FrameworkStatus.LIVE
    return [
        {"title": title, "text": text, "href": url_for(endpoint, reference=framework.reference)}
        for title, text, endpoint, roles, afterwards in WORK
        if roles & actor().authority_roles and (is_live or (afterwards and framework.live_at is not None))
    ]
