"""The demonstration's dynamic market: members, applications at every stage, and a call-off that is open now.

Like everything of a demonstration it is made by the product's own acts, one after the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Actor
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.directory.offering import choices_of, set_offers
from portal.frameworks.drafting import create_framework, describe_framework, set_publication, set_terms, set_validity
from portal.frameworks.going_live import go_live
from portal.frameworks.models import Framework, FrameworkLot
from portal.frameworks.questionnaire import AnswerKind, Judged, Question
from portal.frameworks.structure import (
    CriterionDetails,
    LotDetails,
    add_criterion,
    add_lot,
    conditions_of,
    save_condition,
)
from portal.frameworks.terms import Validity
from portal.joining.answering import answers_of
from portal.joining.applying import save_answers, start_application
from portal.joining.deciding import admit_provider, decide_refusal, propose_refusal
from portal.joining.evidence import add_evidence
from portal.joining.models import Application
from portal.joining.submitting import submit_application
from portal.organisations.models import ContractingAuthority
from portal.organisations.queries import provider_with_id
from portal.organisations.settings import SettingDetails, add_setting
from portal.regulation.kinds import FrameworkKind, IttKind, PublicationBasis
from portal.scenarios import building, people, preparing, story
from portal.scenarios.people import Part
from portal.tendering.asking import add_question
from portal.tendering.calling_off import create_call_off
from portal.tendering.drafting import (
    describe_service,
    set_publication_basis,
    set_timetable,
    set_value_and_term,
)
from portal.tendering.models import AwardCriterion, InvitationToTender
from portal.tendering.pricing import set_price, set_tie_break
from portal.tendering.publishing import publish_itt
from portal.tendering.states import QuestionKind
from portal.tendering.tree import scored
from tender_scoring.prices import Benchmark

VALUE = Decimal(1_800_000)
TITLE = "Short breaks for disabled children: Demo Riverside market"
CALL_OFF = "Saturday clubs for disabled children: Demo Harbourside"
REGISTERED = "Is your service registered with Ofsted as a children’s home?"

CENTRAL_REFERENCE = "000000-2026"
"""What the central digital platform would have given; nothing of a demonstration is ever sent there."""

HOW_IT_WORKS = (
    "Apply to a lot on any day. We decide within 10 working days, and tell you why if we say no. Everybody who meets "
    "the conditions joins: there is no limit.\n\nWhenever we need a service, every member of the lot is invited. The "
    "best bid wins by the published criteria, and young people give 40 of every 100 marks or more."
)
LOTS = (
    LotDetails(
        title="Clubs and outings",
        definition="Clubs, activities and outings by day or in the evening, without an overnight stay.",
        areas=("Demo Harbourside", "Demo Northfield", "Demo Oldbridge"),
        placement_types=("Club", "Outing", "One to one"),
        bands=(("Some support", "One worker for several children"), ("High support", "One worker for each child")),
    ),
    LotDetails(
        title="Overnight short breaks",
        definition="Short breaks with at least one night away from home, in a place registered for it.",
        areas=("Demo Harbourside", "Demo Northfield", "Demo Oldbridge"),
        placement_types=("Weekend", "Holiday"),
    ),
)
CRITERIA = (
    CriterionDetails("A safe and caring service", "How children are kept safe and grow.", Decimal(20), Decimal(40)),
    CriterionDetails("What young people think", "Marked by the young people’s panel.", Decimal(40), Decimal(60), True),
    CriterionDetails("Price", "", Decimal(10), Decimal(30)),
)
REFUSED_BECAUSE = (
    "The policy that you sent does not say who leads on safeguarding or what staff do when they are worried about a "
    "child. Add both, and send the application again: everything else is fine."
)
NOT_REGISTERED = (
    "A place where children stay overnight must be registered before it can join this lot. Apply again as soon as "
    "it is."
)
NOTE = "I read the application and the reason. The criterion is published and is not met."


@dataclass(frozen=True)
class Loaded:
    """What the market consists of, by reference."""

    market: str
    call_off: str


def load(authority: ContractingAuthority, *, keys: KeyFolder, files: FileStore) -> Loaded:
    """Set the market up, let providers join it, and call off from it."""
    condition = Question(
        "", REGISTERED, AnswerKind.YES_NO, judged=Judged.ITSELF, passes="yes", lots=(2,), law="Care Standards Act 2000"
    )
    market = establish(authority, TITLE, LOTS, condition)
    clubs, overnight = market.lots
    admit(apply_to(clubs, people.HARBOUR_SUBMITTER, files))
    _place(clubs)
    call_off = call_off_from(clubs, authority, keys, title=CALL_OFF)
    refuse(apply_to(clubs, people.BRIDGE_SUBMITTER, files), "safeguarding_policy", REFUSED_BECAUSE)
    apply_to(clubs, people.MEADOW_SUBMITTER, files)
    key = next(asked.key for asked in conditions_of(market) if asked.prompt == REGISTERED)
    unregistered = apply_to(overnight, people.MEADOW_SUBMITTER, files, **{key: "no"})
    refuse(unregistered, key, NOT_REGISTERED, decided=False)
    return Loaded(market.reference, call_off.reference)


def establish(
    authority: ContractingAuthority, title: str, lots: Sequence[LotDetails], *conditions: Question
) -> Framework:
    """Set a market up for four years, with the criteria above and those lots and conditions, and open it."""
    actor = people.actor_of(building.CASTS[authority.name].commissioner)
    now = clock.now()
    market = create_framework(authority=authority, kind=FrameworkKind.DYNAMIC_MARKET, title=title, actor=actor, now=now)
    describe_framework(
        framework=market,
        title=title,
        description="Short breaks give disabled children a good time and their families a rest.",
        cpv_codes=["85311300", "85312120"],
        estimated_value=VALUE,
        actor=actor,
    )
    four_years = now.replace(year=now.year + 4, month=3, day=31, hour=23, minute=0, second=0, microsecond=0)
    set_validity(framework=market, validity=Validity(None, now, four_years), actor=actor, now=now)
    set_terms(framework=market, how_it_works=HOW_IT_WORKS, decision_days=10, actor=actor)
    for lot in lots:
        add_lot(framework=market, details=lot, actor=actor)
    for criterion in CRITERIA:
        add_criterion(framework=market, details=criterion, actor=actor)
    for condition in conditions:
        save_condition(framework=market, question=condition, actor=actor)
    set_publication(framework=market, reference=CENTRAL_REFERENCE, reason="", actor=actor)
    go_live(framework=market, actor=actor, now=now)
    db.session.commit()
    return market


def apply_to(lot: FrameworkLot, part: Part, files: FileStore, **otherwise: str) -> Application:
    """The part's provider applies to the lot: every answer passes but those given in `otherwise`."""
    application = write_application(lot, part, files, **otherwise)
    submit_application(
        application=application,
        actor=people.actor_of(part),
        idempotency_key=uuid.uuid4(),
        expected_revision=application.revision,
    )
    db.session.commit()
    return application


