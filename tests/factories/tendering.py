"""Invitations to tender for tests, drawn up and published through the real activities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from types import MappingProxyType

from flask import current_app

from portal.audit.queries import is_demonstration
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.regulation.kinds import PublicationBasis
from portal.regulation.local_time import local_date
from portal.tendering.approvals import approval_in_force
from portal.tendering.approving import approve_publication, ask_to_publish
from portal.tendering.asking import add_question, ask_for_lots
from portal.tendering.criteria import save_lot_weights
from portal.tendering.document_models import DocumentKind, InvitationDocument
from portal.tendering.documents import add_documents
from portal.tendering.drafting import create_itt, set_publication_basis, set_timetable
from portal.tendering.groundwork import record_groundwork
from portal.tendering.groundwork_models import GroundworkOutcome, GroundworkSubject
from portal.tendering.interests.assessing import assess_conflicts
from portal.tendering.interests.declaring import declare_own_interest
from portal.tendering.interests.queries import has_declared, interest_faults, register_of
from portal.tendering.lots import add_lot, set_lot_rules
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Panel
from portal.tendering.pricing import set_lot_price
from portal.tendering.publishing import publish_itt
from portal.tendering.starting_points import StartingPoint
from portal.tendering.states import QuestionKind
from tests.factories.accounts import actor_of, make_person
from tests.factories.made_once import made_once
from tests.factories.organisations import make_authority

_numbers = count(1)
_notices = count(200_001)


def make_commissioner(authority: ContractingAuthority | None = None) -> Actor:
    """A commissioner of the authority (or of a new one), as activities see people."""
    return actor_of(make_person(Role.COMMISSIONER, authority=authority or make_authority()))


def next_number() -> str:
    """A number of a notice on Find a Tender that no other invitation has."""
    return f"{next(_notices)}-2026"


@made_once
def draft_itt(
    *,
    actor: Actor | None = None,
    authority: ContractingAuthority | None = None,
    title: str | None = None,
    start: StartingPoint = StartingPoint.THREE_PANELS,
    now: datetime | None = None,
) -> InvitationToTender:
    """A draft: by default the example with three panels, without timetable and publication basis.

    It has one lot; `actor` is a commissioner of `authority`, both made where they are not given.
    """
    if actor is None:
        actor = make_commissioner(authority)
    owner = db.session.get(ContractingAuthority, actor.authority_id)
    assert owner is not None
    return create_itt(
        authority=owner,
        title=title or f"Early help for children and young people {next(_numbers)}",
        start=start,
        actor=actor,
        now=now or clock.now(),
    )


def declare_all(itt: InvitationToTender, *, now: datetime | None = None) -> None:
    """Everybody in the register declares that they have no interest, and the conflicts assessment is made."""
    at = now or clock.now()
    register = register_of(itt.id)
    for one in register.silent:
        declare_own_interest(itt=itt, has_interest=False, detail="", actor=actor_of(one.user), now=at)
    people = (actor_of(one.user) for one in register.entries)
    maker = next(person for person in people if Role.COMMISSIONER in person.authority_roles)
    if any(interest_faults(itt)):
        assess_conflicts(itt=itt, known="None are known.", perceived="Nothing.", actor=maker, now=at)


def settle_interests(itt: InvitationToTender, *actors: Actor, now: datetime | None = None) -> None:
    """These people and everybody else who influences it have declared no interest; the assessment is up to date."""
    at = now or clock.now()
    for actor in actors:
        if not has_declared(itt.id, actor):
            declare_own_interest(itt=itt, has_interest=False, detail="", actor=actor, now=at)
    declare_all(itt, now=at)


def lay_groundwork(itt: InvitationToTender, actor: Actor, *, now: datetime | None = None) -> None:
    """Record what there is to think of before an invitation is published, and why it is one lot."""
    at = now or clock.now()
    for subject in GroundworkSubject:
        record_groundwork(
            itt=itt,
            subject=subject,
            outcome=GroundworkOutcome.DONE,
            words="We asked twelve families and two small charities.",
            on_date=local_date(at),
            actor=actor,
            now=at,
        )
    set_lot_rules(itt=itt, max_lots_bid=None, max_lots_awarded=None, no_lots_reason="It is one team.", actor=actor)


def approve(itt: InvitationToTender, actor: Actor, *, now: datetime | None = None) -> None:
    """Everybody declares, the commissioner asks, and an approver of the authority approves; but a direct award.

    What is approved already stays so.
    """
    at = now or clock.now()
    declare_all(itt, now=at)
    if itt.law.names_one_provider or approval_in_force(itt.id) is not None:
        return
    ask_to_publish(itt=itt, actor=actor, now=at)
    second = actor_of(make_person(Role.APPROVER, authority=itt.authority))
    settle_interests(itt, second, now=at)
    approve_publication(itt=itt, actor=second, note="Everything in it was read and compared.", now=at)


def publish(itt: InvitationToTender, actor: Actor | None = None, *, now: datetime | None = None) -> None:
    """Publish a ready draft, by a commissioner of its authority, once everybody who has a part in it has declared."""
    at, publisher = now or clock.now(), actor or make_commissioner(itt.authority)
    approve(itt, publisher, now=at)
    publish_itt(itt=itt, actor=publisher, now=at, keys=current_app.extensions["keys"], demonstration=is_demonstration())


@made_once
def ready_itt(
    *,
    closes_in: timedelta = timedelta(days=21),
    published_ago: timedelta = timedelta(0),
    actor: Actor | None = None,
    authority: ContractingAuthority | None = None,
    title: str | None = None,
) -> InvitationToTender:
    """A draft that lacks nothing but publication; the arguments are those of `published_itt`."""
    now = clock.now() - published_ago
    actor = actor or make_commissioner(authority)
    itt = draft_itt(actor=actor, title=title, now=now)
    closes_at = clock.now() + closes_in
    if abs(closes_in) >= timedelta(days=1):
        closes_at = closes_at.replace(minute=0, second=0, microsecond=0)
    set_timetable(
        itt=itt,
        closes_at=closes_at,
        award_date=local_date(closes_at) + timedelta(days=30),
        contract_start_date=local_date(closes_at) + timedelta(days=60),
        actor=actor,
        now=now,
    )
    set_publication_basis(
        itt=itt,
        basis=PublicationBasis.CENTRAL_REFERENCE,
        central_reference=next_number(),
        reason="",
        actor=actor,
        now=now,
    )
    lay_groundwork(itt, actor, now=now)
    approve(itt, actor, now=now)
    return itt


@made_once
def published_itt(
    *,
    closes_in: timedelta = timedelta(days=21),
    published_ago: timedelta = timedelta(0),
    actor: Actor | None = None,
    authority: ContractingAuthority | None = None,
    title: str | None = None,
) -> InvitationToTender:
    """A published invitation with the example's method: local, young people's and parents' panel, and price.

    `closes_in` counts from now. For one that has closed already, give a negative `closes_in` and a longer
    `published_ago`, such as `closes_in=-timedelta(hours=1), published_ago=timedelta(days=30)`.
    """
    actor = actor or make_commissioner(authority)
    itt = ready_itt(closes_in=closes_in, published_ago=published_ago, actor=actor, title=title)
    publish(itt, actor, now=clock.now() - published_ago)
    return itt


def add_document(
    itt: InvitationToTender,
    actor: Actor,
    *,
    kind: DocumentKind = DocumentKind.SPECIFICATION,
    name: str = "specification.txt",
    content: bytes = b"What is bought.",
) -> InvitationDocument:
    """A document of a draft, called by the name of its file."""
    uploads = [(name, lambda: content)]
    files = current_app.extensions["files"]
    add_documents(itt=itt, kind=kind, title="", uploads=uploads, actor=actor, files=files)
    added: InvitationDocument = itt.documents[-1]
    return added


def itt_with_documents(actor: Actor, *, is_published: bool = True) -> InvitationToTender:
    """An invitation with a specification for everybody and facts about staff for those who sign."""
    itt = ready_itt(actor=actor)
    add_document(itt, actor)
    add_document(itt, actor, kind=DocumentKind.TUPE, name="staff.csv", content=b"Role,Hours\nKey worker,30\n")
    if is_published:
        publish(itt, actor)
    return itt


@made_once
def published_in_lots(
    lots: int = 3,
    *,
    bid: int | None = None,
    awarded: int | None = None,
    asked: Mapping[str, int] = MappingProxyType({}),
    otherwise: bool = False,
    places: int = 1,
) -> InvitationToTender:
    """A published invitation with so many lots, each worth the same, and with limits for one bidder.

    `places`: to how many bidders the last lot is awarded.

    `asked`: unscored questions by their words, each asked for the lot with that number alone. `otherwise`: the last
    lot is judged as `judge_otherwise` says.
    """
    officer = make_commissioner()
    itt = ready_itt(actor=officer)
    for number in range(2, lots + 1):
        title, said = f"Area {number}", f"The streets of area {number}."
        worth = itt.lots[0].worth
        add_lot(itt=itt, title=title, description=said, estimated_value=worth, actor=officer)
    for prompt, number in asked.items():
        question = add_question(
            itt=itt,
            prompt=prompt,
            guidance="",
            kind=QuestionKind.TEXT,
            settings={"word_limit": "50"},
            criterion=None,
            required=True,
            actor=officer,
        )
        ask_for_lots(itt=itt, question=question, lots=[itt.lots[number - 1]], actor=officer)
    if otherwise:
        judge_otherwise(itt.lots[-1], officer)
    itt.lots[-1].places = places
    whole = "It is one team." if lots == 1 else ""
    set_lot_rules(itt=itt, max_lots_bid=bid, max_lots_awarded=awarded, no_lots_reason=whole, actor=officer)
    publish(itt, officer)
    db.session.refresh(itt)
    return itt


def judge_otherwise(lot: Lot, actor: Actor) -> None:
    """Let "working-together" not count in a lot, "outcomes" and "our-voice" weigh more, and the lowest price earn most.

    Every panel gives as many marks as in the other lots.
    """
    itt = lot.itt
    weights = {"working-together": "0", "outcomes": "60", "our-voice": "75", "welcome": "25"}
    given = {criterion_named(itt, key).id: Decimal(weight) for key, weight in weights.items()}
    save_lot_weights(lot=lot, weights=given, actor=actor)
    set_lot_price(lot=lot, formula={"formula": "lowest_relative"}, actor=actor)
    others = [each for each in itt.lots if each is not lot]
    for question in itt.questions:
        if question.criterion is not None and question.criterion.key == "working-together":
            ask_for_lots(itt=itt, question=question, lots=others, actor=actor)


def panel_named(itt: InvitationToTender, key: str) -> Panel:
    """The panel with that key: "local", "young-people" or "parents" in the example."""
    return next(panel for panel in itt.panels if panel.key == key)


def criterion_named(itt: InvitationToTender, key: str) -> AwardCriterion:
    """The criterion with that key, such as "safeguarding", "our-voice", "welcome", "parents-view", "price"."""
    return next(node for node in itt.criteria if node.key == key)


def set_weight(itt: InvitationToTender, key: str, weight: str) -> None:
    """Write a weight straight into a draft, so that it no longer adds up."""
    criterion_named(itt, key).weight = Decimal(weight)
    db.session.flush()
