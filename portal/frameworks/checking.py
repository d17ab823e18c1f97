"""What still stands between a draft and its going live, task by task, and what is warned of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum

from portal.accounts.granting import missing_administrator
from portal.core.drafts import Problem, find_problems, refusal_of
from portal.core.errors import PortalError
from portal.core.parsing.text import has_text
from portal.frameworks import requirements, terms
from portal.frameworks.models import Framework
from portal.frameworks.questionnaire import read
from portal.frameworks.terms import FeePayer, Validity
from portal.regulation.queries import require_codes


class Task(StrEnum):
    """The parts of a draft, in the order in which they are best filled in."""

    ABOUT = "about"
    TERM = "term"
    TERMS = "terms"
    LOTS = "lots"
    CRITERIA = "criteria"
    QUESTIONS = "questions"
    PARTICIPANTS = "participants"
    WINDOWS = "windows"
    DOCUMENTS = "documents"
    PUBLICATION = "publication"


OPTIONAL = frozenset({Task.WINDOWS, Task.DOCUMENTS})
"""Nothing has to be there."""


def problems_of(framework: Framework, now: datetime) -> list[Problem[Task]]:
    """List everything that keeps the draft from going live at `now`, in the order of the tasks."""
    return find_problems(CHECKS, framework, now)


def is_blank(framework: Framework, task: Task) -> bool:
    """Say whether nobody has worked on this part yet."""
    blank: dict[Task, bool] = {
        Task.ABOUT: not framework.description and not framework.cpv_codes,
        Task.TERM: framework.valid_from is None and framework.valid_until is None,
        Task.TERMS: not framework.how_it_works,
        Task.LOTS: not framework.lots,
        Task.CRITERIA: not framework.criteria,
        Task.QUESTIONS: False,
        Task.PARTICIPANTS: not framework.participants,
        Task.WINDOWS: not framework.windows,
        Task.DOCUMENTS: not framework.documents,
        Task.PUBLICATION: framework.publication_reference is None and not framework.publication_reason,
    }
    return blank[task]


def validity_of(framework: Framework) -> Validity:
    """Its validity as the rules take it."""
    return Validity(
        framework.established_on,
        framework.valid_from,
        framework.valid_until,
        framework.term_reason,
        framework.is_open_framework,
    )


def _about(framework: Framework, _now: datetime) -> Iterator[str]:
    if not has_text(framework.title):
        yield "Give it a title."
    if not has_text(framework.description):
        yield "Describe what is bought."
    yield from refusal_of(lambda: require_codes(framework.cpv_codes))
    yield from refusal_of(lambda: requirements.require_value(framework.estimated_value))


def _term(framework: Framework, now: datetime) -> Iterator[str]:
    if framework.established_on is not None:
        yield from refusal_of(lambda: terms.regime_of(framework.kind, framework.established_on))  # type: ignore[arg-type]
    elif framework.law.must_exist_already:
        yield "Give the day on which it was established."
    light_touch = framework.light_touch
    validity = validity_of(framework)
    yield from refusal_of(lambda: terms.require_validity(framework.law, validity, light_touch=light_touch))
    if framework.valid_until is not None and framework.valid_until <= now:
        yield "Its last day has passed already."


def _terms(framework: Framework, _now: datetime) -> Iterator[str]:
    if not has_text(framework.how_it_works):
        yield "Say how providers join and how work is called off."
    law, percent = framework.law, framework.fee_percent
    payer = FeePayer.NOBODY if percent is None else FeePayer.AWARDED
    yield from refusal_of(lambda: terms.require_fee(law, percent, payer))
    yield from refusal_of(lambda: terms.require_decision_days(law, framework.decision_days))
    yield from refusal_of(lambda: terms.require_direct_award_allowed(law, framework.direct_award_terms))
    yield from refusal_of(lambda: terms.require_suspension_allowed(law, framework.suspension_terms))


def _lots(framework: Framework, _now: datetime) -> Iterator[str]:
    if not framework.lots:
        yield "Add at least one lot. Where everything is one, add one lot with its title."
    for lot in framework.lots:
        if not has_text(lot.definition):
            yield f"Say what belongs to lot {lot.number}."
        if strange := [code for code in lot.cpv_codes if code not in framework.cpv_codes]:
            yield f"Lot {lot.number} has the CPV code {strange[0]}, which the whole does not have."


def _criteria(framework: Framework, _now: datetime) -> Iterator[str]:
    if not framework.criteria:
        yield "Add the award criteria by which call-offs are decided."
    elif fault := requirements.weights_fault(framework.criteria):
        yield fault


def _questions(framework: Framework, _now: datetime) -> Iterator[str]:
    try:
        questionnaire = read(framework.questionnaire)
    except PortalError as refusal:
        yield refusal.message
        return
    numbers = {lot.number for lot in framework.lots}
    for section in questionnaire.sections:
        for question in section.questions:
            if missing := [lot for lot in question.lots if lot not in numbers]:
                yield f"“{question.prompt}” is for lot {missing[0]}, which does not exist."
    if not any(section.questions for section in questionnaire.sections):
        yield "Ask at least one question."


def _participants(framework: Framework, _now: datetime) -> Iterator[str]:
    if not any(participant.withdrawn_on is None for participant in framework.participants):
        yield "Name at least one authority that has committed itself: only those can call off."


def _windows(framework: Framework, _now: datetime) -> Iterator[str]:
    if framework.windows:
        yield from refusal_of(
            lambda: terms.require_windows_allowed(
                framework.law,
                light_touch=framework.light_touch,
                is_open=framework.is_open_framework,
            )
        )
    for window in framework.windows:
        outside = (framework.valid_from is not None and window.opens_at < framework.valid_from) or (
            framework.valid_until is not None and window.closes_at > framework.valid_until
        )
        if outside and not framework.law.is_open_every_day:
            yield "A window for joining lies outside the framework’s validity."


def _documents(_framework: Framework, _now: datetime) -> Iterator[str]:
    yield from ()


def _publication(framework: Framework, _now: datetime) -> Iterator[str]:
    missing = missing_administrator(framework.authority)
    if missing:
        yield missing
    yield from refusal_of(
        lambda: requirements.require_publication(framework.publication_reference, framework.publication_reason)
    )


CHECKS: dict[Task, Callable[[Framework, datetime], Iterator[str]]] = {
    Task.ABOUT: _about,
    Task.TERM: _term,
    Task.TERMS: _terms,
    Task.LOTS: _lots,
    Task.CRITERIA: _criteria,
    Task.QUESTIONS: _questions,
    Task.PARTICIPANTS: _participants,
    Task.WINDOWS: _windows,
    Task.DOCUMENTS: _documents,
    Task.PUBLICATION: _publication,
}