def write_application(lot: FrameworkLot, part: Part, files: FileStore, **otherwise: str) -> Application:
    """The same without sending it."""
    actor = people.actor_of(part)
    application = start_application(lot=lot, actor=actor)
    db.session.commit()
    while missing := _unanswered(application, part, actor, files, otherwise):
        save_answers(
            application=application,
            actor=actor,
            answers=missing,
            confirmed=missing.keys(),
            now=clock.now(),
        )
        db.session.commit()
    return application


def _unanswered(
    application: Application, part: Part, actor: Actor, files: FileStore, otherwise: Mapping[str, str]
) -> dict[str, str]:
    """Answers to what is asked now and has none of its own yet; answering may bring further questions."""
    answered = answers_of(application)
    own = {key for key, answer in answered.answers.items() if answer.confirmed}
    open_questions = [question for key, question in answered.questions.items() if key not in own and question.required]
    given = {}
    for question in open_questions:
        suggested = answered.answers.get(question.key)
        if question.key in otherwise:
            given[question.key] = otherwise[question.key]
        elif suggested is not None:
            given[question.key] = suggested.value
        elif question.kind is AnswerKind.EVIDENCE:
            given[question.key] = _document(question, actor, files)
        else:
            given[question.key] = _answer(question, part)
    return given


def _answer(question: Question, part: Part) -> str:
    if question.judged is Judged.ITSELF:
        return question.passes
    if question.kind is AnswerKind.YES_NO:
        return "no"
    if question.kind is AnswerKind.CHOICE:
        return question.choices[1]
    if question.kind is AnswerKind.NUMBER:
        return "5"
    written = {"contact_name": part.name, "contact_email": part.email, "trading_name": part.provider or ""}
    return written.get(question.key, "No")


