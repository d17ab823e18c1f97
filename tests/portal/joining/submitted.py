"""Applications that have been submitted, and the officers who decide them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.core.references import new_reference
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.joining.models import Application, ApplicationVersion
from portal.joining.states import ApplicationStatus
from portal.organisations.models import ContractingAuthority, Provider
from portal.regulation.local_time import local_date
from portal.regulation.queries import calendar
from portal.regulation.working_days import CalendarName, Unit, last_day_pcr
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import live_framework
from tests.factories.organisations import make_provider

REASON = "The certificate does not name the home that it should cover."
FINDINGS = {"insurance": REASON}


def lasting_framework(**details: Any) -> Framework:
    """A live framework that is valid from 2026 to 2028, for tests that name their days."""
    return live_framework(
        **{"valid_from": datetime(2026, 1, 1, tzinfo=UTC), "valid_until": datetime(2028, 12, 31, tzinfo=UTC)} | details
    )


def answers(
    *, convicted: str = "no", put_right: str = "", registered: str | None = None, expires_on: date | None = None
) -> dict[str, dict[str, Any]]:
    """Answers to the tiny questionnaire, as a submitted version holds them."""
    evidence: dict[str, Any] = {"id": str(uuid.uuid4()), "file_name": "insurance.pdf", "sha256": "a" * 64}
    evidence["expires_on"] = expires_on.isoformat() if expires_on else None
    given: dict[str, dict[str, Any]] = {
        "contact": {"value": "Demo Contact", "reused": True},
        "convicted": {"value": convicted, "reused": False},
        "insurance": {"value": evidence["file_name"], "evidence": evidence, "reused": False},
    }
    if put_right:
        given["put_right"] = {"value": put_right, "reused": False}
    if registered is not None:
        given["registered"] = {"value": registered, "reused": False}
    return given


def submitted_application(
    framework: Framework,
    *,
    lot: int = 1,
    provider: Provider | None = None,
    given: Mapping[str, Any] | None = None,
    received_at: datetime | None = None,
) -> Application:
    """An application to the lot that arrived at `received_at` (now where none is given), due by the law's clock."""
    provider = provider or make_provider()
    at = received_at or clock.now()
    person = make_person(Role.SUBMITTER, provider=provider)
    framework_lot = next(one for one in framework.lots if one.number == lot)
    application = Application(
        reference=new_reference("APP"),
        framework=framework,
        framework_id=framework.id,
        lot=framework_lot,
        lot_id=framework_lot.id,
        provider=provider,
        provider_id=provider.id,
        status=ApplicationStatus.DRAFT,
        revision=1,
        submitted_revision=1,
    )
    db.session.add(application)
    submit_again(application, person.id, given=given, at=at)
    return application


def submit_again(
    application: Application, person_id: uuid.UUID, *, given: Mapping[str, Any] | None = None, at: datetime
) -> None:
    """The next version of an application, as submitting writes it."""
    held = dict(given if given is not None else answers())
    days = calendar(CalendarName.ENGLAND_AND_WALES)
    due_on = last_day_pcr(local_date(at), application.framework.decision_days, Unit.WORKING_DAY, days)
    application.version = (application.version or 0) + 1
    application.status = ApplicationStatus.SUBMITTED
    application.answers = held
    application.received_at = at
    application.due_on = due_on
    application.extended_at, application.extended_reason, application.clarification = None, "", ""
    db.session.flush()
    assert application.framework.questionnaire_hash is not None
    db.session.add(
        ApplicationVersion(
            application_id=application.id,
            number=application.version,
            idempotency_key=uuid.uuid4(),
            received_at=at,
            submitted_by_id=person_id,
            questionnaire_hash=application.framework.questionnaire_hash,
            answers=held,
            content_hash="b" * 64,
        )
    )
    db.session.flush()


def commissioner_of(authority: ContractingAuthority) -> Actor:
    """Somebody who decides applications to the authority's frameworks."""
    return actor_of(make_person(Role.COMMISSIONER, authority=authority))


def approver_of(authority: ContractingAuthority) -> Actor:
    """Somebody who can be the second person."""
    return actor_of(make_person(Role.APPROVER, authority=authority))


def submitter_of(provider: Provider) -> Actor:
    """Somebody who acts for the provider."""
    return actor_of(make_person(Role.SUBMITTER, provider=provider))
