"""Call-offs for tests, drawn up and published through the real activities; applications as rows."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.core.references import new_reference
from portal.extensions import db
from portal.frameworks.models import FrameworkLot
from portal.joining.models import Application, ApplicationDecision, ApplicationVersion
from portal.joining.states import ApplicationStatus, Outcome
from portal.organisations.models import ContractingAuthority, Provider
from portal.regulation.kinds import FrameworkKind, IttKind, PublicationBasis
from portal.regulation.local_time import local_date
from portal.tendering.asking import add_question
from portal.tendering.calling_off import approve_direct_award, create_call_off, propose_direct_award
from portal.tendering.drafting import describe_service, set_publication_basis, set_timetable, set_value_and_term
from portal.tendering.models import InvitationToTender
from portal.tendering.pricing import set_price, set_tie_break
from portal.tendering.states import QuestionKind
from portal.tendering.tree import price_criterion, scored
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_provider
from tests.factories.tendering import approve, make_commissioner, next_number, publish

REASON = "Condition 1 is met: it is the only home in the area. Condition 2 is met: the price is the framework’s."

_numbers = count(1)


def kind_for(lot: FrameworkLot) -> IttKind:
    """How work is usually called off from the lot's framework."""
    return {
        FrameworkKind.FRAMEWORK: IttKind.MINI_COMPETITION,
        FrameworkKind.DPS: IttKind.DPS_CALL_OFF,
        FrameworkKind.DYNAMIC_MARKET: IttKind.MARKET_CALL_OFF,
    }[lot.framework.kind]


def draft_call_off(
    lot: FrameworkLot,
    *,
    kind: IttKind | None = None,
    authority: ContractingAuthority | None = None,
    actor: Actor | None = None,
    title: str | None = None,
    now: datetime | None = None,
) -> InvitationToTender:
    """A draft as it starts, by a commissioner of `authority` (the lead authority where none is given)."""
    authority = authority or lot.framework.authority
    return create_call_off(
        lot=lot,
        authority=authority,
        title=title or f"A home for two children {next(_numbers)}",
        kind=kind or kind_for(lot),
        actor=actor or make_commissioner(authority),
        now=now or clock.now(),
    )


def ready_call_off(
    lot: FrameworkLot,
    *,
    kind: IttKind | None = None,
    authority: ContractingAuthority | None = None,
    closes_in: timedelta = timedelta(days=21),
    provider: Provider | None = None,
    approved: bool = True,
    **details: Any,
) -> InvitationToTender:
    """A draft that lacks nothing but publication; a direct award goes to `provider` and is approved.

    `approved`: whether a second person has approved that it is published.
    """
    authority = authority or lot.framework.authority
    actor = make_commissioner(authority)
    itt = draft_call_off(lot, kind=kind, authority=authority, actor=actor, **details)
    now = clock.now()
    codes = itt.cpv_codes
    describe_service(itt=itt, title=itt.title, description="A home for two.", cpv_codes=codes, actor=actor)
    set_value_and_term(itt=itt, estimated_value=Decimal(240_000), term_months=24, break_months=[12], actor=actor)
    closes_at = now + closes_in
    set_timetable(
        itt=itt,
        closes_at=closes_at,
        award_date=local_date(closes_at) + timedelta(days=30),
        contract_start_date=local_date(closes_at) + timedelta(days=60),
        actor=actor,
        now=now,
    )
    _judge(itt, actor)
    needs_notice = itt.kind is IttKind.MARKET_CALL_OFF
    set_publication_basis(
        itt=itt,
        basis=PublicationBasis.CENTRAL_REFERENCE if needs_notice else PublicationBasis.NOT_REQUIRED,
        central_reference=next_number() if needs_notice else "",
        reason="",
        actor=actor,
        now=now,
    )
    if itt.kind is IttKind.DIRECT_AWARD:
        propose_direct_award(itt=itt, provider=provider, reason=REASON, actor=actor, now=now)
        approve_direct_award(itt=itt, actor=approver_of(authority), now=now)
    if approved:
        approve(itt, actor)
    return itt


def published_call_off(lot: FrameworkLot, **details: Any) -> InvitationToTender:
    """A published one; the arguments are those of `ready_call_off`."""
    itt = ready_call_off(lot, **details)
    publish(itt)
    return itt


def approver_of(authority: ContractingAuthority) -> Actor:
    """An approver of the authority, as activities see people."""
    return actor_of(make_person(Role.APPROVER, authority=authority))


def applied(
    lot: FrameworkLot,
    provider: Provider | None = None,
    *,
    status: ApplicationStatus = ApplicationStatus.SUBMITTED,
    at: datetime | None = None,
) -> Application:
    """An application to the lot whose one version arrived at `at` (now); in DRAFT nothing has arrived."""
    at = at or clock.now()
    sent = status is not ApplicationStatus.DRAFT
    application = Application(
        reference=new_reference("APP"),
        framework_id=lot.framework_id,
        lot=lot,
        provider=provider or make_provider(),
        status=status,
        version=1 if sent else 0,
        received_at=at if sent else None,
    )
    db.session.add(application)
    db.session.flush()
    if sent:
        send_version(application, at=at)
    return application


def send_version(application: Application, *, at: datetime, number: int = 1) -> None:
    """A version that arrived at `at`."""
    application.version, application.received_at = number, at
    db.session.add(
        ApplicationVersion(
            application_id=application.id,
            number=number,
            idempotency_key=uuid.uuid4(),
            received_at=at,
            submitted_by_id=make_person(Role.SUBMITTER, provider=application.provider).id,
            questionnaire_hash="0" * 64,
            answers={},
            content_hash="0" * 64,
        )
    )
    db.session.flush()


def refuse(application: Application, *, at: datetime | None = None, reason: str = "It lapsed in May.") -> None:
    """Refuse the last version for its insurance, decided at `at` (now)."""
    at = at or clock.now()
    authority = application.lot.framework.authority
    db.session.add(
        ApplicationDecision(
            application_id=application.id,
            version=application.version,
            outcome=Outcome.REFUSED,
            findings=[{"question": "insurance", "title": "Insurance", "reason": reason}],
            proposed_by_id=make_person(Role.COMMISSIONER, authority=authority).id,
            proposed_at=at,
            decided_by_id=make_person(Role.APPROVER, authority=authority).id,
            decided_at=at,
        )
    )
    application.status = ApplicationStatus.REFUSED
    db.session.flush()


def _judge(itt: InvitationToTender, actor: Actor) -> None:
    """Complete the price formula, ask a question about every scored criterion, and say what breaks a tie."""
    price = price_criterion(itt)
    if price is not None:
        formula = {"formula": "benchmark", "floor": "180000", "ceiling": "240000"}
        criterion = next(
            each
            for each in itt.framework_lot.framework.criteria
            if each.id == price.framework_criterion_id  # type: ignore[union-attr]
        )
        set_price(itt=itt, formula=formula, makes_precise=criterion, actor=actor)
    for node in scored(itt):
        add_question(
            itt=itt,
            prompt=f"How would you meet “{node.title}”?",
            guidance="",
            kind=QuestionKind.TEXT,
            settings={"word_limit": "300"},
            criterion=node,
            required=True,
            actor=actor,
        )
    set_tie_break(itt=itt, names=["lowest_price"], actor=actor)