def _document(question: Question, actor: Actor, files: FileStore) -> str:
    provider = provider_with_id(actor.provider_id)
    document = add_evidence(
        provider=provider,
        actor=actor,
        kind=question.profile,
        upload=(story.POLICY_NAME, story.POLICY_TEXT.encode),
        expires_on=clock.today() + timedelta(days=300) if question.expires else None,
        files=files,
        now=clock.now(),
    )
    db.session.commit()
    return str(document.id)


def admit(application: Application) -> None:
    """The commissioner admits the provider as it applied."""
    actor = people.actor_of(building.CASTS[application.framework.authority.name].commissioner)
    admit_provider(application=application, version=application.version, actor=actor, now=clock.now())
    db.session.commit()


def _place(lot: FrameworkLot) -> None:
    """The first member's club, with what it offers and how many places are free."""
    actor, now = people.actor_of(people.HARBOUR_SUBMITTER), clock.now()
    club = add_setting(
        provider=provider_with_id(actor.provider_id),
        details=SettingDetails("Demo Harbour Saturday Club", area=lot.areas[0], capacity="16"),
        vacancies="3",
        actor=actor,
        now=now,
    )
    set_offers(setting=club, lot=lot, chosen=[choice.key for choice in choices_of(lot)[:3]], actor=actor, now=now)
    db.session.commit()


def refuse(application: Application, key: str, reason: str, *, decided: bool = True) -> None:
    """The commissioner proposes to refuse for one finding, and the approver decides unless it is left open."""
    cast = building.CASTS[application.framework.authority.name]
    actor = people.actor_of(cast.commissioner)
    propose_refusal(
        application=application, version=application.version, findings={key: reason}, actor=actor, now=clock.now()
    )
    db.session.commit()
    if decided:
        second = people.actor_of(cast.approver)
        decide_refusal(application=application, note=NOTE, actor=second, now=clock.now())
        db.session.commit()


def call_off_from(
    lot: FrameworkLot, authority: ContractingAuthority, keys: KeyFolder, *, title: str
) -> InvitationToTender:
    """Called off from a lot and open for two more weeks: whoever is admitted meanwhile can answer it too."""
    actor, now = people.actor_of(building.CASTS[authority.name].commissioner), clock.now()
    itt = create_call_off(lot=lot, authority=authority, title=title, kind=IttKind.MARKET_CALL_OFF, actor=actor, now=now)
    describe_service(
        itt=itt,
        title=title,
        description="A club on Saturdays for 16 disabled children and young people aged 8 to 17, and their friends.",
        cpv_codes=itt.cpv_codes,
        actor=actor,
    )
    set_value_and_term(itt=itt, estimated_value=Decimal(96_000), term_months=24, break_months=[12], actor=actor)
    _timetable(itt, actor, now)
    formula = Benchmark(Fraction(70_000), Fraction(96_000)).to_dict()
    set_price(itt=itt, formula=formula, actor=actor, makes_precise=lot.framework.criteria[-1])
    for node in scored(itt):
        _ask(itt, node, actor)
    set_tie_break(itt=itt, names=["lowest_price"], actor=actor)
    set_publication_basis(
        itt=itt,
        basis=PublicationBasis.CENTRAL_REFERENCE,
        central_reference=building.central_reference(),
        reason="",
        actor=actor,
        now=now,
    )
    preparing.declare_all(itt, actor, at=clock.now())
    preparing.approve(itt, actor, people.actor_of(building.CASTS[authority.name].approver), at=clock.now())
    publish_itt(itt=itt, actor=actor, now=clock.now(), keys=keys, demonstration=True)
    db.session.commit()
    return itt


def _timetable(itt: InvitationToTender, actor: Actor, now: datetime) -> None:
    noon = now.astimezone(clock.LONDON).replace(hour=12, minute=0, second=0, microsecond=0)
    closes_at = noon + timedelta(days=14)
    set_timetable(
        itt=itt,
        closes_at=closes_at,
        award_date=closes_at.date() + timedelta(days=30),
        contract_start_date=closes_at.date() + timedelta(days=60),
        actor=actor,
        now=now,
    )


def _ask(itt: InvitationToTender, criterion: AwardCriterion, actor: Actor) -> None:
    add_question(
        itt=itt,
        prompt=f"Tell us about “{criterion.title}” in your Saturday club.",
        guidance="",
        kind=QuestionKind.TEXT,
        settings={"word_limit": "300"},
        criterion=criterion,
        required=True,
        actor=actor,
    )
