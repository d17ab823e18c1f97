"""The scenes of the demonstration's market: who can do something there now, and where."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from portal.core.columns import db
from portal.frameworks.models import Framework
from portal.joining.models import Application
from portal.joining.states import ApplicationStatus
from portal.organisations.models import Provider
from portal.scenarios import market, people
from portal.scenarios.people import Part


@dataclass(frozen=True)
class Door:
    """One way in: who goes in, what the button says, and the page it leads to."""

    part: Part
    text: str
    href: str


@dataclass(frozen=True)
class Scene:
    """Something that happens in a market, and the ways in; `moved` when somebody has played it on."""

    title: str
    told: str
    doors: tuple[Door, ...]
    moved: bool = False


Applications = dict[tuple[str | None, ApplicationStatus], str]
"""References of applications by provider and status."""


def market_scenes() -> list[Scene]:
    """The scenes as they are now, none where the market is not loaded; at most two statements."""
    found = db.session.scalars(
        select(Framework).where(Framework.title == market.TITLE).order_by(Framework.created_at.desc()).limit(1)
    ).one_or_none()
    if found is None:
        return []
    applications = _applications(found)
    return [
        *_of_joining(found, applications),
        Scene(
            "Invited every time",
            "A call-off is open. Every active member of its lot is invited, by the law and not by a list: answer it, "
            "or say in one press that it is not for you.",
            (Door(people.HARBOUR_SUBMITTER, "See the invitation", url_for("invitations.index")),),
        ),
        Scene(
            "Call off",
            "A commissioner starts a competition among the members of a lot. Its criteria come from the market, to "
            "be made more precise and never replaced.",
            (Door(people.COMMISSIONER, "Call off", url_for("calling_off.start", reference=found.reference)),),
        ),
    ]


def _of_joining(market_now: Framework, applications: Applications) -> list[Scene]:
    bridge = people.BRIDGE_SUBMITTER
    return [
        Scene(
            "Put right and send again",
            "Demo Bridge Project was refused, and reads why beside the question. It puts that right and sends the "
            "same application again: no new form, no waiting.",
            (_own(applications, bridge, ApplicationStatus.REFUSED, "Put the application right"),),
            moved=(bridge.provider, ApplicationStatus.REFUSED) not in applications,
        ),
        _to_decide(
            market_now,
            applications,
            ApplicationStatus.SUBMITTED,
            "Decide an application",
            "Demo Meadow Families CIC has applied. Admit it, and in that instant the call-off that is open now is "
            "its to answer as well.",
        ),
        _to_decide(
            market_now,
            applications,
            ApplicationStatus.REFUSAL_PROPOSED,
            "A second person",
            "An officer wants to refuse an application to the overnight lot. Nobody is refused by one person: a "
            "second one reads the criterion and the reason, and decides.",
        ),
    ]


def market_page() -> str | None:
    """The market's public page, where it is loaded."""
    reference = db.session.scalars(select(Framework.reference).where(Framework.title == market.TITLE).limit(1)).first()
    return url_for("frameworks.show", reference=reference) if reference else None


def _applications(framework: Framework) -> Applications:
    rows = db.session.execute(
        select(Provider.name, Application.status, Application.reference)
        .join(Provider, Provider.id == Application.provider_id)
        .where(Application.framework_id == framework.id)
        .order_by(Application.created_at)
    )
    return {(name, status): reference for name, status, reference in rows}


def _own(applications: Applications, part: Part, status: ApplicationStatus, text: str) -> Door:
    reference = applications.get((part.provider, status))
    where = url_for("applications.show", reference=reference) if reference else url_for("applications.index")
    return Door(part, text, where)


OFFICERS = {
    ApplicationStatus.SUBMITTED: (people.COMMISSIONER, "Decide it", "admissions.show"),
    ApplicationStatus.REFUSAL_PROPOSED: (people.APPROVER, "Decide the refusal", "admissions.refusal"),
}


def _to_decide(
    market_now: Framework, applications: Applications, status: ApplicationStatus, title: str, told: str
) -> Scene:
    """Meadow's application in that status, and the officer whose turn it is; the queue once it has moved on."""
    part, text, endpoint = OFFICERS[status]
    reference = applications.get((people.MEADOW_SUBMITTER.provider, status))
    where = url_for("admissions.queue", reference=market_now.reference)
    if reference is not None:
        where = url_for(endpoint, reference=market_now.reference, application_reference=reference)
    return Scene(title, told, (Door(part, text, where),), moved=reference is None)
