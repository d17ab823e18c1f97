"""What still stands between a draft and its publication, task by task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select

from portal.accounts.granting import missing_administrator
from portal.core.columns import db
from portal.core.drafts import Problem, find_problems, refusal_of
from portal.core.errors import InvalidInput
from portal.core.parsing.text import has_text
from portal.core.words import pounds
from portal.regulation.central_platform import require_basis
from portal.regulation.local_time import local_date
from portal.regulation.procurement_law import TENDER, NoticeDuty
from portal.regulation.queries import require_codes
from portal.tendering import requirements
from portal.tendering.approvals import approval_faults, approval_in_force
from portal.tendering.by_lot import asked_in_vain, counting_in, differs, formula_in, weights_in
from portal.tendering.groundwork_models import GroundworkSubject
from portal.tendering.groundwork_records import groundwork_faults, groundwork_of
from portal.tendering.groundwork_records import is_asked as groundwork_is_asked
from portal.tendering.inheriting import criteria_faults, invitation_faults, require_before_its_end
from portal.tendering.interests.queries import interest_faults, is_begun
from portal.tendering.method_rules import require_minimum, require_tie_break
from portal.tendering.models import AwardCriterion, InvitationToTender, Panel, Question
from portal.tendering.promises import promise_faults
from portal.tendering.specifications import specification_of
from portal.tendering.states import AFTER_PUBLICATION, EnvelopeKind
from portal.tendering.tree import (
    CriterionKind,
    children_of,
    is_pilot_only,
    kind_of,
    price_criterion,
    scored,
    walk,
)
from portal.tendering.weighing import faults_in_lots, share_faults, weight_faults
from tender_scoring.errors import InvalidCase
from tender_scoring.prices import read_formula

Check = Callable[[InvitationToTender, datetime], Iterator[str]]


class Task(StrEnum):
    """The parts of a draft, in the order in which they are best filled in."""

    INVITED = "invited"
    """Of a call-off alone: who is invited, or whom a direct award goes to."""
    SERVICE = "service"
    OUTCOMES = "outcomes"
    LOTS = "lots"
    VALUE = "value"
    JOINT = "joint"
    """Who buys together."""
    TIMETABLE = "timetable"
    PANELS = "panels"
    SCALES = "scales"
    CRITERIA = "criteria"
    SHARES = "shares"
    PRICE = "price"
    TIE_BREAK = "tie_break"
    QUESTIONS = "questions"
    DOCUMENTS = "documents"
    INTERESTS = "interests"
    """Everybody’s declaration, and the conflicts assessment."""
    EQUALITY = "equality"
    CONSULTATION = "consultation"
    SMALL_PROVIDERS = "small_providers"
    APPROVAL = "approval"
    PUBLICATION = "publication"


def problems_of(itt: InvitationToTender, now: datetime) -> list[Problem[Task]]:
    """List everything that keeps the draft from being published at `now`, in the order of the tasks."""
    return find_problems(CHECKS, itt, now)


def blank_tasks(itt: InvitationToTender) -> frozenset[Task]:
    """The parts that nobody has worked on yet."""
    recorded = groundwork_of(itt.id)
    blank: dict[Task, bool] = {
        Task.INVITED: itt.law.names_one_provider and itt.direct_award_provider_id is None,
        Task.SERVICE: not itt.description and not itt.cpv_codes,
        Task.OUTCOMES: not specification_of(itt.id),
        Task.LOTS: len(itt.lots) == 1 and not itt.no_lots_reason,
        Task.VALUE: itt.estimated_value is None and itt.term_months is None,
        Task.JOINT: not itt.joint_buyers,
        Task.TIMETABLE: itt.closes_at is None and itt.award_date is None and itt.contract_start_date is None,
        Task.PANELS: not itt.panels,
        Task.SCALES: not itt.scales,
        Task.CRITERIA: not itt.criteria,
        Task.SHARES: not any(node.shares for node in itt.criteria),
        Task.PRICE: price_criterion(itt) is None,
        Task.TIE_BREAK: not itt.tie_break,
        Task.QUESTIONS: not itt.questions,
        Task.DOCUMENTS: not itt.documents,
        Task.INTERESTS: not is_begun(itt.id),
        **{Task(subject.value): subject not in recorded for subject in GroundworkSubject},
        Task.APPROVAL: approval_in_force(itt.id) is None,
        Task.PUBLICATION: itt.central_reference is None and not itt.publication_reason,
    }
    return frozenset(task for task, is_blank in blank.items() if is_blank)


def require_closing(itt: InvitationToTender, closes_at: datetime | None, now: datetime) -> None:
    """Refuse a closing time that is not in the future, or too early for the law that binds this kind of invitation.

    Raises `InvalidInput` or `CallOffRefused` beside `closes`.
    """
    closes = requirements.require_closing_time(
        closes_at, now, law=itt.law, light_touch=itt.light_touch, value=itt.estimated_value
    )
    require_before_its_end(itt, closes)


def _service(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    if not has_text(itt.title):
        yield "Give the procurement a title."
    if not has_text(itt.description):
        yield "Describe the service."
    yield from refusal_of(lambda: require_codes(itt.cpv_codes))


def _nothing_needed(_itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    """An invitation may say everything in its description and questions."""
    yield from ()


def _lots(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    for lot in itt.lots:
        if len(itt.lots) > 1 and lot.estimated_value is None:
            yield f"Say what lot {lot.number} is worth."
    if groundwork_is_asked(itt) and len(itt.lots) == 1 and not has_text(itt.no_lots_reason):
        yield "Divide it into lots, or say why it is one."


def _value(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    if len(itt.lots) == 1:
        yield from refusal_of(lambda: requirements.require_value(itt.estimated_value))
    yield from refusal_of(lambda: requirements.require_term(itt.term_months, itt.break_months))


def _joint(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    for one in itt.joint_buyers:
        if one.agreed_at is None:
            yield f"{one.called} has not agreed to buy together yet."


def _timetable(itt: InvitationToTender, now: datetime) -> Iterator[str]:
    yield from refusal_of(lambda: require_closing(itt, itt.closes_at, now))
    yield from refusal_of(lambda: requirements.require_dates(itt.closes_at, itt.award_date, itt.contract_start_date))
    if itt.validity_days is not None:  # a draft that was begun before there was one states none
        yield from refusal_of(lambda: requirements.require_validity(itt.validity_days, itt.closes_at, itt.award_date))
    yield from refusal_of(
        lambda: requirements.require_occasions(itt.visit_date, itt.presentations_date, itt.closes_at, itt.award_date)
    )
    yield from refusal_of(
        lambda: requirements.require_time_for_questions(itt.questions_until, itt.answers_by_date, itt.closes_at, now)
    )


def _panels(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    if not any(panel.counts for panel in itt.panels):
        yield "Add at least one panel whose scores count."
    silent = {lot: _silent_panels(counting_in(itt, lot), itt.panels) for lot in itt.lots}
    for panel in itt.panels:
        lots = [lot for lot in itt.lots if panel in silent[lot]]
        if len(lots) == len(itt.lots):
            yield f"{panel.name} scores nothing. Give it a share of a criterion, or remove it."
        else:
            for lot in lots:
                yield f"{panel.name} scores nothing in lot {lot.number}. Give it a share of what counts there."


def _silent_panels(nodes: Iterable[AwardCriterion], panels: Iterable[Panel]) -> list[Panel]:
    scoring = {share.panel_id for node in nodes for share in node.shares if share.share > 0}
    return [panel for panel in panels if panel.id not in scoring]


def _scales(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    if not itt.scales:
        yield "Add a scale for the panels to score on."
    for scale in itt.scales:
        if bare := [band for band in scale.bands if not (has_text(band.label) and has_text(band.descriptor))]:
            yield f"Say what {len(bare)} of the {len(scale.bands)} points of the scale {scale.key} mean."


def _criteria(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    if not itt.criteria:
        yield "Add the award criteria."
    yield from weight_faults(itt).values()
    yield from faults_in_lots(itt)
    yield from criteria_faults(itt)
    for lot in itt.lots:
        yield from (f"Lot {lot.number}: {fault}" for fault in criteria_faults(itt, weights_in(lot)) if lot.weights)
    if all(differs(lot) for lot in itt.lots):
        yield "Every lot has weights or a price formula of its own. Let those of every lot hold in one of them."
    by_lot = [weights_in(lot) for lot in itt.lots]
    heaviest = {node.id: max(node.weight, *(weights[node.id] for weights in by_lot)) for node in itt.criteria}
    for node, _ in walk(itt):
        kind = kind_of(node)
        if kind is CriterionKind.HEADING and not children_of(itt, node):
            yield f"“{node.title}” is a heading with nothing under it. Add a part, or remove it."
        if is_pilot_only(node) and heaviest[node.id] != 0:
            yield f"Only a pilot panel scores “{node.title}”, so its weight must be 0."
        elif not is_pilot_only(node) and heaviest[node.id] <= 0:
            yield f"“{node.title}” has no weight. Give it one, or remove it."
        if node.minimum is not None and node.scale is not None:
            yield from refusal_of(lambda node=node: require_minimum(node.minimum, node.scale))  # type: ignore[misc]


def _shares(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    faults = share_faults(itt)
    for node in scored(itt):
        if node.id in faults:
            yield faults[node.id]
        sharing = [share.panel for share in node.shares if share.share > 0]
        for panel in sharing:
            if len(sharing) > 1 and not panel.counts:
                yield f"{panel.name} is a pilot: it cannot share “{node.title}”. Give it a criterion of its own."
    yield from promise_faults(itt)


def _price(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    price = price_criterion(itt)
    if price is not None:
        try:
            read_formula(price.price_formula, "")
        except InvalidCase as fault:
            what = "Choose it and give its figures." if set(price.price_formula or {}) <= {"formula"} else fault.message
            yield f"The price formula is not complete. {what}"
    for lot in itt.lots:
        floor = Decimal((formula_in(lot) or {}).get("floor", 0))
        if lot.worth is not None and len(itt.lots) > 1 and lot.worth <= floor:
            yield (
                f"Lot {lot.number} is worth {pounds(lot.worth)}, and the floor of its price is {pounds(floor)}. Give "
                "the lot a price formula of its own, or choose figures that suit every lot."
            )


def _tie_break(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    if not itt.tie_break:
        yield "Say what decides when two bids have the same total."
    yield from refusal_of(lambda: require_tie_break(itt, itt.tie_break))


def _questions(itt: InvitationToTender, _now: datetime) -> Iterator[str]:
    yield from question_faults(itt, itt.questions)


def question_faults(itt: InvitationToTender, questions: Sequence[Question]) -> Iterator[str]:
    """What keeps bidders from being asked these questions."""
    if not any(question.asked.kind.in_words for question in questions):
        yield "Add at least one question for bidders to answer in words."
    counting = {lot: counting_in(itt, lot) for lot in itt.lots}
    for node in scored(itt):
        asking = [question for question in questions if question.criterion_id == node.id]
        silent = [
            lot.number
            for lot in itt.lots
            if node in counting[lot] and not any(question.is_asked_for(lot.id) for question in asking)
        ]
        if silent:
            where = f" in lot {', '.join(map(str, silent))}" if asking else ""
            yield f"No question asks about “{node.title}”{where}, so panels would have nothing to score it on."
    for question in questions:
        kind = question.asked.kind
        if question.criterion_id is None and question.envelope is EnvelopeKind.QUALITY and not kind.read_first:
            yield f"Say who judges “{question.prompt}”: a panel under a criterion, or officers."
        for lot in asked_in_vain(question, (each for each in itt.lots if question.is_asked_for(each.id))):
            yield f"“{question.prompt}” is asked in lot {lot.number}, where its criterion does not count."


def _groundwork(subject: GroundworkSubject) -> Check:
    return lambda itt, _now: groundwork_faults(itt, subject)


def _publication(itt: InvitationToTender, now: datetime) -> Iterator[str]:
    missing = missing_administrator(itt.authority)
    if missing:
        yield missing
    yield from refusal_of(
        lambda: require_basis(
            itt.publication_basis, itt.central_reference, itt.publication_reason, duty=tender_duty(itt, now)
        )
    )
    yield from refusal_of(lambda: require_own_number(itt, itt.central_reference))


def require_own_number(itt: InvitationToTender, reference: str | None) -> None:
    """Refuse the number of a notice that another published invitation has: each has its own on Find a Tender."""
    if reference is None:
        return
    taken = select(InvitationToTender.reference).where(
        InvitationToTender.central_reference == reference,
        InvitationToTender.id != itt.id,
        InvitationToTender.status.in_(AFTER_PUBLICATION),
    )
    other = db.session.scalar(taken.limit(1))
    if other is not None:
        raise InvalidInput(
            f"{reference} is the number of another invitation’s notice ({other}). Each notice has its own: look it up "
            "on Find a Tender.",
            field="central_reference",
        )


def tender_duty(itt: InvitationToTender, now: datetime) -> NoticeDuty:
    """What the law asks of the notice that a draft would be published with at `now`."""
    size = itt.law.size_of(itt.estimated_value, light_touch=itt.light_touch, on=local_date(now))
    return itt.law.notice_duty(TENDER, size)


CHECKS: dict[Task, Check] = {
    Task.INVITED: invitation_faults,
    Task.SERVICE: _service,
    Task.OUTCOMES: _nothing_needed,
    Task.LOTS: _lots,
    Task.VALUE: _value,
    Task.JOINT: _joint,
    Task.TIMETABLE: _timetable,
    Task.PANELS: _panels,
    Task.SCALES: _scales,
    Task.CRITERIA: _criteria,
    Task.SHARES: _shares,
    Task.PRICE: _price,
    Task.TIE_BREAK: _tie_break,
    Task.QUESTIONS: _questions,
    Task.DOCUMENTS: _nothing_needed,
    Task.INTERESTS: interest_faults,
    **{Task(subject.value): _groundwork(subject) for subject in GroundworkSubject},
    Task.APPROVAL: lambda itt, _now: approval_faults(itt),
    Task.PUBLICATION: _publication,
}
